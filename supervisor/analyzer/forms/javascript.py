"""JSON of JavaScript's linters and compilers: eslint, biome, oxlint, stylelint, flow and others.

Sources: eslint/eslint, lib/cli-engine/formatters/json.js; biomejs/biome,
crates/biome_cli/src/reporter/json.rs; stylelint/stylelint, lib/formatters/jsonFormatter.mjs;
palantir/tslint, src/formatters/jsonFormatter.ts; oxc-project/oxc, apps/oxlint; denoland/deno,
cli/tools/lint; facebook/flow, src/common/errors; elm/compiler,
terminal/src (--report=json).
"""

from dataclasses import replace
from typing import Any

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import eslint
from supervisor.analyzer.items import said
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding

_ELM = Grammar(name="elm", kind="build", aliases=("elm-make", "elmmake"), rules=())
_FLOW_CODE = Pattern(r"(?P<message>.*?) ?\[(?P<code>[a-z][\w-]*)\]$")


def _flow(finding: Finding, error: Any) -> Finding:
    """The parts of an error's message, as one; newer releases put a code at its end."""
    parts = error.get("message") if isinstance(error.get("message"), list) else []
    finding.message = " ".join(said(part.get("descr")) for part in parts if isinstance(part, dict))
    codes = error.get("error_codes")
    if match := _FLOW_CODE.match(finding.message):
        finding.message, finding.code = match["message"], match["code"]
    elif isinstance(codes, list) and codes:
        finding.code = said(codes[0])
    else:
        finding.code = said(error.get("kind")) or None
    return finding


def _eslint(files: str) -> Form:
    """ESLint's results, which stand in an object where metadata goes with them."""
    return Form(
        grammar=replace(eslint.GRAMMAR, rules=()),
        signatures=((f"{files}.filePath", f"{files}.messages"),),
        items=(
            Items(
                at=f"{files}.messages.*",
                line="line",
                column="column",
                code="ruleId",
                message="message",
                severity="severity",
                severities={"1": "warnings", "2": "errors"},
            ),
        ),
        context={"file": f"{files}.filePath"},
        scope=files,
        declares={
            f"{files}.errorCount": "errors",
            f"{files}.warningCount": "warnings",
            f"{files}.fixableErrorCount": "safe",
            f"{files}.fixableWarningCount": "safe",
        },
        proof=(f"{files}.filePath",),
    )


FORMS = (
    _eslint("*"),
    _eslint("results.*"),
    Form(
        grammar=Grammar(name="biome", kind="linter", rules=()),
        signatures=(("summary.unchanged", "summary.errors", "diagnostics"),),
        items=(
            Items(
                at="diagnostics.*",
                file="location.path.file|location.path",
                line="location.start.line",
                column="location.start.column",
                code="category",
                message="description|message",
                severity="severity",
                severities={"hint": "notes"},
            ),
        ),
        declares={
            "summary.errors": "errors",
            "summary.warnings": "warnings",
            "summary.infos": "notes",
        },
        proof=("summary.unchanged", "summary.changed"),
    ),
    Form(
        grammar=Grammar(name="oxlint", kind="linter", rules=()),
        signatures=(("diagnostics", "number_of_files"), ("diagnostics.*.labels.*.span.line",)),
        items=(
            Items(
                at="diagnostics.*",
                file="filename",
                line="labels.0.span.line",
                column="labels.0.span.column",
                code="code",
                message="message",
                severity="severity",
                severities={"advice": "notes"},
            ),
        ),
        proof=("number_of_files",),
    ),
    Form(
        grammar=Grammar(name="deno", kind="linter", rules=()),
        signatures=(
            ("diagnostics.*.range.start.bytePos", "diagnostics.*.filename"),
            ("diagnostics", "errors", "checkedFiles"),
        ),
        items=(
            Items(
                at="diagnostics.*",
                file="filename",
                line="range.start.line",
                code="code",
                message="message",
                counts_as="errors",
            ),
            Items(at="errors.*", file="file_path", message="message", counts_as="errors"),
        ),
        proof=("checkedFiles.*",),
    ),
    Form(
        grammar=Grammar(name="stylelint", kind="linter", rules=()),
        signatures=(("*.source", "*.warnings", "*.invalidOptionWarnings"),),
        items=(
            Items(
                at="*.warnings.*",
                line="line",
                column="column",
                code="rule",
                message="text",
                severity="severity",
            ),
            Items(at="*.invalidOptionWarnings.*", message="text", counts_as="errors"),
            Items(at="*.parseErrors.*", line="line", column="column", code="rule", message="text"),
        ),
        context={"file": "*.source"},
        scope="*",
        proof=("*.source",),
    ),
    Form(
        grammar=Grammar(name="tslint", kind="linter", rules=()),
        signatures=(("*.failure", "*.startPosition.line", "*.name"),),
        items=(
            Items(
                at="*",
                file="name",
                line="startPosition.line",
                column="startPosition.character",
                from_zero=True,
                code="ruleName",
                message="failure",
                severity="ruleSeverity",
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="flow", kind="types", rules=()),
        signatures=(("flowVersion", "errors"),),
        items=(
            Items(
                at="errors.*",
                file="message.0.loc.source|message.0.path|message.1.loc.source",
                line="message.0.loc.start.line|message.0.line",
                column="message.0.loc.start.column|message.0.start",
                severity="level",
                amend=_flow,
            ),
        ),
        proof=("passed",),
    ),
    Form(
        grammar=_ELM,
        signatures=(("type=compile-errors", "errors"),),
        items=(
            Items(
                at="errors.*.problems.*",
                line="region.start.line",
                column="region.start.column",
                code="title",
                message="message",
            ),
        ),
        context={"file": "errors.*.path"},
        scope="errors.*",
    ),
    Form(
        grammar=_ELM,
        signatures=(("type=error", "path", "title", "message"),),
        items=(Items(file="path", code="title", message="message"),),
    ),
    Form(
        grammar=_ELM,
        signatures=(("*.tag", "*.overview", "*.region.start.line", "*.type"),),
        items=(
            Items(
                at="*",
                file="file",
                line="region.start.line",
                column="region.start.column",
                code="tag",
                message="overview",
                severity="type",
            ),
        ),
    ),
)
