"""JSON of Ruby's tools: rubocop and linters like it, reek, brakeman, rspec.

Sources: rubocop/rubocop, lib/rubocop/formatter/json_formatter.rb; Shopify/erb_lint,
lib/erb_lint/reporters/json_reporter.rb; sds/haml-lint, lib/haml_lint/reporter/hash_reporter.rb;
troessner/reek, lib/reek/report/json_report.rb; presidentbeef/brakeman,
lib/brakeman/report/report_json.rb; rspec/rspec-core, lib/rspec/core/formatters/json_formatter.rb.
"""

from dataclasses import replace
from typing import Any

from supervisor.analyzer.form import Context, Form, Items
from supervisor.analyzer.forms.failures import reason
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.items import get, said
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_OFFENSES = Items(
    at="files.*.offenses.*",
    line="location.start_line|location.line",
    column="location.start_column|location.column",
    code="cop_name|linter_name|linter",
    message="message",
    severity="severity",
)


def _linter(name: str, mark: str, **more: Any) -> Form:
    """One of the linters that write as rubocop does."""
    return Form(
        grammar=Grammar(
            name=name,
            kind="linter",
            severities={"convention": "warnings", "refactor": "warnings"},
            urgent=Pattern(r"Lint/Syntax|Syntax"),
            rules=(),
            **more,
        ),
        signatures=((f"metadata.{mark}",),),
        items=(replace(_OFFENSES, counts_as="warnings"),),
        context={"file": "files.*.path"},
        scope="files.*",
        declares={
            "summary.inspected_file_count": "checked",
            "summary.inspected_files": "checked",
        },
        proof=("summary.inspected_file_count", "summary.inspected_files"),
    )


def _smell(finding: Finding, smell: Any) -> Finding:
    """One smell in several lines counts in each."""
    lines = smell.get("lines")
    finding.message = f"{said(smell.get('context'))} {finding.message}".strip()
    finding.times = max(1, len(lines)) if isinstance(lines, list) else 1
    return finding


def _example(finding: Finding, example: Any) -> Finding:
    raised = get("exception")(example)
    finding.message = reason(str(get("message")(raised) or "").lstrip("\n"))
    return finding


def _outside(tally: Tally, _context: Context) -> None:
    """What passed is what is left; errors outside of examples are errors."""
    declared = tally.declared
    total = declared.pop("total", None)
    if total is not None:
        declared["passed"] = total - declared.get("failed", 0) - declared.get("skipped", 0)


FORMS = (
    _linter("rubocop", "rubocop_version", aliases=("standardrb", "cookstyle")),
    _linter("erb-lint", "erb_lint_version", aliases=("erblint",)),
    _linter("haml-lint", "hamllint_version", aliases=("haml_lint",)),
    _linter("haml-lint", "haml_lint_version", aliases=("haml_lint",)),
    _linter("slim-lint", "slim_lint_version", aliases=("slim_lint",)),
    Form(
        grammar=Grammar(name="reek", kind="linter", rules=()),
        signatures=(("*.smell_type", "*.lines", "*.source"),),
        items=(
            Items(
                at="*",
                file="source",
                line="lines.0",
                code="smell_type",
                message="message",
                counts_as="warnings",
                amend=_smell,
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="brakeman", kind="linter", rules=()),
        signatures=(
            ("warnings.*.warning_type", "warnings.*.check_name"),
            ("scan_info.brakeman_version", "warnings"),
        ),
        items=(
            Items(
                at="warnings.*",
                file="file",
                line="line",
                code="check_name",
                message="message",
                counts_as="warnings",
            ),
            Items(at="errors.*", message="error", counts_as="errors"),
        ),
        proof=("scan_info",),
    ),
    Form(
        grammar=Grammar(name="rspec", kind="tests", rules=()),
        signatures=(("examples", "summary.example_count"), ("examples.*.full_description",)),
        items=(
            Items(
                at="examples.*",
                file="file_path",
                line="line_number",
                code="full_description",
                severity="status",
                severities={"passed": "passed", "failed": "failed", "pending": "skipped"},
                counts_as="failed",
                amend=_example,
            ),
        ),
        declares={
            "summary.example_count": "total",
            "summary.failure_count": "failed",
            "summary.pending_count": "skipped",
            "summary.errors_outside_of_examples_count": "errors",
        },
        settle=_outside,
    ),
)
