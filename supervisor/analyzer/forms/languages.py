"""JSON of linters for Go, Haskell, Swift, Dart and Vim's language, and cppcheck's XML.

Sources: golangci/golangci-lint, pkg/printers/json.go; ndmitchell/hlint, src/Idea.hs;
realm/SwiftLint, JSONReporter.swift; dart-lang/sdk, pkg/dartdev/lib/src/commands/analyze.dart;
Vimjas/vint, vint/linting/formatters/json_formatter.py; danmar/cppcheck, lib/errorlogger.cpp.
"""

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.pattern import Pattern

_STYLE = ("style", "performance", "portability")

FORMS = (
    Form(
        grammar=Grammar(
            name="golangci-lint",
            kind="linter",
            urgent=Pattern(r"typecheck"),
            rules=(),
        ),
        signatures=(
            ("Issues.*.FromLinter", "Issues.*.Pos.Filename"),
            ("Issues", "Report.Linters"),
        ),
        items=(
            Items(
                at="Issues.*",
                file="Pos.Filename",
                line="Pos.Line",
                column="Pos.Column",
                code="FromLinter",
                message="Text",
                severity="Severity",
            ),
        ),
        breaks=("Report.Error",),
        proof=("Report.Linters",),
    ),
    Form(
        grammar=Grammar(name="hlint", kind="linter", rules=()),
        signatures=(("*.hint", "*.startLine", "*.file", "*.severity"),),
        items=(
            Items(
                at="*",
                file="file",
                line="startLine",
                column="startColumn",
                message="hint",
                severity="severity",
                severities={"suggestion": "notes", "ignore": "notes"},
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="swiftlint", kind="linter", rules=()),
        signatures=(("*.rule_id", "*.reason", "*.severity", "*.file"),),
        items=(
            Items(
                at="*",
                file="file",
                line="line",
                column="character",
                code="rule_id",
                message="reason",
                severity="severity",
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="dart-analyze", kind="linter", aliases=("dart", "flutter"), rules=()),
        signatures=(("diagnostics.*.problemMessage", "diagnostics.*.location.file"),),
        items=(
            Items(
                at="diagnostics.*",
                file="location.file",
                line="location.range.start.line",
                column="location.range.start.column",
                code="code",
                message="problemMessage",
                severity="severity",
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="vint", kind="linter", rules=()),
        signatures=(("*.policy_name", "*.line_number", "*.file_path"),),
        items=(
            Items(
                at="*",
                file="file_path",
                line="line_number",
                column="column_number",
                code="policy_name",
                message="description",
                severity="severity",
                severities={"style_problem": "notes"},
            ),
        ),
    ),
    Form(
        grammar=Grammar(
            name="cppcheck", kind="linter", severities=dict.fromkeys(_STYLE, "warnings"), rules=()
        ),
        markup=True,
        signatures=(("results.cppcheck",),),
        items=(
            Items(
                at="results.errors.error",
                file="location.file",
                line="location.line",
                column="location.column",
                code="id",
                message="msg",
                severity="severity",
            ),
        ),
    ),
)
