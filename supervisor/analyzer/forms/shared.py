"""Formats that many tools write: SARIF, rdjson, GitLab's code quality, checkstyle, PMD, SpotBugs.

Sources: the OASIS standard SARIF 2.1.0; reviewdog/reviewdog, proto/rdf/reviewdog.proto; GitLab's
documentation on code quality; checkstyle/checkstyle, XMLLogger.java; pmd/pmd, report_2_0_0.xsd;
spotbugs/spotbugs, bugcollection.xsd.
"""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from supervisor.analyzer.form import Context, Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars.json_lines import RDJSON_ITEMS
from supervisor.analyzer.items import get, said
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_NO_FINDING = ("pass", "notapplicable", "informational")
_RUFF_CODE = Pattern(r"[A-Z]{1,6}\d{3,4}|invalid-syntax|syntax-error")
_PRIORITIES = {"1": "errors", "2": "errors", "3": "warnings", "4": "warnings", "5": "notes"}


def _sarif(finding: Finding, result: Any) -> Finding | None:
    """A result that is a finding and that nobody has suppressed."""
    accepted = ("accepted", "")
    suppressed = any(
        said(one.get("status")) in accepted
        for one in result.get("suppressions") or ()
        if isinstance(one, dict)
    )
    absent = said(result.get("baselineState")) == "absent"
    if suppressed or absent or said(result.get("kind")).lower() in _NO_FINDING:
        return None
    finding.file = finding.file and _path(finding.file)
    return finding


def _path(uri: str) -> str:
    """A path that was written as an URI.

    >>> _path("file:///C:/a%20b.c"), _path("src/a.c")
    ('C:/a b.c', 'src/a.c')
    """
    path = unquote(urlsplit(uri).path if uri.startswith("file:") else uri)
    return re.sub(r"^/(?=[A-Za-z]:)", "", path)


def _ran(tally: Tally, context: Context) -> None:
    if context.get("successful") == "false":
        tally.broken = context.get("reason") or "execution not successful"


def _quality(finding: Finding, issue: Any) -> Finding:
    """Ruff calls everything major, which is an error to it and a warning to others."""
    code = finding.code or ""
    if finding.message.startswith(f"{code}: "):
        finding.message = finding.message.removeprefix(f"{code}: ")
        if _RUFF_CODE.fullmatch(code) and said(issue.get("severity")) == "major":
            finding.counts_as = "errors"
    return finding


def _author(tally: Tally, _context: Context) -> None:
    """Tell whose issues they are by their names."""
    codes = tally.by_code
    if codes and all(map(_RUFF_CODE.fullmatch, codes)):
        tally.name = "ruff"
    elif codes and all(re.match(r"(?:lint|assist|suppressions)/|format$", code) for code in codes):
        tally.name = "biome"


def _check(finding: Finding, _error: Any) -> Finding:
    """The name of a check without that of its package."""
    code = (finding.code or "").rpartition(".")[2]
    finding.code = code.removesuffix("Check") or None
    return finding


def _cpd(finding: Finding, duplication: Any) -> Finding:
    lines = said(get("lines")(duplication))
    finding.message = f"{lines} lines are found more than once"
    return finding


