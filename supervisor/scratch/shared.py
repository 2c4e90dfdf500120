"""What appears in the temporary directories that a run shares with everybody. Deletes nothing."""

import heapq
import os
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from supervisor.scratch.usage import BLOCK_BYTES, measure_path

_MOST_LISTED = 20_000
"""Entries of one directory that a look takes in, which is a hundredth of a second."""
_MOST_MEASURED = 20_000
"""Entries below what has appeared that are measured, in all of it together."""
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, order=True)
class Appeared:
    """An entry of a shared directory that was not there before."""

    used_bytes: int
    """Blocks of it, or of what is in it, as far as that was measured."""
    path: str


@dataclass(frozen=True, slots=True)
class Found:
    """What has appeared."""

    count: int
    used_bytes: int
    largest: tuple[Appeared, ...]
    """At most 20, the largest first."""
    whole: bool
    """False: there may be more of it, in number or in bytes."""


class SharedPlaces:
    """Directories as they are when this is made, to say later what has appeared in them."""

    def __init__(self, places: Iterable[str]) -> None:
        self.crowded: set[str] = set()
        """Those with more than 20,000 entries: whatever is in them later may be old."""
        self._before: dict[str, array[int]] = {}
        for place in dict.fromkeys(map(os.path.realpath, places)):
            with suppress(OSError):
                self._list(place)

    def _list(self, place: str) -> None:
        """Keep hashes of the names in order, which is eight bytes for each."""
        with os.scandir(place) as entries:
            hashes = array("q", sorted(hash(one.name) for one in islice(entries, _MOST_LISTED)))
            if next(entries, None) is None:
                self._before[place] = hashes
            else:
                self.crowded.add(place)

    def leave_out(self, places: Iterable[str]) -> None:
        """Forget directories, such as those that the run has its own of."""
        for place in places:
            self._before.pop(place, None)
            self.crowded.discard(place)

    def __bool__(self) -> bool:
        """Whether there is any directory to say something about."""
        return bool(self._before or self.crowded)

    def top_of(self, path: str) -> str | None:
        """The new entry of one of the directories that a path is, or is in; None: there is none."""
        for place, before in self._before.items():
            if path.startswith(f"{place}/"):
                name = path[len(place) + 1 :].partition("/")[0]
                return f"{place}/{name}" if name and _is_new(name, before) else None
        return None

    def find(self, uid: int, besides: Collection[str]) -> Found:
        """What has appeared since and belongs to a user, but for the entries ``besides``."""
        tally = _Tally(uid, besides, _MOST_MEASURED)
        for place, before in self._before.items():
            with suppress(OSError), os.scandir(place) as entries:
                new = (one for one in entries if _is_new(one.name, before))
                for entry in islice(new, _MOST_LISTED):
                    tally.take(entry)
                tally.whole &= next(new, None) is None
        return tally.found()


@dataclass(slots=True)
class _Tally:
    """Adds up entries; remembers the largest."""

    uid: int
    besides: Collection[str]
    unmeasured: int
    """Entries that may still be measured."""
    whole: bool = True
    _count: int = 0
    _bytes: int = 0
    _largest: list[Appeared] = field(default_factory=list)

    def take(self, entry: os.DirEntry[str]) -> None:
        """Add an entry, if it is the user's and still there."""
        try:
            seen = entry.stat(follow_symlinks=False)
        except OSError:
            return
        if seen.st_uid != self.uid or entry.path in self.besides:
            return
        used_bytes = seen.st_blocks * BLOCK_BYTES
        if entry.is_dir(follow_symlinks=False):
            below = measure_path(Path(entry.path), self.unmeasured)
            used_bytes += below.bytes
            self.unmeasured -= below.files
        self._count += 1
        self._bytes += used_bytes
        heapq.heappush(self._largest, Appeared(used_bytes, entry.path))
        if len(self._largest) > _MOST_NAMED:
            heapq.heappop(self._largest)

    def found(self) -> Found:
        """All of it."""
        largest = tuple(sorted(self._largest, reverse=True))
        return Found(self._count, self._bytes, largest, self.whole and self.unmeasured > 0)


def open_below(pid: int) -> Iterator[str]:
    """Paths of what a process has open or mapped, as far as we may look."""
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # Closed meanwhile.
                yield os.readlink(entry.path)  # noqa: PTH115 - a Path for each costs more than it
    with suppress(OSError), open(f"/proc/{pid}/maps", "rb") as lines:  # noqa: PTH123 - as above
        # A library that was unpacked to be loaded is closed at once.
        yield from {os.fsdecode(line[at:-1]) for line in lines if (at := line.find(b"/")) > 0}


def _is_new(name: str, before: "array[int]") -> bool:
    at = bisect_left(before, hash(name))
    return at == len(before) or before[at] != hash(name)
