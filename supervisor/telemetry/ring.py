"""What waits to be written: bounded in entries and bytes, by severity. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from supervisor.events import Level

ENTRIES_MOST = 1000
BYTES_MOST = 1 << 20

_LEAST_SEVERE_FIRST: tuple[Level, ...] = ("debug", "info", "warning", "error")


class Entry(NamedTuple):
    """One encoded record."""

    seq: int
    level: Level
    line: bytes


@dataclass(slots=True)
class Ring:
    """Keeps the newest and most severe entries; what must go is counted."""

    dropped: int = 0
    """Entries dropped so far."""
    bytes_held: int = 0
    _count: int = 0
    _by_level: dict[Level, deque[Entry]] = field(
        default_factory=lambda: {level: deque() for level in _LEAST_SEVERE_FIRST}
    )

    def __len__(self) -> int:
        return self._count

    def has_room(self, entry: Entry) -> bool:
        """Whether it could be added and nothing would have to go."""
        return self._count < ENTRIES_MOST and self.bytes_held + len(entry.line) <= BYTES_MOST

    def add(self, entry: Entry) -> None:
        """Take ``entry``; drops the oldest of the least severe entries while there are too many."""
        self._by_level[entry.level].append(entry)
        self.bytes_held += len(entry.line)
        self._count += 1
        if self._count > ENTRIES_MOST or self.bytes_held > BYTES_MOST:
            self._shrink()

    def take(self) -> list[Entry]:
        """All entries in the order of their numbers; the ring is empty after."""
        entries = [entry for queue in self._by_level.values() for entry in queue]
        for queue in self._by_level.values():
            queue.clear()
        self.bytes_held = self._count = 0
        return sorted(entries, key=lambda entry: entry.seq)

    def put_back(self, entries: Sequence[Entry]) -> None:
        """Take back, in front of what came meanwhile, entries that could not be written."""
        for entry in reversed(entries):
            self._by_level[entry.level].appendleft(entry)
            self.bytes_held += len(entry.line)
            self._count += 1
        self._shrink()

    def _shrink(self) -> None:
        while self._count > ENTRIES_MOST or self.bytes_held > BYTES_MOST:
            queue = next(q for level in _LEAST_SEVERE_FIRST if (q := self._by_level[level]))
            self.bytes_held -= len(queue.popleft().line)
            self._count -= 1
            self.dropped += 1
