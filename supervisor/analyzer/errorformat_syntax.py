r"""The patterns of Vim's ``errorformat`` as regular expressions.

Source: vim/vim, src/quickfix.c (efm_to_regpat) and runtime/doc/quickfix.txt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from supervisor.analyzer.fixed_text import class_end, fixed_text
from supervisor.analyzer.pattern import Pattern

GLOBAL_FILES = "OPQ"
_PREFIXES = "EWINACZGDX" + GLOBAL_FILES
_ITEMS = {
    "l": r"(?P<line>\d+)",
    "c": r"(?P<column>\d+)",
    "v": r"(?P<column>\d+)",
    "e": r"(?P<end_line>\d+)",
    "k": r"(?P<end_column>\d+)",
    "n": r"(?P<code>\d+)",
    "t": r"(?P<severity>.)",
    "m": r"(?P<message>.+)",
    "r": r"(?P<rest>.*)",
    "p": r"(?P<pointer>[- \t.]*)",
    "s": r"(?P<search>.+)",
    "o": r"(?P<module>\S+)",
}
_KIND_AND_NUMBER = (r"(?P<severity>.)(?P<code>\d+)", r"(?P<code>(?P<severity>.)\d+)")
_PATH = r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*?[./\\][^:]*)"
"""What looks like a path, where any line could be a file's name; Vim looks at the disk."""
_NAME = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:(),\"'|<>]+)"
_UP_TO = r"(?P<file>(?:[A-Za-z]:[\\/])?.+?)"
_MAGIC = dict(
    zip(
        "+=?|()<>aulxfdDsSwWt",
        (
            *("+", "?", "?", "|", "(?:", ")", r"\b", r"\b"),
            *("[A-Za-z]", "[A-Z]", "[a-z]", "[0-9A-Fa-f]", r"[^\s:]"),
            *(r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", r"\t"),
        ),
        strict=True,
    )
)
"""What stands for what behind a backslash in Vim's expressions."""
_PLAIN = {"#": "*", "%": "%", ".": ".", "^": "^", "$": "$", "]": "]", ">": ""}
_BRACES = {"-": "*?", "-1,": "+?"}


@dataclass(frozen=True, slots=True)
class Format:
    """One pattern of an ``errorformat``."""

    prefix: str
    """What kind of line it is; empty for a problem on one line."""
    pattern: Pattern
    whole: bool
    """``%+``: all of the line is the message."""
    ignored: bool
    """``%-``: such a line is nothing."""
    literals: tuple[str, ...]


def formats(errorformat: str | Sequence[str]) -> tuple[Format, ...]:
    r"""The patterns of an ``errorformat``: a string with commas between them, or one by one.

    >>> [one.prefix for one in formats(r"%E%f:%l: %m,%Z%p^,%-G%.%#")]
    ['E', 'Z', 'G']

    Raises:
        ValueError: what is wrong, and in which pattern.
    """
    one_by_one = not isinstance(errorformat, str)
    texts = list(errorformat) if one_by_one else re.split(r"(?<!\\),\s*", str(errorformat))
    found: list[Format] = []
    for number, text in enumerate(texts, 1):
        try:
            if text:
                found.append(_Translation(text).format())
        except (ValueError, re.error) as error:
            raise ValueError(f"errorformat, pattern {number} ({text}): {error}") from None
    if not found:
        raise ValueError("errorformat: has no pattern")
    return tuple(found)


class _Translation:
    """Goes through one pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._atoms: list[str] = []
        self._prefix = ""
        self._flag = ""
        self._used: set[str] = set()

    def format(self) -> Format:
        """The whole pattern."""
        while self._place < len(self._text):
            char = self._next()
            if char == "%":
                self._item(self._next() if self._place < len(self._text) else "")
            elif char == "\\" and self._place < len(self._text):
                self._atoms.append(re.escape(self._next()))
            else:
                self._atoms.append(re.escape(char))
        pattern = "".join(self._atoms).replace(*_KIND_AND_NUMBER) + "$"
        return Format(
            prefix=self._prefix,
            pattern=Pattern(pattern).checked(),
            whole=self._flag == "+",
            ignored=self._flag == "-",
            literals=fixed_text(pattern),
        )

    def _next(self) -> str:
        char = self._text[self._place]
        self._place += 1
        return char

    def _rest(self) -> str:
        return self._text[self._place :]

    def _item(self, char: str) -> None:
        """What stands behind a percent sign."""
        if not char:
            raise ValueError("ends in %")
        if char in _ITEMS or char == "f":
            self._atoms.append(self._file() if char == "f" else _ITEMS[char])
            if char in self._used:
                raise ValueError(f"%{char} stands twice")
            self._used.add(char)
        elif char in _PLAIN:
            self._atoms.append(_PLAIN[char])
        elif char in "*[\\":
            self._expression(char)
        else:
            self._kind(char)

    def _expression(self, char: str) -> None:
        if char == "*":
            self._many()
        elif char == "[":
            self._atoms.append(self._class())
        else:
            self._magic()

    def _kind(self, char: str) -> None:
        """What kind of line it is, with what is to be done with it."""
        if char in "+-" and self._rest()[:1] in tuple(_PREFIXES):
            self._flag, self._prefix = char, self._next()
        elif char == "+":
            self._atoms.append("+")
        elif char in _PREFIXES:
            self._prefix = char
        else:
            raise ValueError(f"%{char} is not known")

    def _file(self) -> str:
        """A file's name, which ends where the next character stands."""
        after = self._rest()[:1]
        if self._prefix and self._prefix in GLOBAL_FILES:
            return _PATH
        if not after:
            return "(?P<file>.+)"
        return _NAME if after in {"%", "\\"} else _UP_TO

    def _many(self) -> None:
        char = self._next() if self._place < len(self._text) else ""
        if char == "[":
            self._atoms.append(self._class())
        elif char == "\\" and self._rest():
            self._magic()
        else:
            raise ValueError(f"%*{char} is not known")
        self._atoms.append("+")

    def _class(self) -> str:
        """A set of characters, in which a percent sign may stand before any."""
        text = "[" + self._rest().replace("%", "")
        end = class_end(text, 0)
        if text[end - 1 : end] != "]":
            raise ValueError("] is missing")
        plain = len(text) - end
        rest = self._rest()
        while len(rest.replace("%", "")) > plain:
            rest = rest[1:]
        self._place = len(self._text) - len(rest)
        return "[" + re.sub(r"(?<!\\)([\[&~|])", r"\\\1", text[1 : end - 1]) + "]"

    def _magic(self) -> None:
        """What stands behind a backslash that a percent sign has made magic."""
        char = self._next() if self._place < len(self._text) else ""
        if char == "@":
            self._look_ahead()
        elif char == "{":
            count, brace, _ = self._rest().partition("}")
            if not brace:
                raise ValueError("} is missing")
            self._place += len(count) + 1
            count = count.removesuffix("\\")
            self._atoms.append(_BRACES.get(count) or f"{{{count}}}")
        else:
            self._atoms.append(_MAGIC.get(char) or re.escape(char))

    def _look_ahead(self) -> None:
        kind = self._next() if self._rest() else ""
        if kind not in {"=", "!"} or not self._atoms:
            raise ValueError(rf"%\@{kind} is not known")
        self._atoms[-1] = f"(?{kind}{self._atoms[-1]})"
