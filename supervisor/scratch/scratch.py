"""One run's temporary directory, from its making to its removal."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

from supervisor.errors import StateError
from supervisor.scratch.base import create_lock, drop_lock, open_base
from supervisor.scratch.deleted import measure_deleted
from supervisor.scratch.pace import Pace
from supervisor.scratch.removal import Removal, make_trash, remove_tree, set_aside
from supervisor.scratch.usage import Usage, measure_filesystem, measure_free, measure_tree
from supervisor.scratch.writers import find_large_writers

_KEPT = "kept"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_VARIABLES = ("TMPDIR", "TMP", "TEMP")
"""Where nearly every program looks for the place of its temporary files."""


class Scratch:
    """A private directory that one run writes its temporary files to.

    Its lock is held for as long as this object is open, so a sweep by another supervisor leaves
    it alone; the kernel releases the lock when we die. ``remove``, or the end of the block, takes
    the directory away.
    """

    def __init__(self, base: Path, run_id: str) -> None:
        self.path = base / run_id
        self.run_id = run_id
        self._base_fd = open_base(base)
        self._lock_fd = -1
        self._inside_fd = -1

    @classmethod
    def open(cls, base: Path, run_id: str) -> Self:
        """Make the directory ``run_id`` below ``base``, which is made if it is missing.

        Raises:
            StateError: it cannot be made, it exists, or the base is not safe to use.
        """
        scratch = cls(base.absolute(), run_id)
        try:
            scratch._make()
        except OSError as error:
            scratch._close()
            raise StateError(
                f"{scratch.path}: scratch cannot be made: {error.strerror};"
                " free some space or set scratch.base to another directory"
            ) from error
        return scratch

    def _make(self) -> None:
        # The lock first: at no moment is there a directory that nobody can sweep.
        self._lock_fd = create_lock(self._base_fd, self.run_id)
        try:
            os.mkdir(self.run_id, mode=0o700, dir_fd=self._base_fd)
        except OSError:
            # What stands in the way is not ours, and a lock would give it to the next sweep.
            drop_lock(self._base_fd, self.run_id)
            raise
        make_trash(self._base_fd, self.run_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def env(self, more: Iterable[str] = ()) -> dict[str, str]:
        """Environment variables that make programs put their temporary files here.

        ``more`` are those that only some look at.
        """
        return dict.fromkeys((*_VARIABLES, *more), str(self.path))

    def enter(self, pid: int) -> None:
        """Measure from now on the file system that a process sees in place of the directory.

        It holds the run to its quota by itself. With a process that has ended, nothing changes.
        """
        with suppress(OSError):
            inside = f"/proc/{pid}/root{self.path}"
            self._inside_fd = os.open(inside, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)

    def open_inside(self) -> int:
        """The directory as the run sees it; the caller closes.

        Raises:
            OSError: the run has removed it.
        """
        if self.held:
            return os.dup(self._inside_fd)
        return os.open(self.run_id, _FOLDER, dir_fd=self._base_fd)

    @property
    def held(self) -> bool:
        """Whether the kernel holds the run to its quota, as far as we have looked."""
        return self._inside_fd >= 0

    def measure(self) -> Usage:
        """What is there now; takes time in proportion to its entries, unless the kernel counts."""
        if self.held:
            return measure_filesystem(self._inside_fd)
        return measure_tree(self.run_id, self._base_fd)

    def measure_deleted(self, pids: Iterable[int]) -> Usage:
        """What these processes hold open of what was deleted, which the kernel counts by itself.

        Takes time in proportion to their descriptors.
        """
        return measure_deleted(pids, os.fstat(self._base_fd).st_dev)

    def find_large_writers(self, pids: Iterable[int], least_bytes: int) -> set[int]:
        """Which of these processes write to so large a file on the directory's disk."""
        return find_large_writers(pids, os.fstat(self._base_fd).st_dev, least_bytes)

    def measure_free(self) -> Usage:
        """What the disk has left, in no time; it lessens with whatever anybody writes there."""
        return measure_free(self._base_fd)

    def discard(self) -> None:
        """Move the directory away, which takes no time whatever is in it; ``remove`` deletes it.

        From now on nothing is found under its path. It keeps its lock.
        """
        set_aside(self._base_fd, self.run_id, self.run_id, self._base_fd)

    def remove(self, pace: Pace | None = None, *, keep_lock: bool = False) -> Removal:
        """Remove the directory and everything in it; the second call does nothing.

        What cannot be removed, or not in time, stays with its lock, so that a later sweep tries
        again; with ``keep_lock`` the lock stays in any case.
        """
        if self._base_fd < 0:
            return Removal(left=0, freed_bytes=0)
        if self.held:
            os.close(self._inside_fd)
            self._inside_fd = -1
        try:
            removal = remove_tree(self._base_fd, self.run_id, pace)
            if not (removal.left or keep_lock):
                drop_lock(self._base_fd, self.run_id)
            return removal
        finally:
            self._close()

    def keep(self, most: int) -> Path:
        """Put the directory aside instead; of those that were, the ``most`` newest stay.

        The others go with ``remove``.

        Raises:
            OSError: it cannot be moved, and is still there to be removed.
        """
        with suppress(FileExistsError):
            os.mkdir(_KEPT, mode=0o700, dir_fd=self._base_fd)
        kept_fd = os.open(_KEPT, _FOLDER, dir_fd=self._base_fd)
        try:
            os.rename(self.run_id, self.run_id, src_dir_fd=self._base_fd, dst_dir_fd=kept_fd)
            os.utime(self.run_id, dir_fd=kept_fd)
            for name in _oldest_first(kept_fd)[:-most]:
                set_aside(self._base_fd, self.run_id, name, kept_fd)
        finally:
            os.close(kept_fd)
        return self.path.parent / _KEPT / self.run_id

    def _close(self) -> None:
        """Release the lock."""
        for fd in (self._lock_fd, self._base_fd):
            if fd >= 0:
                os.close(fd)
        self._lock_fd = self._base_fd = -1


def _oldest_first(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        ages = {entry.name: entry.stat(follow_symlinks=False).st_mtime_ns for entry in entries}
    return sorted(ages, key=ages.__getitem__)
