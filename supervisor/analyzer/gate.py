"""Finds the lines that some grammar could want, without looking at the others.

A regular expression over the stream runs at 3 MB/s here and a line-by-line loop at 10; a dozen
substring searches over a folded block run at 100. So a grammar says which literals its lines
contain, and only literals that contain no other grammar's literal are searched for.
"""

from collections.abc import Iterable
from typing import AnyStr

_FOLD = bytes(ord("0") if chr(byte).isdigit() else byte for byte in range(128)).lower() + bytes(
    range(128, 256)
)


def fold(data: bytes) -> bytes:
    """Lower case, and each digit a zero: the alphabet in which literals are compared.

    >>> fold(b"Found 54 errors.")
    b'found 00 errors.'
    """
    return data.translate(_FOLD)


def minimal(literals: Iterable[str]) -> tuple[bytes, ...]:
    """The fewest folded literals such that each given one contains one of them.

    >>> minimal(["Error:", "errors", "FAILED"])
    (b'failed', b'errors', b'error:')
    """
    return shortest({fold(text.encode()) for text in literals})


def shortest(literals: Iterable[AnyStr]) -> tuple[AnyStr, ...]:
    """Those that contain none of the others, longest first."""
    kept: list[AnyStr] = []
    for literal in sorted(set(literals), key=lambda text: (len(text), text)):
        if not any(shorter in literal for shorter in kept):
            kept.append(literal)
    return tuple(sorted(kept, reverse=True, key=lambda text: (-len(text), text)))


def mark(folded: bytes, literals: tuple[bytes, ...]) -> dict[int, int]:
    r"""Ends of the lines of a folded block that hold literals, and which: bit by bit, in order.

    Each line ends in a newline. A literal is looked for once in each line that it stands in.

    >>> mark(b"an error, an error\nno\nfailed: error\n", (b"error", b"fail"))
    {18: 1, 35: 3}
    """
    marks: dict[int, int] = {}
    bit = 1
    for literal in literals:
        found = folded.find(literal)
        while found >= 0:
            end = folded.find(b"\n", found)
            marks[end] = marks.get(end, 0) | bit
            found = folded.find(literal, end)
        bit <<= 1
    return marks
