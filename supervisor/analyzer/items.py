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
        paths = items.file, items.line, items.column, items.code, items.message, items.severity
        self._ways = tuple(map(get, paths))
        flat = all(path.isidentifier() or not path for path in paths)
        self._keys = tuple(path or None for path in paths) if flat else None
        """The same where they are keys of an item; None stands in none."""
        marks = (("safe", items.safe), ("unsafe", items.unsafe))
        self._levels: dict[object, str] = {}
        self._marks = [(key, _stands(mark)) for key, mark in marks if mark]

    def read(self, item: Any) -> Finding | None:
        """What an item says; ``counts_as`` is empty where that is not in the item."""
        items = self._items
        if self._keys is not None and type(item) is dict:
            file, line, column, code, message, severity = map(item.get, self._keys)
        else:
            file, line, column, code, message, severity = [way(item) for way in self._ways]
        finding = Finding(
            file=said(file) or None,
            line=_from_one(line, from_zero=items.from_zero),
            column=_from_one(column, from_zero=items.from_zero),
            code=said(code) or None,
            message=said(message),
            counts_as=self._level(severity),
        )
        if items.amend is not None:
            return items.amend(finding, item)
        # What should have words and has none, nor a name or a file, is no finding.
        told = finding.message or finding.code or finding.file or not items.message
        return finding if told else None

    def key(self, severity: str | None) -> str:
        """Key of ``Digest.counted`` for a severity."""
        return severity_key(severity, self._known, self._items.counts_as)

    def _level(self, value: Any) -> str:
        """The same for what an item has there; empty where that says nothing."""
        # Of other types some are equal that are not said alike, as 1 and true.
        if type(value) is not int and type(value) is not str:
            severity = said(value)
            return self.key(severity) if severity else ""
        key = self._levels.get(value)
        if key is None:
            severity = said(value)
            key = self.key(severity) if severity else ""
            if len(self._levels) < _MOST_KEYS:
                self._levels[value] = key
        return key

    def mended(self, item: Any) -> list[str]:
        """``safe`` or ``unsafe``, if the fix command mends it."""
        return [key for key, stands in self._marks if stands(item)] if self._marks else []


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
    if value is None:
        return ""
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
    number = value if value is None or type(value) is int else whole(value)
    if number is None or number >= _MOST:
        return None
    number += from_zero
    return number if number > 0 else None
