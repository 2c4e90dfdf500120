"""Files of the cgroup file systems; standard library only.

Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
"""

import os
import time
from collections.abc import Iterator
from errno import EIO

from supervisor.containment import linux

UNIFIED = "cgroup2"
"""Stands for the one hierarchy of v2, where v1 has a name per controller."""
_READ_BYTES = 1 << 18
_MOUNT_FLAGS = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
_REMOVE_S = 5.0


def homes() -> dict[str, str]:
    """Directory of the cgroup that we are in, by v1 controller and by ``cgroup2``."""
    own: dict[str, str] = {}
    for line in read("/proc/self/cgroup").splitlines():
        _, names, path = line.split(":", 2)
        own |= dict.fromkeys(names.split(",") if names else [UNIFIED], path)
    found: dict[str, str] = {}
    for controller, point in _mounts():
        if controller in own:
            found[controller] = (point + own[controller]).rstrip("/")
    return found


def _mounts() -> Iterator[tuple[str, str]]:
    for line in read("/proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ")[:3]
        point = before.split(" ")[4]
        if kind == UNIFIED:
            yield UNIFIED, point
        elif kind == "cgroup":
            yield from ((controller, point) for controller in options.split(","))


def hide_outer() -> None:
    """Make the cgroup v2 that we are in look like the top of all, if the kernel lets us.

    With ``nsdelegate`` nobody below can then leave it or lift its limits. The mounts that show the
    outer ones are covered: twice, since no file system is mounted directly on itself (EBUSY).
    Source: cgroup_namespaces(7).
    """
    try:
        linux.unshare(linux.CLONE_NEWCGROUP | linux.CLONE_NEWNS)
        linux.mount("none", "/", None, linux.MS_REC | linux.MS_SLAVE)
        for point in {point for kind, point in _mounts() if kind == UNIFIED}:
            linux.mount("tmpfs", point, "tmpfs", _MOUNT_FLAGS, "size=4k")
            linux.mount(UNIFIED, point, UNIFIED, _MOUNT_FLAGS)
    except OSError:
        return


def read(path: str) -> str:
    """The text of a file; empty where there is none."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        text = b""
        while chunk := os.read(fd, _READ_BYTES):
            text += chunk
    except OSError:
        return ""
    finally:
        os.close(fd)
    return text.decode(errors="surrogateescape")


def write(directory: str, file: str, value: str | int) -> None:
    """Write to a file of a cgroup.

    Raises:
        OSError: the kernel refused; ``filename`` says what to do what.
    """
    if refusal := try_write(directory, file, value):
        raise OSError(refusal, os.strerror(refusal), f"write {value} to {file}")


def try_write(directory: str, file: str, value: str | int) -> int:
    """The errno; 0: it was written."""
    try:
        fd = os.open(f"{directory}/{file}", os.O_WRONLY | os.O_CLOEXEC)
    except OSError as error:
        return error.errno or EIO
    try:
        os.write(fd, str(value).encode())
    except OSError as error:
        return error.errno or EIO
    finally:
        os.close(fd)
    return 0


def number(directory: str, file: str) -> int | None:
    """A file's one number; None where there is none."""
    words = read(f"{directory}/{file}").split()
    return int(words[0]) if words and words[0].isdecimal() else None


def count(directory: str, file: str, name: str) -> int:
    """The number behind its name in a file of such lines; 0 where the kernel does not count it."""
    words = read(f"{directory}/{file}").split()
    return int(words[words.index(name) + 1]) if name in words else 0


def pids_below(directory: str) -> list[int]:
    """Everybody in a cgroup and in those below it."""
    return [
        int(pid)
        for path, _, _ in os.walk(directory)
        for pid in read(f"{path}/cgroup.procs").split()
    ]


def remove(directory: str, within_s: float = _REMOVE_S) -> bool:
    """Remove a cgroup with all below it; False: something is still in it.

    The kernel takes a moment to forget dead members.
    """
    deadline = time.monotonic() + within_s
    while True:
        for path, _, _ in os.walk(directory, topdown=False):
            try:
                os.rmdir(path)  # noqa: PTH106 - pathlib would slow the guardian's start
            except OSError:
                continue
        if not os.path.exists(directory):  # noqa: PTH110 - as above
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
