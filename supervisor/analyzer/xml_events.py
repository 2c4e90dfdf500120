"""XML that arrives in units, as the events that JSON would have; no entity is expanded.

An element is a map in its parent under its name. Its attributes are strings under their names,
its text is one under ``#``. A document is a map with its root in it.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import XMLParser

from supervisor.analyzer.json_events import Event

_TEXT_CHARS = 4000
_PATIENCE_BYTES = 1 << 12
_CLOSES = re.compile(rb"(?:^|--|[?\"'/\]])>")
"""What may end a comment, an instruction, or a tag that began on another line."""
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
"""No XML may hold them, and colours in captured output do."""


class XmlEvents:
    """The events of one document. A unit is a line, or a piece of one too long to be held."""

    def __init__(self) -> None:
        self._target = _Target()
        self._parser = XMLParser(target=self._target)
        # Newer releases of expat wait for more before they look at a tag again.
        self._flush = getattr(self._parser, "flush", _nothing)
        self._waiting = bytearray()
        self._quiet = 0
        """How much the parser was given since it last found something."""
        self.broken = False
        """The last unit, or what stands in it after the document, is no XML that we read."""

    def feed(self, unit: bytes) -> Sequence[Event]:
        """Events of the next unit; those before its fault, if it has one."""
        target = self._target
        target.events, target.roots_ended = [], 0
        self._waiting += unit.translate(None, _CONTROLS)
        if self._is_patient(unit):
            return target.events
        data = bytes(self._waiting)
        self._waiting.clear()
        target.heard = False
        try:
            self._parser.feed(data)
            if b">" in data:
                self._flush()
        except (ParseError, ValueError, LookupError):
            self.broken = True
            self._free()
        self._quiet = 0 if target.heard else self._quiet + len(data)
        return target.events

    def _is_patient(self, unit: bytes) -> bool:
        """Whether a long token need not be looked at again, which begins at its start."""
        if self._quiet < _PATIENCE_BYTES or len(self._waiting) >= self._quiet:
            return False
        return _CLOSES.search(unit) is None

    def _free(self) -> None:
        """Let go of the parser, which refers to itself: many on trial would pile up."""
        with suppress(ParseError, ValueError, LookupError):
            self._parser.close()

    def ends_at(self, unit: bytes) -> int:
        """Where in the last unit the root ends."""
        name = re.escape(self._target.root.encode())
        ends = re.compile(rb"</(?:[\w.-]+:)?%b\s*>|<(?:[\w.-]+:)?%b(?:\s[^<>]*)?/>" % (name, name))
        places = [found.end() for found in ends.finditer(unit)]
        if len(places) >= self._target.roots_ended > 0:
            return places[self._target.roots_ended - 1]
        return unit.find(b">") + 1  # Its tag began in the unit before.


class _Target:
    """What expat's calls become."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.root = ""
        self.heard = False
        """Whether anything came of the last unit."""
        self.roots_ended = 0
        """Elements with the root's name that ended in the last unit."""
        self._parents: list[bool] = []
        """The elements that are open, and whether they have a child."""
        self._text: list[str] = []
        self._room = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.heard = True
        self._put_text()
        name = _local(tag)
        if not self._parents:
            self.root = name
            self.events.append(("start_map", None))
        else:
            self._parents[-1] = True
        self._parents.append(False)
        self._room = _TEXT_CHARS
        self.events += (("map_key", name), ("start_map", None))
        for key, value in attributes.items():
            self.events += (("map_key", _local(key)), ("string", value))

    def data(self, text: str) -> None:
        self.heard = True
        if (self._parents[-1] or len(self._parents) == 1) and text.strip():
            raise ValueError("text beside elements")  # Another program's: ours ended too early.
        if self._room > 0:
            self._text.append(text[: self._room])
            self._room -= len(text)

    def end(self, tag: str) -> None:
        self.heard = True
        self._put_text()
        self._room = 0
        self._parents.pop()
        self.roots_ended += _local(tag) == self.root
        self.events.append(("end_map", None))
        if not self._parents:
            self.events.append(("end_map", None))

    def _put_text(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if text:
            self.events += (("map_key", "#"), ("string", text))


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def _nothing() -> None:
    """Older releases have nothing to flush."""
