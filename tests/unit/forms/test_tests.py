"""Documents of test tools: JUnit's XML, TRX, and JSON of jest, mocha, playwright and others."""

import json
from typing import Any

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict

STACK = (
    "Error: expected 1 to be 2\n    at f (/app/node_modules/x.js:9:9)\n    at /app/a.test.js:4:9"
)


def only(document: Any, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of a document."""
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    analysis = analyze([text.encode()], exit_code=exit_code, tool=tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


SUITE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="com.example.FooTest" tests="{tests}" errors="1" skipped="1" failures="1">
  <properties><property name="os" value="linux"/></properties>
  <testcase name="good" classname="com.example.FooTest" time="0.1"/>
  <testcase name="bad" classname="com.example.FooTest">
    <failure message="expected:&lt;1&gt; but was:&lt;2&gt;" type="AssertionError">
AssertionError: expected
    at org.junit.Assert.fail(Assert.java:86)
    at com.example.FooTest.bad(FooTest.java:44)
</failure>
  </testcase>
  <testcase name="broken" classname="com.example.FooTest">
    <error type="java.lang.NullPointerException"/>
  </testcase>
  <testcase name="later" classname="com.example.FooTest"><skipped/></testcase>
  <system-out><![CDATA[<testsuites> FAIL </testsuite>]]></system-out>
</testsuite>
"""


def test_surefire() -> None:
    """Failures and errors are two numbers; the place is in the test's own frame."""
    digest = only(SUITE.format(tests=4), exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("junit", "tests", Verdict.FAILED)
    assert digest.counted == {"failed": 1, "errors": 1, "skipped": 1, "passed": 1}
    assert digest.declared == digest.counted
    assert digest.first is not None
    assert (digest.first.code, digest.first.message) == (
        "com.example.FooTest.bad",
        "expected:<1> but was:<2>",
    )
    assert (digest.first.file, digest.first.line) == ("FooTest.java", 44)


def test_what_a_suite_declares_stands_beside_what_it_shows() -> None:
    """Reports that list failures only still tell how many passed."""
    digest = only(SUITE.format(tests=573))
    assert digest.declared["passed"] == 570
    assert digest.counted["passed"] == 1


def test_nested_suites_count_once() -> None:
    """Inner suites repeat in part what outer ones say."""
    case = '<testcase name="t" classname="C" file="/a.php" line="4"/>'
    inner = f'<testsuite name="C" tests="1" failures="0" errors="0">{case}</testsuite>'
    text = (
        '<?xml version="1.0"?>\n<testsuites>\n'
        f'<testsuite name="all" tests="2" failures="0" errors="0">{inner}{inner}</testsuite>\n'
        "</testsuites>\n"
    )
    digest = only(text)
    assert (digest.declared, digest.verdict) == ({"passed": 2}, Verdict.OK)


@pytest.mark.parametrize(
    "text",
    [
        '<testsuites tests="0" failures="0" errors="0"></testsuites>',
        (
            '<testsuite tests="2" skipped="2" failures="0" errors="0"><testcase name="a"><skipped/>'
            '</testcase><testcase name="b" status="notrun"/></testsuite>'
        ),
        '<testsuite tests="1" failures="0"><testcase name="a"><failure/></testcase></testsuite>',
    ],
)
def test_junit_that_is_not_green(text: str) -> None:
    """No test that passed, or one that failed whatever the head says."""
    assert only(text, exit_code=0).verdict is not Verdict.OK


def test_pytest_as_junit() -> None:
    """A module that cannot be collected is an error with its cause."""
    text = (
        '<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests">'
        '<testsuite name="pytest" errors="1" failures="0" skipped="0" tests="1">'
        '<testcase classname="" name="test_b"><error message="collection failure">'
        "ImportError while importing\ntest_b.py:1: in &lt;module&gt;\n    import nothing\n"
        "E   ModuleNotFoundError: No module named 'nothing'</error></testcase>"
        "</testsuite></testsuites>"
    )
    digest = only(text, exit_code=2, tool="pytest")
    assert (digest.tool, digest.counted) == ("pytest", {"errors": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("test_b.py", 1)
    assert digest.first.message == "ModuleNotFoundError: No module named 'nothing'"


TRX = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<TestRun id="1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>
    <UnitTestResult testName="N.T.Good" outcome="Passed" />
    <UnitTestResult testName="N.T.Later" outcome="NotExecuted" />
    <UnitTestResult testName="N.T.Bad" outcome="Failed">
      <Output><ErrorInfo><Message>Assert.Equal() Failure
Expected: 1</Message><StackTrace>   at N.T.Bad() in /src/T.cs:line 4</StackTrace>
      </ErrorInfo></Output>
    </UnitTestResult>
  </Results>
  <ResultSummary outcome="{outcome}">
    <Counters total="3" executed="2" passed="1" failed="{failed}" error="0" notExecuted="0" />
  </ResultSummary>
</TestRun>
"""


def test_trx() -> None:
    """Counters forget those that were skipped; a run that failed is not green."""
    digest = only(TRX.format(outcome="Failed", failed=1), exit_code=1)
    assert (digest.tool, digest.counted) == ("trx", {"passed": 1, "skipped": 1, "failed": 1})
    assert digest.declared["skipped"] == 1
    assert "Assert.Equal() Failure Expected: 1" in digest.summary
    lines = TRX.format(outcome="Failed", failed=0).splitlines(keepends=True)
    aborted = "".join([*lines[:5], *lines[10:]])
    assert only(aborted, exit_code=0).verdict is Verdict.ERROR
    assert only(aborted.replace("Failed", "Completed")).verdict is Verdict.OK


def assertion(status: str, messages: list[str]) -> dict[str, Any]:
    """One of jest's assertions."""
    return {
        "fullName": f"sum {status}",
        "status": status,
        "title": status,
        "failureMessages": messages,
    }


def jest(*, failed: int, broken: int, message: str = "") -> dict[str, Any]:
    """What jest writes, with a suite that failed to run if ``broken``."""
    results = [assertion("passed", []), assertion("pending", [])]
    results += [assertion("failed", [f"\x1b[31m{STACK}"])] * failed
    suites = [
        {"assertionResults": results, "message": "", "name": "/app/a.test.js", "status": "failed"},
        *[{"assertionResults": [], "message": message, "name": "/app/b.test.js"}] * broken,
    ]
    return {
        "numFailedTestSuites": 1 + broken,
        "numFailedTests": failed,
        "numPassedTests": 1,
        "numPendingTests": 1,
        "numRuntimeErrorTestSuites": broken,
        "numTotalTestSuites": 2,
        "success": not (failed or broken),
        "testResults": suites,
    }


def test_jest() -> None:
    """A suite that failed to run is an error, not a test that failed."""
    message = "  ● Test suite failed to run\n\n    Cannot find module './b' from 'b.test.js'\n"
    digest = only(jest(failed=1, broken=1, message=message), exit_code=1)
    assert (digest.tool, digest.verdict) == ("jest", Verdict.FAILED)
    assert digest.declared == {"failed": 1, "passed": 1, "skipped": 1, "errors": 1}
    assert digest.counted == digest.declared
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/app/a.test.js", 4)
    assert digest.first.message == "Error: expected 1 to be 2"
    assert {cause.message for cause in digest.causes} == {
        "Error: expected 1 to be 2",
        "Cannot find module './b' from 'b.test.js'",
    }
    assert only(jest(failed=0, broken=0)).verdict is Verdict.OK


def test_jest_that_does_not_succeed_is_not_green() -> None:
    """Snapshots that are obsolete, or a threshold of coverage."""
    document = {**jest(failed=0, broken=0), "success": False}
    assert only(document, exit_code=0).verdict is Verdict.ERROR


def test_vitest_once_called_passed_what_was_skipped() -> None:
    """Then its tests are counted instead."""
    states = ("passed", "passed", "skipped", "failed")
    assertions = [{"fullName": f"t{n}", "status": state} for n, state in enumerate(states)]
    document = {
        "numTotalTestSuites": 1,
        "numTotalTests": 4,
        "numPassedTests": 3,
        "numFailedTests": 1,
        "numPendingTests": 0,
        "numTodoTests": 0,
        "success": False,
        "testResults": [{"name": "/a.test.js", "message": "", "assertionResults": assertions}],
    }
    (digest,) = analyze([json.dumps(document).encode()]).segments
    assert digest.declared == {"passed": 2, "failed": 1, "skipped": 1}


def test_vitest_writes_as_jest_does() -> None:
    """But for what tells them apart; suites without tests are errors."""
    document = jest(failed=1, broken=1, message="Cannot find package 'x'\n\u276f b.test.js:1:1")
    del document["numRuntimeErrorTestSuites"]
    digest = only(document, exit_code=1)
    assert (digest.tool, digest.declared["errors"]) == ("vitest", 1)
    assert digest.files == 2


def test_mocha() -> None:
    """Passing tests are listed twice and counted once."""
    good = {"title": "a", "fullTitle": "sum a", "file": "/app/a.test.js", "err": {}}
    bad = {**good, "fullTitle": "sum b", "err": {"message": "1 == 2", "stack": STACK}}
    document = {
        "stats": {"suites": 1, "tests": 3, "passes": 1, "pending": 1, "failures": 1},
        "tests": [good, bad, good],
        "pending": [good],
        "failures": [bad],
        "passes": [good],
    }
    digest = only(document, exit_code=1)
    assert (digest.tool, digest.counted) == ("mocha", {"failed": 1, "passed": 1, "skipped": 1})
    assert digest.declared == digest.counted
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/app/a.test.js", 4)


def test_playwright() -> None:
    """Suites nest; a test that passed at last is flaky, not failed."""
    location = {"file": "/app/a.spec.ts", "line": 4, "column": 9}
    error = {"message": "\x1b[31mexpect(received)\x1b[0m", "stack": "", "location": location}

    def spec(status: str, *results: dict[str, Any]) -> dict[str, Any]:
        test = {"projectName": "chromium", "results": list(results), "status": status}
        return {"title": f"is {status}", "tests": [test], "file": "a.spec.ts", "line": 3}

    inner = {"title": "inner", "specs": [spec("expected"), spec("unexpected", {"error": error})]}
    document = {
        "config": {"projects": [{"name": "chromium"}]},
        "suites": [
            {"title": "a.spec.ts", "specs": [spec("flaky"), spec("skipped")], "suites": [inner]}
        ],
        "errors": [],
        "stats": {"expected": 1, "skipped": 1, "unexpected": 1, "flaky": 1},
    }
    digest = only(document, exit_code=1)
    assert (digest.tool, digest.counted) == ("playwright", {"failed": 1, "passed": 2, "skipped": 1})
    assert digest.declared == {"passed": 1, "failed": 1, "skipped": 1, "flaky": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.file) == ("is unexpected", "/app/a.spec.ts")
    assert (digest.first.line, digest.first.message) == (4, "expect(received)")


def test_pytest_json_report() -> None:
    """Errors of fixtures and of collection; the exit status is in the document."""
    crash = {"path": "/app/test_a.py", "lineno": 4, "message": "assert 1 == 2"}
    document: dict[str, Any] = {
        "exitcode": 1,
        "summary": {"passed": 1, "failed": 1, "error": 1, "xfailed": 1, "total": 4},
        "collectors": [{"nodeid": "", "outcome": "passed", "result": []}],
        "tests": [
            {"nodeid": "test_a.py::a", "lineno": 1, "outcome": "passed"},
            {"nodeid": "test_a.py::b", "lineno": 2, "outcome": "failed", "call": {"crash": crash}},
            {"nodeid": "test_a.py::c", "lineno": 3, "outcome": "error", "setup": {"crash": crash}},
            {"nodeid": "test_a.py::d", "lineno": 3, "outcome": "xfailed"},
        ],
    }
    digest = only(document, exit_code=1)
    assert (digest.tool, digest.counted) == ("pytest", {"failed": 1, "errors": 1, "passed": 1})
    uncollected = {
        "exitcode": 2,
        "summary": {"total": 0, "collected": 0},
        "collectors": [
            {
                "nodeid": "test_b.py",
                "outcome": "failed",
                "longrepr": "test_b.py:1: in <module>\nE   ImportError: no module 'x'",
            }
        ],
        "tests": [],
    }
    digest = only(uncollected, exit_code=2)
    assert digest.declared == {"errors": 1}
    assert digest.summary == "pytest: 1 error: ImportError: no module 'x'"
    none = {**uncollected, "exitcode": 5, "collectors": []}
    assert only(none, exit_code=5).summary == "pytest: no tests ran (exit 5)"


def test_rspec() -> None:
    """What is outside of examples is an error; pending ones did not fail."""
    raised = {"class": "RSpec::Expectations", "message": "\nexpected: 1\n     got: 2\n"}
    example = {"full_description": "A adds", "file_path": "./a_spec.rb", "line_number": 4}
    document = {
        "version": "3.13",
        "examples": [
            {**example, "status": "passed"},
            {**example, "status": "pending"},
            {**example, "status": "failed", "exception": raised},
        ],
        "summary": {
            "example_count": 3,
            "failure_count": 1,
            "pending_count": 1,
            "errors_outside_of_examples_count": 1,
        },
    }
    digest = only(document, exit_code=1)
    assert (digest.tool, digest.counted) == ("rspec", {"failed": 1, "passed": 1, "skipped": 1})
    assert digest.declared == {"failed": 1, "skipped": 1, "errors": 1, "passed": 1}
    assert digest.first is not None
    assert digest.first.message == "expected: 1 got: 2"
    counts = {"example_count": 0, "failure_count": 0, "pending_count": 0}
    assert only({"examples": [], "summary": counts}, exit_code=0).verdict is not Verdict.OK
