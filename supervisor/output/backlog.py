"""Output on its way to a reader that may be slower than its writer, and never in its way.

Only the newest is held. What the reader was too slow for is *missed*: the reader is told from
where to where, and may find it in the raw store.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from supervisor.output.position import Position

QUIET = 0
"""The stream of an empty chunk that marks a moment without output."""

_MOST_BYTES = 1 << 20
_CHUNK_BYTES = 128
"""What a chunk costs beside its bytes."""

Chunk = tuple[int, bytes]
"""The stream (1 stdout, 2 stderr) and what was read from it."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A stretch of output that was not taken in time."""

    begin: Position
    end: Position


class Backlog:
    """``put`` from one thread, ``take`` from another; ``put`` waits for nobody.

    Holds at most 1 MB and a chunk, beside what was taken last.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._chunks: deque[Chunk] = deque()
        self._lines: deque[int] = deque()
        """Newlines of each chunk."""
        self._held_bytes = 0
        self._taken = Position()
        """What is before it was taken, or told as missed."""
        self._begin = Position()
        """Where the oldest chunk begins."""
        self._deadline: float | None = None

    @property
    def held_bytes(self) -> int:
        """What waits."""
        return self._held_bytes

    @property
    def missing_bytes(self) -> int:
        """What was missed since the last ``take``."""
        return self._begin.offset - self._taken.offset

    @property
    def expired(self) -> bool:
        """Whether the time is over that the reader had after the last output."""
        return self._deadline is not None and time.monotonic() > self._deadline

    def put(self, stream: int, data: bytes, lines: int) -> None:
        """Add what was read from a stream, with so many newlines in it.

        ``QUIET`` with no bytes marks a pause.
        """
        with self._changed:
            self._chunks.append((stream, data))
            self._lines.append(lines)
            self._held_bytes += len(data) + _CHUNK_BYTES
            while self._held_bytes > _MOST_BYTES and len(self._chunks) > 1:
                self._drop()
            self._changed.notify()

    def _drop(self) -> None:
        _, data = self._chunks.popleft()
        self._held_bytes -= len(data) + _CHUNK_BYTES
        self._begin = self._begin.after(len(data), self._lines.popleft())

    def end(self, patience_s: float) -> None:
        """No more comes, and the reader has so long for what it has missed."""
        with self._changed:
            self._deadline = time.monotonic() + patience_s
            self._changed.notify()

    def take(self) -> Sequence[Chunk] | Missed | None:
        """Wait for what comes next; None after the last."""
        with self._changed:
            while not self._chunks:
                if self._deadline is not None:
                    return None
                self._changed.wait()
            if self.missing_bytes:
                missed = Missed(self._taken, self._begin)
                self._taken = self._begin
                return missed
            chunks, self._chunks = self._chunks, deque()
            size = sum(len(data) for _, data in chunks)
            self._taken = self._begin = self._begin.after(size, sum(self._lines))
            self._lines.clear()
            self._held_bytes = 0
            return chunks
