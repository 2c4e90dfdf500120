"""A line of the stream, with the lines above it within reach."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import accumulate, count, islice
from operator import add
from typing import Any

from supervisor.analyzer.excerpt import Quote
from supervisor.analyzer.gate import Sieve
from supervisor.analyzer.shape import Facts, shape
from supervisor.analyzer.text import FRONT_STARTS, bare, decode, occurrences, split_lane

_WORD = re.compile(r"\w")
_LANE_STARTS = frozenset("[#@")
_COLUMN = re.compile(r"[A-Za-z][^\s|]*+ ++\| ")
"""A name before a bar."""
HISTORY_BYTES = 16_384
"""How far back a line can look beyond the block that it is in."""
_MOST_BETWEEN = 64
"""Lines of other lanes between two that belong together."""


class Page:
    """Complete lines that arrived together, and the end of what came before."""

    def __init__(self, block: bytes, history: bytes, first: int) -> None:
        self.block = block
        """Scrubbed; each line ends in a newline."""
        self.first = first
        """Number of the first line, counted from 1 over the whole stream."""
        self.length = occurrences(b"\n", block)
        """How many lines there are."""
        self._history = history
        self._sifted: dict[Sieve[Any], Mapping[int, int]] = {}

    @cached_property
    def texts(self) -> Sequence[str]:
        """The lines as they came, without their ends."""
        return decode(self.block).split("\n")[:-1]

    @cached_property
    def bare(self) -> Sequence[str]:
        """The same without what a runner wrote in front."""
        if self._starts.isdisjoint(FRONT_STARTS):
            return self.texts
        return [bare(text) if text[:1] in FRONT_STARTS else text for text in self.texts]

    @cached_property
    def _starts(self) -> AbstractSet[str]:
        return {text[:1] for text in self.texts}

    @cached_property
    def _ends(self) -> Sequence[int]:
        """Where each line ends in the block."""
        if not self.block.isascii():
            return list(accumulate(map(len, self.block.splitlines(keepends=True))))
        return list(map(add, accumulate(map(len, self.texts)), count(1)))

    @cached_property
    def shapes(self) -> Sequence[bytes]:
        """The shape of each line."""
        return shape(self.block).split(b"\n")

    def between(self, begin: int, end: int) -> bytes:
        """The lines from ``begin`` up to ``end``."""
        if not begin and end == self.length:
            return self.block
        return self.block[self._ends[begin - 1] if begin else 0 : self._ends[end - 1]]

    def lane_at(self, index: int) -> int:
        """Index of the first line from ``index`` on that could be a multiplexer's.

        That is, of a lane without a colon in its name. Where there is none, how many lines there
        are.
        """
        place = bisect_left(self._laned, index)
        return self._laned[place] if place < len(self._laned) else self.length

    @cached_property
    def _laned(self) -> Sequence[int]:
        bare = enumerate(self.bare)
        if b" | " not in self.block:
            if self.bare is self.texts and self._starts.isdisjoint(_LANE_STARTS):
                return ()
            return [index for index, text in bare if text[:1] in _LANE_STARTS]
        return [
            index
            for index, text in bare
            if text[:1] in _LANE_STARTS or (" | " in text and _COLUMN.match(text))
        ]

    def sifted(self, sieve: Sieve[Any]) -> Mapping[int, int]:
        """A sieve's marks by the index of the line, where it has any."""
        found = self._sifted.get(sieve)
        if found is None:
            found = self._sifted[sieve] = sieve.marks(self.block, self._ends)
        return found

    def line_above(self, index: int) -> str:
        """Text of the line above one; empty at the start of the stream."""
        return bare(self.texts[index - 1]) if index else next(self.above(0), "")

    def above(self, index: int) -> Iterator[str]:
        """Texts of the lines above one, nearest first, as far as the history goes."""
        left = HISTORY_BYTES
        for place in range(index - 1, -1, -1):
            left -= len(self.shapes[place]) + 1
            if left <= 0:
                return
            yield bare(self.texts[place])
        end = self._history.rfind(b"\n")
        while end >= 0:
            begin = self._history.rfind(b"\n", 0, end) + 1
            # A line that the history cut in two is not a line; it uses up what is left.
            left -= end - begin + 1
            if left <= 0:
                return
            yield bare(decode(self._history[begin:end]))
            end = begin - 1

    def remember(self) -> bytes:
        """The history of the page that follows."""
        return remember(self._history, self.block)


def remember(history: bytes, block: bytes) -> bytes:
    """What is kept of ``history`` once ``block`` has followed it."""
    if len(block) < HISTORY_BYTES:
        block = history[len(block) - HISTORY_BYTES :] + block
    return block[-HISTORY_BYTES:]


class Line:
    """One line as its tool meant it; knows its number and what stands above it."""

    __slots__ = ("_index", "_lane", "_page", "facts", "marks", "number", "text")

    def __init__(self, page: Page, index: int, marks: int = 0) -> None:
        self._page = page
        self._index = index
        self._lane: str | None = None
        self.number = page.first + index
        text = page.texts[index]
        self.text = bare(text) if text[:1] in FRONT_STARTS else text
        self.marks = marks
        """Which of the gate's literals stand in the line, bit by bit."""
        self.facts: Facts | None = None
        """What is known about lines of this shape, where someone looks it up."""

    def within(self, lane: str, text: str) -> "Line":
        """The same line with what stands behind a lane's name, among others of the lane."""
        other = Line(self._page, self._index, self.marks)
        other.text, other._lane = text, lane
        return other

    @property
    def shape(self) -> bytes:
        """The line with a zero for each digit."""
        return self._page.shapes[self._index]

    @property
    def quote(self) -> Quote:
        """The line as it came."""
        return Quote(self.number, self._page.texts[self._index])

    def quotes_above(self) -> Iterator[Quote]:
        """Lines above it that have a word, nearest first, whosever they are."""
        for distance, text in enumerate(self._page.above(self._index), 1):
            if _WORD.search(text):
                yield Quote(self.number - distance, text)

    @property
    def before(self) -> str:
        """Text of the line above; empty at the start of the stream."""
        return self._page.line_above(self._index) if self._lane is None else next(self.above(), "")

    def follows(self, number: int) -> bool:
        """Whether line ``number`` stands right above, but for lines of other lanes."""
        between = self.number - number - 1
        if between <= 0 or self._lane is None or between > _MOST_BETWEEN:
            return between == 0
        others = islice(self._page.above(self._index), between)
        return next(_in_lane(self._lane, others), None) is None

    def above(self) -> Iterator[str]:
        """Texts of the lines above, nearest first, as far as the history goes."""
        above = self._page.above(self._index)
        return above if self._lane is None else _in_lane(self._lane, above)


def _in_lane(lane: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        split = split_lane(text)
        if split is not None and split[0] == lane:
            yield split[1]
