"""Gradle, Ant, JUnit and TestNG: never counted twice, never green by mistake."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def all_of(text: str, exit_code: int | None = None) -> dict[str, Digest]:
    """The digests of a piece of output by tool."""
    return {
        digest.tool: digest for digest in analyze([text.encode()], exit_code=exit_code).segments
    }


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


GRADLE = """\
> Task :compileJava UP-TO-DATE
> Task :test

app.CartTest > adds() FAILED
    org.opentest4j.AssertionFailedError: expected: <2> but was: <1>
        at app.CartTest.adds(CartTest.java:12)

app.CartTest > opens() PASSED

src/a.ts(1,2): error TS2304: Cannot find name 'printed by a test'.

3 tests completed, 1 failed, 1 skipped

> Task :test FAILED

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':test'.
> There were failing tests. See the report at: file:///w/build/reports/tests/test/index.html

* Try:
> Run with --scan to get full insights.

BUILD FAILED in 8s
2 actionable tasks: 1 executed, 1 up-to-date
"""


def test_gradle_tests() -> None:
    """The count is per task; what a test prints is nothing."""
    digest = only(GRADLE, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("gradle", "tests", Verdict.FAILED)
    assert digest.declared == {"passed": 1, "failed": 1, "skipped": 1}
    assert digest.counted == {"failed": 1, "passed": 1}
    assert digest.summary == (
        "gradle: 1 failed, 1 passed, 1 skipped: app.CartTest > adds() "
        "org.opentest4j.AssertionFailedError: expected: <2> but was: <1>"
    )


def test_gradle_says_success() -> None:
    """A passing run prints no count; shown events are counted."""
    text = (
        "> Task :test\n\nCartTest > adds() PASSED\n\nBUILD SUCCESSFUL in 3s\n"
        "1 actionable task: 1 executed\n"
    )
    digest = only(text, exit_code=0)
    assert (digest.verdict, digest.declared, digest.counted) == (Verdict.OK, {}, {"passed": 1})
    assert digest.summary == "gradle: ok, 1 passed"


def test_gradle_ignored_failures_are_not_green() -> None:
    """A build that goes on in spite of its tests says success."""
    text = GRADLE[: GRADLE.index("> Task :test FAILED")] + "BUILD SUCCESSFUL in 8s\n"
    assert only(text, exit_code=0).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("wrong", "verdict", "summary"),
    [
        (
            (
                "Execution failed for task ':core:checkstyleMain'.\n"
                "> Checkstyle rule violations were found."
            ),
            Verdict.FAILED,
            "gradle: build failed: :core:checkstyleMain: Checkstyle rule violations were found.",
        ),
        (
            "Task 'tset' not found in root project 'app'.",
            Verdict.ERROR,
            "gradle: Task 'tset' not found in root project 'app'.",
        ),
        (
            "A problem occurred evaluating root project 'app'.\n> No such property: foo",
            Verdict.ERROR,
            "gradle: A problem occurred evaluating root project 'app'. No such property: foo",
        ),
    ],
)
def test_gradle_says_what_went_wrong(wrong: str, verdict: Verdict, summary: str) -> None:
    """A task that failed has failed; a build that could not be set up is in error."""
    text = (
        f"FAILURE: Build failed with an exception.\n\n* What went wrong:\n{wrong}\n\n"
        f"* Try:\n> Run\n\n"
    )
    digest = only(f"{text}BUILD FAILED in 1s\n")
    assert (digest.verdict, digest.summary) == (verdict, summary)


def test_gradle_several_failures() -> None:
    """With ``--continue`` each has its block."""
    block = (
        "{}: Task failed with an exception.\n-----------\n* What went wrong:\n"
        "Execution failed for task ':{}'.\n> no\n\n* Try:\n> Run\n" + "=" * 78 + "\n\n"
    )
    text = (
        "FAILURE: Build completed with 2 failures.\n\n"
        + block.format(1, "a")
        + block.format(2, "b")
    )
    digest = only(f"{text}BUILD FAILED in 1s\n", exit_code=1)
    assert digest.summary.startswith("gradle: 2 tasks failed: :a: no")


def test_gradle_old_tasks_and_times() -> None:
    """Old releases had no mark before a task and the time below the end."""
    text = ":compileJava UP-TO-DATE\n:test\n\nBUILD SUCCESSFUL\n\nTotal time: 3.2 secs\n"
    digest = only(text, exit_code=0)
    assert (digest.tool, digest.verdict) == ("gradle", Verdict.OK)


@pytest.mark.parametrize(
    "line",
    [
        "FAILURE: Executed 10 tests in 2.1s (2 failed, 1 skipped)",
        "Results: FAILURE (10 tests, 7 successes, 2 failures, 1 skipped)",
    ],
)
def test_gradle_test_loggers(line: str) -> None:
    """A plug-in's count and Gradle's own are one."""
    text = (
        f"> Task :test\n\n{line}\n\n10 tests completed, 2 failed, 1 skipped\n\nBUILD FAILED in 1s\n"
    )
    assert only(text, exit_code=1).declared == {"passed": 7, "failed": 2, "skipped": 1}
    green = f"> Task :test\n\n{line.replace('2 fail', '0 fail')}\n\nBUILD FAILED in 1s\n"
    assert only(green, exit_code=1).declared["skipped"] == 1


ANT = """\
Buildfile: /w/build.xml

