"""The segment files of one run's raw store: appended to, never above the quota."""

import errno
import os
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_SEGMENT_NAME = re.compile(r"\d{6,}\.zst", re.ASCII)
_SHARE = 16
"""Segments that fill a quota: so much of it is lost at once when the oldest of the tail goes."""


@dataclass(frozen=True, slots=True)
class Held:
    """How much is in a frame, a segment or a store."""

    disk_bytes: int = 0
    raw_bytes: int = 0
    lines: int = 0
    """Newlines."""

    def __add__(self, other: "Held") -> "Held":
        return Held(
            self.disk_bytes + other.disk_bytes,
            self.raw_bytes + other.raw_bytes,
            self.lines + other.lines,
        )


@dataclass(slots=True)
class _Segment:
    path: Path
    held: Held = Held()


def segment_paths(directory: Path) -> list[Path]:
    """The segment files in ``directory``, oldest first.

    Raises:
        OSError: the directory cannot be read.
    """
    paths = [path for path in directory.iterdir() if _SEGMENT_NAME.fullmatch(path.name)]
    return sorted(paths, key=lambda path: int(path.stem))


class Segments:
    """Writes segments: the first half of the quota is kept, the second half rolls.

    Touches nothing before the first ``append``, which makes the directory. After an error the
    next ``append`` starts a new file, so a torn frame can only be the last of its segment.
    """

    def __init__(self, directory: Path, quota_bytes: int) -> None:
        self._directory = directory
        self._quota_bytes = quota_bytes
        self._segment_bytes = quota_bytes // _SHARE
        self._head: list[_Segment] = []
        self._tail: deque[_Segment] = deque()
        self._fd: int | None = None

    def append(self, pieces: Sequence[bytes], held: Held) -> None:
        """Write a header and its frame whole, or leave no trace where the disk allows that.

        Raises:
            OSError: the disk or the quota did not take it.
        """
        size = sum(map(len, pieces))
        fd = self._fd_for(size)
        self._make_room(size)
        try:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    rest = rest[os.write(fd, rest) :]
        except OSError:
            self._take_back(fd)
            raise
        self._current.held += held

    def close(self) -> None:
        """Close the file, and look what is still there.

        Raises:
            OSError: the disk lost what it had taken.
        """
        self._leave()
        self._forget_missing()

    @property
    def held(self) -> Held:
        """What all segments hold together."""
        return sum((segment.held for segment in (*self._head, *self._tail)), Held())

    @property
    def _current(self) -> _Segment:
        return self._tail[-1] if self._tail else self._head[-1]

    def _fd_for(self, frame_bytes: int) -> int:
        """A descriptor with room for a frame; opens the next file where the last is full."""
        if self._fd is not None and os.fstat(self._fd).st_nlink == 0:
            # Somebody deleted the run's directory; what we wrote on would go nowhere.
            self._leave()
            self._forget_missing()
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._directory))
        if self._fd is None:
            return self._open(frame_bytes)
        if self._current.held.disk_bytes + frame_bytes > self._segment_bytes:
            self._leave()
            return self._open(frame_bytes)
        return self._fd

    def _open(self, frame_bytes: int) -> int:
        """Open the next file, of the head as long as half the quota takes it."""
        self._directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.mkdir(mode=0o700, exist_ok=True)
        taken = [int(path.stem) for path in segment_paths(self._directory)[-1:]]
        path = self._directory / f"{max(taken, default=-1) + 1:06}.zst"
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        head_bytes = sum(segment.held.disk_bytes for segment in self._head)
        needed = max(self._segment_bytes, frame_bytes)
        is_head = not self._tail and head_bytes + needed <= self._quota_bytes // 2
        (self._head if is_head else self._tail).append(_Segment(path))
        return self._fd

    def _make_room(self, frame_bytes: int) -> None:
        used = self.held.disk_bytes
        while used + frame_bytes > self._quota_bytes and len(self._tail) > 1:
            self._tail[0].path.unlink(missing_ok=True)
            used -= self._tail.popleft().held.disk_bytes
        if used + frame_bytes > self._quota_bytes:
            self._leave()
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), str(self._directory))

    def _take_back(self, fd: int) -> None:
        """Cut the file back to its last whole frame and leave it."""
        try:
            os.ftruncate(fd, self._current.held.disk_bytes)
        except OSError:  # The torn frame stays and counts; readers pass over it.
            self._current.held = replace(self._current.held, disk_bytes=os.fstat(fd).st_size)
        self._leave()

    def _leave(self) -> None:
        """Close the current file; an empty one goes, or a full disk would collect them."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        if self._current.held.disk_bytes == 0:
            (self._tail or self._head).pop().path.unlink(missing_ok=True)
        os.close(fd)

    def _forget_missing(self) -> None:
        self._head = [segment for segment in self._head if segment.path.exists()]
        self._tail = deque(segment for segment in self._tail if segment.path.exists())
