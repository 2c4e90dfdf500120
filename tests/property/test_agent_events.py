"""What holds for agents' events, whatever stands in them and however they arrive."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from supervisor.analyzer import Analysis, Analyzer, analyze
from supervisor.analyzer.commands import program_of, unwrap
from supervisor.digests import Verdict
from tests.agent_events import AGENTS, Event, Ran, lines

RED = "a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
OUTPUTS = (
    RED,
    "1 failed, 2 passed in 0.10s\n",
    "bash: foo: command not found\n",
    "grün ✓ \x1b[31mred\x1b[0m\r\n\x00",
    "No space left on device",
    "\udcff half",
    "",
    f"{RED}{'y' * 90}\n" * 100,
    "x" * 200_000,
)
COMMANDS = ("pytest -q", "cd a && ruff check . | tail", "x='", "", "a\ud800b", "\n", "sh -c 'a b'")
calls = st.builds(
    Ran, st.sampled_from(COMMANDS), st.sampled_from(OUTPUTS), st.sampled_from([0, 1, 127, 137])
)
agents = st.sampled_from(sorted(AGENTS))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(OUTPUTS[:6]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "command", "content", "type"]), inner)
    ),
    max_leaves=6,
)
quick = settings(max_examples=40, deadline=None, derandomize=True)


def said(chunks: list[bytes]) -> Analysis:
    """The analysis, on the condition that nothing threw."""
    failures: list[str] = []

    def note(grammar: str, problem: str) -> None:
        failures.append(f"{grammar}: {problem}")

    analysis = analyze(chunks, exit_code=0, on_failure=note)
    assert failures == []
    return analysis


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in an event something stands."""
    yield path
    inner: Any = value.items() if isinstance(value, dict) else ()
    for key, one in enumerate(value) if isinstance(value, list) else inner:
        yield from places(one, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The event with something else in a place."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@quick
@given(agents, st.lists(calls, max_size=4), st.lists(st.integers(1, 60_000), max_size=20))
@example("codex", [Ran("pytest", OUTPUTS[-1], 1)], [131_071, 1, 1])
def test_cuts_do_not_show(agent: str, ran: list[Ran], sizes: list[int]) -> None:
    """The digests depend on the bytes, not on how they arrived."""
    text = lines(AGENTS[agent](ran, None))
    chunks, place = [], 0
    for size in sizes:
        chunks.append(text[place : place + size])
        place += size
    assert said([*chunks, text[place:]]) == said([text])


@quick
@given(agents, st.lists(calls, max_size=3), st.data())
def test_wrong_types_are_no_news(agent: str, ran: list[Ran], data: st.DataObject) -> None:
    """Whatever stands where something else is expected, nothing throws."""
    events = AGENTS[agent](ran, None)
    for _ in range(3):
        place = data.draw(st.integers(0, len(events) - 1))
        path = data.draw(st.sampled_from(list(places(events[place]))))
        events[place] = put(events[place], path, data.draw(anything))
    said([b"".join(json.dumps(one).encode() + b"\n" for one in events)])


@quick
@given(agents, st.lists(calls, min_size=1, max_size=3), st.binary(max_size=60), st.data())
def test_garbage_between_and_in_events(
    agent: str, ran: list[Ran], garbage: bytes, data: st.DataObject
) -> None:
    """What is torn or overwritten is lost, and nothing else."""
    text = lines(AGENTS[agent](ran, None))
    place = data.draw(st.integers(0, len(text)))
    said([text[:place] + garbage + text[place:]])
    said([text[:place]])
    said([text[:place], text[place + len(garbage) :]])


@quick
@given(agents, st.lists(calls, max_size=3), st.integers(0, 400_000))
def test_gaps_are_read_past(agent: str, ran: list[Ran], place: int) -> None:
    """What is not there to be read makes no digest of its own."""
    text = lines(AGENTS[agent](ran, None))
    analyzer = Analyzer()
    digests = [*analyzer.feed(text[:place])]
    analyzer.skip(3)
    digests += [*analyzer.feed(text[place:]), *analyzer.close(0)]
    assert {one.tool for one in digests if one.call} <= {
        one.tool for one in said([text]).segments if one.call
    }


@pytest.mark.parametrize("agent", AGENTS)
def test_nesting_without_end_is_nobodys(agent: str) -> None:
    """Nor does an event with very many keys take anybody's time."""
    (first, *_) = AGENTS[agent]([], None)
    head = json.dumps(first).removesuffix("}")
    for body in ("[" * 500_000, '{"a":' * 500_000, "[" * 500_000 + "]" * 500_000):
        said([f'{head},"more":{body}}}\n'.encode()])
    many = ",".join(f'"{number}":0' for number in range(500_000))
    said([f'{head},"more":{{{many}}}}}\n'.encode()])


@pytest.mark.parametrize("agent", AGENTS)
def test_many_open_commands_are_bounded(agent: str) -> None:
    """Of commands that are never answered the oldest are forgotten."""
    events = AGENTS[agent]([Ran(f"make {number}", RED, 1) for number in range(500)], None)
    asked: list[Event] = [one for one in events if '"command"' in json.dumps(one)]
    analysis = said([lines(asked), lines(events)])
    assert analysis.segments[-1].verdict is not Verdict.FAILED


@quick
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ("a", "'", '"', "\\", " ", "|", "-m", "uv", "run", "sh", "-c", "python3", "=", "1")
        )
    ).map("".join)
)
def test_any_text_is_a_command(command: str) -> None:
    """Its program is a plain word, if the words say which."""
    name = program_of(unwrap(command))
    assert name is None or 0 < len(name) <= 40