test:
    [junit] Running CartTest
    [junit] Testsuite: CartTest
    [junit] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.052 sec
    [junit] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.052 sec
    [junit] Testcase: adds took 0.024 sec
    [junit] 	FAILED
    [junit] sum expected:<2> but was:<1>
    [junit] 	at CartTest.adds(Unknown Source)
    [junit] Testcase: opens(CartTest):	Caused an ERROR
    [junit] no cart
    [junit] Test CartTest FAILED
"""


def test_ant_counts_a_suite_once() -> None:
    """A summary and a formatter both print a suite's line; the task's last word is no count."""
    digest = only(ANT + "\nBUILD FAILED\n/w/build.xml:4: Test CartTest failed\n\nTotal time: 2 s\n")
    assert (digest.tool, digest.kind, digest.verdict) == ("ant", "tests", Verdict.FAILED)
    assert digest.declared == {"failed": 1, "errors": 1, "skipped": 1, "passed": 1}
    assert digest.summary == (
        "ant: 1 failed, 1 error, 1 passed, 1 skipped: CartTest.adds sum expected:<2> but was:<1>"
    )


def test_ant_success_in_spite_of_failures_is_not_green() -> None:
    """Its junit task goes on by default."""
    text = f"{ANT}\nBUILD SUCCESSFUL\nTotal time: 1 second\n"
    assert only(text, exit_code=0).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("text", "verdict", "summary"),
    [
        ("\nBUILD SUCCESSFUL\nTotal time: 0 seconds\n", Verdict.OK, "ant: ok"),
        (
            (
                "\nBUILD FAILED\n/w/build.xml:5: The following error occurred while executing this"
                " line:\n/w/common.xml:9: Compile failed; see the compiler error output.\n\n"
            ),
            Verdict.FAILED,
            "ant: build failed: /w/common.xml:9 Compile failed; see the compiler error output.",
        ),
        (
            '\nBUILD FAILED\nTarget "x" does not exist in the project "p".\n',
            Verdict.FAILED,
            'ant: build failed: Target "x" does not exist in the project "p".',
        ),
    ],
)
def test_ant_closing_lines(text: str, verdict: Verdict, summary: str) -> None:
    """The innermost reason is the one."""
    digest = only(f"Buildfile: /w/build.xml\n{text}")
    assert (digest.verdict, digest.summary) == (verdict, summary)


def test_ant_without_a_file() -> None:
    """Nothing was built."""
    text = "Buildfile: build.xml does not exist!\nBuild failed\n"
    assert only(text, exit_code=1).verdict is Verdict.ERROR


LAUNCHER = """\
Failures (1):
  JUnit Jupiter:CartTest:adds()
    MethodSource [className = 'CartTest', methodName = 'adds', methodParameterTypes = '']
    => org.opentest4j.AssertionFailedError: expected: <2> but was: <1>
       CartTest.adds(CartTest.java:12)

