"""Tools that print an object for each finding: mypy, ruff, reviewdog's rdjsonl.

Sources: python/mypy, mypy/error_formatter.py; astral-sh/ruff, crates/ruff_db/src/diagnostic/render;
reviewdog/reviewdog, proto/rdf.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from supervisor.analyzer.form import Items
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars import mypy, ruff
from supervisor.analyzer.items import ItemReader
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.records import Record, RecordForm, RecordParser
from supervisor.analyzer.tally import Tally
from supervisor.digests import Fixable

RUFF_ITEMS = Items(
    file="filename",
    line="location.row",
    column="location.column",
    code="code|name",
    message="message",
    counts_as="errors",
    safe="fix.applicability=safe",
    unsafe="fix.applicability=unsafe",
)
RDJSON_ITEMS = Items(
    file="location.path",
    line="location.range.start.line",
    column="location.range.start.column",
    code="code.value",
    message="message",
    severity="severity",
    severities={"unknown_severity": "warnings"},
)
_MYPY_ITEMS = Items(
    file="file", line="line", column="column", code="code", message="message", severity="severity"
)


class _Reader:
    """Reads findings; nothing says that they are all."""

    def __init__(self, grammar: Grammar, items: Items) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._items = ItemReader(items, grammar.severities)
        self._mended: Counter[str] = Counter()

    def take(self, record: Record) -> bool:
        """Read a finding."""
        finding = self._items.read(record)
        if finding is not None:
            finding.counts_as = finding.counts_as or self._items.key(None)
            self._mended.update(self._items.mended(record))
            self.tally.add(finding)
        return True

    def take_text(self, _text: str) -> bool:
        """They write no text."""
        return False

    def close(self) -> None:
        """Say how much the tool can mend itself."""
        if self._mended:
            self.tally.fixable = Fixable(safe=self._mended["safe"], unsafe=self._mended["unsafe"])


def _knows_mypy(record: Record) -> bool:
    return record.get("severity") in {"error", "note", "warning"} and "hint" in record


def _knows_ruff(record: Record) -> bool:
    location = record.get("location")
    return isinstance(location, Mapping) and "row" in location


def _knows_rdjson(record: Record) -> bool:
    location = record.get("location")
    return isinstance(location, Mapping) and "path" in location


def _opened_by(literal: str, pattern: str) -> tuple[Rule, ...]:
    return (Rule(does=Does.START, literal=literal, pattern=Pattern(pattern)),)


MYPY = replace(
    mypy.GRAMMAR,
    parser=lambda grammar: RecordParser(_Reader(grammar, _MYPY_ITEMS), _knows_mypy),
    rules=_opened_by('"hint": ', r'\{"file": "'),
)
RUFF = replace(
    ruff.GRAMMAR,
    parser=lambda grammar: RecordParser(_Reader(grammar, RUFF_ITEMS), _knows_ruff),
    rules=_opened_by('"noqa_row":', r'\{"cell":'),
)
_RDJSONL = Grammar(
    name="rdjson",
    kind="linter",
    parser=lambda grammar: RecordParser(_Reader(grammar, RDJSON_ITEMS), _knows_rdjson),
    rules=(),
)

RECORDS = (
    RecordForm(
        grammar=MYPY,
        keys=(frozenset({"file", "line", "message", "hint", "severity"}),),
        knows=_knows_mypy,
    ),
    RecordForm(
        grammar=RUFF,
        keys=(frozenset({"code", "filename", "location", "message"}),),
        knows=_knows_ruff,
    ),
    RecordForm(grammar=_RDJSONL, keys=(frozenset({"message", "location"}),), knows=_knows_rdjson),
)
