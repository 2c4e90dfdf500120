"""Test runners of JavaScript: failures, suites that cannot run, green runs, and what is neither."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


JEST_REPORT = """\
FAIL src/cart.test.js (5.2 s)
  ● Console

    console.error
      Error: ● not a test
        3 failing

  ● cart \u203a sums prices

    expect(received).toBe(expected) // Object.is equality

    Expected: 12
    Received: 11

      3 |   const cart = [5, 7];
    > 4 |   expect(sum(cart)).toBe(12);
        |                     ^

      at expect (node_modules/expect/build/index.js:9:1)
      at Object.toBe (src/cart.test.js:4:21)

FAIL src/tax.test.js
  ● Test suite failed to run

    Cannot find module './rates' from 'src/tax.js'

      at Resolver._throwModNotFoundError (node_modules/jest-resolve/build/index.js:7:11)
      at Object.require (src/tax.js:1:15)

PASS src/user.test.js
"""
JEST_COUNTS = """\
Test Suites: 2 failed, 1 passed, 3 total
Tests:       1 failed, 1 skipped, 2 todo, 8 passed, 12 total
Snapshots:   1 obsolete, 3 passed, 3 total
Time:        2.1 s
Ran all test suites.
"""


def test_jest_counts_tests_and_suites_that_cannot_run() -> None:
    """What stands in a console's output is no test; what could not be loaded comes first."""
    digest = only(JEST_REPORT + "\n" + JEST_COUNTS, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("jest", "tests", Verdict.FAILED)
    assert digest.counted == {"failed": 1, "errors": 1}
    assert digest.declared["failed"] == 1
    assert digest.declared["passed"] == 8
    assert digest.declared["failed suites"] == 2
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/tax.test.js", 1)
    assert digest.first.message == "Cannot find module './rates' from 'src/tax.js'"
    assert "1 failed, 1 error, 8 passed, 1 skipped, 1 snapshots obsolete" in digest.summary


def test_jest_repeats_itself_in_its_summary() -> None:
    """After more than twenty suites all reports are printed again; they are no other failures."""
    again = f"{JEST_REPORT}\nSummary of all failing tests\n{JEST_REPORT}\n{JEST_COUNTS}"
    assert only(again).counted == {"failed": 1, "errors": 1}


def test_jest_shows_values_and_place() -> None:
    """Of a comparison the values are shown, and of the stack the line of the test."""
    digest = only(JEST_REPORT.partition("FAIL src/tax")[0] + JEST_COUNTS)
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("cart \u203a sums prices", 4)
    assert digest.first.message == "expect(received).toBe(expected), Expected: 12, Received: 11"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("PASS a.test.js\nTest Suites: 1 passed, 1 total\nTests:  5 passed, 5 total\n", Verdict.OK),
        ("Test Suites: 1 failed, 1 total\nTests:       0 total\n", Verdict.FAILED),
        ("No tests found, exiting with code 1\n", Verdict.ERROR),
        ("No tests found, exiting with code 0\n", Verdict.UNKNOWN),
        ("PASS a.test.js\nTests:       2 skipped, 2 total\n", Verdict.UNKNOWN),
        ("PASS src/a.test.js\nPASS src/b.test.js\n", Verdict.UNKNOWN),
        (
            (
                'Jest: "global" coverage threshold for lines (90%) not met: 71%\n'
                "Test Suites: 1 passed, 1 total\nTests:       5 passed, 5 total\n"
            ),
            Verdict.ERROR,
        ),
        (
            (
                'PASS a.test.js\nJest: "global" coverage threshold for lines (90%) not met: 71%\n\n'
                "Test Suites: 1 passed, 1 total\nTests:       5 passed, 5 total\n"
            ),
            Verdict.ERROR,
        ),
        ("● Validation Error:\n\n  Preset ts-jest not found.\n", Verdict.ERROR),
    ],
)
def test_jest_verdicts(text: str, verdict: Verdict) -> None:
    """Green is what ran and has no failure, not what says nothing."""
    assert only(text).verdict is verdict


VITEST_REPORT = """\
⎯⎯⎯⎯⎯⎯ Failed Suites 1 ⎯⎯⎯⎯⎯⎯

 FAIL  t/db.test.ts [ t/db.test.ts ]
Error: Cannot find module './pool' imported from /app/t/db.test.ts
 \u276f t/db.test.ts:2:1

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/3]⎯

⎯⎯⎯⎯⎯⎯ Failed Tests 3 ⎯⎯⎯⎯⎯⎯

 FAIL  t/a.test.ts > math > each 1
 FAIL  t/a.test.ts > math > each 2
AssertionError: expected 1 to be +0 // Object.is equality

- Expected
+ Received

- 0
+ 1

 \u276f run node_modules/x/index.js:1:2
 \u276f t/a.test.ts:8:54

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[2/3]⎯

 FAIL  |web| t/b.test.ts > clicks
TypeError: bad thing
 \u276f t/b.test.ts:7:68

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[3/3]⎯
"""
VITEST_UNHANDLED = """\

⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯

Vitest caught 1 unhandled error during the test run.

⎯⎯⎯⎯ Unhandled Rejection ⎯⎯⎯⎯⎯
Error: dangling
 \u276f t/c.test.ts:2:42
⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯

"""