Test run finished after 64 ms
[         3 containers found      ]
[         {} containers failed     ]
[         5 tests found           ]
[         1 tests skipped         ]
[         4 tests started         ]
[         0 tests aborted         ]
[         3 tests successful      ]
[         {} tests failed          ]
"""


@pytest.mark.parametrize("front", ["", "    [junit] "])
def test_junit_launcher(front: str) -> None:
    """A table of counts, alone or behind a task's name."""
    text = "".join(f"{front}{line}\n" for line in LAUNCHER.format(0, 1).splitlines())
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("junit", Verdict.FAILED)
    assert digest.declared == {"failed": 1, "passed": 3, "skipped": 1}
    assert digest.first is not None
    assert digest.first.code == "JUnit Jupiter:CartTest:adds()"


def test_junit_launcher_whose_set_up_failed_is_not_green() -> None:
    """A container that failed has no failed tests."""
    text = LAUNCHER.format(1, 0)
    assert only(text[text.index("Test run") :]).declared["errors"] == 1
    assert only(text[text.index("Test run") :]).verdict is Verdict.FAILED
    assert only(LAUNCHER[LAUNCHER.index("Test run") :].format(0, 0)).verdict is Verdict.OK


JUNIT_4 = (
    "JUnit version 4.13.2\n.E.\nTime: 0.01\nThere was 1 failure:\n1) adds(CartTest)\n"
    "java.lang.AssertionError: sum expected:<2> but was:<1>\n"
    "\tat CartTest.adds(CartTest.java:12)\n\n"
    "FAILURES!!!\nTests run: 3,  Failures: 1\n"
)


def test_junit_text() -> None:
    """The failures stand above the count."""
    digest = only(JUNIT_4, exit_code=1)
    assert (digest.tool, digest.declared) == ("junit", {"failed": 1, "passed": 2})
    assert digest.summary == (
        "junit: 1 failed, 2 passed: adds(CartTest) java.lang.AssertionError: "
        "sum expected:<2> but was:<1>"
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("OK (3 tests)\n", Verdict.OK),
        ("OK (1 test)\n", Verdict.OK),
        ("OK (0 tests)\n", Verdict.UNKNOWN),
        ("FAILURES!!!\nTests run: 3,  Failures: 0,  Errors: 1\n", Verdict.FAILED),
        ("Total tests run: 5, Passes: 4, Failures: 1, Skips: 0\n", Verdict.FAILED),
        ("Total tests run: 5, Failures: 0, Skips: 0\n", Verdict.OK),
        (
            "Total tests run: 5, Failures: 0, Skips: 5\nConfiguration Failures: 1, Skips: 2\n",
            Verdict.FAILED,
        ),
    ],
)
def test_junit_and_testng_closing_lines(text: str, verdict: Verdict) -> None:
    """Nothing ran is not green, nor is a set-up that failed."""
    assert only(text).verdict is verdict


def test_phpunit_is_not_junit() -> None:
    """Its closing lines are alike and have more in them."""
    assert list(all_of("OK (5 tests, 9 assertions)\n")) != ["junit"]
    text = "There was 1 failure:\n\n1) CartTest::testAdds\nFailed asserting.\n"
    assert "junit" not in all_of(text)


def test_ant_junit4_task() -> None:
    """Randomized runs close with one summary; a suite's set-up is an error and no test."""
    text = (
        "   [junit4] FAILURE 0.01s J1 | CartTest.adds <<<\n"
        "   [junit4]    > Throwable #1: java.lang.AssertionError: expected:<2> but was:<1>\n"
        "   [junit4] Tests summary: 3 suites (1 ignored), 10 tests, 1 suite-level error, 1 failure,"
        " 2 ignored (1 assumption)\n\nBUILD FAILED\n/w/build.xml:4: There were test failures\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared == {"passed": 7, "failed": 1, "skipped": 2, "errors": 1}
    assert digest.counted == {"failed": 1}


def test_gradle_linters_of_tests_are_no_tests() -> None:
    """A task that checks the tests' style shows findings, not what tests print."""
    text = (
        "> Task :checkstyleTest FAILED\n"
        "[ant:checkstyle] [ERROR] /w/ATest.java:6: Line is longer. [LineLength]\n\n"
        "BUILD FAILED in 1s\n"
    )
    assert all_of(text, exit_code=1)["checkstyle"].counted == {"errors": 1}
