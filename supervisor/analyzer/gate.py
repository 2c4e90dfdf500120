"""Finds the lines that some grammar could want, without looking at the others.

A regular expression over the stream runs at 3 MB/s here and a line-by-line loop at 10; a dozen
substring searches over a folded block run at 100. So a grammar says which literals its lines
contain, and only literals that contain no other grammar's literal are searched for.
"""

from collections.abc import Iterable

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
    kept: list[bytes] = []
    for literal in sorted({fold(text.encode()) for text in literals}, key=lambda b: (len(b), b)):
        if not any(shorter in literal for shorter in kept):
            kept.append(literal)
    return tuple(sorted(kept, reverse=True, key=lambda b: (-len(b), b)))


class Hits:
    """Where the literals stand in one folded block; asked from front to back."""

    def __init__(self, folded: bytes, literals: tuple[bytes, ...]) -> None:
        self._folded = folded
        self._literals = literals
        self._next = [-1] * len(literals)

    def find(self, position: int) -> int:
        """First place of any literal at or after ``position``; the block's length if none."""
        best = len(self._folded)
        for index, found in enumerate(self._next):
            if found < position:
                found = self._folded.find(self._literals[index], position)  # noqa: PLW2901
                if found < 0:
                    found = len(self._folded)  # noqa: PLW2901
                self._next[index] = found
            if found < best:  # noqa: PLR1730 - min() would be half of this function's time
                best = found
        return best
