"""Rust: ``cargo test`` and nextest."""

import pytest

from supervisor.digests import Verdict
from tests.native_output import only

BINARY = """\
     Running unittests src/lib.rs (target/debug/deps/demo-1)

running 3 tests
test a ... ok
test b ... ignored, slow
test c ... FAILED

failures:

---- c stdout ----

thread 'c' (77) panicked at src/lib.rs:9:21:
assertion `left == right` failed
  left: 2
 right: 3
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    c

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

"""
DOCS = """\
   Doc-tests demo

running 1 test
test src/lib.rs - b (line 3) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.11s

"""


def test_cargo_test_sums_its_binaries() -> None:
    """Each binary has a closing line of its own."""
    digest = only(BINARY + DOCS + "error: test failed, to rerun pass `--lib`\n", exit_code=101)
    assert (digest.tool, digest.kind, digest.verdict) == ("cargo-test", "tests", Verdict.FAILED)
    assert digest.declared == {"passed": 2, "failed": 1, "skipped": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == ("src/lib.rs", 9, "c")
    assert "left: 2; right: 3" in digest.first.message


def test_cargo_test_old_panics() -> None:
    """Before Rust 1.73 the message stood in front of the place."""
    text = BINARY.replace(
        "thread 'c' (77) panicked at src/lib.rs:9:21:\nassertion",
        "thread 'c' panicked at 'no way', src/lib.rs:9:21\nassertion",
    )
    first = only(text).first
    assert first is not None
    assert (first.line, first.message) == (9, "no way")


def test_cargo_test_terse() -> None:
    """``-q`` writes dots for what passes."""
    text = (
        "\nrunning 3 tests\ni. 2/3\nc --- FAILED\n\nfailures:\n\n---- c stdout ----\n"
        'Error: "nope"\n\nfailures:\n    c\n\n'
        "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out\n"
    )
    digest = only(text)
    assert digest.declared == {"passed": 1, "failed": 1, "skipped": 1}
    assert digest.first is not None
    assert digest.first.message == '"nope"'


def test_cargo_test_green() -> None:
    """All is well only if something ran."""
    assert only(DOCS).verdict is Verdict.OK
    nothing = (
        "running 0 tests\n\n"
        "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 6 filtered out\n"
    )
    digest = only(nothing, exit_code=0)
    assert digest.verdict is Verdict.UNKNOWN
    assert "no tests ran" in digest.summary


def test_cargo_test_binary_that_dies_is_an_error() -> None:
    """It leaves no closing line, and the other binaries' are good."""
    text = DOCS + (
        "     Running tests/it.rs (target/debug/deps/it-1)\n\nrunning 1 test\n"
        "error: test failed, to rerun pass `--test it`\n\nCaused by:\n"
        "  process didn't exit successfully: `/t/it-1` (signal: 6, SIGABRT: process abort signal)\n"
    )
    digest = only(text, exit_code=101)
    assert digest.declared == {"passed": 1, "failed": 0, "skipped": 0, "errors": 1}
    assert digest.verdict is Verdict.FAILED
    assert digest.first is not None
    assert "SIGABRT" in digest.first.message


def test_cargo_test_cut_short_is_not_green() -> None:
    """A binary that was named must be heard of."""
    for cut in ("     Running tests/it.rs (target/debug/deps/it-1)\n", "running 3 tests\n"):
        assert only(DOCS + cut).verdict is not Verdict.OK


def test_cargo_test_output_of_a_test_never_counts() -> None:
    """A failed test may show another run of cargo test, or anything."""
    shown = (
        "running 9 tests\ntest result: FAILED. 2 passed; 7 failed; 0 ignored; 0 measured;"
        " 0 filtered out\nx.c:1:2: error: no\n=== 2 failed in 0.1s ===\n"
    )
    text = BINARY.replace("\nthread 'c'", shown + "\nthread 'c'")
    assert only(text).declared == {"passed": 1, "failed": 1, "skipped": 1}


NEXTEST = """\
────────────
 Nextest run ID 4bc3 with nextest profile: default
    Starting 10 tests across 2 binaries
        PASS [   0.011s] ( 1/10) api a::one
        FAIL [   0.022s] ( 2/10) api a::two

── stdout ───
running 1 test
test a::two ... FAILED

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s

── stderr ───
thread 'a::two' (7) panicked at api/src/a.rs:103:9:
must be set
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

     SIGSEGV [   0.001s] ( 3/10) api a::three
  TRY 1 FAIL [   0.001s] ( 4/10) api a::four
  TRY 2 PASS [   0.001s] ( 4/10) api a::four
  Cancelling due to test failure: 5 tests still running
────────────
     Summary [  30.023s] 4/10 tests run: 2 passed (1 flaky), 2 failed, 1 skipped
        FAIL [   0.022s] ( 2/10) api a::two
     SIGSEGV [   0.001s] ( 3/10) api a::three
warning: 6/10 tests were not run due to test failure (run with --no-fail-fast to run all tests)
error: test run failed
"""


def test_nextest_counts_a_failure_once() -> None:
    """Failures are printed as they happen and listed again."""
    digest = only(NEXTEST, exit_code=100)
    assert (digest.tool, digest.verdict) == ("nextest", Verdict.FAILED)
    assert digest.declared == {"passed": 2, "failed": 2, "skipped": 1, "total": 10}
    assert digest.counted["failed"] == 2
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("api/src/a.rs", 103)
    assert "6 not run" in digest.summary


@pytest.mark.parametrize(
    ("line", "verdict", "failed"),
    [
        ("     Summary [   2.000s] 5 tests run: 5 passed, 0 skipped\n", Verdict.OK, 0),
        ("     Summary [   2.000s] 5/9 tests run: 5 passed, 0 skipped\n", Verdict.UNKNOWN, 0),
        ("     Summary [   0.100s] 0 tests run: 0 passed, 0 skipped\n", Verdict.UNKNOWN, 0),
        (
            "     Summary [   1.0s] 9 tests run: 5 passed, 2 failed, 1 exec failed, 1 timed out\n",
            Verdict.FAILED,
            4,
        ),
    ],
)
def test_nextest_summaries(line: str, verdict: Verdict, failed: int) -> None:
    """What could not be executed and what ran out of time failed, too."""
    digest = only(line)
    assert (digest.verdict, digest.declared["failed"]) == (verdict, failed)
