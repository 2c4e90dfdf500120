"""Text of unknown tools: honest words, last lines, and causes that any program can die of."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The one digest of ``text``."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def test_unknown_failure_keeps_first_and_last_words() -> None:
    """EA-07: it says that the cause was not recognised and never counts zero errors."""
    digest = only("starting\nwidget failed: bolt 7 missing\nlast words\n", exit_code=3)
    assert digest.summary.startswith("output: exit 3, cause not recognised")
    assert "widget failed: bolt 7 missing" in digest.summary
    assert "last words" in digest.summary
    assert (digest.counted, digest.declared) == ({}, {})


def test_known_argv_names_the_tool() -> None:
    """With argv known, unrecognised text belongs to that tool."""
    digest = analyze([b"boom\n"], tool="cargo", exit_code=101).segments[0]
    assert digest.summary.startswith("cargo: exit 101")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("Error: connect ECONNREFUSED 127.0.0.1:5432\n", "ECONNREFUSED", "127.0.0.1:5432"),
        ("ECONNREFUSED while talking to localhost:3000\n", "ECONNREFUSED", "localhost:3000"),
        ("curl: (7) Failed to connect to db port 80 after 0 ms: x\n", "ECONNREFUSED", "db:80"),
        (
            "Error: getaddrinfo ENOTFOUND registry.example.org\n",
            "ENOTFOUND",
            "registry.example.org",
        ),
        ("tar: write error: No space left on device\n", "ENOSPC", "disk full"),
        ("bash: line 1: pyest: command not found\n", "127", "pyest"),
        ("sh: 1: pyest: not found\n", "127", "pyest"),
        ("bash: ./x.sh: Permission denied\n", "126", "./x.sh"),
        ("FATAL ERROR: JavaScript heap out of memory\n", "ENOMEM", "out of memory"),
    ],
)
def test_calamities(text: str, code: str, words: str) -> None:
    """EA-08: a cause that any program can have is named with its victim."""
    digest = only(text, exit_code=1)
    assert list(digest.by_code) == [code]
    assert words in digest.summary


@pytest.mark.parametrize(
    "text",
    [
        "E404 was the room of the npm meeting\n",
        "error[E0308]: mismatched types\n",
        "at 0x7FFE1234\n",
        "run 6f1d0c1e-9a2b-4c3d-8e4f-1234567890ab\n",
        "git fetch origin done\n",
        "training the neural network\n",
        "Step 10: F401 fighter jets\n",
    ],
)
def test_substrings_decide_nothing(text: str) -> None:
    """EA-D2: structure decides, so none of these is a linter or a network failure."""
    digest = only(text, exit_code=1)
    assert digest.kind == "output"
    assert "network" not in digest.summary.partition("recognised")[0]


def test_generic_diagnostics_are_a_floor() -> None:
    """Diagnostics of an unknown compiler are counted as at least so many."""
    text = (
        "x.zz:1:2: error: expected ';'\ny.zz:3:4: warning: unused\nnpm error z.zz:1:1: error: no\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"errors": 2, "warnings": 1}
    assert "at least 2 errors and 1 warning in 3 files" in digest.summary


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("run 7 failed\nrun 0 failed\n", (1, 1)),
        ("run 0 failed\nrun 7 failed\n", (2, 2)),
        ("run 7 failed\nrun 8 failed\nrun 10 failed\n", (1, 3)),
        ("tests failed: 3\ntests failed: 0\n", (1, 1)),
        ("error, it exited with 0\nerror, it exited with 4\n", (1, 2)),
    ],
)
def test_numbers_that_deny_are_read_in_every_line(text: str, lines: tuple[int, int]) -> None:
    """Lines that differ in their digits only may claim a failure or deny it."""
    assert only(text, exit_code=1).lines == lines


def test_killed_without_a_word() -> None:
    """A death that leaves no text is told from the status."""
    assert only("", exit_code=137).summary == "output: killed by SIGKILL, no output"
    assert only("", exit_code=137).verdict is Verdict.KILLED
