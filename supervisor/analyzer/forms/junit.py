"""JUnit's XML, which most test tools write, and Visual Studio's TRX.

Sources: apache/maven-surefire, surefire-test-report.xsd; pytest-dev/pytest,
src/_pytest/junitxml.py; microsoft/vstest, src/Microsoft.TestPlatform.Extensions.TrxLogger.
"""

from typing import Any

from supervisor.analyzer.form import Context, Form, Items
from supervisor.analyzer.forms.failures import exception, located, reason
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.items import get, said
from supervisor.analyzer.tally import Finding, Tally

_OUTCOMES = (
    ("failure", "failed"),
    ("error", "errors"),
    ("skipped", "skipped"),
    ("disabled", "skipped"),
)
_SAYS_NOTHING = ("", "collection failure")
_NOT_RUN = ("notrun", "skipped", "disabled", "ignored")
_SHARES = {
    "tests": "total",
    "failures": "failed",
    "errors": "errors",
    "skipped": "skipped",
    "skips": "skipped",
    "disabled": "skipped",
}


def _case(finding: Finding, case: Any) -> Finding:
    """How a test case went, and why."""
    parts = [said(case.get(key)) for key in ("classname", "name")]
    finding.code = ".".join(part for part in parts if part) or None
    key, finding.counts_as = next((one for one in _OUTCOMES if one[0] in case), ("", "passed"))
    if said(case.get("status")).lower() in _NOT_RUN:
        finding.counts_as = "skipped"
    if finding.counts_as not in {"failed", "errors"}:
        return finding
    what = case[key] if isinstance(case[key], dict) else {"#": case[key]}
    text = str(what.get("#", ""))
    kind = said(what.get("type"))
    message = reason(str(what.get("message", "")))
    if message in _SAYS_NOTHING:
        message = exception(text) or message
    finding.message = message or reason(text) or kind
    return located(finding, text, within=parts[0])


def _shares(tally: Tally, _context: Context) -> None:
    """What passed is what is left of the total."""
    declared, counted = tally.declared, tally.counted
    total = declared.get("total")
    if total is None or total == sum(counted.values()):
        declared.clear()
        declared.update(counted)
        return
    skipped = max(declared.get("skipped", 0), counted["skipped"])
    passed = total - declared.get("failed", 0) - declared.get("errors", 0) - skipped
    declared.update(skipped=skipped, passed=max(0, passed))


def _result(finding: Finding, result: Any) -> Finding:
    """One test's result in a TRX."""
    info = get("Output.ErrorInfo")(result)
    text = said(get("StackTrace.#")(info))
    finding.message = reason(str(get("Message.#")(info) or ""))
    return located(finding, text)


def _run(tally: Tally, context: Context) -> None:
    skipped = max(tally.declared.get("skipped", 0), tally.counted["skipped"])
    tally.declared["skipped"] = skipped
    if context.get("outcome") in {"Failed", "Error", "Aborted"} and not tally.problems:
        tally.broken = context.get("text") or f"run {context['outcome'].lower()}"


FORMS = (
    Form(
        grammar=Grammar(
            name="junit",
            kind="tests",
            aliases=("junit-xml", "surefire", "maven", "mvn", "gradle", "ant", "pytest", "vitest"),
            rules=(),
        ),
        markup=True,
        signatures=(("testsuites",), ("testsuite",)),
        items=(
            Items(at="testsuites.testsuite.testcase", file="file", line="line", amend=_case),
            Items(at="testsuites.testcase", file="file", line="line", amend=_case),
            Items(at="testsuite.testcase", file="file", line="line", amend=_case),
        ),
        loops={
            "testsuites.testsuite.testsuite": "testsuites.testsuite",
            "testsuite.testsuite": "testsuites.testsuite",
        },
        declares={
            f"{root}.{attribute}": key
            for root in ("testsuites", "testsuite")
            for attribute, key in _SHARES.items()
        },
        settle=_shares,
    ),
    Form(
        grammar=Grammar(name="trx", kind="tests", aliases=("dotnet", "vstest"), rules=()),
        markup=True,
        signatures=(("TestRun",),),
        items=(
            Items(
                at="TestRun.Results.UnitTestResult",
                code="testName",
                severity="outcome",
                severities={
                    "passed": "passed",
                    "completed": "passed",
                    "warning": "passed",
                    "failed": "failed",
                    "timeout": "failed",
                    "notexecuted": "skipped",
                    "inconclusive": "skipped",
                    "pending": "skipped",
                },
                amend=_result,
            ),
        ),
        context={
            "outcome": "TestRun.ResultSummary.outcome",
            "text": "TestRun.ResultSummary.RunInfos.RunInfo.Text.#",
        },
        declares={
            f"TestRun.ResultSummary.Counters.{attribute}": key
            for attribute, key in (
                ("passed", "passed"),
                ("failed", "failed"),
                ("timeout", "failed"),
                ("error", "errors"),
                ("aborted", "errors"),
                ("notExecuted", "skipped"),
            )
        },
        settle=_run,
    ),
)
