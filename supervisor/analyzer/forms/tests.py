"""JSON of test tools: jest, vitest, mocha, playwright, and pytest with its JSON report.

Sources: jestjs/jest, packages/jest-test-result/src/formatTestResults.ts; vitest-dev/vitest,
packages/vitest/src/node/reporters/json.ts; mochajs/mocha, lib/reporters/json.js;
microsoft/playwright, packages/playwright/src/reporters/json.ts; numirias/pytest-json-report.
"""

from dataclasses import replace
from typing import Any

from supervisor.analyzer.form import Context, Form, Items
from supervisor.analyzer.forms.failures import exception, located, reason
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import pytest
from supervisor.analyzer.items import get, said
from supervisor.analyzer.tally import Finding, Tally

_STATES = {
    "passed": "passed",
    "expected": "passed",
    "flaky": "passed",
    "failed": "failed",
    "unexpected": "failed",
    "pending": "skipped",
    "skipped": "skipped",
    "todo": "skipped",
    "disabled": "skipped",
    "focused": "passed",
}
_NONE_COLLECTED = "5"
_NEVER_RAN = "Test suite failed to run"


def _assertion(finding: Finding, result: Any) -> Finding:
    """A test of jest's or vitest's."""
    text = str(get("failureMessages.0")(result) or "")
    finding.message = reason(text)
    return located(finding, text)


def _jest_suite(finding: Finding, text: Any) -> Finding | None:
    """A file of which no test ran; the text of others repeats what their tests say."""
    if _NEVER_RAN not in text:
        return None
    finding.message = reason(text.partition(_NEVER_RAN)[2].lstrip("\n"))
    return located(finding, text)


def _vitest_suite(finding: Finding, text: Any) -> Finding | None:
    finding.message = reason(text)
    return finding if text else None


def _mocha(finding: Finding, test: Any) -> Finding:
    text = str(get("err.stack")(test) or "")
    finding.message = reason(text) or finding.message
    return located(finding, text)


def _playwright(finding: Finding, test: Any) -> Finding:
    """A test in one project, by its last try."""
    tries = test.get("results")
    last = tries[-1] if isinstance(tries, list) and tries else {}
    error = get("error|errors.0")(last)
    text = str(get("stack|message")(error) or "")
    finding.message = reason(str(get("message")(error) or ""))
    place = get("location")(error)
    finding.file = said(get("file")(place)) or None
    line = get("line")(place)
    finding.line = line if isinstance(line, int) else None
    return located(finding, text)


def _pytest(finding: Finding, test: Any) -> Finding | None:
    if said(test.get("outcome")) in {"xfailed", "xpassed"}:
        return None
    crash = get("call.crash|setup.crash|teardown.crash")(test)
    finding.message = reason(str(get("message")(crash) or ""))
    finding.file = said(get("path")(crash)) or (finding.code or "").partition("::")[0]
    line = get("lineno")(crash)
    finding.line = line if isinstance(line, int) else finding.line
    return finding


def _collector(finding: Finding, collector: Any) -> Finding | None:
    """A module that could not be collected."""
    if said(collector.get("outcome")) == "passed":
        return None
    text = str(collector.get("longrepr", ""))
    finding.message = exception(text) or reason(text)
    return located(finding, text)


def _exited(tally: Tally, context: Context) -> None:
    errors = max(tally.declared.get("errors", 0), tally.counted["errors"])
    if errors:
        tally.declared["errors"] = errors
    code = context.get("exit", "0")
    if code == _NONE_COLLECTED:
        tally.remarks.append("no tests ran")
    elif code != "0" and not tally.problems:
        tally.broken = f"exit status {code}"


def _succeeded(tally: Tally, context: Context) -> None:
    errors = max(tally.declared.get("errors", 0), tally.counted["errors"])
    if errors:
        tally.declared["errors"] = errors
    if context.get("success") == "false" and not tally.problems:
        tally.broken = "not successful"