FORMS = (
    Form(
        grammar=Grammar(
            name="sarif",
            kind="linter",
            severities={"none": "notes"},
            urgent=Pattern(r"F82[123]|E9\d\d|invalid-syntax|no-undef"),
            rules=(),
        ),
        signatures=(
            ("runs.*.tool.driver",),
            ("runs.*.results.*.message", "runs.*.results.*.locations"),
            ("$schema", "version", "runs"),
        ),
        items=(
            Items(
                at="runs.*.results.*",
                file="locations.0.physicalLocation.artifactLocation.uri",
                line="locations.0.physicalLocation.region.startLine",
                column="locations.0.physicalLocation.region.startColumn",
                code="ruleId|rule.id",
                message="message.text|message.markdown|message.id",
                severity="level",
                counts_as="warnings",
                amend=_sarif,
            ),
        ),
        levels=Items(
            at="runs.*.tool.driver.rules.*",
            code="id",
            severity="defaultConfiguration.level",
            counts_as="warnings",
        ),
        context={
            "successful": "runs.*.invocations.*.executionSuccessful",
            "reason": "runs.*.invocations.*.exitCodeDescription",
        },
        scope="runs.*",
        name="runs.*.tool.driver.name",
        proof=("runs.*.results",),
        settle=_ran,
    ),
    Form(
        grammar=Grammar(name="rdjson", kind="linter", rules=()),
        signatures=(
            ("diagnostics.*.location.path", "diagnostics.*.message"),
            ("diagnostics", "source.name"),
        ),
        items=(replace(RDJSON_ITEMS, at="diagnostics.*"),),
        context={"severity": "severity"},
        scope="",
        name="source.name",
        proof=("diagnostics",),
    ),
    Form(
        grammar=Grammar(
            name="codeclimate",
            kind="linter",
            aliases=("gitlab", "ruff", "eslint", "golangci-lint", "stylelint", "mypy", "biome"),
            severities={
                "minor": "warnings",
                "major": "warnings",
                "critical": "errors",
                "blocker": "errors",
            },
            rules=(),
        ),
        signatures=(("*.description", "*.fingerprint", "*.location.path"),),
        items=(
            Items(
                at="*",
                file="location.path",
                line="location.positions.begin.line|location.lines.begin",
                column="location.positions.begin.column",
                code="check_name",
                message="description",
                severity="severity",
                amend=_quality,
            ),
        ),
        settle=_author,
    ),
    Form(
        grammar=Grammar(name="checkstyle", kind="linter", severities={"ignore": "notes"}, rules=()),
        markup=True,
        signatures=(("checkstyle",),),
        items=(
            Items(
                at="checkstyle.file.error",
                line="line",
                column="column",
                code="source",
                message="message",
                severity="severity",
                amend=_check,
            ),
            Items(at="checkstyle.file.exception", message="#", counts_as="errors"),
        ),
        context={"file": "checkstyle.file.name"},
        proof=("checkstyle.file",),
    ),
    Form(
        grammar=Grammar(name="pmd", kind="linter", rules=()),
        markup=True,
        signatures=(("pmd",),),
        items=(
            Items(
                at="pmd.file.violation",
                line="beginline",
                column="begincolumn",
                code="rule",
                message="#",
                severity="priority",
                severities=_PRIORITIES,
            ),
            Items(at="pmd.error", file="filename", message="msg", counts_as="errors"),
            Items(at="pmd.configerror", code="rule", message="msg", counts_as="errors"),
        ),
        context={"file": "pmd.file.name"},
    ),
    Form(
        grammar=Grammar(name="cpd", kind="linter", aliases=("pmd",), rules=()),
        markup=True,
        signatures=(("pmd-cpd",),),
        items=(
            Items(
                at="pmd-cpd.duplication",
                file="file.path",
                line="file.line",
                counts_as="warnings",
                amend=_cpd,
            ),
        ),
    ),
    Form(
        grammar=Grammar(name="spotbugs", kind="linter", aliases=("findbugs",), rules=()),
        markup=True,
        signatures=(("BugCollection",),),
        items=(
            Items(
                at="BugCollection.BugInstance",
                file="SourceLine.sourcepath|Method.SourceLine.sourcepath|Class.SourceLine.sourcepath",
                line="SourceLine.start|Method.SourceLine.start|Class.SourceLine.start",
                code="type",
                message="LongMessage.#|ShortMessage.#|Class.classname",
                severity="priority",
                severities={"1": "errors", "2": "warnings", "3": "warnings"},
                counts_as="warnings",
            ),
        ),
        declares={"BugCollection.FindBugsSummary.total_bugs": "total"},
        proof=("BugCollection.FindBugsSummary.total_classes",),
    ),
)
