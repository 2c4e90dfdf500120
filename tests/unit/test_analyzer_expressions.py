"""No expression takes long for a line, whatever stands in it."""

import re
import time

import pytest

from scripts.fuzzing.attacks import first_slow
from scripts.fuzzing.uses import Use, uses
from supervisor.analyzer import analyze
from supervisor.analyzer.fingerprint import normal


def test_no_expression_is_slow() -> None:
    """Each is led to where it repeats something, and then disappointed."""
    assert [str(slow) for slow in map(first_slow, uses()) if slow] == []


@pytest.mark.parametrize("pattern", [r"(?:a+)+b", r"(?:[\w.]*/+)*b", r"\d+\d*\d*!", r"\w*\w*:"])
def test_a_slow_one_is_found(pattern: str) -> None:
    """The search would see one, and lives through one that takes for ever."""
    use = Use("here", re.compile(pattern), "match")
    assert first_slow(use) is not None


@pytest.mark.parametrize(
    "line",
    [
        b"\tat " + b"/" * 200,
        b"ERR_PNPM_X [ERROR] " * 100,
        b"ERROR: a" + b" " * 4000 + b"b",
        b"a-" * 2000 + b":80 error: 1",
        b"E   " + b"\\" * 4000,
        b"FAILED " + b"0" * 4000 + b"\r\n" + b"10%\r" * 1000,
    ],
)
def test_lines_that_once_took_long(line: bytes) -> None:
    """A hundred of them are read within two seconds."""
    data = (b"java.lang.Error: x\n" + line + b"\n") * 100
    begun_s = time.process_time()
    analyze([data], exit_code=1)
    assert time.process_time() - begun_s < 2 + len(data) / 1e6


def test_ports_are_told_from_what_comes_before() -> None:
    """The name of a host may have dots and dashes."""
    assert normal("a-b.example.org:8080") == "a-b.example.org:8080"
    assert normal("-x.y:80") == "-x.y:80"