def test_vitest_merges_equal_errors_and_counts_all() -> None:
    """Several heads share one reason; a file that cannot be loaded is an error."""
    text = (
        "\n RUN  v3.2.4 /app\n\nstderr | t/a.test.ts > math\n2 failed\n\n"
        f"{VITEST_REPORT}{VITEST_UNHANDLED}"
        " Test Files  3 failed | 2 passed (5)\n      Tests  3 failed | 4 passed | 1 skipped (8)\n"
        "     Errors  1 error\n   Start at  00:14:06\n   Duration  1.40s (tests 26ms)\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("vitest", Verdict.FAILED)
    assert digest.counted == {"failed": 3, "errors": 2}
    assert digest.declared == {
        "failed suites": 3,
        "failed": 3,
        "passed": 4,
        "skipped": 1,
        "errors": 1,
    }
    causes = {cause.message: cause.count for cause in digest.causes}
    assert causes["AssertionError: expected 1 to be +0"] == 2


def test_vitest_reports_alone_end_by_themselves() -> None:
    """They go to the other stream than the counts; what follows them is not the runner's."""
    text = VITEST_REPORT + "\nsrc/a.ts(1,5): error TS2304: Cannot find name 'x'.\n"
    digests = analyze([text.encode()]).segments
    assert [digest.tool for digest in digests] == ["vitest", "tsc"]
    assert digests[0].counted == {"failed": 3, "errors": 1}


def test_vitest_rows_alone_are_counted() -> None:
    """Where the reports went to the other stream, the tree says how many failed."""
    text = (
        " RUN  v2.1.0 /app\n\n \u276f t/a.test.ts (3 tests | 2 failed) 9ms\n     × adds 5ms\n"
        "     ✓ sums 1ms\n     × halves 2ms\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"failed": 2}
    assert "no closing line" in digest.summary


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (" Test Files  1 passed (1)\n      Tests  4 passed (4)\n", Verdict.OK),
        (" Test Files  1 passed (1)\n      Tests  4 passed (4)\n     Errors  1 error\n", "failed"),
        (
            " Test Files  1 passed (1)\n      Tests  4 passed (4)\nType Errors  no errors\n",
            Verdict.OK,
        ),
        (" Test Files  1 failed (1)\n      Tests  no tests\n", Verdict.FAILED),
        ("No test files found, exiting with code 1\n", Verdict.ERROR),
        ("No test files found, exiting with code 0\n", Verdict.UNKNOWN),
        ("⎯⎯⎯ Startup Error ⎯⎯⎯\nError: Cannot load config\n", Verdict.ERROR),
        (
            (
                " Test Files  1 passed (1)\n      Tests  4 passed (4)\n   Duration  1s\n\n"
                "ERROR: Coverage for lines (50%) does not meet global threshold (80%)\n"
            ),
            Verdict.ERROR,
        ),
    ],
)
def test_vitest_verdicts(text: str, verdict: Verdict) -> None:
    """Unhandled errors, unmet thresholds and empty runs are not green."""
    assert only(text).verdict == verdict


def test_vitest_that_bails_has_tests_that_did_not_run() -> None:
    """The total in brackets is more than the sum of the others."""
    digest = only(" Test Files  1 failed (5)\n      Tests  1 failed | 2 skipped (7)\n")
    assert digest.declared["not run"] == 4
    assert "4 not run" in digest.summary


MOCHA = """\
  cart
    ✔ opens
    1) sums


  1 passing (1s)
  2 pending
  2 failing

  1) cart
       sums:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

2 !== 3

      + expected - actual

      -2
      +3

      at Context.<anonymous> (test/cart.spec.js:3:29)

  2) "before all" hook for "pays":
     Error: no bank
      at Context.<anonymous> (test/pay.spec.js:9:49)



npm ERR! Test failed.  See above for more details.
"""


def test_mocha_reads_the_list_below_its_counts() -> None:
    """Names have several lines, messages stand anywhere, and the list ends with its last stack."""
    digests = analyze([MOCHA.encode()], exit_code=1).segments
    assert [digest.tool for digest in digests] == ["mocha", "npm"]
    digest = digests[0]
    assert digest.declared == {"passed": 1, "skipped": 2, "failed": 2}
    assert digest.counted == {"failed": 2}
    assert digest.first is not None
    assert (digest.first.code, digest.first.file, digest.first.line) == (
        "cart sums",
        "test/cart.spec.js",
        3,
    )
    assert digest.first.message.endswith("strictly equal: 2 !== 3")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("\n  72 passing (3m)\n  39 pending\n\n", Verdict.OK),
        ("  0 passing (1ms)\n", Verdict.UNKNOWN),
        ("  ✔ 10 tests complete (14ms)\n", Verdict.OK),
        ("  ✖ 2 of 10 tests failed:\n", Verdict.FAILED),
        (" Exception during run: Error: Cannot find module './x'\n", Verdict.ERROR),
        ('Error: No test files found: "test/*.js"\n', Verdict.ERROR),
    ],
)
def test_mocha_verdicts(text: str, verdict: Verdict) -> None:
    """Of this and of early releases."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("mocha", verdict)


def test_mocha_runs_are_told_apart() -> None:
    """Several in one log are several digests."""
    text = "  3 passing (1s)\n\nnext package\n\n  5 passing (2s)\n  1 pending\n"
    digests = analyze([text.encode()]).segments
    assert [digest.declared["passed"] for digest in digests] == [3, 5]
