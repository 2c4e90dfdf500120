"""JSON of PHP's linters and type checkers: phpstan, phpcs, psalm.

Sources: phpstan/phpstan-src, src/Command/ErrorFormatter/JsonErrorFormatter.php;
PHPCSStandards/PHP_CodeSniffer, src/Reports/Json.php; vimeo/psalm, src/Psalm/Report/JsonReport.php.
"""

from dataclasses import replace

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.pattern import Pattern

_BY_FILE = Items(
    at="files.*.messages.*", line="line", column="column", message="message", counts_as="errors"
)

FORMS = (
    Form(
        grammar=Grammar(
            name="phpstan",
            kind="types",
            aliases=("larastan",),
            urgent=Pattern(r"class\.notFound|function\.notFound|variable\.undefined"),
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
)
