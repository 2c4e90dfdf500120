"""A document while it is being read: on trial until it is known whose it is."""

from collections.abc import Callable
from dataclasses import dataclass

from supervisor.analyzer.document import DocumentParser, Recogniser
from supervisor.analyzer.json_events import Event, JsonEvents
from supervisor.analyzer.outline import Signatures
from supervisor.analyzer.records import RECORD_BYTES
from supervisor.analyzer.xml_events import XmlEvents

LOOK_BACK_BYTES = RECORD_BYTES
"""How much is read on trial."""
PIECE_BYTES = 1 << 13
"""A longer line is read in pieces of this; the events of much more do not fit a core's cache."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is over, and how many lines it took."""

    parser: DocumentParser
    lines: int
    newlines: int
    """One less where something follows on the last line."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far reading came."""

    text: int
    """Where that begins which is text, or which to keep if more is needed."""
    place: int
    """Where to look on."""
    fresh: bool = True
    """Whether that place counts as the start of a line."""
    document: Document | None = None
    waits: bool = False
    """More is needed to go on."""


class OpenDocument:
    """Reads units of data: lines, and pieces of lines that are too long to be held."""

    def __init__(
        self, signatures: Signatures, on_failure: Callable[[str, str], None], *, markup: bool
    ) -> None:
        self.markup = markup
        self._source = XmlEvents() if markup else JsonEvents()
        self._recogniser = Recogniser(signatures)
        self._on_failure = on_failure
        self._events: list[Event] = []
        self._parser: DocumentParser | None = None
        self._trial = 0
        """How much of the data at hand was read on trial."""
        self._size = 0
        self._newlines = 0
        self._midline = False
        """The last unit was not the end of a line."""

    @property
    def size(self) -> int:
        """How many bytes were read, however they arrived."""
        return self._size

    def read(self, data: bytes, start: int, *, final: bool) -> Step:
        """Read what is in ``data`` from ``start`` on, of which some was read on trial."""
        at = start + self._trial
        while end := _unit_end(data, at, final=final):
            unit = data[at:end]
            if self._take(unit):
                return self._ended(data, start, at, end)
            if self._source.broken:
                return self._broke(unit, start, at, end)
            self._midline = unit[-1:] != b"\n"
            at = end
            if self._parser is None and self._size > LOOK_BACK_BYTES:
                return Step(start, end, fresh=not self._midline)
        if not final:
            keep = at if self._parser is not None else start
            self._trial = at - keep
            return Step(keep, len(data), waits=True)
        if self._parser is None:
            return Step(start, at)
        return Step(at, at, document=self._finish(self._parser, complete=False))

    def _take(self, unit: bytes) -> bool:
        """Read a unit; whether the document ends in it."""
        self._size += len(unit)
        self._newlines += unit[-1:] == b"\n"
        events = self._source.feed(unit)
        if self._parser is not None:
            return self._parser.read(events)
        self._events += events
        ended = self._recogniser.take(events)
        if self._recogniser.form is not None:
            self._parser = DocumentParser(self._recogniser.form, self._on_failure)
            ended = self._parser.read(self._events)
            self._events.clear()
        return ended

    def _ended(self, data: bytes, start: int, at: int, end: int) -> Step:
        if self._parser is None:
            return Step(start, end, fresh=data[end - 1 : end] == b"\n")
        rest = at + self._source.ends_at(data[at:end])
        if data[rest:end].strip():
            self._newlines -= data[end - 1 : end] == b"\n"
            end = rest
            self._midline = True
        else:
            self._midline = data[end - 1 : end] != b"\n"
        return Step(end, end, document=self._finish(self._parser, complete=True))

    def _broke(self, unit: bytes, start: int, at: int, end: int) -> Step:
        """Give the line with the fault back, unless that would begin all over again."""
        whole = unit[-1:] == b"\n"
        again = not self._midline and self._size > len(unit)
        place = at if again else end
        fresh = again or whole
        if self._parser is None:
            return Step(start, place, fresh=fresh)
        if again:
            self._newlines -= whole
        self._midline = not fresh
        return Step(place, place, fresh, self._finish(self._parser, complete=False))

    def _finish(self, parser: DocumentParser, *, complete: bool) -> Document:
        parser.finish(complete=complete)
        return Document(parser, self._newlines + self._midline, self._newlines)


def _unit_end(data: bytes, start: int, *, final: bool) -> int:
    """Where the unit ends that begins at ``start``; 0 if not all of it is there."""
    newline = data.find(b"\n", start, start + PIECE_BYTES)
    if newline >= 0:
        return newline + 1
    if len(data) - start >= PIECE_BYTES:
        return start + PIECE_BYTES
    return len(data) if final and start < len(data) else 0
