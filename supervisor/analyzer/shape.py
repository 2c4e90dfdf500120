"""Lines that differ in their digits only are alike: what was decided once need not be again."""

import re
from collections.abc import Callable, Sequence

_DIGITS_TO_ZERO = bytes(ord("0") if chr(byte).isdigit() else byte for byte in range(128)) + bytes(
    range(128, 256)
)
_ANY_DIGIT = re.compile(r"\\d|0-9|\{\d*,?\d*\}|\\x(?!3)[0-9a-fA-F]{2}|\\u(?!003)[0-9a-fA-F]{4}")
"""What stands for every digit or for none, though there are some in it."""
_DIGIT_OR_REFERENCE = re.compile(r"\d|\(\?P=")
_MOST_SHAPES = 4096
_SELDOM = 8
"""One page in so many is asked about where few lines had a known shape."""
_MOST_SHAPE_BYTES = 400


class Facts:
    """What has been found out about lines of one shape; None is not known."""

    # Defaults of the class, since most shapes come once and then none of this is ever set.
    marks = 0
    """The gate's marks, which depend on the shape alone."""
    laneless = False
    """Whether no multiplexer's name stands in front."""
    opens_nothing = False
    """Whether no tool's execution begins with one."""
    unread_by: object = None
    """The rules that were tried last and do not read them."""
    means = True
    """Whether they could be something to the residue."""
    diagnostic: int | None = None
    """The place of the generic pattern that reads them; -1 if none does."""
    calm = False
    """Whether they begin with no failure that would be quoted."""
    strong: bool | None = None
    """Whether they begin with a failure's word."""
    cause: str | None = None
    """Under which cause they are counted."""
    counts = False
    """Whether a lone zero would make them a denial."""


class Shapes:
    """Facts about shapes; forgets all when it has seen too many."""

    def __init__(self) -> None:
        self._facts: dict[bytes, Facts] = {}
        self._pages = 0
        self._dense = False
        """Whether a good part of the last page's lines was wanted."""
        self._repeat = True
        """Whether a good part of the last lines that were asked about had a known shape."""

    def __len__(self) -> int:
        return len(self._facts)

    def known(self, key: bytes) -> Facts | None:
        """What is known about a shape that came before."""
        return self._facts.get(key)

    def facts(self, key: bytes, marks: int) -> Facts:
        """What is known about a shape, to be added to; a long one will not come again."""
        facts = self._facts.get(key)
        if facts is None:
            facts = Facts()
            facts.marks = marks
            if len(key) <= _MOST_SHAPE_BYTES:
                if len(self._facts) >= _MOST_SHAPES:
                    self._facts.clear()
                self._facts[key] = facts
        return facts

    @property
    def help(self) -> bool:
        """Whether it is likely that to ask for the marks of shapes saves looking for them."""
        return self._dense and (self._repeat or not self._pages % _SELDOM)

    def note(self, wanted: int, lines: int) -> None:
        """Learn how many of a page's lines were wanted."""
        self._pages += 1
        self._dense = wanted > lines // 4

    def marks(
        self, shapes: Sequence[bytes], find: Callable[[bytes], dict[int, int]]
    ) -> dict[int, int]:
        """What the gate finds in lines of these shapes, which is known of those seen before."""
        known = list(map(self.known, shapes))
        fresh = [index for index, facts in enumerate(known) if facts is None]
        self._repeat = len(fresh) < len(shapes) - len(shapes) // 4
        found = find(b"\n".join([shapes[index] for index in fresh]) + b"\n") if fresh else {}
        marks = {fresh[place]: bits for place, bits in found.items()}
        marks |= {index: facts.marks for index, facts in enumerate(known) if facts is not None}
        return dict(sorted(marks.items()))


def shape(data: bytes) -> bytes:
    """``data`` with a zero for each digit.

    >>> shape(b"F401 at 12:5")
    b'F000 at 00:0'
    """
    return data.translate(_DIGITS_TO_ZERO)


def blind(pattern: str) -> bool:
    r"""Whether it cannot tell one digit from another, so that it matches all of a shape or none.

    >>> blind(r"[A-Z]{1,6}\d+: [0-9a-f]"), blind(r"Found 0 errors")
    (True, False)
    """
    return _DIGIT_OR_REFERENCE.search(_ANY_DIGIT.sub("", pattern)) is None
