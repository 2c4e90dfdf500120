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
from supervisor.containment.guardian import COOKIE_VARIABLE

_BUSCTL = ("/usr/bin/busctl", "/bin/busctl")
_BOUND_S = 3.0
_LOOK_S = 0.002
_CALL = (
    *("call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1"),
    *("org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))"),
)
_PROPERTIES = ("Delegate", "b", "true", "TasksMax", "t", str((1 << 64) - 1))
"""All controllers, and as many processes as a run's own limit allows: systemd has a default."""


def can_ask(environ: Mapping[str, str]) -> bool:
    """Whether there is a systemd for us to ask.

    Not below another supervisor, whose limits we would leave; nor in a pid namespace that
    systemd is not in, since there our pids are other people's.
    """
    running = os.path.isdir("/run/systemd/system")  # noqa: PTH112 - pathlib would slow the start
    near = cgroupfs.read("/proc/1/comm").strip() == "systemd"
    return running and near and COOKIE_VARIABLE not in environ


def request_scope(name: str, pids: Sequence[int], environ: Mapping[str, str]) -> bool:
    """Have our processes, one of which is this one, moved into a scope that is delegated to us.

    Takes about 30 ms; False where there is no systemd to ask, or it says no. The scope goes by
    itself when the last of the processes has ended.
    """
    busctl = next((path for path in _BUSCTL if os.access(path, os.X_OK)), None)
    if busctl is None or not can_ask(environ):
        return False
    # A scope of an earlier process with our pid may still have members.
    unit = f"{name}-{os.urandom(3).hex()}.scope"
    manager = "--system" if os.geteuid() == 0 else "--user"
    listed = ["PIDs", "au", str(len(pids)), *map(str, pids)]
    argv = [busctl, manager, "--quiet", *_CALL, unit, "fail", "3", *_PROPERTIES, *listed, "0"]
    runtime = {"XDG_RUNTIME_DIR": f"/run/user/{os.geteuid()}"}
    deadline = time.monotonic() + _BOUND_S
    return _run(argv, runtime | dict(environ), deadline) and _wait_moved(unit, pids, deadline)


def _run(argv: list[str], environ: Mapping[str, str], deadline: float) -> bool:
    """Whether a command ends well, and in time."""
    null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in range(3)]
    pid = os.posix_spawn(argv[0], argv, environ, file_actions=null)
    try:
        while time.monotonic() < deadline:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return status == 0
            time.sleep(_LOOK_S)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except ChildProcessError:
        return True  # Whoever started us ignores SIGCHLD, so its status is lost.
    return False


def _wait_moved(unit: str, pids: Sequence[int], deadline: float) -> bool:
    """The job is only queued when the call returns, and moves one process after the other."""
    while time.monotonic() < deadline:
        if all(f"/{unit}" in cgroupfs.read(f"/proc/{pid}/cgroup") for pid in pids):
            return True
        time.sleep(_LOOK_S)
    return False
