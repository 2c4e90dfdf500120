"""Rust: cargo, clippy, rustfmt, ``cargo test``, nextest, and panics outside of tests."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict


def digests(text: str, exit_code: int | None = None) -> list[Digest]:
    """What is said about output; no grammar may throw."""
    thrown: list[str] = []
    analysis = analyze(
        [text.encode()], exit_code=exit_code, on_failure=lambda *what: thrown.append(str(what))
    )
    assert thrown == []
    return list(analysis.segments)


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    found = digests(text, exit_code)
    assert len(found) == 1, [digest.summary for digest in found]
    return found[0]


CHECK = """\
    Checking demo v0.1.0 (/work/demo)
warning: unused import: `std::io`
 --> src/lib.rs:1:5
  |
1 | use std::io;
  |     ^^^^^^^
  |
  = note: `#[warn(unused_imports)]` on by default

warning: unused import: `std::fs`
 --> src/lib.rs:2:5
  |
2 | use std::fs;
  |     ^^^^^^^

error[E0425]: cannot find value `x` in this scope
 --> src/lib.rs:9:5
  |
9 |     x
  |     ^ not found in this scope
  |
note: a local of this name is here
 --> src/lib.rs:4:9
  |

For more information about this error, try `rustc --explain E0425`.
warning: `demo` (lib) generated 2 warnings
error: could not compile `demo` (lib) due to 1 previous error; 2 warnings emitted
"""


def test_cargo_counts_findings_and_not_trailers() -> None:
    """Trailers begin with ``error:`` as well; notes have places as well."""
    digest = only(CHECK, exit_code=101)
    assert (digest.tool, digest.kind, digest.verdict) == ("cargo", "build", Verdict.FAILED)
    assert digest.counted == {"errors": 1, "warnings": 2}
    assert digest.declared["errors"] == 1
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.code) == ("src/lib.rs", 9, "E0425")


def test_cargo_lint_is_named_once_and_counts_for_all_of_its_wording() -> None:
    """The compiler says a lint's name with its first finding only."""
    assert only(CHECK).by_code == {"E0425": 1, "unused_imports": 2}


def test_clippy_is_known_by_its_lints_and_offers_its_fix() -> None:
    """The trailer names the command and how many suggestions it applies."""
    digest = only(
        "warning: unneeded `return` statement\n  --> src/a.rs:2:89\n   |\n"
        "   = help: for further information visit"
        " https://rust-lang.github.io/rust-clippy/rust-1.95.0/index.html#needless_return\n"
        "   = note: `#[warn(clippy::needless_return)]` on by default\n\n"
        "warning: `demo` (lib) generated 1 warning"
        " (run `cargo clippy --fix --lib -p demo -- ` to apply 1 suggestion)\n"
        "    Finished `dev` profile [unoptimized + debuginfo] target(s) in 0.24s\n",
        exit_code=0,
    )
    assert (digest.tool, digest.verdict) == ("clippy", Verdict.OK)
    assert digest.by_code == {"clippy::needless_return": 1}
    assert digest.fixable == Fixable(safe=1)
    assert digest.fix == "cargo clippy --fix --lib -p demo"


def test_clippy_denied_lints_keep_one_spelling() -> None:
    """``-D`` writes a lint with hyphens."""
    digest = only(
        "error: length comparison to zero\n --> src/main.rs:27:8\n  |\n"
        "  = note: `-D clippy::len-zero` implied by `-D warnings`\n\n"
        "error: aborting due to 1 previous error\n",
        exit_code=1,
    )
    assert digest.by_code == {"clippy::len_zero": 1}


def test_cargo_targets_that_share_sources_do_not_add_up() -> None:
    """The errors of the library are the test's, too, and are printed once."""
    finding = "error[E0308]: mismatched types\n --> src/a.rs:{}:1\n  |\n\n"
    text = (
        "".join(finding.format(n) for n in range(1, 4))
        + "error: could not compile `demo` (lib) due to 2 previous errors\n"
        + "warning: build failed, waiting for other jobs to finish...\n"
        + "error: could not compile `demo` (lib test) due to 3 previous errors\n"
    )
    digest = only(text, exit_code=101)
    assert digest.declared == {"errors": 3}
    assert digest.counted == {"errors": 3}


