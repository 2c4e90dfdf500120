"""Becoming pid 1 of a pid namespace, so that our death is the kernel's kill of all below us.

Standard library only. Source: pid_namespaces(7), user_namespaces(7).
"""

import os
import select
from collections.abc import Callable, Iterable, Iterator

from supervisor.containment import linux

_STATUS_BYTES = 4096
_CHILDREN_BYTES = 1 << 16
_PROC_FLAGS = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
_STUB_S = 2.0


class HostPids:
    """What our pids are called outside, read through the /proc that we had before."""

    def __init__(self, proc_fd: int) -> None:
        self._proc_fd = proc_fd
        self.own = int(os.readlink("self", dir_fd=proc_fd))
        """Our pid as the host sees it."""
        self._level = len(self._status(str(self.own))[b"NSpid"].split()) - 1
        """How many namespaces ours lies below the host's; members may have some of their own."""

    def of(self, pids: Iterable[int]) -> dict[int, int]:
        """Pid outside by pid inside; what is gone by now is left out."""
        wanted = set(pids)
        found = {inside: outside for outside, inside in self._children() if inside in wanted}
        if len(found) == len(wanted):
            return found
        below: dict[int, list[tuple[int, int]]] = {}
        for name in filter(str.isdecimal, os.listdir(self._proc_fd)):  # noqa: PTH208 - a descriptor
            if (known := self._read(name)) is not None:
                parent, inside = known
                below.setdefault(parent, []).append((int(name), inside))
        level = below.get(self.own, [])
        while level:
            found |= {inside: outside for outside, inside in level if inside in wanted}
            level = [child for outside, _ in level for child in below.get(outside, ())]
        return found

    def _children(self) -> Iterator[tuple[int, int]]:
        """Pid outside and inside of our own children, in no time; some may be missing.

        Source: proc_pid_task(5), ``children``; needs CONFIG_PROC_CHILDREN.
        """
        try:
            path = f"{self.own}/task/{self.own}/children"
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc_fd)
        except FileNotFoundError:
            return
        try:
            names = os.read(fd, _CHILDREN_BYTES).decode().split(" ")[:-1]
        finally:
            os.close(fd)
        for name in names:
            if (known := self._read(name)) is not None:
                yield int(name), known[1]

    def _read(self, name: str) -> tuple[int, int] | None:
        """Parent outside and pid inside of one process; None: it is gone, or none of ours."""
        fields = self._status(name)
        pids = fields.get(b"NSpid", b"").split()
        return (int(fields[b"PPid"]), int(pids[self._level])) if len(pids) > self._level else None

    def _status(self, name: str) -> dict[bytes, bytes]:
        """What the kernel says of one process; nothing when it is gone."""
        try:
            fd = os.open(f"{name}/status", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc_fd)
        except OSError:
            return {}
        try:
            status = os.read(fd, _STATUS_BYTES)
        except ProcessLookupError:
            return {}
        finally:
            os.close(fd)
        return {
            name: value
            for name, colon, value in (line.partition(b":") for line in status.splitlines())
            if colon
        }


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
