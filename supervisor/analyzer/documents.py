r"""Takes documents and JSON lines out of what arrives, before the rest is cut into lines.

Where a line could be a document's first, it is read on trial, and what was read is kept until it
is known whose the document is. What is nobody's goes the way of all text. All of it depends on
the bytes alone, not on how they arrived.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from supervisor.analyzer.agents import AgentForm
from supervisor.analyzer.form import Form
from supervisor.analyzer.long_line import LongLine
from supervisor.analyzer.open_document import LOOK_BACK_BYTES, PIECE_BYTES, Document, OpenDocument
from supervisor.analyzer.outline import Signatures
from supervisor.analyzer.records import RecordForm, RecordForms, Records, parse, probe
from supervisor.analyzer.shape import shape
from supervisor.analyzer.text import decode

_FRONT = rb"(?:\xef\xbb\xbf|\x1b\[[\d;]*m)"
"""A byte order mark, or a colour."""
_CUT_FRONT = rb"\xef\xbb?\Z|\x1b\[?[\d;]*\Z"
_START = rb"\{\s{0,80}+(?:\"%b)|\[\s{0,80}+(?:\{%b)|<(?:\?xml\s%b|(?:%b)[\s/>])"
_TAG = re.compile(
    rb"<(?:\?|[\w:.-]++(?:\s++[\w:.-]++\s*+=\s*+(?:\"[^\"<\n]*+\"|'[^'<\n]*+'))*+\s*+"
    rb"(?:/?>|\Z|(?<=\n)|[\w:.-]++\s*+(?:=\s*+(?:\"[^\"<\n]*+|'[^'<\n]*+)?)?(?:\Z|\n|(?<=\n))))"
)
"""A tag, or as much of one as stands in a line; anything else is a fault."""
_RUN = re.compile(rb"(?:\{[^\n]*+\n)++")
"""Lines that each begin with a brace."""
_IN_FRONT = re.compile(_FRONT + rb"*+")
_BRACKETS = b"{["
_ANGLE = ord("<")
_MOST_STRANGERS = 1000
_OPENING_BYTES = 6
_AT_ONCE_BYTES = 256
_MOST_BREAKS = 32
_MOST_OPENINGS = 200
_MOST_FAULTS = 200
"""After so many, text is what only looks like XML: each costs as much as a hundred lines."""

Part = bytes | Records | Document


class FormBook:
    """What is known of documents and records; the same for every stream."""

    def __init__(self, forms: Sequence[Form], records: Sequence[RecordForm]) -> None:
        self.signatures = Signatures(forms)
        self.records = RecordForms(records)
        agents = (one.agent for one in records if isinstance(one, AgentForm))
        types = sorted({re.escape(kind.encode()) for one in agents for kind in one.types})
        self.event = re.compile(rb'\{\s{0,80}+"type":\s?+"(?:%b)"' % (b"|".join(types) or rb"(?!)"))
        """What an agent's event begins with, which may be too long to be held."""
        roots = {path.partition(".")[0] for one in forms if one.markup for path in _paths(one)}
        names = b"|".join(re.escape(root.encode()) for root in sorted(roots)) or rb"(?!)"
        whole = _START % (b"", b"", b"", names)
        self.start = re.compile(rb"%b*+(?:%b)" % (_FRONT, whole))
        """What a line begins with that may be a document's first."""
        # What the end of the data cuts off may become that.
        cut = _START % (rb"|\Z", rb"|\Z", rb"|[?\w]{0,20}+\Z", names)
        maybe = rb"%b|%b++(?:%b|%b|\Z)|%b" % (cut, _FRONT, cut, _CUT_FRONT, _CUT_FRONT)
        self.maybe = re.compile(maybe)
        # The first character alone excludes most lines; that is three times as fast.
        self.maybe_below = re.compile(rb"\n(?=[{\[<\x1b\xef])(?=%b)" % maybe)


class _View:
    """What arrived, and how far it was looked at."""

    def __init__(self, data: bytes, *, final: bool) -> None:
        self.data = data
        self.final = final
        self.text = 0
        """Where that text begins which was not given on."""
        self.place = 0
        """What comes before was looked at."""
        self.aloof: bool | None = None
        """Whether all is text, while only lines follow that could begin a document."""
        self.over = False

    def text_up_to(self, end: int) -> Iterator[bytes]:
        """The text before ``end`` that was not given on."""
        if self.text < end:
            yield self.data[self.text : end]
        self.text = end


