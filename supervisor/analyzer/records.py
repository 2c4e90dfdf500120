"""JSON lines: one object a line, and whose it is."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.line import Line
from supervisor.analyzer.tally import Tally
from supervisor.analyzer.text import decode

Record = Mapping[str, Any]
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_WHEREVER = ("Unterminated string", "Invalid control character")
"""Faults of strings, which no next line could mend."""
RECORD_BYTES = 1 << 17
_MOST_SHAPES = 2000


class Reader(Protocol):
    """Reads the records of one execution into a tally."""

    tally: Tally

    def take(self, record: Record) -> bool:
        """Read a record; False when it begins another execution."""

    def take_text(self, text: str) -> bool:
        """Read a line that is no record; False when it is not the tool's."""

    def close(self) -> None:
        """Nothing follows; settle what was still open."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordForm:
    """The records of one tool."""

    grammar: Grammar
    """Its parser is a ``RecordParser``; its rules open it where something stands in front."""
    keys: tuple[frozenset[str], ...]
    """A record of the tool has all keys of one of these."""
    knows: Callable[[Record], bool]
    """Whether a record is the tool's."""


@dataclass(frozen=True, slots=True)
class Records:
    """Lines that are records of one tool."""

    form: RecordForm
    records: Sequence[Record]
    data: bytes
    """The lines themselves."""


class RecordForms:
    """Tells whose a record is."""

    def __init__(self, forms: Iterable[RecordForm]) -> None:
        self._forms = tuple(forms)
        self._by_keys: dict[tuple[str, ...], tuple[RecordForm, ...]] = {}
        self._by_key: dict[str, list[tuple[int, frozenset[str]]]] = {}
        """The keys that records of each form have, by one of them."""
        for place, form in enumerate(self._forms):
            for keys in form.keys:
                self._by_key.setdefault(max(keys, key=len), []).append((place, keys))

    def form(self, record: Record) -> RecordForm | None:
        """The form that knows a record, the first of several."""
        keys = tuple(record)
        able = self._by_keys.get(keys)
        if able is None:
            able = self._able(keys)
        for form in able:
            try:
                if form.knows(record):
                    return form
            except TypeError:  # A list stands where a tool has a word.
                continue
        return None

    def read(self, data: bytes) -> Iterator[Records]:
        """The lines of ``data`` as records, up to one that is nobody's."""
        of: RecordForm | None = None
        run: list[Record] = []
        begin = place = 0
        whole = data.removesuffix(b"\n")
        for line, text in zip(whole.split(b"\n"), decode(whole).split("\n"), strict=True):
            record = parse(text) if len(line) <= RECORD_BYTES else None
            form = None if record is None else self.form(record)
            if form is not of:
                if of is not None:
                    yield Records(of, run, data[begin:place])
                of, run, begin = form, [], place
            if form is None or record is None:
                return
            run.append(record)
            place += len(line) + 1
        if of is not None:
            yield Records(of, run, data[begin:])

    def _able(self, keys: tuple[str, ...]) -> tuple[RecordForm, ...]:
        if len(self._by_keys) >= _MOST_SHAPES:
            self._by_keys.clear()
        present = frozenset(keys)
        places = {
            place
            for key in present & self._by_key.keys()
            for place, needed in self._by_key[key]
            if needed <= present
        }
        able = tuple(self._forms[place] for place in sorted(places))
        self._by_keys[keys] = able
        return able


def parse(text: str) -> Record | None:
    """The object that a line is; None if it is none.

    >>> parse('{"a": 1} '), parse('{"a": 1} b'), parse('["a"]')
    ({'a': 1}, None, None)
    """
    try:
        record, end = _scan(text, 0)
    except (StopIteration, ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    return record if end == len(text) or not text[end:].strip() else None


def probe(line: str) -> tuple[Record | None, bool]:
    """The object that a line is, and whether a document that begins here ends or is faulty in it.

    >>> [probe(line) for line in ('{"a": 1}', '{"a": 1} b', '{"a b', '{"a": [', '{"a":')]
    [({'a': 1}, True), (None, True), (None, True), (None, False), (None, False)]
    """
    try:
        record, end = _scan(line, 0)
    except StopIteration as stop:
        return None, int(stop.value) < len(line.rstrip())
    except json.JSONDecodeError as fault:
        return None, fault.pos < len(line.rstrip()) or fault.msg.startswith(_WHEREVER)
    except (ValueError, RecursionError):
        return None, False
    whole = isinstance(record, dict) and not line[end:].strip()
    return record if whole else None, True


class RecordParser:
    """Gives records to their reader, one by one."""

    attentive = False

    def __init__(self, reader: Reader, knows: Callable[[Record], bool]) -> None:
        self.tally = reader.tally
        self._reader = reader
        self._knows = knows

    @property
    def done(self) -> bool:
        """Whether the record that ends an execution was seen."""
        return self.tally.ended

    def read(self, records: Sequence[Record]) -> int:
        """Read records up to one that begins another execution; returns how many were."""
        take = self._reader.take
        for count, record in enumerate(records):
            if not take(record):
                return count
        return len(records)

    def take(self, line: Line) -> bool:
        """Read a record with something in front, or a line that the tool wrote between records."""
        if line.text[:1] != "{":
            return self._reader.take_text(line.text)
        record = parse(line.text)
        try:
            known = record is not None and self._knows(record)
        except TypeError:  # A list stands where a tool has a word.
            return False
        return record is not None and known and self._reader.take(record)

    def close(self) -> None:
        """Settle what is still open."""
        self._reader.close()
