"""Outputs recorded from real tools: what we say is what their forms for machines say."""

import re
from collections import Counter
from pathlib import PurePosixPath

from supervisor.digests import Digest, Verdict
from tests.recorded import COUNTS, RECORDED, Recorded, each, recorded


def _said(digests: list[Digest], key: str) -> set[int]:
    """What the digests declare and count, together, without numbers that nobody gave."""
    declared = [one.declared[key] for one in digests if key in one.declared]
    counted = [one.counted[key] for one in digests if key in one.counted]
    return {sum(numbers) for numbers in (declared, counted) if numbers}


@each(recorded())
def test_tool(one: Recorded) -> None:
    """The tool is recognised, and no other."""
    tools = {digest.tool for digest in one.analysis.segments}
    assert one.says in tools
    assert tools <= {one.says, *one.beside}


@each(recorded())
def test_verdict(one: Recorded) -> None:
    """The tool's own verdict, and that of the whole, are those of its exit status."""
    assert {digest.verdict for digest in one.digests(one.analysis)} == {one.verdict}
    assert one.analysis.verdict is one.verdict


@each(recorded())
def test_counts(one: Recorded) -> None:
    """No number is wrong, and none is missing that the text tells."""
    digests = one.digests(one.analysis)
    for key in COUNTS:
        truth = one.truth.get(key)
        if truth is None:
            continue
        said = _said(digests, key)
        assert all(number <= truth for number in said), key
        if key not in one.unsaid:
            assert truth in (said or {0}), key


@each(recorded())
def test_codes(one: Recorded) -> None:
    """Findings per code."""
    if "by_code" in one.truth and "by_code" not in one.unsaid:
        codes: Counter[str] = Counter()
        for digest in one.digests(one.analysis):
            codes.update(digest.by_code)
        assert dict(codes) == one.truth["by_code"]


@each(recorded())
def test_files_and_fixable(one: Recorded) -> None:
    """How many files have findings, and how many findings the tool can mend."""
    for digest in one.digests(one.analysis):
        if digest.files is not None and "files" not in one.unsaid:
            assert digest.files == one.truth.get("files", digest.files)
        if digest.fixable is not None and "fixable" not in one.unsaid:
            assert digest.fixable.safe == one.truth.get("fixable", digest.fixable.safe)


@each(recorded())
def test_first(one: Recorded) -> None:
    """The finding that we show is one of the tool's."""
    for digest in one.digests(one.analysis):
        first = digest.first
        if first is None or first.file is None or "places" not in one.truth:
            continue
        file = first.file.removeprefix("/srv/project/").removeprefix("./")
        places = [at for place, at in one.truth["places"].items() if _same_file(place, file)]
        assert places, file
        lines = {line for at in places for line in at if line}
        assert not first.line or not lines or first.line in lines


def _same_file(one: str, other: str) -> bool:
    """Whether one path is the other, or its end."""
    a, b = PurePosixPath(one).parts[::-1], PurePosixPath(other).parts[::-1]
    return all(part == counterpart for part, counterpart in zip(a, b, strict=False))


@each(recorded())
def test_summary(one: Recorded) -> None:
    """It fits in its line, and where something failed it does not call it ok."""
    for digest in one.analysis.segments:
        assert len(digest.summary.encode()) <= 200
        if digest.verdict is not Verdict.OK:
            assert not digest.summary.startswith(f"{digest.tool}: ok")


def test_what_is_stored_is_neutral_and_small() -> None:
    """Nothing tells of the machine that recorded it, and all of it is soon cloned."""
    files = [path.read_bytes() for path in RECORDED.rglob("*.*")]
    own = re.compile(rb"/(?:root|work|tmp/project)\b|/home/(?!user\b)")
    assert not any(map(own.search, files))
    assert sum(map(len, files)) < 1_500_000
