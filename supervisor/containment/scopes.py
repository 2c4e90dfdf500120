"""A cgroup of our own from systemd, where nobody has given us one; standard library only.

A login session's cgroup is root's. systemd puts processes into a scope on request, whose cgroup is
theirs to divide: ``Delegate=`` in systemd.resource-control(5), StartTransientUnit in
org.freedesktop.systemd1(5).
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence

from supervisor.containment import cgroupfs

_BUSCTL = ("/usr/bin/busctl", "/bin/busctl")
_BOUND_S = 3.0
_LOOK_S = 0.002
_CALL = (
    *("call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1"),
    *("org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))"),
)


def request_scope(name: str, pids: Sequence[int], environ: Mapping[str, str]) -> bool:
    """Have our processes, one of which is this one, moved into a scope that is delegated to us.

    Takes about 30 ms; False where there is no systemd to ask, or it says no. The scope goes by
    itself when the last of the processes has ended.
    """
    if not os.path.isdir("/run/systemd/system"):  # noqa: PTH112 - pathlib would slow the start
        return False
    busctl = next((path for path in _BUSCTL if os.access(path, os.X_OK)), None)
    if busctl is None:
        return False
    unit = f"{name}.scope"
    manager = "--system" if os.geteuid() == 0 else "--user"
    listed = [str(pid) for pid in pids]
    properties = ["Delegate", "b", "true", "PIDs", "au", str(len(listed)), *listed]
    argv = [busctl, manager, "--quiet", *_CALL, unit, "fail", "2", *properties, "0"]
    deadline = time.monotonic() + _BOUND_S
    return _run(argv, environ, deadline) and _wait_moved(unit, pids, deadline)


def _run(argv: list[str], environ: Mapping[str, str], deadline: float) -> bool:
    """Whether a command ends well, and in time."""
    null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in range(3)]
    pid = os.posix_spawn(argv[0], argv, dict(environ), file_actions=null)
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(_LOOK_S)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def _wait_moved(unit: str, pids: Sequence[int], deadline: float) -> bool:
    """The job is only queued when the call returns, and moves one process after the other."""
    while time.monotonic() < deadline:
        if all(f"/{unit}" in cgroupfs.read(f"/proc/{pid}/cgroup") for pid in pids):
            return True
        time.sleep(_LOOK_S)
    return False