def _vitest_succeeded(tally: Tally, context: Context) -> None:
    passed = tally.counted["passed"]
    if 0 < passed < tally.declared.get("passed", 0):
        # The first release called passed whatever had not failed.
        tally.declared.update(passed=passed, skipped=tally.counted["skipped"])
    _succeeded(tally, context)


_ASSERTIONS = Items(
    at="testResults.*.assertionResults.*",
    code="fullName",
    severity="status",
    severities=_STATES,
    counts_as="failed",
    amend=_assertion,
)
_SUITES = Items(at="testResults.*.message", counts_as="errors", amend=_jest_suite)
_JEST_COUNTS = {
    "numPassedTests": "passed",
    "numFailedTests": "failed",
    "numPendingTests": "skipped",
    "numTodoTests": "skipped",
}

FORMS = (
    Form(
        grammar=Grammar(name="jest", kind="tests", rules=()),
        signatures=(("numFailedTests", "numRuntimeErrorTestSuites", "testResults"),),
        items=(_ASSERTIONS, _SUITES),
        context={"file": "testResults.*.name", "success": "success"},
        scope="testResults.*",
        declares={**_JEST_COUNTS, "numRuntimeErrorTestSuites": "errors"},
        settle=_succeeded,
    ),
    Form(
        grammar=Grammar(name="vitest", kind="tests", rules=()),
        signatures=(("numFailedTests", "numTotalTestSuites", "testResults"),),
        items=(_ASSERTIONS, replace(_SUITES, amend=_vitest_suite)),
        context={"file": "testResults.*.name", "success": "success"},
        scope="testResults.*",
        declares=_JEST_COUNTS,
        settle=_vitest_succeeded,
    ),
    Form(
        grammar=Grammar(name="mocha", kind="tests", aliases=("cypress",), rules=()),
        signatures=(("stats.passes", "stats.failures", "stats.pending"),),
        items=(
            Items(
                at="failures.*",
                file="file",
                code="fullTitle",
                message="err.message",
                counts_as="failed",
                amend=_mocha,
            ),
            Items(at="passes.*", counts_as="passed"),
            Items(at="pending.*", counts_as="skipped"),
        ),
        declares={
            "stats.passes": "passed",
            "stats.failures": "failed",
            "stats.pending": "skipped",
        },
    ),
    Form(
        grammar=Grammar(name="playwright", kind="tests", rules=()),
        signatures=(
            ("config.projects", "suites"),
            ("suites", "stats.expected", "stats.unexpected"),
        ),
        items=(
            Items(
                at="suites.*.specs.*.tests.*",
                severity="status",
                severities=_STATES,
                counts_as="failed",
                amend=_playwright,
            ),
            Items(
                at="errors.*",
                file="location.file",
                line="location.line",
                message="message",
                counts_as="errors",
            ),
        ),
        loops={"suites.*.suites": "suites"},
        context={"file": "suites.*.specs.*.file", "code": "suites.*.specs.*.title"},
        scope="suites.*.specs.*",
        declares={
            "stats.expected": "passed",
            "stats.unexpected": "failed",
            "stats.flaky": "flaky",
            "stats.skipped": "skipped",
        },
    ),
    Form(
        grammar=replace(pytest.GRAMMAR, rules=(), parser=None, opaque=False),
        signatures=(("exitcode", "summary", "collectors"), ("exitcode", "summary", "tests")),
        items=(
            Items(
                at="tests.*",
                line="lineno",
                from_zero=True,
                code="nodeid",
                severity="outcome",
                severities={**_STATES, "error": "errors"},
                counts_as="failed",
                amend=_pytest,
            ),
            Items(at="collectors.*", file="nodeid", counts_as="errors", amend=_collector),
        ),
        context={"exit": "exitcode"},
        declares={
            "summary.passed": "passed",
            "summary.failed": "failed",
            "summary.error": "errors",
            "summary.skipped": "skipped",
        },
        settle=_exited,
    ),
)
