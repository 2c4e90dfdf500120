"""How much a directory tree holds."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
BLOCK_BYTES = 512
"""What a file's ``st_blocks`` counts in."""
_MOST_ENTRIES = 1_000_000
"""Where counting stops: twelve seconds' worth on ext4, and beyond every sensible quota."""


class File(NamedTuple):
    """One file, whatever it is called."""

    bytes: int
    """Blocks on disk."""
    identity: tuple[int, int]
    """Device and inode."""


NO_FILE = File(0, (0, 0))


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tree holds; each inode is counted once, whatever the number of its links."""

    bytes: int
    """Blocks on disk: a sparse file counts what it really occupies."""
    files: int
    """Inodes of every kind below the root, directories included."""
    largest: File = field(default=NO_FILE, compare=False)
    """The regular file with the most bytes, where files were looked at one by one."""

    def __add__(self, other: "Usage") -> "Usage":
        largest = max(self.largest, other.largest)
        return Usage(self.bytes + other.bytes, self.files + other.files, largest)


def measure_filesystem(fd: int) -> Usage:
    """What is on the whole file system that a descriptor is on.

    Raises:
        OSError: it cannot be asked.
    """
    seen = os.fstatvfs(fd)
    return Usage((seen.f_blocks - seen.f_bfree) * seen.f_frsize, seen.f_files - seen.f_ffree)


def measure_free(fd: int) -> Usage:
    """What the file system that a descriptor is on has left, for whoever may take all of it.

    Raises:
        OSError: it cannot be asked.
    """
    seen = os.fstatvfs(fd)
    return Usage(seen.f_bfree * seen.f_frsize, seen.f_ffree)


def measure_path(path: Path, most: int = _MOST_ENTRIES) -> Usage:
    """What a file has, or what is in a directory; nothing where there is none.

    Of more than about ``most`` entries some are counted.
    """
    try:
        seen = path.lstat()
        if not stat.S_ISDIR(seen.st_mode):
            return Usage(seen.st_blocks * BLOCK_BYTES, 1)
        fd = os.open(path.parent, _FOLDER)
    except OSError:
        return Usage(0, 0)
    try:
        return measure_tree(path.name, fd, most)
    finally:
        os.close(fd)


def measure_tree(name: str, dir_fd: int, most: int = _MOST_ENTRIES) -> Usage:
    """What is below directory ``name`` of ``dir_fd``, while others write to it.

    Never follows a link and never enters another mount. What vanishes meanwhile is not counted,
    what we may not enter counts as one entry; a tree that is missing holds nothing. Of more than
    about ``most`` entries some are counted.
    """
    try:
        root = os.open(name, _FOLDER, dir_fd=dir_fd)
    except OSError:
        return Usage(0, 0)
    try:
        with _Walk(root, most) as walk:
            while walk.step():
                pass
            return Usage(walk.bytes, walk.files, walk.largest)
    finally:
        os.close(root)


@dataclass(slots=True)
class _Level:
    """A directory between the root and where the walk is."""

    identity: tuple[int, int]
    pending: list[str]
    """Subdirectories not entered yet."""


@dataclass(slots=True)
class _Walk:
    """A walk down and up the tree that holds two descriptors however deep it goes."""

    root: int
    most: int
    bytes: int = 0
    files: int = 0
    largest: File = NO_FILE
    _here: int = -1
    _mount: tuple[int, str] = (0, "")
    _levels: list[_Level] = field(default_factory=list)
    _linked: set[tuple[int, int]] = field(default_factory=set)
    """Inodes with several links that were counted already."""

    def __enter__(self) -> Self:
        self._here = os.dup(self.root)
        self._mount = _mount(self.root)
        self._levels.append(self._read())
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._here)

    def step(self) -> bool:
        """Enter one subdirectory or leave one; False when nothing is left to enter."""
        if self.files >= self.most:
            return False
        if self._levels[-1].pending:
            self._enter(self._levels[-1].pending.pop())
            return True
        self._levels.pop()
        if self._levels:
            self._leave()
        return bool(self._levels)

    def _enter(self, name: str) -> None:
        try:
            fd = os.open(name, _FOLDER, dir_fd=self._here)
        except OSError:
            return
        if _mount(fd) != self._mount:
            os.close(fd)
            return
        self._move_to(fd)
        self._levels.append(self._read())

    def _leave(self) -> None:
        # A descriptor for each level would need thousands of them; so we go up by name, and look
        # whether we are where we came from, since somebody may have moved the directory.
        with suppress(OSError):
            fd = os.open("..", _FOLDER, dir_fd=self._here)
            if identity_of(os.fstat(fd)) == self._levels[-1].identity:
                self._move_to(fd)
                return
            os.close(fd)
        # What is left of this branch is counted at the next look.
        del self._levels[1:]
        self._move_to(os.dup(self.root))

    def _move_to(self, fd: int) -> None:
        os.close(self._here)
        self._here = fd

    def _read(self) -> _Level:
        """Count what is in the directory where we are."""
        pending = []
        with suppress(OSError), os.scandir(self._here) as entries:
            for entry in entries:
                try:
                    seen = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if self._count(seen):
                    pending.append(entry.name)
                if self.files >= self.most:
                    break
        return _Level(identity_of(os.fstat(self._here)), pending)

    def _count(self, seen: os.stat_result) -> bool:
        """Add one entry; whether it is a directory."""
        folder = stat.S_ISDIR(seen.st_mode)
        if seen.st_nlink > 1 and not folder:
            if identity_of(seen) in self._linked:
                return False
            self._linked.add(identity_of(seen))
        self.files += 1
        used_bytes = seen.st_blocks * BLOCK_BYTES
        self.bytes += used_bytes
        if used_bytes > self.largest.bytes and stat.S_ISREG(seen.st_mode):
            self.largest = File(used_bytes, identity_of(seen))
        return folder


def identity_of(seen: os.stat_result) -> tuple[int, int]:
    """What a file keeps under every name."""
    return seen.st_dev, seen.st_ino


def _mount(fd: int) -> tuple[int, str]:
    """The mount that a directory is on; a bind mount has the same device and another number.

    Source: proc_pid_fdinfo(5), mnt_id since Linux 3.15.
    """
    device = os.fstat(fd).st_dev
    try:
        with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as info:  # noqa: PTH123 - no path of the user's
            lines = [line for line in info if line.startswith("mnt_id:")]
    except OSError:
        return device, ""
    return device, "".join(lines)
