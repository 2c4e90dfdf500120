"""Exit status, parse and timeout together: never a false green."""

import pytest

from supervisor.analyzer import Analyzer, analyze
from supervisor.digests import Verdict

GREEN = b"===== 5 passed in 0.03s =====\n"
RED = b"a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
PROSE = b"everything is fine\n"


@pytest.mark.parametrize(
    ("text", "exit_code", "verdict"),
    [
        (GREEN, 0, Verdict.OK),
        (GREEN, None, Verdict.OK),
        (GREEN, 1, Verdict.FAILED),
        (GREEN, 124, Verdict.TIMEOUT),
        (GREEN, 137, Verdict.KILLED),
        (GREEN, -9, Verdict.KILLED),
        (RED, 0, Verdict.FAILED),
        (RED, None, Verdict.FAILED),
        (PROSE, 0, Verdict.UNKNOWN),
        (PROSE, 1, Verdict.FAILED),
        (PROSE, 127, Verdict.ERROR),
        (PROSE, None, Verdict.UNKNOWN),
        (b"", 0, Verdict.OK),
        (b"", 2, Verdict.FAILED),
    ],
)
def test_status_and_parse(text: bytes, exit_code: int | None, verdict: Verdict) -> None:
    """EA-V: parsing may worsen what the status says and never mends it."""
    analysis = analyze([text], exit_code=exit_code)
    assert analysis.verdict is verdict
    assert analysis.segments[-1].verdict is verdict


@pytest.mark.parametrize(
    ("end", "verdict"),
    [({"timed_out": True}, Verdict.TIMEOUT), ({"signum": 11}, Verdict.KILLED)],
)
def test_end_that_has_no_status(end: dict[str, int], verdict: Verdict) -> None:
    """A program that was ended is not green, whatever it had said."""
    analyzer = Analyzer()
    digests = analyzer.feed(GREEN) + analyzer.close(None, **end)  # type: ignore[arg-type]
    assert analyzer.verdict is verdict
    assert digests[-1].verdict is verdict


def test_conflict_is_told() -> None:
    """A green parse under a bad status, and the reverse, name the status."""
    assert "(exit 1)" in analyze([GREEN], exit_code=1).segments[0].summary
    assert "(exit 0)" in analyze([RED], exit_code=0).segments[0].summary
    assert "(timed out)" in analyze([GREEN], exit_code=124).segments[0].summary


def test_later_failure_is_not_blamed_on_a_green_tool() -> None:
    """What follows a green tool and is not understood gets the bad status."""
    analysis = analyze(
        [GREEN, b"> vitest run --runInBand\nCACError: Unknown option\n"], exit_code=1
    )
    assert [digest.verdict for digest in analysis.segments] == [Verdict.OK, Verdict.FAILED]
    assert "CACError: Unknown option" in analysis.segments[1].summary
    assert analysis.verdict is Verdict.FAILED


def test_earlier_failure_explains_the_status() -> None:
    """A bad status that a failing tool explains is not blamed on a green one after it."""
    analysis = analyze([RED, GREEN], exit_code=1)
    assert [digest.verdict for digest in analysis.segments] == [Verdict.FAILED, Verdict.OK]
    assert analysis.verdict is Verdict.FAILED


def test_tools_of_one_stream_are_told_apart() -> None:
    """EA-D6: each tool of a mixed stream has its digest."""
    text = RED + b"make: *** [lint] Error 1\n" + GREEN + b"src/a.ts(1,2): error TS2304: No foo.\n"
    assert [digest.tool for digest in analyze([text]).segments] == ["ruff", "pytest", "tsc"]
