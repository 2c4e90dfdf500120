"""Finds the lines that some grammar could want, without looking at the others.

A regular expression over the stream runs at 3 MB/s here and a line-by-line loop at 10. One
automaton for the literals of all grammars runs at 500, however many there are, and says at the
same time which of them stand in which line, so that few rules are tried on it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Generic, TypeVar

from ahocorasick_rs import BytesAhoCorasick, Implementation

_FIRST = frozenset({0xE2, 0xC3})
_SIGNS = frozenset("✖✗✘❌×".encode()) - _FIRST
_TICKS = frozenset("✓✔".encode()) - _FIRST - _SIGNS


def _folded(byte: int) -> int:
    """What stands for a byte; of what is not ASCII the signs of failure are told from all else."""
    if byte >= 0x80:  # noqa: PLR2004 - the first that is not ASCII
        if byte in _TICKS:
            return 0xC3  # No character ends in it; a code more would double the automaton.
        return byte if byte in _FIRST else 0x9C if byte in _SIGNS else 0x80
    if chr(byte).isdigit():
        return ord("0")
    return ord(chr(byte).lower())


_FOLD = bytes(map(_folded, range(256)))
_ZEROS = re.compile(rb"0+")
_MOST_REMEMBERED = 4096
_WEAK_BYTES = 4
_T = TypeVar("_T")


def fold(data: bytes) -> bytes:
    """Lower case, each digit a zero: the alphabet in which literals are compared.

    >>> fold(b"Found 54 errors.")
    b'found 00 errors.'
    """
    return data.translate(_FOLD)


@lru_cache(maxsize=8192)  # Each analysis asks for those of all grammars.
def anchor(literal: str) -> bytes:
    """What stands in every folded line that the literal stands in, where it has 0 for a number.

    Numbers have any length, so the longest piece that begins or ends with one's digit is taken.

    >>> anchor("Found 0 errors"), anchor(":0:0: "), anchor("--> ")
    (b'0 errors', b'0: ', b'--> ')
    """
    folded = fold(literal.encode())
    words = _ZEROS.split(folded)
    last = len(words) - 1
    pieces = [
        (b"0" if place else b"") + word + (b"0" if place < last else b"")
        for place, word in enumerate(words)
    ]
    return max(reversed(pieces), key=len)


def shortest(literals: Iterable[str]) -> tuple[str, ...]:
    """Those that contain none of the others: what finds one of them finds all.

    >>> shortest(["error:", "err", "failed"])
    ('err', 'failed')
    """
    kept: list[str] = []
    for literal in sorted(literals, key=len):
        if not any(shorter in literal for shorter in kept):
            kept.append(literal)
    return tuple(kept)


def _codes(anchors: Iterable[bytes]) -> bytes:
    """A table from bytes to the places of their folded forms among those that anchors hold.

    An automaton keeps as much for each state as it tells bytes apart, and one more for each gap
    between them; in powers of two. With places instead of bytes that is a quarter.
    """
    used = sorted(set(b"".join(anchors)))
    places = {byte: place for place, byte in enumerate(used)}
    return bytes(places.get(byte, len(used)) for byte in _FOLD)


def _proof(weak: bytes, literals: Iterable[str]) -> re.Pattern[bytes] | None:
    """What stands in each folded line with a literal of which the anchor shows too little."""
    if len(weak) > _WEAK_BYTES:
        return None
    folded = sorted({fold(one.encode()) for one in literals if anchor(one) == weak})
    if weak in folded:
        return None
    wholes = (b"0+".join(map(re.escape, _ZEROS.split(one))) for one in folded)
    return re.compile(b"|".join(wholes))


class Gate:
    """One automaton for many literals; each has a bit, which a line's marks show.

    Unless it is ``exact``, the line may hold no more of a literal than its anchor.
    """

    def __init__(self, literals: Iterable[str], *, exact: bool = True) -> None:
        literals = {*literals}
        anchors = sorted(set(map(anchor, literals)))
        self._bits = {text: 1 << place for place, text in enumerate(anchors)}
        self._of_pattern = list(self._bits.values())
        self._codes = _codes(anchors)
        coded = [text.translate(self._codes) for text in anchors]
        self._automaton = BytesAhoCorasick(coded, implementation=Implementation.DFA)
        self._weak = [
            (self._bits[text], proof)
            for text in anchors
            if exact and (proof := _proof(text, literals)) is not None
        ]
        """Bits of anchors that many other lines hold, and what those lines lack."""
        self._doubt = sum(bit for bit, _ in self._weak)

    def bit(self, literal: str) -> int:
        """The bit that is set in the marks of each line that holds ``literal``."""
        return self._bits[anchor(literal)]

    def mask(self, literals: Iterable[str]) -> int:
        """The bits of several literals."""
        mask = 0
        for literal in literals:
            mask |= self.bit(literal)
        return mask

    def marks(self, block: bytes, ends: Sequence[int] = ()) -> dict[int, int]:
        r"""Marks by line, counted from 0, in order; lines without any literal are left out.

        Each line of the block ends in a newline; ``ends`` says where, if that is known.

        >>> gate = Gate(["error", "fail"])
        >>> gate.marks(b"an error, an error\nno\nfailed: error\n")
        {0: 1, 2: 3}
        """
        hits = self._automaton.find_matches_as_indexes(
            block.translate(self._codes), overlapping=True
        )
        marks: dict[int, int] = {}
        if not hits:
            return marks
        bits = self._of_pattern
        ends = ends or list(accumulate(map(len, block.splitlines(keepends=True))))
        line, end, found = 0, ends[0], 0
        for pattern, _, stop in hits:
            if stop > end:
                if found:
                    marks[line] = found
                found = 0
                while stop > end:
                    line += 1
                    end = ends[line]
            found |= bits[pattern]
        marks[line] = found
        if doubt := self._doubt:
            for line in [line for line, found in marks.items() if found & doubt]:
                text = block[ends[line - 1] if line else 0 : ends[line]]
                marks[line] = self._proven(marks[line], text)
                if not marks[line]:
                    del marks[line]
        return marks

    def _proven(self, marks: int, line: bytes) -> int:
        """Of a line's marks those that stand for more than a weak anchor."""
        folded = fold(line)
        for bit, proof in self._weak:
            if marks & bit and proof.search(folded) is None:
                marks ^= bit
        return marks


