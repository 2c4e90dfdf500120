"""A run's own temporary directories in place of the shared ones, made between fork and exec.

Standard library only. Source: mount_namespaces(7), tmpfs(5).
"""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from supervisor.containment import linux

_TMPFS_FLAGS = linux.MS_NOSUID | linux.MS_NODEV
_EVERYBODY = 0o1777
_OWN_FILES = 16
"""Directories of ours in the file system, beside one for each path that stays visible."""


class PrivateTmp(NamedTuple):
    """What replaces what; every field crosses the wire as it stands."""

    root: str
    """The run's scratch directory, on which all of it is."""
    covers: Mapping[str, str]
    """Shared directories, and the name below ``root`` of what stands in for each."""
    visible: Sequence[str]
    """Paths below the shared directories that stay what and where they are."""
    size_bytes: int | None = None
    """Of a file system in memory, mounted on ``root``; None: ``root`` is on disk as it is."""
    files: int = 0
    """The most that a file system in memory takes."""


def enter(private: PrivateTmp) -> None:
    """Give us a mount namespace in which the shared directories are our own.

    Nobody outside sees it, and with the last process in it all of it is gone.

    Raises:
        OSError: the kernel refused, or something does not take a mount.
    """
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_SLAVE)
    if private.size_bytes is not None:
        files = private.files + _OWN_FILES + 8 * len(private.visible)
        data = f"size={private.size_bytes},nr_inodes={files},mode=700"
        linux.mount("tmpfs", private.root, "tmpfs", _TMPFS_FLAGS, data)
    # Opened before anything is covered: their names lead elsewhere then.
    held = {path: _hold(path) for path in _existing((*private.visible, private.root))}
    root = held[private.root]
    for place, name in private.covers.items():
        os.mkdir(name, dir_fd=root)
        os.chmod(f"/proc/self/fd/{root}/{name}", _EVERYBODY)  # noqa: PTH101 - as below
        linux.mount(f"/proc/self/fd/{root}/{name}", place, None, linux.MS_BIND)
    for path, fd in held.items():
        if _is_below(path, private.covers):
            _make_place(path, folder=stat.S_ISDIR(os.fstat(fd).st_mode))
            linux.mount(f"/proc/self/fd/{fd}", path, None, linux.MS_BIND | linux.MS_REC)
        os.close(fd)


class Mounts:
    """The mount namespace of a run that has one of its own, for those that join it later."""

    def __init__(self) -> None:
        self.fd: int | None = None

    def hold(self, pid: int | None) -> None:
        """Keep the namespace of a process, in place of the one before; None: keep none."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
        if pid is not None:
            with suppress(OSError):  # It has ended already, and nobody will follow it.
                self.fd = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)


def join(namespace: int) -> None:
    """Go into the mount namespace of another process of the run.

    Raises:
        OSError: the kernel refused.
    """
    linux.setns(namespace, linux.CLONE_NEWNS)


def _hold(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _existing(paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(paths) if os.path.exists(path)]  # noqa: PTH110 - pathlib would slow the guardian's start


def _is_below(path: str, places: Iterable[str]) -> bool:
    return any(path.startswith(f"{place}/") for place in places)


def _make_place(path: str, *, folder: bool) -> None:
    """Make what something can be mounted on."""
    os.makedirs(path if folder else os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - as above
    if not folder:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
