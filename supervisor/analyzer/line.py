"""A line of the stream, with the lines above it within reach."""

from collections.abc import Iterator

from supervisor.analyzer.shape import Facts, shape, sign_of
from supervisor.analyzer.text import clean, plain

HISTORY_BYTES = 16_384
"""How far back a line can look, in raw bytes."""


class Line:
    """One line, cleaned; knows its ordinal and, on demand, what stood above it."""

    __slots__ = (
        "_block",
        "_history",
        "_signs",
        "_start",
        "facts",
        "marks",
        "number",
        "shape",
        "text",
    )

    def __init__(self, number: int, raw: bytes, marks: int = 0) -> None:
        self.number = number
        raw = clean(raw)
        self.text = raw.decode("utf-8", "replace")
        self.shape = shape(raw)
        """The text with a zero for each digit."""
        self.facts: Facts | None = None
        """What is known about lines of this shape, where someone looks it up."""
        self._signs: str | None = None
        self.marks = marks
        """Which of the gate's literals stand in the line, bit by bit."""
        self._block = b""
        self._history = b""
        self._start = 0

    def within(self, block: bytes, start: int, history: bytes) -> "Line":
        """The line itself, standing at ``start`` of ``block`` after ``history``."""
        self._block, self._start, self._history = block, start, history
        return self

    def but(self, text: str) -> "Line":
        """The same line with other text: what stands behind a lane's name."""
        other = Line(self.number, b"", self.marks)
        other.text, other.shape = text, shape(text.encode())
        return other.within(self._block, self._start, self._history)

    @property
    def signs(self) -> str:
        """The text in the alphabet of ``Rule.sign``."""
        if self._signs is None:
            self._signs = sign_of(self.shape)
        return self._signs

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
