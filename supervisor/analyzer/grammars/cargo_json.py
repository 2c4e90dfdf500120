"""``cargo --message-format json`` and ``rustc --error-format json``: an object for each diagnostic.

Source: rust-lang/cargo, src/cargo/util/machine_message.rs; rust-lang/rust,
compiler/rustc_errors/src/json.rs.
"""

from collections.abc import Mapping
from typing import Any

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.items import said
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.records import Record, RecordForm, RecordParser
from supervisor.analyzer.tally import Finding, Tally
from supervisor.digests import Fixable

_MOST_REMEMBERED = 20_000
_LEVELS = {"error": "errors", "warning": "warnings"}
"""Notes and help stand below what they belong to."""
_TRAILER = Pattern(
    r"aborting due to |\d+ warnings? emitted|could not compile |build failed|For more information"
    r"|Some errors (?:have|occurred)"
)
_TEXT_TRAILER = Pattern(
    r"error: could not compile |warning: `[^`]+` \([^)]+\) generated \d+|warning: build failed,"
    r"|error: aborting due to |error: failed to compile "
)
_REASONS = frozenset(
    {"compiler-message", "compiler-artifact", "build-script-executed", "build-finished"}
)
_PARTS = frozenset({"message", "code", "level", "spans"})


def knows(record: Record) -> bool:
    """Whether a record is cargo's or rustc's."""
    return record.get("reason") in _REASONS or record.keys() >= _PARTS


class _Reader:
    """Reads one build. What cargo says of two targets counts once."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._seen: set[tuple[str | int | None, ...]] = set()
        self._mended = 0

    def take(self, record: Record) -> bool:
        """Read a message; another build begins after the end of one."""
        if self.tally.ended:
            return False
        reason = record.get("reason")
        if reason == "build-finished":
            self._end(well=record.get("success") is True)
        elif reason == "compiler-message":
            self._diagnose(record.get("message"))
        elif reason is None:
            self.tally.name = self.tally.name or "rustc"
            self._diagnose(record)
        return True

    def take_text(self, text: str) -> bool:
        """Cargo closes in words what it told in records."""
        return _TEXT_TRAILER.match(text) is not None

    def close(self) -> None:
        """Say how much cargo can mend itself."""
        if self._mended:
            self.tally.fixable = Fixable(safe=self._mended)

    def _end(self, *, well: bool) -> None:
        tally = self.tally
        tally.ended = True
        tally.green = well and not tally.counted["errors"]
        if not well and not tally.counted["errors"]:
            tally.broken = "build failed"

    def _diagnose(self, message: Any) -> None:
        if not isinstance(message, Mapping):
            return
        level, text = said(message.get("level")), said(message.get("message"))
        crashed = "internal compiler error" in level
        if (level not in _LEVELS and not crashed) or _TRAILER.match(text):
            return
        code = message.get("code")
        finding = Finding(
            code=said(code.get("code")) if isinstance(code, Mapping) else None,
            message=text,
            counts_as="errors" if crashed else _LEVELS[level],
        )
        _place(finding, message.get("spans"))
        if finding.file is None and finding.counts_as == "warnings":
            finding.counts_as = "notes"  # It is about the build, not about a place in the code.
        key = (finding.file, finding.line, finding.column, finding.code, text)
        if key in self._seen:
            return
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen.add(key)
        self.tally.add(finding)
        if (finding.code or "").startswith("clippy::"):
            self.tally.name = "clippy"
        elif _is_mendable(message):
            self._mended += 1


def _place(finding: Finding, spans: Any) -> None:
    known = [span for span in spans if isinstance(span, Mapping)] if isinstance(spans, list) else []
    for span in sorted(known, key=lambda span: span.get("is_primary") is not True):
        line, column = span.get("line_start"), span.get("column_start")
        finding.file = said(span.get("file_name")) or None
        finding.line = line if isinstance(line, int) else None
        finding.column = column if isinstance(column, int) else None
        return


def _is_mendable(message: Mapping[str, Any]) -> bool:
    """Whether rustc marks a suggestion as one that ``cargo fix`` applies."""
    parts = message.get("children")
    return any(
        isinstance(span, Mapping) and span.get("suggestion_applicability") == "MachineApplicable"
        for part in (parts if isinstance(parts, list) else ())
        if isinstance(part, Mapping)
        for span in part.get("spans") or ()
    )


GRAMMAR = Grammar(
    name="cargo",
    kind="build",
    aliases=("clippy", "rustc"),
    fix="cargo fix",
    at_once=False,
    urgent=Pattern(r"E04(?:25|12|32|33)|E0463|E0583"),
    parser=lambda grammar: RecordParser(_Reader(grammar), knows),
    rules=(
        Rule(
            does=Does.START,
            literal=('{"reason":"compiler-', '{"reason":"build-', '"$message_type":"diagnostic"'),
            pattern=Pattern(r'\{"(?:reason|\$message_type)":"'),
        ),
    ),
)
RECORDS = RecordForm(grammar=GRAMMAR, keys=(frozenset({"reason"}), _PARTS), knows=knows)
