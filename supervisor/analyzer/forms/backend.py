"""JSON of PHP's, Ruby's and Go's linters: phpstan, phpcs, psalm, rubocop, golangci-lint.

Sources: phpstan/phpstan-src, src/Command/ErrorFormatter/JsonErrorFormatter.php;
PHPCSStandards/PHP_CodeSniffer, src/Reports/Json.php; vimeo/psalm, src/Psalm/Report/JsonReport.php;
rubocop/rubocop, lib/rubocop/formatter/json_formatter.rb; golangci/golangci-lint,
pkg/printers/json.go.
"""

import re
from dataclasses import replace

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar

_BY_FILE = Items(
    at="files.*.messages.*", line="line", column="column", message="message", counts_as="errors"
)

FORMS = (
    Form(
        grammar=Grammar(
            name="phpstan",
            kind="types",
            aliases=("larastan",),
            urgent=re.compile(r"class\.notFound|function\.notFound|variable\.undefined"),
            rules=(),
        ),
        signatures=(("totals.file_errors", "files"),),
        items=(
            replace(_BY_FILE, code="identifier"),
            Items(at="errors.*", message="@", counts_as="errors"),
        ),
        context={"file": "files.*@"},
        declares={"totals.errors": "errors", "totals.file_errors": "errors"},
        proof=("totals",),
    ),
    Form(
        grammar=Grammar(name="phpcs", kind="linter", fix="phpcbf", rules=()),
        signatures=(("totals.errors", "totals.fixable", "files"),),
        items=(replace(_BY_FILE, code="source", severity="type"),),
        context={"file": "files.*@"},
        declares={
            "totals.errors": "errors",
            "totals.warnings": "warnings",
            "totals.fixable": "safe",
        },
        proof=("files.*",),
    ),
    Form(
        grammar=Grammar(name="psalm", kind="types", rules=()),
        signatures=(("*.line_from", "*.file_name", "*.type", "*.severity"),),
        items=(
            Items(
                at="*",
                file="file_name",
                line="line_from",
                column="column_from",
                code="type",
                message="message",
                severity="severity",
            ),
        ),
    ),
    Form(
        grammar=Grammar(
            name="rubocop",
            kind="linter",
            aliases=("standardrb", "cookstyle"),
            severities={"convention": "warnings", "refactor": "warnings"},
            urgent=re.compile(r"Lint/Syntax"),
            rules=(),
        ),
        signatures=(("metadata.rubocop_version",), ("summary.offense_count", "files")),
        items=(
            Items(
                at="files.*.offenses.*",
                line="location.start_line|location.line",
                column="location.start_column|location.column",
                code="cop_name",
                message="message",
                severity="severity",
            ),
        ),
        context={"file": "files.*.path"},
        scope="files.*",
        declares={"summary.inspected_file_count": "checked"},
        proof=("summary.inspected_file_count",),
    ),
    Form(
        grammar=Grammar(
            name="golangci-lint",
            kind="linter",
            urgent=re.compile(r"typecheck"),
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
)