def test_cargo_with_its_beginning_cut_off_declares_more_than_it_shows() -> None:
    """Two numbers stay two."""
    text = (
        "error[E0308]: mismatched types\n --> src/a.rs:1:1\n  |\n\n"
        "error: could not compile `demo` (lib) due to 24 previous errors\n"
    )
    assert "24 errors (1 shown)" in only(text, exit_code=101).summary


def test_cargo_warnings_that_were_shown_before_are_not_declared_again() -> None:
    """The trailer says how many are duplicates."""
    text = (
        "warning: unused variable: `a`\n --> src/a.rs:1:1\n  |\n\n"
        "warning: `demo` (lib) generated 1 warning\n"
        "warning: `demo` (lib test) generated 2 warnings (1 duplicate)\n"
        "    Finished test [unoptimized + debuginfo] target(s) in 1.0s\n"
    )
    assert only(text).declared == {"warnings": 2}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("    Finished `dev` profile [unoptimized] target(s) in 2.34s\n", Verdict.OK),
        ("    Finished release [optimized] target(s) in 0.10s\n", Verdict.OK),
        ("error: could not compile `demo`.\n", Verdict.ERROR),
        ("error: aborting due to previous error\n", Verdict.FAILED),
        ("error: aborting due to 3 previous errors; 1 warning emitted\n", Verdict.FAILED),
        ("error: no such command: `frob`\n", Verdict.ERROR),
        ("error: could not find `Cargo.toml` in `/tmp` or any parent directory\n", Verdict.ERROR),
        ("error: failed to parse manifest at `/a/Cargo.toml`\n\nCaused by:\n", Verdict.ERROR),
        ("error: failed to run custom build command for `x v0.1.0`\n", Verdict.FAILED),
    ],
)
def test_cargo_closing_lines(text: str, verdict: Verdict) -> None:
    """Errors of the code are failures; what cargo itself cannot do is an error."""
    assert only(text).verdict is verdict


def test_cargo_error_without_a_place_is_the_compilers_if_it_counts_it() -> None:
    """Linking fails nowhere in the source."""
    digest = only(
        "error: linking with `cc` failed: exit status: 1\n  |\n\n"
        'error: could not compile `demo` (bin "demo") due to 1 previous error\n',
        exit_code=101,
    )
    assert digest.counted == {"errors": 1}
    assert digest.verdict is Verdict.FAILED


def test_cargo_short_format() -> None:
    """``--message-format short`` has everything in one line."""
    digest = only(
        "src/main.rs:3:5: warning: unused import: `a`\n"
        "src/main.rs:6:5: error[E0308]: mismatched types\n"
        'error: could not compile `demo` (bin "demo") due to 1 previous error\n'
    )
    assert digest.counted == {"errors": 1, "warnings": 1}
    assert digest.tool == "cargo"


def test_cargo_does_not_read_other_peoples_arrows() -> None:
    """Ruff, ty and solc draw as rustc does."""
    text = "error: Undefined identifier\n  --> contracts/A.sol:3:4:\n   |\n"
    assert all(digest.tool != "cargo" for digest in digests(text))


def test_rustfmt() -> None:
    """Each diff is one place; both wordings of it."""
    digest = only("Diff in /w/src/a.rs:1:\n fn a()\nDiff in /w/src/b.rs at line 7:\n-x\n")
    assert (digest.tool, digest.counted, digest.files) == ("rustfmt", {"errors": 2}, 2)


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


def test_rust_panic_outside_of_tests() -> None:
    """A program's own panic is a crash with its place."""
    digest = only(
        "listening\nthread 'main' panicked at src/main.rs:4:5:\nindex out of bounds\n"
        "stack backtrace:\n   0: rust_begin_unwind\n             at /rustc/1/panicking.rs:1:5\n"
        "note: Some details are omitted\n",
        exit_code=101,
    )
    assert (digest.tool, digest.kind, digest.verdict) == ("rust", "crash", Verdict.ERROR)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/main.rs", 4)
    assert "index out of bounds" in digest.summary
