"""``terraform plan -json`` and ``apply -json``: an object for each message of the command's.

Source: hashicorp/terraform, internal/command/views/json and internal/command/views/json_view.go.
"""

from collections.abc import Mapping

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.items import get, said, whole
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.records import Record, RecordForm, RecordParser
from supervisor.analyzer.tally import Finding, Tally, severity_key

_CHANGES = {"add": "add", "change": "change", "remove": "destroy"}
_FILE = get("range.filename")
_LINE = get("range.start.line")


def knows(record: Record) -> bool:
    """Whether a record is terraform's."""
    return str(record.get("@module", "")).startswith(("terraform", "tofu"))


class _Reader:
    """Reads one command."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)

    def take(self, record: Record) -> bool:
        """Read a message; the first one, with the version, begins another command."""
        kind = record.get("type")
        if kind == "version":
            return not self.tally.told
        if kind == "diagnostic":
            self._diagnose(record)
        elif kind == "change_summary":
            self._sum_up(record.get("changes"))
        elif record.get("@level") == "error":
            self.tally.add(Finding(message=said(record.get("@message"))))
        return True

    def take_text(self, _text: str) -> bool:
        """It writes no text."""
        return False

    def close(self) -> None:
        """What was summed up and has no error is good."""
        if self.tally.ended:
            self.tally.green = not self.tally.problems

    def _diagnose(self, record: Record) -> None:
        diagnostic = record.get("diagnostic")
        if not isinstance(diagnostic, Mapping):
            diagnostic = {}
        line = _LINE(diagnostic)
        self.tally.add(
            Finding(
                file=said(_FILE(diagnostic)) or None,
                line=line if isinstance(line, int) else None,
                message=said(diagnostic.get("summary")) or said(record.get("@message")),
                counts_as=severity_key(said(diagnostic.get("severity"))),
            )
        )

    def _sum_up(self, changes: object) -> None:
        self.tally.ended = True
        if isinstance(changes, Mapping):
            for name, key in _CHANGES.items():
                if (number := whole(changes.get(name))) is not None:
                    self.tally.declared[key] = number


GRAMMAR = Grammar(
    name="terraform",
    kind="deploy",
    aliases=("tofu",),
    at_once=False,
    parser=lambda grammar: RecordParser(_Reader(grammar), knows),
    rules=(
        Rule(
            does=Does.START,
            literal='"@module":"terraform',
            pattern=Pattern(r'\{"@level":"'),
        ),
    ),
)
RECORDS = RecordForm(grammar=GRAMMAR, keys=(frozenset({"@level", "@module"}),), knows=knows)
