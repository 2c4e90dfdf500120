"""Where each key of a TOML document stands, so that a problem can be shown at its place.

A parser gives values without positions. This reads the same text once more, only when there
is a problem to show, and trusts that the parser has accepted it.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""Keys and, inside arrays, indexes from 0: ``("restart", "backoff", 2)``."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# A multi-line string may end in one or two quotes of its own before the closing three.
_STRING = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2})'
    r"|'''[\s\S]*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


class Place(NamedTuple):
    """Line and column, both counted from 1; a column is a character, not a byte."""

    line: int
    column: int


def locate(text: str) -> dict[KeyPath, Place]:
    r"""Place of every table, key and array element of the valid TOML document ``text``.

    A key stands where its name begins, an array element where its value begins, and a table
    that is written in several pieces where the first begins.

    Raises:
        RecursionError: arrays or inline tables are nested hundreds deep.

    >>> locate('[pool]\nsize = 4\nnames = ["a", "b"]')[("pool", "names", 1)]
    Place(line=3, column=15)
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def nearest(places: Mapping[KeyPath, Place], path: KeyPath) -> Place:
    """Place of ``path``, or of the closest table around it; the document's start at last."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, Place(1, 1))


class _Scanner:
    """One pass over a document; ``_at`` is always between two tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._at = 0
        self._places: dict[KeyPath, Place] = {}
        self._elements: dict[KeyPath, int] = {}
        """How many elements an array of tables has so far."""

    def scan(self) -> dict[KeyPath, Place]:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self._places

    def _header(self) -> KeyPath:
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        path: KeyPath = ()
        names = self._key()
        for name, start in names:
            path = (*self._last_element(path), name)
            self._note(path, start)
        self._at += brackets
        if brackets == 1:
            return self._last_element(path)
        self._elements[path] = self._elements.get(path, 0) + 1
        element = self._last_element(path)
        self._note(element, names[-1][1])
        return element

    def _last_element(self, path: KeyPath) -> KeyPath:
        count = self._elements.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: KeyPath) -> None:
        path = table
        for name, start in self._key():
            path = (*path, name)
            self._note(path, start)
        self._at += 1  # The equals sign.
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[tuple[str, int]]:
        """Names of a dotted key and where each begins; leaves behind it and its spaces."""
        parts = []
        while True:
            self._skip(_SPACE)
            start = self._at
            if self._text[start] in "\"'":
                parts.append((_unquote(self._take(_STRING)), start))
            else:
                parts.append((self._take(_BARE_KEY), start))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        match self._text[self._at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._inside("]"):
            self._note((*path, index), self._at)
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._inside("}"):
            self._pair(path)

    def _inside(self, closing: str) -> bool:
        """Whether another item follows; passes commas, comments and, at the end, ``closing``."""
        self._skip(_BLANK)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_BLANK)
        if self._text[self._at] != closing:
            return True
        self._at += 1
        return False

    def _note(self, path: KeyPath, start: int) -> None:
        line = bisect_right(self._lines, start)
        self._places.setdefault(path, Place(line, start - self._lines[line - 1] + 1))

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"not TOML at character {self._at}")
        self._at = match.end()
        return match[0]


def _unquote(key: str) -> str:
    if key[0] == "'":
        return key[1:-1]
    return _ESCAPE.sub(lambda match: _escaped(match[1]), key[1:-1])


def _escaped(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)
