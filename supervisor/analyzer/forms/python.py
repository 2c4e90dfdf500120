"""JSON of Python's linters and type checkers: ruff, pyright, pylint, bandit.

Sources: astral-sh/ruff, crates/ruff_db/src/diagnostic/render/json.rs; microsoft/pyright,
packages/pyright-internal/src/pyright.ts; pylint-dev/pylint, pylint/reporters/json_reporter.py;
PyCQA/bandit, bandit/formatters/json.py.
"""

from dataclasses import replace

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import ruff
from supervisor.analyzer.grammars.json_lines import RUFF_ITEMS
from supervisor.analyzer.pattern import Pattern

_PYLINT = Grammar(
    name="pylint",
    kind="linter",
    urgent=Pattern(r"E0001|E0401|E0602|E0611|F\d+"),
    severities={"convention": "warnings", "refactor": "warnings"},
    rules=(),
)
_PYLINT_ITEMS = Items(
    file="path",
    line="line",
    column="column",
    code="messageId|message-id",
    message="message",
    severity="type",
)

FORMS = (
    Form(
        grammar=replace(ruff.GRAMMAR, rules=()),
        signatures=(
            ("*.code", "*.filename", "*.location.row", "*.message"),
            ("*.cell", "*.filename", "*.location.row"),
        ),
        items=(replace(RUFF_ITEMS, at="*"),),
    ),
    Form(
        grammar=Grammar(
            name="pyright",
            kind="types",
            aliases=("basedpyright",),
            urgent=Pattern(r"reportUndefinedVariable|reportMissing(?:Imports|ModuleSource)"),
            rules=(),
        ),
        signatures=(("version", "generalDiagnostics"),),
        items=(
            Items(
                at="generalDiagnostics.*",
                file="file",
                line="range.start.line",
                column="range.start.character",
                from_zero=True,
                code="rule",
                message="message",
                severity="severity",
            ),
        ),
        declares={
            "summary.errorCount": "errors",
            "summary.warningCount": "warnings",
            "summary.informationCount": "notes",
            "summary.filesAnalyzed": "checked",
        },
        proof=("summary.filesAnalyzed",),
    ),
    Form(
        grammar=_PYLINT,
        signatures=(("*.type", "*.symbol", "*.message-id"),),
        items=(replace(_PYLINT_ITEMS, at="*"),),
    ),
    Form(
        grammar=_PYLINT,
        signatures=(
            ("messages.*.messageId", "messages.*.symbol"),
            ("messages", "statistics.messageTypeCount"),
        ),
        items=(replace(_PYLINT_ITEMS, at="messages.*"),),
        declares={
            f"statistics.messageTypeCount.{kind}": key
            for kind, key in (
                ("fatal", "errors"),
                ("error", "errors"),
                ("warning", "warnings"),
                ("refactor", "warnings"),
                ("convention", "warnings"),
                ("info", "notes"),
            )
        },
        proof=("statistics.modulesLinted",),
    ),
    Form(
        grammar=Grammar(
            name="bandit",
            kind="linter",
            severities={
                "high": "errors",
                "medium": "warnings",
                "low": "notes",
                "undefined": "notes",
            },
            rules=(),
        ),
        signatures=(("errors", "generated_at", "metrics"), ("results.*.issue_severity",)),
        items=(
            Items(
                at="results.*",
                file="filename",
                line="line_number",
                code="test_id",
                message="issue_text",
                severity="issue_severity",
            ),
            Items(at="errors.*", file="filename", message="reason", counts_as="errors"),
        ),
        proof=("metrics._totals.loc",),
    ),
)
