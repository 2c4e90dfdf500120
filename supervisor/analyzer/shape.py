"""Lines that differ in their digits only are alike: what was decided once need not be again."""

import re
from enum import Enum, auto

_DIGITS_TO_ZERO = bytes(ord("0") if chr(byte).isdigit() else byte for byte in range(128)) + bytes(
    range(128, 256)
)
_ANY_DIGIT = re.compile(r"\\d|0-9|\{\d*,?\d*\}")
_DIGIT_OR_REFERENCE = re.compile(r"\d|\(\?P=")
_MOST_SHAPES = 2048
_MOST_SHAPE_BYTES = 400


class Claim(Enum):
    """Whether a line claims that something failed."""

    NONE = auto()
    WEAK = auto()
    STRONG = auto()


class Facts:
    """What has been found out about lines of one shape; None is not known."""

    # Defaults of the class, since most shapes come once and then none of this is ever set.
    opens_nothing_with: int | None = None
    """``Line.marks`` of such lines that begin no tool's execution."""
    reader: tuple[object, int] | None = None
    """A grammar's rules, and the place of the one that reads such lines; -1 if none does."""
    calamitous: bool | None = None
    """Whether they contain a word of a calamity."""
    diagnostic: int | None = None
    """The place of the generic pattern that reads them; -1 if none does."""
    claim: Claim | None = None
    """What they say, if ``counts`` as long as no number begins with a zero."""
    counts = False
    """Whether the claim may be about a number."""


class Shapes:
    """Facts about shapes; forgets all when it has seen too many."""

    def __init__(self) -> None:
        self._facts: dict[bytes, Facts] = {}

    def __len__(self) -> int:
        return len(self._facts)

    def facts(self, key: bytes) -> Facts:
        """What is known about a shape, to be added to; a long one will not come again."""
        facts = self._facts.get(key)
        if facts is None:
            facts = Facts()
            if len(key) <= _MOST_SHAPE_BYTES:
                if len(self._facts) >= _MOST_SHAPES:
                    self._facts.clear()
                self._facts[key] = facts
        return facts


def shape(data: bytes) -> bytes:
    """``data`` with a zero for each digit.

    >>> shape(b"F401 at 12:5")
    b'F000 at 00:0'
    """
    return data.translate(_DIGITS_TO_ZERO)


def blind(pattern: re.Pattern[str]) -> bool:
    r"""Whether it cannot tell one digit from another, so that it matches all of a shape or none.

    >>> blind(re.compile(r"[A-Z]{1,6}\d+: [0-9a-f]")), blind(re.compile(r"Found 0 errors"))
    (True, False)
    """
    return _DIGIT_OR_REFERENCE.search(_ANY_DIGIT.sub("", pattern.pattern)) is None


def sign(data: bytes) -> str:
    r"""Lower case, one zero for each number, and a character for each byte.

    >>> sign("a.py:12:5: F401 ✖".encode())
    'a.py:0:0: f0 â\x9c\x96'
    """
    return sign_of(shape(data))


def sign_of(kind: bytes) -> str:
    """The sign of all data of one shape."""
    # Strings are searched four times as fast as bytes.
    signs = kind.lower().decode("latin-1")
    while "00" in signs:
        signs = signs.replace("0000", "0").replace("00", "0")
    return signs
