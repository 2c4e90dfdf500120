"""Items of documents and records to findings."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from supervisor.analyzer.form import Items
from supervisor.analyzer.tally import Finding, severity_key

Get = Callable[[Any], Any]
_STYLED = ("string", "text", "content", "value", "#")
"""Where styled text has its words."""
_MOST_KEYS = 100
_MOST = 1e15
"""No number of anything is as large."""
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class ItemReader:
    """Reads items of one kind."""

    def __init__(self, items: Items, severities: Mapping[str, str]) -> None:
        self._items = items
        self._known = {**severities, **items.severities}
        self._file, self._line = get(items.file), get(items.line)
        self._column, self._code = get(items.column), get(items.code)
        self._message, self._severity = get(items.message), get(items.severity)
        marks = (("safe", items.safe), ("unsafe", items.unsafe))
        self._keys: dict[str | None, str] = {}
        self._marks = [(key, _stands(mark)) for key, mark in marks if mark]

    def read(self, item: Any) -> Finding | None:
        """What an item says; ``counts_as`` is empty where that is not in the item."""
        items = self._items
        severity = said(self._severity(item))
        finding = Finding(
            file=said(self._file(item)) or None,
            line=_from_one(self._line(item), from_zero=items.from_zero),
            column=_from_one(self._column(item), from_zero=items.from_zero),
            code=said(self._code(item)) or None,
            message=said(self._message(item)),
            counts_as=self.key(severity) if severity else "",
        )
        if items.amend is not None:
            return items.amend(finding, item)
        # What should have words and has none, nor a name or a file, is no finding.
        told = finding.message or finding.code or finding.file or not items.message
        return finding if told else None

    def key(self, severity: str | None) -> str:
        """Key of ``Digest.counted`` for a severity."""
        key = self._keys.get(severity)
        if key is None:
            key = severity_key(severity, self._known, self._items.counts_as)
            if len(self._keys) < _MOST_KEYS:
                self._keys[severity] = key
        return key

    def mended(self, item: Any) -> list[str]:
        """``safe`` or ``unsafe``, if the fix command mends it."""
        return [key for key, stands in self._marks if stands(item)]


def get(path: str) -> Get:
    """What stands at a path in a value, None where nothing does.

    >>> get("a.0.b|c")({"a": [{"b": 1}]}), get("a|c")({"c": 2})
    (1, 2)
    """
    if not path:
        return _nothing
    if path.isidentifier():
        return lambda value: value.get(path) if isinstance(value, dict) else None
    ways = [one.split(".") for one in path.split("|")]

    def found(value: Any) -> Any:
        for way in ways:
            inner = value
            for key in way:
                inner = _step(inner, key)
            if inner is not None:
                return inner
        return None

    return found


def said(value: Any) -> str:
    r"""A value as one line of text; of styled text the words.

    >>> said("two\n lines"), said(["a ", {"string": "b"}]), said(None), said(2086)
    ('two lines', 'a b', '', '2086')
    """
    text = value if isinstance(value, str) else _words(value)
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    return " ".join(text.split()) if "\n" in text else text.strip()


def whole(value: Any) -> int | None:
    """A number, however it is written; None where there is none.

    >>> whole("12"), whole(3.0), whole(True), whole("x")
    (12, 3, 1, None)
    """
    if type(value) is int and -_MOST < value < _MOST:
        return value
    try:
        # An integer made of a short decimal may fill the memory.
        number = int(value) if abs(float(value)) < _MOST else None
    except (TypeError, ValueError, OverflowError):
        return None
    return number


def _nothing(_value: Any) -> None:
    """No path leads to no value."""


def _step(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return value if key == "@" else None


def _words(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).lower()
        case list():
            return "".join(map(_words, value))
        case dict():
            return _words(next((value[key] for key in _STYLED if key in value), None))
        case _:
            return str(value)


def _stands(mark: str) -> Callable[[Any], bool]:
    path, _, value = mark.partition("=")
    way = get(path)
    return lambda item: said(way(item)) == value


def _from_one(value: Any, *, from_zero: bool) -> int | None:
    number = None if value is None else whole(value)
    if number is None:
        return None
    number += from_zero
    return number if number > 0 else None
