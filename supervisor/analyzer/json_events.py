"""JSON that arrives in units, as events; and where in its last unit a document ends."""

import re
from collections.abc import Sequence
from typing import Any

import ijson  # type: ignore[import-untyped]

Event = tuple[str, Any]
"""``start_map``, ``map_key``, ``string`` and their like, with the key or the value."""

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_STRING_OR_END = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[}\]]', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_END = frozenset({"end_map", "end_array"})


class JsonEvents:
    """The events of one document. A unit is a line, or a piece of one too long to be held."""

    def __init__(self) -> None:
        self._events = ijson.sendable_list()
        # Numbers that Python would not take crash the parser, unless it makes them itself; with
        # those that it cannot make, an integer of more than 63 bits among them, a document ends.
        self._parser = ijson.basic_parse_coro(self._events, use_float=True)
        self._quoted = False
        """Whether the last unit began inside a string."""
        self._quoted_next = False
        self._escaped = False
        """Whether a backslash before it escapes the last unit's first byte."""
        self._escaped_next = False
        self.broken = False
        """The last unit, or what stands in it after the document, is no JSON."""

    def feed(self, unit: bytes) -> Sequence[Event]:
        """Events of the next unit; those before its fault, if it has one."""
        events: list[Event] = self._events
        events.clear()
        try:
            self._parser.send(unit if unit.isascii() else _valid(unit))
        # Half a surrogate pair, written as an escape, is no text to it.
        except (ijson.JSONError, StopIteration, UnicodeDecodeError):
            self.broken = True
        self._quoted, self._escaped = self._quoted_next, self._escaped_next
        if self._quoted or unit[-1:] != b"\n":
            self._follow_strings(unit)
        return events

    def ends_at(self, unit: bytes) -> int:
        """Where in the last unit the document's last bracket ends."""
        place = 0
        if self._quoted and (rest := _REST_OF_STRING.match(unit, int(self._escaped))):
            place = rest.end()
        open_ends = sum(event in _END for event, _ in self._events)
        for found in _STRING_OR_END.finditer(unit, place):
            open_ends -= found[0] in b"}]"
            if not open_ends:
                return found.end()
        return len(unit)

    def _follow_strings(self, unit: bytes) -> None:
        """Keep track of whether a line's next piece begins inside a string."""
        if unit[-1:] == b"\n":
            self._quoted_next = self._escaped_next = False
            return
        plain = unit[int(self._escaped) :]
        if b"\\" in plain:
            plain = _ESCAPED.sub(b"", plain)
        self._escaped_next = plain[-1:] == b"\\"
        self._quoted_next ^= bool(plain.count(b'"') % 2)


def _valid(unit: bytes) -> bytes:
    """The unit in UTF-8, which is all that the parser takes."""
    return unit.decode("utf-8", "replace").encode()
