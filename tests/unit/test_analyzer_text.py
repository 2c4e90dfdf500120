"""Bytes to lines and lines to text."""

import doctest

import pytest

from supervisor.analyzer import (
    fingerprint,
    gate,
    grammar,
    rule_parser,
    shape,
    summary,
    tally,
    text,
    verdicts,
)
from supervisor.analyzer.fingerprint import normal
from supervisor.analyzer.gate import Gate, anchor, fold, shortest
from supervisor.analyzer.grammars import pytest_reports
from supervisor.analyzer.grammars import python as python_grammar
from supervisor.analyzer.lines import LINE_BYTES, Blocks
from supervisor.analyzer.shape import Shapes, blind
from supervisor.analyzer.text import bare, decode, scrub


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"\x1b[1m\x1b[31m1 failed\x1b[0m", "1 failed"),
        (b"\x1b]8;;http://x\x1b\\F401\x1b]8;;\x1b\\", "F401"),
        (b"\x1b]0;title\x07done", "done"),
        (b"text\r", "text"),
        (b"text\r\r", "text"),
        (b" 10%\r 90%\r100% done", "100% done"),
        (b"2022-04-13T21:46:50.3239923Z FAILED a.py", "FAILED a.py"),
        (b"[2022-04-13 21:46:50,323] FAILED a.py", "FAILED a.py"),
        (b"2022-04-13T21:46:50.3Z ##[error]a.ts(1,2): error TS1: x", "a.ts(1,2): error TS1: x"),
        (b"12 | import os", "12 | import os"),
        (b"\xff\xfe broken", "\ufffd\ufffd broken"),
    ],
)
def test_plain(raw: bytes, seen: str) -> None:
    """EA-D6: colours, redraws and stamps go, and only they."""
    assert bare(decode(scrub(raw + b"\n"))) == f"{seen}\n"


def test_long_lines_keep_both_ends() -> None:
    """A line over the cap becomes its two ends, however it arrived."""
    line = b"head" + b"x" * (3 * LINE_BYTES) + b"tail"
    whole = list(Blocks().feed(line + b"\nnext\n", 1))
    blocks = Blocks()
    pieces = [b for i in range(0, len(line), 700) for b in blocks.feed(line[i : i + 700], 1)]
    pieces += blocks.feed(b"\nnext\n", 1)
    assert b"".join(whole) == b"".join(pieces)
    assert b"".join(whole).startswith(b"headxxx")
    assert b"xxxtail\nnext\n" in b"".join(whole)


def test_gate_searches_the_fewest_literals() -> None:
    """A literal that contains another one costs nothing."""
    assert set(shortest(["error", "2 errors", "fail", "FAILED"])) == {"error", "fail", "FAILED"}


def test_marks_say_which_literals_stand_in_a_line() -> None:
    """Each line that holds a literal has marks, with a bit for each of them."""
    gate = Gate(["Error", "FAIL", "found 0 bugs"])
    marks = gate.marks(b"one FAILED two Error\nnothing\nfailed, failed\nFound 12 bugs\n")
    error, fail, bugs = map(gate.bit, ("error", "fail", "found 0 bugs"))
    assert marks == {0: error | fail, 2: fail, 3: bugs}


@pytest.mark.parametrize("literal", ["Found 0 errors", ":0:0: ", "0/0 done", "a0", "0b0c0", "x"])
@pytest.mark.parametrize("number", ["7", "42", "100000"])
def test_anchor_stands_in_every_line_with_the_literal(literal: str, number: str) -> None:
    """However long the numbers are, and whatever the case."""
    line = fold(f"- {literal.replace('0', number)} -".upper().encode())
    assert anchor(literal) in line


@pytest.mark.parametrize(
    ("pattern", "same"),
    [
        (r"a\d{2,3}[0-9a-f]", True),
        (r"(?P<n>\d+) x", True),
        (r"[1-9]\d* failed", False),
        (r"Errno 111", False),
        (r"(?P<n>.)(?P=n)", False),
    ],
)
def test_blind_patterns(pattern: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    """A pattern that names a digit, or compares two, may tell lines of one shape apart."""
    assert blind(pattern) is same


def test_shapes_are_bounded() -> None:
    """However many shapes come, few are remembered; long ones are not."""
    shapes = Shapes()
    for number in range(5000):
        shapes.facts(b"a" * (number % 300) + b"b" * (number // 300), 1).counts = True
    assert len(shapes) <= 4096
    long = b"x" * 5000
    assert shapes.facts(long, 1) is not shapes.facts(long, 1)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("job 12 of 1x2 took 3 ms", "job <number> of 1x2 took <duration>"),
        ("job 45 of 0x2 took 9 ms", "job <number> of <address> took <duration>"),
        ("cannot reach db.local:5432", "cannot reach db.local:5432"),
        ("cannot reach db.local:6543", "cannot reach db.local:6543"),
        ("größe 12 statt 345", "größe <number> statt <number>"),
    ],
)
def test_accidents_of_messages_alike_in_shape(message: str, kind: str) -> None:
    """Messages that differ in digits share the places of their accidents, and only these."""
    assert normal(message) == kind


@pytest.mark.parametrize(
    "module",
    [
        fingerprint,
        gate,
        grammar,
        rule_parser,
        shape,
        summary,
        tally,
        text,
        verdicts,
        pytest_reports,
        python_grammar,
    ],
    ids=lambda module: module.__name__,
)
def test_docstring_examples(module: object) -> None:
    """The examples in the docstrings are true."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_very_many_spaces_are_fewer() -> None:
    """Expressions try each of them; a hundred stay, of tabs and blanks alike."""
    wide = b" " * 90 + b"\t" * 90
    assert scrub(b"a" + wide + b"b\n" + b"c" + b" " * 100 + b"d\n") == (
        b"a" + wide[:100] + b"b\n" + b"c" + b" " * 100 + b"d\n"
    )


def test_redraws_are_cut_from_their_lines_start() -> None:
    """Only what a carriage return has thrown away goes."""
    assert scrub(b"kept\na\rb\rc\n" + b"d\r\n") == b"kept\nc\nd\n"
