"""A line of the stream, with the lines above it within reach."""

from collections.abc import Iterator

from supervisor.analyzer.text import plain

HISTORY_BYTES = 16_384
"""How far back a line can look, in raw bytes."""


class Line:
    """One line, cleaned; knows its ordinal and, on demand, what stood above it."""

    __slots__ = ("_block", "_history", "_start", "folded", "number", "text")

    def __init__(self, number: int, raw: bytes, folded: bytes) -> None:
        self.number = number
        self.folded = folded
        self.text = plain(raw)
        self._block = b""
        self._history = b""
        self._start = 0

    def within(self, block: bytes, start: int, history: bytes) -> "Line":
        """The line itself, standing at ``start`` of ``block`` after ``history``."""
        self._block, self._start, self._history = block, start, history
        return self

    def but(self, text: str) -> "Line":
        """The same line with other text: what stands behind a lane's name."""
        other = Line(self.number, b"", self.folded)
        other.text = text
        return other.within(self._block, self._start, self._history)

    @property
    def before(self) -> str:
        """Text of the line above; empty at the start of the stream."""
        return next(self.above(), "")

    def above(self) -> Iterator[str]:
        """Texts of the lines above, nearest first, as far as the history goes."""
        seen = self._block[max(0, self._start - HISTORY_BYTES) : self._start]
        if len(seen) < HISTORY_BYTES:
            seen = (self._history + seen)[-HISTORY_BYTES:]
        end = len(seen) - 1
        while end >= 0:
            start = seen.rfind(b"\n", 0, end) + 1
            # A line that the history cut in two is not a line.
            if start == 0 and len(seen) == HISTORY_BYTES:
                return
            yield plain(seen[start:end])
            end = start - 1
