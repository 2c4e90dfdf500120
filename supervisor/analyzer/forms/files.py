"""JSON of linters for files around the code: hadolint, shellcheck, tflint, terraform and others.

Sources: hadolint/hadolint, src/Hadolint/Formatter/Json.hs; koalaman/shellcheck,
src/ShellCheck/Formatter/JSON1.hs; buddy-works/dockerfile-linter; terraform-linters/tflint,
formatter/json.go; hashicorp/terraform, internal/command/views/validate.go.
"""

from dataclasses import replace
from typing import Any

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding

_STYLE = {"style": "notes"}
_TFLINT_ERROR = Pattern(
    r"(?P<file>[^\s:]+):(?P<line>\d+),(?P<column>\d+)-[\d,]+: (?P<code>[^;]+); (?P<message>.*)"
)


def _shellcheck(finding: Finding, _comment: Any) -> Finding:
    finding.code = finding.code and f"SC{finding.code}"
    return finding


def _tflint_error(finding: Finding, _error: Any) -> Finding:
    """Older releases put all that they know of an error into its message."""
    if match := _TFLINT_ERROR.match(finding.message):
        finding.file, finding.code, finding.message = match["file"], match["code"], match["message"]
        finding.line, finding.column = int(match["line"]), int(match["column"])
    return finding


_LINT = Items(
    at="*",
    file="file",
    line="line",
    column="column",
    code="code",
    message="message",
    severity="level",
    severities=_STYLE,
)
_SHELLCHECK = Grammar(name="shellcheck", kind="linter", rules=())

FORMS = (
    Form(
        grammar=_SHELLCHECK,
        signatures=(("*.file", "*.endLine", "*.level", "*.code"),),
        items=(replace(_LINT, amend=_shellcheck),),
    ),
    Form(
        grammar=_SHELLCHECK,
        signatures=(("comments.*.file", "comments.*.endLine", "comments.*.code"),),
        items=(replace(_LINT, at="comments.*", amend=_shellcheck),),
    ),
    Form(
        grammar=Grammar(name="hadolint", kind="linter", rules=()),
        signatures=(("*.line", "*.code", "*.message", "*.column", "*.file", "*.level"),),
        items=(_LINT,),
    ),
    Form(
        grammar=Grammar(name="dockerlinter", kind="linter", rules=()),
        signatures=(("*.lineNumber", "*.level", "*.code", "*.message"),),
        items=(replace(_LINT, line="lineNumber"),),
    ),
    Form(
        grammar=Grammar(name="tflint", kind="linter", severities={"notice": "notes"}, rules=()),
        signatures=(("issues.*.rule.severity",), ("issues", "errors.*.severity")),
        items=(
            Items(
                at="issues.*",
                file="range.filename",
                line="range.start.line",
                column="range.start.column",
                code="rule.name",
                message="message",
                severity="rule.severity",
            ),
            Items(
                at="errors.*",
                file="range.filename",
                line="range.start.line",
                column="range.start.column",
                code="summary",
                message="message",
                severity="severity",
                amend=_tflint_error,
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="terraform", kind="deploy", aliases=("tofu", "tf"), rules=()),
        signatures=(("valid", "error_count", "diagnostics"),),
        items=(
            Items(
                at="diagnostics.*",
                file="range.filename",
                line="range.start.line",
                column="range.start.column",
                message="summary",
                severity="severity",
            ),
        ),
        declares={"error_count": "errors", "warning_count": "warnings"},
        proof=("valid",),
    ),
)
