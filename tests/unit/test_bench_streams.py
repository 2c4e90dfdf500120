"""The benchmark's streams are what they say, so that its figures are about reading them."""

from collections import Counter
from collections.abc import Callable

import pytest

from scripts.bench import streams
from supervisor.analyzer import Analysis, analyze
from supervisor.analyzer.grammars import GRAMMARS
from supervisor.analyzer.line import Page
from supervisor.analyzer.segments import Segmenter
from supervisor.digests import Verdict

SIZE = 40_000
CLOSING = ("ruff", "mypy", "pytest")


def read(make: Callable[[streams.Words], streams.Output]) -> tuple[streams.Output, Analysis]:
    """An execution, and what we say of it."""
    output = make(streams.Words(1))
    return output, analyze(["".join(streams.pieces(output, SIZE)).encode()])


@pytest.mark.parametrize(
    "name", [name for name, stream in streams.STREAMS.items() if stream.make.tool]
)
def test_a_tools_stream_is_read_to_the_last_finding(name: str) -> None:
    """One digest of the tool, which counts what was written."""
    output, analysis = read(streams.STREAMS[name].make)
    (digest,) = analysis.segments
    assert digest.tool == output.tool
    assert digest.counted == output.truth


def test_nobody_wants_the_quiet_stream() -> None:
    """No literal of any grammar stands in it."""
    text = "".join(streams.pieces(streams.Quiet(streams.Words(1)), SIZE)).encode()
    page = Page(text, b"", 1)
    assert Segmenter(GRAMMARS, None, lambda *_: None).marks(page, 0, page.length) == {}


def test_nobody_knows_who_is_in_despair() -> None:
    """The errors are no known tool's, and yet are noticed."""
    _, analysis = read(streams.Errors)
    (digest,) = analysis.segments
    assert (digest.tool, digest.verdict) == ("output", Verdict.UNKNOWN)
    assert sum(cause.count for cause in digest.causes) > 0


def test_each_execution_in_the_build_is_seen() -> None:
    """Those of tools that say when they are through are told apart."""
    output = streams.Build(streams.Words(1))
    build = "".join(streams.pieces(output, 10 * SIZE)).encode()
    seen = Counter(digest.tool for digest in analyze([build]).segments)
    assert [seen[tool] for tool in CLOSING] == [output.truth[tool] for tool in CLOSING]


@pytest.mark.parametrize("name", streams.STREAMS)
def test_a_stream_is_as_long_as_it_was_asked_to_be(name: str) -> None:
    """But for its last piece and what counts it."""
    text = "".join(streams.pieces(streams.STREAMS[name].make(streams.Words(1)), SIZE))
    assert SIZE <= len(text) < 2 * SIZE
