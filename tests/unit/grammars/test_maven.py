"""Maven's builds and the tests that they run: never counted twice, never green by mistake."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


START = (
    "[INFO] Scanning for projects...\n"
    "[INFO] --- maven-surefire-plugin:3.2.5:test (default-test) @ core ---\n"
)


BANNER = (
    "[INFO] -------------------------------------------------------\n[INFO]  T E S T S\n"
    "[INFO] -------------------------------------------------------\n"
)


TESTS = (
    "[INFO] Running app.CartTest\n"
    "Tests run: 9, Failures: 9, Errors: 0, Skipped: 0\n"
    "a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
    'Exception in thread "pool-1" java.lang.IllegalStateException: expected by the test\n'
    "[ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.05 s "
    "<<< FAILURE! -- in app.CartTest\n"
    "[ERROR] app.CartTest.adds -- Time elapsed: 0.01 s <<< FAILURE!\n"
    "org.opentest4j.AssertionFailedError: expected: <2> but was: <1>\n"
    "\tat app.CartTest.adds(CartTest.java:12)\n\n"
    "[INFO] Running app.MenuTest\n"
    "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.01 s -- in"
    " app.MenuTest\n"
    "[INFO]\x20\n[INFO] Results:\n[INFO]\x20\n[ERROR] Failures:\x20\n"
    "[ERROR]   CartTest.adds:12 expected: <2> but was: <1>\n[ERROR] Errors:\x20\n"
    "[ERROR]   CartTest.opens:20 » IllegalState no cart\n[INFO]\x20\n"
    "[ERROR] Tests run: 6, Failures: 1, Errors: 1, Skipped: 1\n[INFO]\x20\n"
)


FAILURE = (
    "[INFO] ------------------------------------------------------------------------\n"
    "[INFO] BUILD FAILURE\n"
    "[INFO] ------------------------------------------------------------------------\n"
    "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test "
    "(default-test) on project core: There are test failures.\n[ERROR]\x20\n"
    "[ERROR] Please refer to /w/target/surefire-reports for the individual test results.\n"
    "[ERROR] -> [Help 1]\n"
)


SUCCESS = "[INFO] BUILD SUCCESS\n[INFO] Total time:  2 s\n"


def test_maven_totals_count_and_suites_do_not() -> None:
    """Suites have a time, totals do not; what tests print is nothing."""
    digest = only(START + BANNER + TESTS + FAILURE, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("maven", "tests", Verdict.FAILED)
    assert digest.declared == {"failed": 1, "errors": 1, "skipped": 1, "passed": 3}
    assert digest.counted == {"failed": 1, "errors": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.message) == (
        "CartTest.adds",
        "expected: <2> but was: <1>",
    )
    assert digest.summary.startswith("maven: 1 failed, 1 error, 3 passed, 1 skipped: CartTest.adds")


def test_maven_modules_add_up() -> None:
    """Each module has its totals; a later build is another digest."""
    module = (
        "[INFO] --- surefire:3.2.5:test (default-test) @ web ---\n"
        + BANNER
        + "[INFO] Results:\n[INFO]\x20\n[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0\n"
    )
    analysis = analyze([(START + module + module + SUCCESS + START + module + SUCCESS).encode()])
    assert [digest.declared["passed"] for digest in analysis.segments] == [10, 5]
    assert analysis.verdict is Verdict.OK


def test_maven_old_surefire() -> None:
    """Without levels, and with the first failure on the heading's line."""
    text = (
        "[INFO] [surefire:test]\n\n-------------------------------------------------------\n"
        " T E S T S\n-------------------------------------------------------\n"
        "Running app.CartTest\n"
        "Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.1 sec <<< FAILURE!\n\n"
        "Results :\n\nFailed tests:   adds(app.CartTest): expected:<2> but was:<1>\n\n"
        "Tests in error:\x20\n  opens(app.CartTest): no cart\n\n"
        "Tests run: 3, Failures: 1, Errors: 1, Skipped: 0\n\n"
        "[ERROR] BUILD FAILURE\n[INFO] There are test failures.\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared == {"failed": 1, "errors": 1, "skipped": 0, "passed": 1}
    assert digest.counted == {"failed": 1, "errors": 1}
    assert digest.first is not None
    assert digest.first.code == "adds(app.CartTest)"


def test_maven_ignored_failures_are_not_green() -> None:
    """A build that goes on in spite of its tests says success."""
    assert only(START + BANNER + TESTS + SUCCESS, exit_code=0).verdict is Verdict.FAILED


def test_maven_without_totals_counts_the_suites() -> None:
    """A fork that died has no totals; what it showed is counted."""
    text = START + BANNER + TESTS[: TESTS.index("[INFO] Results")]
    digest = only(text, exit_code=137)
    assert digest.verdict is Verdict.KILLED
    assert digest.declared == {}
    assert (digest.counted["failed"], digest.counted["passed"]) == (1, 3)


def test_maven_flaky_tests_passed() -> None:
    """Their runs are listed and are no failures."""
    text = (
        START + BANNER + "[INFO] Results:\n[INFO]\x20\n[WARNING] Flakes:\x20\n"
        "[WARNING] app.CartTest.adds\n[ERROR]   Run 1: CartTest.adds:12 no\n[INFO]   Run 2: PASS\n"
        "[INFO]\x20\n[WARNING] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Flakes: 1\n"
        + SUCCESS
    )
    digest = only(text, exit_code=0)
    assert (digest.verdict, digest.declared["flaky"], digest.counted) == (Verdict.OK, 1, {})


@pytest.mark.parametrize(
    ("text", "verdict", "summary"),
    [
        (SUCCESS, Verdict.OK, "maven: ok"),
        (f"[INFO] No tests to run.\n{SUCCESS}", Verdict.OK, "maven: ok, no tests ran"),
        (
            (
                f"{BANNER}[INFO] Results:\n"
                f"[INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0\n"
                f"{SUCCESS}"
            ),
            Verdict.UNKNOWN,
            "maven: no tests ran",
        ),
        (
            (
                "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal "
                "org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test (default-test) on"
                " project "
                "core: There was a timeout or other error in the fork -> [Help 1]\n"
            ),
            Verdict.FAILED,
            (
                "maven: build failed: surefire:test on core: There was a timeout or other error"
                " in the fork"
            ),
        ),
        (
            (
                "[INFO] BUILD FAILURE\n"
                "[ERROR] Failed to execute goal on project web: Could not resolve"
                " dependencies for project x:web:jar:1: Could not find artifact x:y:jar:1 ->"
                " [Help 1]\n"
            ),
            Verdict.ERROR,
            (
                "maven: web: Could not resolve dependencies for project x:web:jar:1: Could not find"
                " artifact x:y:jar:1"
            ),
        ),
        (
            (
                "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal "
                "org.apache.maven.plugins:maven-enforcer-plugin:3.4.1:enforce (java) on"
                " project core:\x20\n"
                "[ERROR] Rule 0: RequireJavaVersion failed with message:\n[ERROR] -> [Help 1]\n"
            ),
            Verdict.FAILED,
            (
                "maven: build failed: enforcer:enforce on core: Rule 0: RequireJavaVersion"
                " failed with"
                " message:"
            ),
        ),
        (
            (
                '[ERROR] Unknown lifecycle phase "tset". You must specify a valid lifecycle phase'
                ' -> [Help 1]\n[INFO] BUILD FAILURE\n[ERROR] Unknown lifecycle phase "tset".'
                " You must specify a valid lifecycle phase -> [Help 1]\n[ERROR]\x20\n"
            ),
            Verdict.ERROR,
            'maven: Unknown lifecycle phase "tset". You must specify a valid lifecycle phase',
        ),
        (
            (
                "[ERROR] The build could not read 1 project -> [Help 1]\n[ERROR]\x20\x20\x20\n"
                "[ERROR]   The project x:y:1 (/w/pom.xml) has 1 error\n"
                "[ERROR]     Non-parseable POM /w/pom.xml: unexpected markup @ line 3 -> [Help 2]\n"
            ),
            Verdict.ERROR,
            "maven: Non-parseable POM /w/pom.xml: unexpected markup @ line 3",
        ),
    ],
)
def test_maven_closing_lines(text: str, verdict: Verdict, summary: str) -> None:
    """Why a build failed is told, unless it is its tests that failed."""
    digest = only(f"[INFO] Scanning for projects...\n{text}")
    assert (digest.verdict, digest.summary) == (verdict, summary)


def test_maven_shows_what_a_plugin_pointed_at() -> None:
    """A place in an error's line says more than the reason of the goal."""
    text = (
        "[INFO] --- animal-sniffer-maven-plugin:1.21:check (x) @ core ---\n"
        "[ERROR] /w/Hex.java:348: Undefined reference: java.nio.ByteBuffer.position(int)\n"
        "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal "
        "org.codehaus.mojo:animal-sniffer-maven-plugin:1.21:check (x) on project core: Signature"
        " errors found. Verify them. -> [Help 1]\n"
    )
    digest = only(text, exit_code=1)
    assert digest.summary.startswith(
        "maven: animal-sniffer:check failed: /w/Hex.java:348 Undefined"
    )


def test_maven_counts_its_own_warnings_by_block() -> None:
    """What takes several lines is one warning; the compiler's are the compiler's."""
    text = (
        "[INFO] Scanning for projects...\n[WARNING]\x20\n[WARNING] Some problems were encountered\n"
        "[WARNING] 'version' is missing. @ line 3\n[INFO]\x20\n[WARNING] other\n"
        "[INFO] --- compiler:3.11.0:compile (default-compile) @ core ---\n"
        "[WARNING] /w/A.java:[3,5] [deprecation] x has been deprecated\n" + SUCCESS
    )
    analysis = analyze([text.encode()], exit_code=0)
    found = {digest.tool: digest.counted for digest in analysis.segments}
    assert found == {"javac": {"warnings": 1}, "maven": {"warnings": 2}}
    assert analysis.verdict is Verdict.OK


def test_maven_2_says_why_without_a_level() -> None:
    """The reason stands below the end and is no error there."""
    line = "[INFO] ------------------------------------------------------------------------\n"
    text = f"[INFO] Scanning for projects...\n{line}[ERROR] BUILD ERROR\n{line}[INFO] {{}}\n{line}"
    digest = only(text.format("Failed to resolve artifact."), exit_code=1)
    assert digest.summary == "maven: build failed: Failed to resolve artifact."
    digest = only(text.format("There are test failures."), exit_code=1)
    assert digest.summary == "maven: failed"


def test_maven_that_prints_errors_only() -> None:
    """Quietly it prints no headings, and of the suites only those that failed."""
    text = (
        "[ERROR] Tests run: 4, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s "
        "<<< FAILURE! -- in app.CartTest\n"
        "[ERROR] app.CartTest.adds -- Time elapsed: 0.01 s <<< FAILURE!\n"
        "java.lang.AssertionError: no\n\tat app.CartTest.adds(CartTest.java:12)\n\n"
        "[ERROR] Failures: \n[ERROR]   CartTest.adds:12 no\n"
        "[ERROR] Tests run: 9, Failures: 1, Errors: 0, Skipped: 0\n"
    )
    digest = only(text + FAILURE.partition("BUILD FAILURE\n")[2], exit_code=1)
    assert digest.declared == {"failed": 1, "errors": 0, "skipped": 0, "passed": 8}
    assert digest.summary == "maven: 1 failed, 8 passed: CartTest.adds no"
