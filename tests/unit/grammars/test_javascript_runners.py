"""playwright, node's own runner, TAP, ava, bun and deno."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


PLAYWRIGHT = """\

Running 7 tests using 2 workers

  ✘  1 [chromium] > a.spec.ts:3:3 > adds (17ms)
FAILED tests/test_a.py::test_x - what a page logs
  1) [chromium] > a.spec.ts:3:3 > adds ────────────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 2

      2 |
    > 3 |   expect(1 + 1).toBe(3);
        at /app/a.spec.ts:3:36

    Retry #1 ────────────────────────

    Error: expect(received).toBe(expected) // Object.is equality

  2) [chromium] > a.spec.ts:6:3 > wobbles ─────────────

    Error: once

        at /app/a.spec.ts:6:56

  1 failed
    [chromium] > a.spec.ts:3:3 > adds ────────────────
  1 flaky
    [chromium] > a.spec.ts:6:3 > wobbles ─────────────
  1 skipped
  2 did not run
  2 passed (26.0s)
""".replace(" > ", " \u203a ")


def test_playwright_tells_failed_from_flaky() -> None:
    """A flaky test has a report, too, but is in another list."""
    digest = only(PLAYWRIGHT, exit_code=1)
    assert (digest.tool, digest.verdict) == ("playwright", Verdict.FAILED)
    assert digest.declared == {"failed": 1, "flaky": 1, "skipped": 1, "not run": 2, "passed": 2}
    assert digest.counted == {"failed": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("adds", 3)
    assert digest.first.message.endswith("Expected: 3, Received: 2")
    assert "2 not run, 1 flaky" in digest.summary


@pytest.mark.parametrize(
    ("tail", "verdict"),
    [
        ("  5 passed (1.5s)\n", Verdict.OK),
        ("  1 flaky\n    a.spec.ts:1:1 \u203a x ───\n  4 passed (1.5s)\n", Verdict.OK),
        ("  2 did not run\n  3 passed (1.5s)\n", Verdict.FAILED),
        ("  3 passed (1.5s)\n  1 error was not a part of any test, see above\n", Verdict.FAILED),
        ("  1 interrupted\n    a.spec.ts:1:1 \u203a x ───\n  4 passed (2.0m)\n", Verdict.FAILED),
        ("", Verdict.UNKNOWN),
    ],
)
def test_playwright_verdicts(tail: str, verdict: Verdict) -> None:
    """Green is what all ran and passed, if only at the second attempt."""
    assert only(f"Running 5 tests using 1 worker\n\n{tail}").verdict is verdict


NODE_SPEC = """\
▶ math
  ✖ adds (15.4ms)
✖ math (18.7ms)
\u2139 tests 6
\u2139 suites 1
\u2139 pass 2
\u2139 fail 2
\u2139 cancelled 0
\u2139 skipped 1
\u2139 todo 1
\u2139 duration_ms 756.9

✖ failing tests:

test at a.test.js:2:26
✖ adds (15.4ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

  2 !== 3

      at TestContext.<anonymous> (/app/a.test.js:2:52) {
    code: 'ERR_ASSERTION'
  }

test at a.test.js:3:1
✖ top (0.2ms)
  TypeError [Error]: bad
      at TestContext.<anonymous> (/app/a.test.js:3:27)
"""


def test_node_spec_reporter() -> None:
    """The list below the counts names the tests and not their suites."""
    digest = only(NODE_SPEC, exit_code=1)
    assert (digest.tool, digest.kind) == ("node-test", "tests")
    assert digest.counted == {"failed": 2}
    assert digest.declared["passed"] == digest.declared["failed"] == 2
    assert digest.first is not None
    assert (digest.first.code, digest.first.file, digest.first.line) == ("adds", "a.test.js", 2)
    assert only(NODE_SPEC.replace("fail 2", "fail 0").partition("✖ failing")[0]).verdict is (
        Verdict.OK
    )


NODE_TAP = """\
TAP version 13
# Subtest: math
    # Subtest: adds
    not ok 1 - adds
      ---
      location: '/app/a.test.js:2:26'
      failureType: 'testCodeFailure'
      error: |-
        Expected values to be strictly equal:

        2 !== 3
      ...
    1..1
not ok 1 - math
  ---
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
ok 2 - ok # SKIP
1..2
# tests 2
# suites 1
# pass 0
# fail 1
# cancelled 1
# skipped 1
# todo 0
# duration_ms 92.5
"""


def test_tap_of_node_counts_what_failed_and_not_what_contains_it() -> None:
    """A cancelled test could not run to its end."""
    digest = only(NODE_TAP, exit_code=1)
    assert digest.tool == "node-test"
    assert digest.counted == {"failed": 1}
    assert (digest.declared["failed"], digest.declared["errors"]) == (1, 1)
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("adds", 2)
    assert digest.first.message == "Expected values to be strictly equal: 2 !== 3"


@pytest.mark.parametrize(
    ("text", "verdict", "declared"),
    [
        ("TAP version 13\nok 1 a\nok 2 b\n1..2\n# tests 2\n# pass  2\n\n# ok\n", "ok", 2),
        ("TAP version 14\nok 1 - a\nok 2 - b # SKIP no\n1..2\n", "ok", 1),
        ("1..3\nok 1 a\nok 2 b\n", "failed", None),
        ("not ok 1 math adds\n  bad thing\n# tests 3\n# pass 2\n# fail 1\n1..3\n", "failed", 2),
        ("TAP version 13\nok 1 a\nBail out! no database\n", "error", None),
        ("TAP version 14\nnot ok 1 - later # TODO\nok 2 - a\n1..2\n", "ok", 1),
        (
            "TAP version 14\nok 1 - a\n1..1\n# { total: 3, pass: 2, fail: 1 }\n# time=5ms\n",
            "failed",
            2,
        ),
    ],
)
def test_tap_verdicts(text: str, verdict: str, declared: int | None) -> None:
    """A plan that was kept is a closing count; one that was not is a failure."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("tap", verdict)
    assert digest.declared.get("passed") == declared


AVA = """\

  ✔ b \u203a ok
  ✘ [fail]: a \u203a adds
  ✘ [fail]: a \u203a throws Error thrown in test

  Uncaught exception in c.test.js

  Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/app/missing.js'

      at finalizeResolution (node:internal/modules/esm/resolve:283:11)

  ✘ c.test.js exited with a non-zero exit code: 1
  ─

  a \u203a adds

  a.test.js:2

  Difference (- actual, + expected):

  - 2
  + 3

  ─

  2 tests failed
  1 known failure
  1 test skipped
  1 uncaught exception
"""


def test_ava() -> None:
    """What was not caught is an error; a known failure is none."""
    digest = only(AVA, exit_code=1)
    assert (digest.tool, digest.verdict) == ("ava", Verdict.FAILED)
    assert digest.counted == {"failed": 2, "errors": 1}
    assert (digest.declared["failed"], digest.declared["errors"]) == (2, 1)
    assert only("\n  ✔ ok\n  ─\n\n  3 tests passed\n").verdict is Verdict.OK
    assert only("\n  ✘ No tests found in a.test.js\n").verdict is Verdict.ERROR


BUN = """\
bun test v1.2.0 (a7733435)

a.test.ts:
2 |   expect(1 + 1).toBe(3);
                    ^
error: expect(received).toBe(expected)

Expected: 3
Received: 2

      at <anonymous> (/app/a.test.ts:2:59)
(fail) math > adds [0.24ms]
(pass) math > ok [0.01ms]

c.test.ts:

# Unhandled error between tests
-------------------------------
error: Cannot find module './missing' from '/app/c.test.ts'
-------------------------------

 1 pass
 2 fail
 1 error
 1 expect() calls
Ran 3 tests across 2 files. [99.00ms]
"""


def test_bun_reasons_stand_above_their_tests() -> None:
    """The file of a test stands above them, too."""
    digest = only(BUN, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("bun", "tests", Verdict.FAILED)
    assert digest.declared == {"passed": 1, "failed": 2, "errors": 1}
    assert digest.counted == {"failed": 1, "errors": 1}
    causes = {cause.message for cause in digest.causes}
    assert "expect(received).toBe(expected), Expected: 3, Received: 2" in causes
    green = "bun test v1.2.0 (a)\n\na.test.ts:\n(pass) ok\n\n 1 pass\n 0 fail\n"
    assert only(f"{green}Ran 1 test across 1 file.\n").verdict is Verdict.OK


DENO = """\
running 3 tests from ./a_test.ts
adds ... FAILED (53ms)
steps ...
  two ... FAILED (1ms)
steps ... FAILED (due to 1 failed step) (2ms)

 ERRORS\x20

adds => ./a_test.ts:1:6
error: Error: not three
    at file:///app/a_test.ts:1:58

steps ... two => ./a_test.ts:4:74
error: TypeError: bad

/app/b_test.ts (uncaught error)
error: (in promise) Error: dangling

 FAILURES\x20

adds => ./a_test.ts:1:6

FAILED | 3 passed (1 step) | 3 failed (1 step) | 1 ignored (293ms)

error: Test failed
"""


def test_deno_tests() -> None:
    """Steps are parts of tests; the section with the errors has the reasons."""
    digest = only(DENO, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("deno", "tests", Verdict.FAILED)
    assert digest.declared == {"passed": 3, "failed": 3, "skipped": 1}
    assert digest.counted == {"failed": 3}
    assert digest.first is not None
    assert (digest.first.code, digest.first.message) == ("adds", "Error: not three")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("ok | 1 passed | 0 failed (12ms)\n", Verdict.OK),
        ("ok | 1 passed | 0 failed | 1 flaky (12ms)\n", Verdict.OK),
        ("ok | 0 passed | 0 failed | 5 filtered out (3ms)\n", Verdict.UNKNOWN),
        (
            (
                "ok | 1 passed | 0 failed (2ms)\n\n"
                'error: Test failed because the "only" option was used\n'
            ),
            Verdict.ERROR,
        ),
    ],
)
def test_deno_test_verdicts(text: str, verdict: Verdict) -> None:
    """A run of no tests is not green, nor one that deno refuses."""
    assert only(text).verdict is verdict
