"""Bytes to lines and lines to text."""

import doctest

import pytest

from supervisor.analyzer import fingerprint, gate, grammar, summary, tally, text, verdicts
from supervisor.analyzer.gate import Hits, fold, minimal
from supervisor.analyzer.grammars import pytest_reports
from supervisor.analyzer.grammars import python as python_grammar
from supervisor.analyzer.lines import LINE_BYTES, Blocks
from supervisor.analyzer.text import plain


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
    assert plain(raw) == seen


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
    assert set(minimal(["error", "2 errors", "fail", "FAILED"])) == {b"error", b"fail"}


def test_hits_come_in_order() -> None:
    """The next place is the nearest one of any literal."""
    folded = fold(b"one FAILED two Error three failed")
    hits = Hits(folded, (b"error", b"fail"))
    assert [hits.find(0), hits.find(5), hits.find(16), hits.find(30)] == [4, 15, 27, len(folded)]


@pytest.mark.parametrize(
    "module",
    [fingerprint, gate, grammar, summary, tally, text, verdicts, pytest_reports, python_grammar],
    ids=lambda module: module.__name__,
)
def test_docstring_examples(module: object) -> None:
    """The examples in the docstrings are true."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
