"""Rust: cargo, clippy, rustfmt, and panics outside of tests."""

import pytest

from supervisor.digests import Fixable, Verdict
from tests.native_output import digests, only

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
