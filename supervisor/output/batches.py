"""Captured chunks gathered into batches that become frames. Pure: no clock, no thread."""

from collections import deque
from dataclasses import dataclass, field

from supervisor.output.frames import Encoded

_QUEUE_BATCHES = 8
_MOST_PARTS = 1024
"""Turns between stdout and stderr in one batch; bounds the frame's header."""
_QUIET_S = 1.0
_AGE_S = 5.0
"""Oldest age of a waiting byte under a trickle: a frame per line would cost more than the line."""


@dataclass(slots=True)
class Batch:
    """Raw bytes that become one frame."""

    offset: int
    """Bytes of output before it."""
    skipped_lines: int
    """Newlines dropped between the batch before and this one."""
    born: float
    touched: float
    raw: bytes | bytearray = b""
    lines: int = 0
    """Newlines in it."""
    parts: list[tuple[int, int]] = field(default_factory=list)
    """(stream, bytes), neighbours of one stream merged."""
    encoded: Encoded | None = None

    def extend(self, chunk: bytes) -> None:
        """Add bytes at its end."""
        if not self.raw:
            self.raw = chunk  # In a flood it stays the only one, and is never copied.
            return
        if not isinstance(self.raw, bytearray):
            self.raw = bytearray(self.raw)
        self.raw += chunk

    def encode_as(self, encoded: Encoded) -> None:
        """Have the frame in place of its bytes."""
        self.encoded, self.raw = encoded, b""


class Batches:
    """A bounded queue of batches, of which the last is still being filled.

    ``pop`` takes the oldest to be encoded, by whomever; ``take_ready`` gives them back in order.
    """

    def __init__(self, batch_bytes: int) -> None:
        self._batch_bytes = batch_bytes
        self._most_parts = min(_MOST_PARTS, batch_bytes // 16)
        self._sealed: deque[Batch] = deque()
        self._under_way: deque[Batch] = deque()
        self._filling: Batch | None = None
        self._skipped_lines = 0
        self.offset = 0
        """Bytes of output seen so far, skipped ones included."""

    @property
    def waiting(self) -> int:
        """Sealed batches that ``pop`` would give."""
        return len(self._sealed)

    @property
    def under_way(self) -> int:
        """Batches that were popped, and that ``take_ready`` has not given back."""
        return len(self._under_way)

    @property
    def empty(self) -> bool:
        """Whether no byte is held."""
        return self._filling is None and not self._sealed

    def add(self, stream: int, chunk: bytes, lines: int, now: float) -> bool:
        """Take a chunk of at most a batch, with so many newlines; False when the queue is full."""
        batch = self._filling
        if batch is not None and self._is_full(batch, stream, len(chunk)):
            if len(self._sealed) >= _QUEUE_BATCHES:
                return False
            self.seal()
            batch = None
        if batch is None:
            batch = self._filling = Batch(self.offset, self._skipped_lines, now, now)
            self._skipped_lines = 0
        batch.extend(chunk)
        batch.lines += lines
        batch.touched = now
        if batch.parts and batch.parts[-1][0] == stream:
            batch.parts[-1] = (stream, batch.parts[-1][1] + len(chunk))
        else:
            batch.parts.append((stream, len(chunk)))
        self.offset += len(chunk)
        if len(batch.raw) == self._batch_bytes and len(self._sealed) < _QUEUE_BATCHES:
            self.seal()
        return True

    def _is_full(self, batch: Batch, stream: int, size_bytes: int) -> bool:
        turns = len(batch.parts) >= self._most_parts and batch.parts[-1][0] != stream
        return turns or len(batch.raw) + size_bytes > self._batch_bytes

    def skip(self, size_bytes: int, lines: int) -> None:
        """Count output that will not be kept."""
        self.seal()
        self.offset += size_bytes
        self._skipped_lines += lines

    def seal(self) -> None:
        """End the batch being filled, if there is one."""
        if self._filling is not None:
            self._sealed.append(self._filling)
            self._filling = None

    def ripe_in_s(self, now: float) -> float | None:
        """Seconds until the batch being filled should be sealed; None when there is none."""
        if self._filling is None:
            return None
        return min(self._filling.touched + _QUIET_S, self._filling.born + _AGE_S) - now

    def pop(self) -> Batch:
        """The oldest sealed batch.

        Raises:
            IndexError: none is sealed.
        """
        batch = self._sealed.popleft()
        self._under_way.append(batch)
        return batch

    def take_ready(self) -> tuple[Batch, Encoded] | None:
        """The oldest batch under way, if its frame is there."""
        if not self._under_way or (encoded := self._under_way[0].encoded) is None:
            return None
        return self._under_way.popleft(), encoded

    def take_skipped_lines(self) -> int:
        """Newlines skipped since the last batch began, forgotten here."""
        lines, self._skipped_lines = self._skipped_lines, 0
        return lines
