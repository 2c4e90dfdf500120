"""Becoming pid 1 of a pid namespace, so that our death is the kernel's kill of all below us.

Standard library only. Source: pid_namespaces(7), user_namespaces(7).
"""

import os
import select
import signal
from collections.abc import Callable, Iterable

from supervisor.containment import linux

_INFO_BYTES = 1 << 12
_PROC_FLAGS = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
_STUB_S = 2.0


class HostPids:
    """What our pids are called outside, read through the /proc that we had before."""

    def __init__(self, proc_fd: int) -> None:
        self._proc_fd = proc_fd
        self.own = int(os.readlink("self", dir_fd=proc_fd))
        """Our pid as the host sees it."""

    def of(self, pids: Iterable[int]) -> dict[int, int]:
        """Pid outside by pid inside; what is gone by now is left out."""
        found = {pid: self._outside(pid) for pid in set(pids)}
        return {inside: outside for inside, outside in found.items() if outside > 0}

    def _outside(self, pid: int) -> int:
        """The number of one process outside; -1 if it is gone.

        The kernel names a descriptor's process as the reader of this /proc would. Source: Linux
        >= 5.5, pidfd_show_fdinfo; looking for it among all processes takes longer than a spawn.
        """
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:
            return -1
        try:
            flags = os.O_RDONLY | os.O_CLOEXEC
            fd = os.open(f"self/fdinfo/{pidfd}", flags, dir_fd=self._proc_fd)
            try:
                info = os.read(fd, _INFO_BYTES)
            finally:
                os.close(fd)
        finally:
            os.close(pidfd)
        fields = dict(line.split(b":", 1) for line in info.splitlines() if b":" in line)
        return int(fields.get(b"Pid", b"-1"))


def kill_everybody() -> None:
    """SIGKILL all but us in one call, which no fork can slip through; only as pid 1."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return


def enter() -> HostPids:
    """Go on as pid 1 of a namespace, in a child of the supervisor's; the caller's process ends.

    Not as root, this takes a user namespace, in which our uid is mapped to itself: nothing
    below us becomes root, and set-uid programs have no effect.

    Raises:
        OSError: the kernel refused; ``filename`` names the step. Which process this is raised
            in depends on the step; either may report it and end.
    """
    supervisor = os.pidfd_open(os.getppid())
    stub = os.pidfd_open(os.getpid())
    uid, gid = os.geteuid(), os.getegid()
    flags = linux.CLONE_NEWPID | linux.CLONE_NEWNS
    _step("unshare", linux.unshare, flags if uid == 0 else flags | linux.CLONE_NEWUSER)
    if uid != 0:
        _map("setgroups", "deny")
        _map("uid_map", f"{uid} {uid} 1")
        _map("gid_map", f"{gid} {gid} 1")
    if os.fork():
        os._exit(0)
    os.setsid()
    # Only then are we the supervisor's child, so that its death is told to us and not the stub's.
    select.select([stub], [], [], _STUB_S)
    linux.die_with_parent(0)  # Outside our namespace a parent has no pid.
    if select.select([supervisor], [], [], 0)[0]:
        os._exit(1)
    host = HostPids(os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    _step("mount --make-rslave /", linux.mount, "none", "/", None, linux.MS_REC | linux.MS_SLAVE)
    _step("mount /proc", linux.mount, "proc", "/proc", "proc", _PROC_FLAGS)
    os.close(supervisor)
    os.close(stub)
    return host


def _step(name: str, call: Callable[..., None], *arguments: object) -> None:
    try:
        call(*arguments)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from error


def _map(name: str, line: str) -> None:
    fd = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
    try:
        _step(f"write {name}", _write, fd, line)
    finally:
        os.close(fd)


def _write(fd: int, line: str) -> None:
    os.write(fd, line.encode())
