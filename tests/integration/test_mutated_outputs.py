"""What happens to a tool's output on its way to us changes nothing that we say about it."""

from functools import cache
from typing import Any

import pytest

from supervisor.analyzer import Analysis, analyze, rule_parser, to_json
from supervisor.digests import Verdict
from tests import mutations
from tests.recorded import Recorded, each, recorded

pytestmark = pytest.mark.slow
OUTPUTS = [one for one in recorded() if one.data.strip()]
PARTNERS = ("ruff/concise-lint", "pytest/mixed-default")
"""Outputs that others are mixed with: a linter's, and a test runner's."""
PIPED = [one for one in OUTPUTS if not mutations.redraws(one.data)]
"""Those that not only a terminal can show; what multiplexes them is none."""


def _told(analysis: Analysis) -> list[tuple[Any, ...]]:
    """Of each execution what must stay: tool, verdict, numbers, and the first finding's place."""
    return [
        (
            one.tool,
            one.verdict,
            dict(one.declared),
            dict(one.counted),
            dict(one.by_code),
            one.first and (one.first.file, one.first.line, one.first.code),
        )
        for one in analysis.segments
    ]


def _same(one: Recorded, output: bytes) -> None:
    analysis = analyze([output], exit_code=one.exit_code)
    assert _told(analysis) == _told(one.analysis)
    assert analysis.verdict is one.analysis.verdict


@each(OUTPUTS)
def test_coloured(one: Recorded) -> None:
    """Colours mean nothing."""
    _same(one, mutations.coloured(one.data))


@each(OUTPUTS)
def test_carriage_returns(one: Recorded) -> None:
    """Nor do a terminal's line ends."""
    _same(one, mutations.with_carriage_returns(one.data))


@each(OUTPUTS)
def test_stamped(one: Recorded) -> None:
    """Nor does the time at which a line came."""
    for stamp in mutations.STAMPS:
        _same(one, mutations.in_front(stamp, one.data))


@each(OUTPUTS)
def test_progress(one: Recorded) -> None:
    """Nor does what was overwritten."""
    _same(one, mutations.with_progress(one.data))


@each(PIPED)
def test_lanes(one: Recorded) -> None:
    """Whose words they are stays the same; only what the exit status adds is not the lane's."""
    for lane in mutations.LANES:
        output = mutations.in_front(lane, one.data)
        assert _told(analyze([output])) == _told(_alone(one))
        assert analyze([output], exit_code=one.exit_code).verdict is one.analysis.verdict


@each(OUTPUTS)
def test_pieces(one: Recorded) -> None:
    """However the output is cut, the digests are equal in everything."""
    analysis = analyze(mutations.in_pieces(one.data), exit_code=one.exit_code)
    assert to_json(analysis) == to_json(one.analysis)


@each(OUTPUTS)
def test_half(one: Recorded) -> None:
    """Half of a failure is no success, whatever else is known."""
    output = mutations.half(one.data)
    for exit_code in (one.exit_code, None):
        analysis = analyze([output], exit_code=exit_code)
        if one.exit_code:
            assert analysis.verdict is not Verdict.OK


@each(OUTPUTS)
def test_exit_codes(one: Recorded) -> None:
    """No exit status makes a failure a success, and none but 0 leaves anything one."""
    for exit_code in (0, 1, 2, 137):
        analysis = analyze([one.data], exit_code=exit_code)
        if exit_code or one.exit_code:
            assert analysis.verdict is not Verdict.OK, exit_code
    assert analysis.verdict is Verdict.KILLED


@each(PIPED)
def test_interleaved(one: Recorded) -> None:
    """Of two tools at once each is told of as if it were alone."""
    for name in PARTNERS:
        other = _output(name)
        analysis = analyze([mutations.interleaved(one.data, other.data)])
        alone = [*_told(_alone(one)), *_told(_alone(other))]
        # What no tool has said is only told where it is all that there is.
        tools, alone = (
            [told for told in both if told[0] != "output"] for both in (_told(analysis), alone)
        )
        assert sorted(map(repr, tools)) == sorted(map(repr, alone))


@each(OUTPUTS)
def test_captured(one: Recorded) -> None:
    """What a test has printed that passed is nobody's verdict."""
    analysis = analyze([mutations.captured(one.data)], exit_code=0)
    assert [digest.tool for digest in analysis.segments] == ["pytest"]
    assert analysis.segments[0].verdict is Verdict.OK
    assert analysis.segments[0].declared.get("passed") == 1
    assert analysis.verdict is Verdict.OK


@cache
def _output(name: str) -> Recorded:
    return next(one for one in OUTPUTS if one.name == name)


@cache
def _alone_of(name: str) -> Analysis:
    return analyze([_output(name).data])


def _alone(one: Recorded) -> Analysis:
    return _alone_of(one.name)


@each(OUTPUTS)
def test_floods(one: Recorded) -> None:
    """Of a flood, what is read in one go says the same as what is read line by line."""
    flood = (one.data.rstrip(b"\n") + b"\n") * 5
    quick = analyze([flood], exit_code=one.exit_code)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule_parser, "_HOT", 1 << 30)
        assert analyze([flood], exit_code=one.exit_code) == quick
