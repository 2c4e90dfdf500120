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
_decode = json.JSONDecoder().raw_decode
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

    def form(self, record: Record) -> RecordForm | None:
        """The form that knows a record, the first of several."""
        keys = tuple(record)
        able = self._by_keys.get(keys)
        if able is None:
            able = self._able(keys)
        for form in able:
            if form.knows(record):
                return form
        return None

    def read(self, data: bytes) -> Iterator[Records]:
        """The lines of ``data`` as records, up to one that is nobody's."""
        of: RecordForm | None = None
        run: list[Record] = []
        begin = place = 0
        for line in data.removesuffix(b"\n").split(b"\n"):
            record = parse(decode(line)) if len(line) <= RECORD_BYTES else None
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
        able = tuple(form for form in self._forms if any(one <= set(keys) for one in form.keys))
        self._by_keys[keys] = able
        return able


def parse(text: str) -> Record | None:
    """The object that a line is; None if it is none.

    >>> parse('{"a": 1} '), parse('{"a": 1} b'), parse('["a"]')
    ({'a': 1}, None, None)
    """
    try:
        record, end = _decode(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and not text[end:].strip() else None


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
        return record is not None and self._knows(record) and self._reader.take(record)

    def close(self) -> None:
        """Settle what is still open."""
        self._reader.close()
