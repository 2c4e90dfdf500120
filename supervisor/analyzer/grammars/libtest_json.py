"""Rust's test harness with ``--format json``, and nextest's ``libtest-json``.

Source: rust-lang/rust, library/test/src/formatters/json.rs; nextest-rs/nextest,
nextest-runner/src/reporter/structured/libtest.rs.
"""

from collections import Counter

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.items import whole
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.records import Record, RecordForm, RecordParser
from supervisor.analyzer.tally import Finding, Tally

_TYPES = frozenset({"suite", "test", "bench", "report"})
_EVENTS = frozenset({"started", "ok", "failed", "ignored", "timeout", "discovered", "completed"})
_OUTCOMES = {"ok": "passed", "failed": "failed", "ignored": "skipped"}
_SHARES = {"passed": "passed", "failed": "failed", "ignored": "skipped"}
_PANIC = Pattern(
    r"(?s)(?:^|\n)thread '.*?'(?: \(\d+\))? panicked at "
    r"(?:(?P<file>[^'\n:]+\.rs):(?P<line>\d+):(?P<column>\d+):\n(?P<message>[^\n]*)"
    r"|'(?P<old>.*?)', (?P<old_file>[^\n:]+\.rs):(?P<old_line>\d+):)",
)


def knows(record: Record) -> bool:
    """Whether a record is an event of Rust's test harness."""
    if record["type"] == "bench":
        return "median" in record
    return record["type"] in _TYPES and record.get("event") in _EVENTS


class _Reader:
    """Reads the suites of a run, which add up."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._open = 0
        self._closed = 0
        self._counted: Counter[str] = Counter()

    def take(self, record: Record) -> bool:
        """Read an event."""
        if record["type"] == "suite":
            self._suite(record)
        elif record["type"] == "test":
            self._test(record)
        elif record["type"] == "bench":
            self.tally.counted["passed"] += 1
        return True

    def take_text(self, _text: str) -> bool:
        """It writes no text."""
        return False

    def close(self) -> None:
        """It has ended if each suite that began has."""
        tally = self.tally
        tally.ended = 0 < self._closed == self._open
        if tally.ended:
            tally.green = not tally.problems and tally.declared.get("passed", 0) > 0

    def _suite(self, record: Record) -> None:
        if "nextest" in record:
            self.tally.name = "nextest"
        if record["event"] == "started":
            self._open += 1
            return
        self._closed += 1
        for name, key in _SHARES.items():
            if (number := whole(record.get(name))) is not None:
                self.tally.declared[key] = self.tally.declared.get(key, 0) + number

    def _test(self, record: Record) -> None:
        name = str(record.get("name", ""))
        if "$" in name:  # The binary's name comes first.
            self.tally.name = "nextest"
        outcome = _OUTCOMES.get(record["event"])
        if outcome in {"passed", "skipped"}:
            self.tally.counted[outcome] += 1
        elif outcome == "failed":
            self.tally.add(_failure(name, record))


def _failure(name: str, record: Record) -> Finding:
    finding = Finding(code=name, message=str(record.get("message", "")), counts_as="failed")
    panic = _PANIC.search(str(record.get("stdout", "")))
    if panic is not None:
        finding.file = panic["file"] or panic["old_file"]
        finding.line = int(panic["line"] or panic["old_line"])
        finding.message = (panic["message"] or panic["old"] or "").strip()
    elif record.get("reason") and not finding.message:
        finding.message = str(record["reason"])
    return finding


GRAMMAR = Grammar(
    name="cargo-test",
    kind="tests",
    aliases=("nextest", "cargo"),
    at_once=False,
    parser=lambda grammar: RecordParser(_Reader(grammar), knows),
    rules=(
        Rule(
            does=Does.START,
            literal=('"type":"suite","event"', '"type": "suite", "event"'),
            pattern=Pattern(r'\{ ?"type": ?"suite"'),
        ),
    ),
)
RECORDS = RecordForm(
    grammar=GRAMMAR,
    keys=(frozenset({"type", "event"}), frozenset({"type", "median"})),
    knows=knows,
)