class Index(Generic[_T]):
    """Values behind bits: those that a line's marks speak for. No bits speak for every line."""

    def __init__(self, values: Iterable[tuple[int, _T]]) -> None:
        self._values = tuple(values)
        self._mask = 0
        for bits, _ in self._values:
            self._mask |= bits
        self._found: dict[int, tuple[_T, ...]] = {}

    def at(self, marks: int) -> tuple[_T, ...]:
        """Values whose literals the line holds, in the order in which they were given."""
        marks &= self._mask
        found = self._found.get(marks)
        if found is None:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            found = tuple(value for bits, value in self._values if bits & marks or not bits)
            self._found[marks] = found
        return found


class Sieve(Generic[_T]):
    """Values by the lines of a text in which one of their literals stands.

    It knows few literals, so that a flood's lines, which hold many of a gate's, cost little here.
    """

    def __init__(self, values: Iterable[tuple[tuple[str, ...], _T]]) -> None:
        values = tuple(values)
        anchors = {literal: anchor(literal) for literals, _ in values for literal in literals}
        # What finds a part of a literal finds it, too, and each find costs.
        every = {*anchors.values()}
        parts = {one for one in every if not any(part in one for part in every - {one})}
        self._gate = Gate([one for one in anchors if anchors[one] in parts], exact=False)
        bits = {anchors[one]: self._gate.bit(one) for one in anchors if anchors[one] in parts}
        self._index = Index(
            (
                sum({bits[part] for one in literals for part in parts if part in anchors[one]}),
                value,
            )
            for literals, value in values
        )

    def marks(self, block: bytes, ends: Sequence[int]) -> dict[int, int]:
        """Marks by line, counted from 0, for lines that end there; those without are left out."""
        return self._gate.marks(block, ends)

    def at(self, marks: int) -> tuple[_T, ...]:
        """Values for a line with these marks, and those without a literal, in their order."""
        return self._index.at(marks)
