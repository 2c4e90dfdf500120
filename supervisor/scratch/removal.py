"""Removing a directory tree that was made by programs we do not trust.

Each directory is first renamed to the top of the trash and emptied there, so the walk is never
more than one level deep: no recursion, no long path, one open descriptor, whatever the tree's
depth. And the kernel itself keeps us on our side of every mount: it renames and removes no mount
point (EBUSY) and moves nothing across mounts (EXDEV), bind mounts of the same file system
included, which comparing device numbers would miss.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from errno import EEXIST, EIO, ENOENT, ENOTEMPTY
from itertools import count
from pathlib import Path

from supervisor.scratch.pace import LeftOffError, Pace

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK_BYTES = 512
_SLICE = 32
"""Entries between two looks at the clock."""
_PASSES = 16
"""Looks at one directory. One is enough unless somebody still writes there, or the file system
skips entries while others are removed."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal left, and what it gave back."""

    left: int
    """Files and directories still there; one that was not entered counts as one."""
    freed_bytes: int
    """Blocks of what was removed; a file with another hard link elsewhere frees nothing."""
    finished: bool = True
    """Whether all of it was tried; else the time was over."""


def make_trash(base_fd: int, name: str) -> None:
    """Make the directory through which ``name`` will be removed.

    Made beforehand, because a disk that the tree has filled has no room for another directory.

    Raises:
        OSError: it cannot be made.
    """
    with suppress(FileExistsError):
        os.mkdir(trash_of(name), mode=0o700, dir_fd=base_fd)


def set_aside(base_fd: int, name: str, entry: str, fd: int) -> None:
    """Move an entry of ``fd`` to where ``name`` will be removed through, whatever its size.

    One that cannot be moved stays.
    """
    with suppress(OSError):
        top_fd = _open_trash(base_fd, name)
        try:
            _Emptying(top_fd, Pace()).remove(entry, fd)
        finally:
            os.close(top_fd)


def remove_tree(base_fd: int, name: str, pace: Pace | None = None) -> Removal:
    """Remove ``name`` from ``base_fd``, and what was set aside or an interrupted removal left.

    Never follows a link and never leaves the mount. What cannot be removed, or not in the time
    that the pace allows, stays in the trash directory, which the next removal of this name takes
    up.
    """
    try:
        top_fd = _open_trash(base_fd, name)
    except OSError:
        return Removal(left=1, freed_bytes=0)
    try:
        emptying = _Emptying(top_fd, pace or Pace())
        emptying.remove(name, base_fd)
        emptying.empty()
    finally:
        os.close(top_fd)
    with suppress(OSError):  # What holds it back is counted.
        os.rmdir(trash_of(name), dir_fd=base_fd)
    return Removal(emptying.left, emptying.freed_bytes, emptying.finished)


def trash_of(name: str) -> str:
    """What the directory is called through which ``name`` is removed."""
    return f".trash-{name}"


def _open_trash(base_fd: int, name: str) -> int:
    make_trash(base_fd, name)
    return os.open(trash_of(name), _FOLDER, dir_fd=base_fd)


class _Emptying:
    """Removes things by way of the directory behind ``top_fd``; counts what goes and stays."""

    def __init__(self, top_fd: int, pace: Pace) -> None:
        self.left = 0
        self.freed_bytes = 0
        self.finished = True
        self._top_fd = top_fd
        self._pace = pace
        self._pending = os.listdir(top_fd)
        taken = set(self._pending)
        self._fresh_names = (name for name in map(str, count()) if name not in taken)

    def remove(self, name: str, fd: int) -> None:
        """Remove an entry of ``fd``, or move it to the top."""
        if not self._drop(name, fd):
            self.left += 1

    def empty(self) -> None:
        """Remove everything at the top and below, as long as there is time."""
        try:
            self._empty_top()
        except LeftOffError:  # Within one that is pending no more.
            self.left += len(self._pending) + 1
            self.finished = False

    def _empty_top(self) -> None:
        while self._pending:
            name = self._pending.pop()
            try:
                fd = os.open(name, _FOLDER, dir_fd=self._top_fd)
            except OSError:  # Not a directory, or one that we may not enter.
                self.left += self._unlink(name, self._top_fd) != 0
                continue
            try:
                self._empty(name, fd)
            finally:
                os.close(fd)

    def _empty(self, name: str, fd: int) -> None:
        """Remove the directory ``fd``, which is called ``name`` at the top."""
        stuck = 0
        for _ in range(_PASSES):
            removed, stuck = self._pass(fd)
            if self._unlink(name, self._top_fd) == 0:
                return
            if not removed:
                break
        self.left += stuck + 1

    def _pass(self, fd: int) -> tuple[int, int]:
        """Remove or move up each entry; how many are out of ``fd`` and how many are not."""
        removed = stuck = 0
        with os.scandir(fd) as entries:
            for entry in entries:
                if (removed + stuck) % _SLICE == 0:
                    self._pace.step()
                if self._drop_listed(entry, fd):
                    removed += 1
                else:
                    stuck += 1
        return removed, stuck

    def _drop_listed(self, entry: os.DirEntry[str], fd: int) -> bool:
        """The same as ``_drop``, for hundreds of thousands, which are files mostly."""
        if entry.is_dir(follow_symlinks=False):
            return self._drop(entry.name, fd)
        try:
            seen = entry.stat(follow_symlinks=False)
            os.unlink(entry.name, dir_fd=fd)
        except OSError as error:
            return error.errno == ENOENT
        if seen.st_nlink == 1:
            self.freed_bytes += seen.st_blocks * _BLOCK_BYTES
        return True

    def _drop(self, name: str, fd: int) -> bool:
        """Whether the entry is out of ``fd``: removed, or a full directory and moved up."""
        errno = self._unlink(name, fd)
        return self._move_up(name, fd) if errno in {ENOTEMPTY, EEXIST} else not errno

    def _unlink(self, name: str, fd: int) -> int:
        """Remove a file or an empty directory; 0 when it is gone, else the errno."""
        try:
            seen = os.stat(name, dir_fd=fd, follow_symlinks=False)
            folder = stat.S_ISDIR(seen.st_mode)
            (os.rmdir if folder else os.unlink)(name, dir_fd=fd)
        except FileNotFoundError:
            return 0
        except OSError as error:
            return error.errno or EIO
        if folder or seen.st_nlink == 1:
            self.freed_bytes += seen.st_blocks * _BLOCK_BYTES
        return 0

    def _move_up(self, name: str, fd: int) -> bool:
        fresh = next(self._fresh_names)
        try:
            # Moving a directory rewrites its "..", which asks for write permission on itself.
            _permit(name, fd)
            os.rename(name, fresh, src_dir_fd=fd, dst_dir_fd=self._top_fd)
        except OSError as error:
            return error.errno == ENOENT
        self._pending.append(fresh)
        return True


def _permit(name: str, dir_fd: int) -> None:
    """Give ourselves read, write and search on a directory of ours, such as Go's module cache.

    Raises:
        OSError: it is no directory, or not ours.
    """
    # O_PATH needs no permission on the directory, and chmod through the descriptor cannot be led
    # to a link's target by whoever swaps the name.
    fd = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=dir_fd)
    try:
        mode = stat.S_IMODE(os.fstat(fd).st_mode)
        if mode & stat.S_IRWXU != stat.S_IRWXU:
            Path(f"/proc/self/fd/{fd}").chmod(mode | stat.S_IRWXU)
    finally:
        os.close(fd)