class Documents:
    """Takes one stream apart. ``aloof`` says whether all of it is text now."""

    def __init__(
        self, book: FormBook, aloof: Callable[[], bool], on_failure: Callable[[str, str], None]
    ) -> None:
        self._book = book
        self._aloof = aloof
        self._on_failure = on_failure
        self._held = bytearray()
        """What is not decided; begins where a line does, or a unit of the open document."""
        self._fresh = True
        """Whether a line begins where we look on."""
        self._document: OpenDocument | None = None
        self._long: LongLine | None = None
        self._keys: tuple[str, ...] = ()
        """Keys of the open document, where it is one line."""
        self._faults = 0
        """How many documents of XML in a row were faulty, or nobody's."""
        self._opening = b""
        """How the open document of JSON began."""
        self._breaks: Counter[bytes] = Counter()
        """How many of those that began so were no document within a few bytes."""
        self._strangers: set[tuple[str, ...]] = set()
        """Keys of such as were nobody's."""

    def feed(self, chunk: bytes) -> Iterator[Part]:
        """Parts that can be told apart by now."""
        if self._held:
            if b"\n" not in chunk and len(self._held) + len(chunk) < PIECE_BYTES:
                self._held += chunk
                return
            chunk = bytes(self._held) + chunk
            self._held.clear()
        yield from self._split(_View(chunk, final=False))

    def close(self) -> Iterator[Part]:
        """What is left."""
        data = bytes(self._held)
        self._held.clear()
        yield from self._split(_View(data, final=True))

    def _split(self, view: _View) -> Iterator[Part]:
        while not view.over:
            if self._long is not None:
                yield from self._read_long(view, self._long)
            elif self._document is not None:
                yield from self._read_on(view)
            else:
                yield from self._look(view)

    def _look(self, view: _View) -> Iterator[Part]:
        """Go to the next line that may be a document's first."""
        start = self._next_start(view)
        if start is None:
            if view.place < len(view.data):
                self._fresh = view.data[-1:] == b"\n"
            view.over = True
            yield from view.text_up_to(len(view.data))
            return
        if self._is_faulty(view, start) or self._is_nobodys(view, start):
            if start > view.place:
                view.aloof = None
            view.place = start
            self._pass_line(view)
            return
        if start > view.place or view.aloof is None:
            # Whether somebody wants all for himself depends on the lines before.
            yield from view.text_up_to(start)
            view.aloof = self._aloof()
        view.place = start
        if not view.aloof and self._is_start(view):
            yield from self._begin(view)
        elif view.aloof or view.final:
            self._pass_line(view)
        else:
            yield from self._hold(view)

    def _next_start(self, view: _View) -> int | None:
        if self._fresh and self._book.maybe.match(view.data, view.place):
            return view.place
        found = self._book.maybe_below.search(view.data, view.place)
        return None if found is None else found.start() + 1

    def _pass_line(self, view: _View) -> None:
        """Let a line be text."""
        end = view.data.find(b"\n", view.place) + 1
        self._fresh = end > 0
        view.place = end or len(view.data)

    def _hold(self, view: _View) -> Iterator[Part]:
        """Wait for more."""
        yield from view.text_up_to(view.place)
        self._held += view.data[view.place :]
        self._fresh = view.over = True

    def _begin(self, view: _View) -> Iterator[Part]:
        """Read JSON lines or open a document."""
        front = _IN_FRONT.match(view.data, view.place)
        if front is not None and front[0]:
            yield from view.text_up_to(view.place)
            view.text = view.place = front.end()
        first = view.data[view.place]
        keys: tuple[str, ...] = ()
        if first != _ANGLE:
            line = _line_at(view, view.place)
            if line is None:
                yield from self._hold(view)
                return
            if not line and self._book.event.match(view.data, view.place):
                yield from view.text_up_to(view.place)
                self._long = LongLine()
                return
            record, over = probe(decode(line))
            if record is not None:
                if self._book.records.form(record) is not None:
                    yield from self._read_records(view)
                    return
                keys = tuple(record)
            if self._is_strange(line, keys, over=over):
                self._pass_line(view)
                return
        if first == _ANGLE and not self._may_be_markup(view):
            self._pass_line(view)
            return
        yield from view.text_up_to(view.place)
        self._opening = _opening_at(view, view.place)
        self._keys = keys
        self._document = OpenDocument(
            self._book.signatures, self._on_failure, markup=first == _ANGLE
        )

    def _is_faulty(self, view: _View, start: int) -> bool:
        """Whether all that began like a line broke at once; an opening that is cut is none yet."""
        return self._breaks[_opening_at(view, start)] >= _MOST_BREAKS

    def _is_nobodys(self, view: _View, start: int) -> bool:
        """Whether a line is text whoever speaks, so that what stands before it can wait."""
        if view.data[start] not in _BRACKETS or not self._book.start.match(view.data, start):
            return False
        line = _line_at(view, start)
        if not line:
            return False
        record, over = probe(decode(line))
        if record is not None and self._book.records.form(record) is not None:
            return False
        return self._is_strange(line, tuple(record or ()), over=over)

    def _may_be_markup(self, view: _View) -> bool:
        patient = self._faults < _MOST_FAULTS
        return patient and _TAG.match(view.data, view.place) is not None

    def _is_strange(self, line: bytes, keys: tuple[str, ...], *, over: bool) -> bool:
        """Whether nobody's document can begin with a line."""
        # A line that is too long to be held is not in ``line``, and so it is not over.
        known = bool(keys) and keys in self._strangers
        return known or (over and not self._book.signatures.may_stand_in(line))

    def _is_start(self, view: _View) -> bool:
        return self._book.start.match(view.data, view.place) is not None

    def _read_records(self, view: _View) -> Iterator[Part]:
        """Read lines up to one that is no record of a tool's."""
        yield from view.text_up_to(view.place)
        run = _RUN.match(view.data, view.place)
        end = len(view.data) if run is None else run.end()
        for records in self._book.records.read(view.data[view.place : end]):
            yield records
            view.place += len(records.data)
        view.text = view.place
        self._fresh = True
        view.aloof = False

    def _read_long(self, view: _View, line: LongLine) -> Iterator[Part]:
        """Read an event on that is too long to be held; what turns out to be none is text."""
        end = view.data.find(b"\n", view.place) + 1
        line.feed(view.data[view.place : end - 1 if end else len(view.data)])
        view.text = view.place = end or len(view.data)
        view.over = not end and not view.final
        if view.over:
            return
        self._long, self._fresh, view.aloof = None, True, None
        kept = line.close()
        record = parse(decode(kept))
        form = None if record is None else self._book.records.form(record)
        if form is not None and record is not None:
            yield Records(form, [record], kept)
        else:
            yield kept + b"\n" if end else kept

    def _read_on(self, view: _View) -> Iterator[Part]:
        """Read the open document on."""
        document = self._document
        if document is None:
            return
        step = document.read(view.data, view.place, final=view.final)
        if step.waits:
            self._held += view.data[step.text :]
            view.over = True
            return
        self._document = None
        whole = step.document is not None and step.document.parser.tally.ended
        if document.markup:
            self._faults = 0 if whole else self._faults + 1
        elif whole:
            self._breaks.clear()
        elif document.size <= _AT_ONCE_BYTES and len(self._breaks) < _MOST_OPENINGS:
            self._breaks[self._opening] += 1
        self._fresh, view.text, view.place, view.aloof = step.fresh, step.text, step.place, False
        if step.document is not None:
            yield step.document
        elif self._keys and len(self._strangers) < _MOST_STRANGERS:
            self._strangers.add(self._keys)


def _opening_at(view: _View, place: int) -> bytes:
    """How a line begins, but for its digits; empty if not enough of it is there to say."""
    opening = view.data[place : place + _OPENING_BYTES]
    line, newline, _ = opening.partition(b"\n")
    return shape(line) if newline or len(opening) == _OPENING_BYTES else b""


def _line_at(view: _View, place: int) -> bytes | None:
    """The line that begins here; empty if it is too long to be held, None if its end is missing."""
    end = view.data.find(b"\n", place, place + LOOK_BACK_BYTES)
    if end >= 0:
        return view.data[place:end]
    if len(view.data) - place >= LOOK_BACK_BYTES:
        return b""
    return view.data[place:] if view.final else None


def _paths(form: Form) -> Iterator[str]:
    for signature in form.signatures:
        yield from signature
