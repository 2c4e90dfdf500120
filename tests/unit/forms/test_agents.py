"""Commands in agents' events are read as if the supervisor had run them itself."""

import json
from typing import Any

import pytest

from supervisor.analyzer import Analysis, Analyzer, analyze
from supervisor.digests import Call, Digest, Verdict
from tests.agent_events import AGENTS, TELLS_FAILURE, TELLS_SUCCESS, Event, Ran, lines, mini

RED = (
    "a.py:1:8: F401 [*] `os` imported but unused\n"
    "Found 1 error.\n[*] 1 fixable with the `--fix` option.\n"
)
RUFF = Ran("cd app && uv run ruff check .", RED, 1)
PYTEST = Ran("python3 -m pytest -q | tail -3", "FAILED t.py::a - assert 0\n1 failed in 0.1s\n")
SILENT = Ran("mkdir -p made")
LOST = Ran("nosuch --flag", "/bin/bash: line 1: nosuch: command not found\n", 127)
every_agent = pytest.mark.parametrize("agent", AGENTS)


def said(agent: str, *calls: Ran, end: Event | None = None, code: int | None = 0) -> Analysis:
    """What an agent's events say, on the condition that nothing threw."""
    failures: list[str] = []
    text = lines(AGENTS[agent](calls, end))
    analysis = analyze([text], exit_code=code, on_failure=lambda *one: failures.append(str(one)))
    assert failures == []
    return analysis


def told(agent: str, *calls: Ran) -> list[Digest]:
    """The digests of the commands alone."""
    return [one for one in said(agent, *calls).segments if one.call is not None]


@every_agent
def test_tool_is_told_with_its_command_and_status(agent: str) -> None:
    """Its verdict, numbers, first finding and fix are those of its own output."""
    (ruff,) = told(agent, RUFF)
    (alone,) = analyze([RED.encode()], exit_code=1).segments
    assert (ruff.tool, ruff.verdict, ruff.counted) == ("ruff", Verdict.FAILED, {"errors": 1})
    assert (ruff.summary, ruff.fingerprint, ruff.fix) == (
        alone.summary,
        alone.fingerprint,
        "ruff check --fix",
    )
    code = 1 if agent in TELLS_FAILURE else None
    assert ruff.call == Call(source="stream", command=RUFF.command, code=code)


@every_agent
def test_line_of_the_event_is_told(agent: str) -> None:
    """It is where the raw output has the rest."""
    events = AGENTS[agent]([SILENT, RUFF], None)
    ruff = next(one for one in analyze([lines(events)]).segments if one.tool == "ruff")
    event = json.dumps(events[ruff.lines[0] - 1])
    assert json.dumps(RED)[1:-1] in event
    assert ruff.lines[0] == ruff.lines[1]


@every_agent
def test_failures_of_commands_are_not_the_agents(agent: str) -> None:
    """It has come through, and what its commands printed is told of once."""
    analysis = said(agent, RUFF, PYTEST, LOST)
    *commands, own = analysis.segments
    assert [one.tool for one in commands] == ["ruff", "pytest", "nosuch"]
    assert (own.tool, own.kind, own.verdict, own.call) == (agent, "agent", Verdict.OK, None)
    assert analysis.verdict is Verdict.OK
    assert own.summary.startswith(f"{agent}: ok, 3 commands")
    assert (", 2 failed" in own.summary) == (agent in TELLS_FAILURE)


@every_agent
def test_status_behind_a_pipe_does_not_hide_a_failure(agent: str) -> None:
    """The text may worsen what the status says."""
    (pytest_,) = told(agent, PYTEST)
    assert (pytest_.tool, pytest_.verdict) == ("pytest", Verdict.FAILED)
    assert pytest_.call is not None
    assert pytest_.call.code == (0 if agent in TELLS_SUCCESS else None)


@every_agent
def test_command_without_a_known_tool_is_named_by_its_program(agent: str) -> None:
    """What it cannot be known to have done is not called good."""
    silent, lost = told(agent, SILENT, LOST)
    assert (silent.tool, silent.kind) == ("mkdir", "output")
    assert silent.verdict is (Verdict.OK if agent in TELLS_SUCCESS else Verdict.UNKNOWN)
    assert (lost.tool, lost.verdict) == ("nosuch", Verdict.ERROR)
    assert "command not found (nosuch)" in lost.summary


@pytest.mark.parametrize(
    ("agent", "end"),
    [
        ("codex", {"type": "turn.failed", "error": {"message": "401 Unauthorized"}}),
        ("claude", {"type": "result", "subtype": "success", "is_error": True, "result": "401 Un"}),
        ("claude", {"type": "result", "subtype": "error_max_turns 401 Un", "is_error": False}),
        ("opencode", {"type": "error", "error": {"name": "E", "data": {"message": "401 Un"}}}),
        (
            "gemini",
            {"type": "result", "status": "error", "stats": {}, "error": {"message": "401 Un"}},
        ),
        (
            "pi",
            {
                "type": "message_end",
                "message": {"role": "assistant", "stopReason": "error", "errorMessage": "401 Un"},
            },
        ),
    ],
)
def test_agent_that_failed_says_why(agent: str, end: Event) -> None:
    """Also where it exits with 0, which an agent may when its model is down."""
    for code in (0, 1):
        analysis = said(agent, SILENT, end=end, code=code)
        own = analysis.segments[-1]
        assert (own.tool, own.verdict, analysis.verdict) == (agent, Verdict.ERROR, Verdict.ERROR)
        assert "1 command, " in own.summary
        assert "401 Un" in own.summary


@every_agent
def test_agent_that_is_cut_off_is_not_called_good(agent: str) -> None:
    """An event that is torn says nothing, and one that is missing neither."""
    text = lines(AGENTS[agent]([RUFF, SILENT], None))
    for end in (text.rfind(b"\n", 0, -1) + 1, len(text) - 5):
        analysis = analyze([text[:end]])
        assert analysis.segments[-1].tool == agent
        assert analysis.segments[-1].verdict is Verdict.UNKNOWN
        assert analysis.verdict is Verdict.UNKNOWN


@every_agent
def test_several_tools_of_one_command_are_each_told(agent: str) -> None:
    """Failures first, and no more than eight."""
    both = Ran("ruff check .; pytest -q", f"5 passed in 0.1s\n{RED}")
    assert {one.tool for one in told(agent, both)} == {"ruff", "pytest"}
    assert len(told(agent, Ran("sh all.sh", f"{RED}\nso\n" * 100, 1))) == 8


@every_agent
def test_digests_come_with_their_event(agent: str) -> None:
    """Not at the agent's end."""
    events = AGENTS[agent]([RUFF], None)
    analyzer = Analyzer()
    assert [one.tool for one in analyzer.feed(lines(events[:-1]))] == ["ruff"]
    assert [one.tool for one in analyzer.flush()] == []
    assert [one.tool for one in analyzer.close(0)] == [agent]


@every_agent
def test_output_of_many_megabytes_is_read_at_both_ends(agent: str) -> None:
    """Its closing count is there, and no line is read of which the beginning is not."""
    noise = "".join(f"11 failed, line {number}\n" for number in range(400_000))
    (pytest_,) = told(
        agent, Ran("pytest", f"{noise}FAILED t.py::a - assert 0\n1 failed in 1s\n", 1)
    )
    assert (pytest_.tool, pytest_.declared) == ("pytest", {"failed": 1})


@every_agent
def test_events_in_an_output_are_text(agent: str) -> None:
    """A command that prints another agent's events has not run their commands."""
    inner = lines(AGENTS[agent]([RUFF], None)).decode()
    (cat,) = told(agent, Ran("cat events.jsonl", inner))
    assert cat.tool == "cat"
    assert cat.verdict is Verdict.UNKNOWN


@every_agent
def test_known_kinds_alone_are_the_agents(agent: str) -> None:
    """An event that nobody knows changes nothing."""
    events = AGENTS[agent]([RUFF], None)
    strange = [{"type": "brand.new", "session_id": "5e55", "item": {"type": "x"}}]
    plain, mixed = (analyze([lines(one)], exit_code=0) for one in (events, [*strange, *events]))
    assert [one.summary for one in plain.segments] == [one.summary for one in mixed.segments]


def claude_tells(part: Event, **more: Any) -> list[Digest]:
    """What is told of a call of Claude's that is answered so."""
    asked, events = more.pop("asked", {}), AGENTS["claude"]([Ran("make", "", 0)], None)
    events[1]["message"]["content"][1]["input"] |= asked
    events[2]["message"]["content"][0] |= part
    events[2] |= more
    return [one for one in analyze([lines(events)]).segments if one.call is not None]


def test_claude_code_tells_of_time_limits_background_and_refusals() -> None:
    """None of them has an exit status."""
    timeout = "Command timed out after 2m 0.0s\nmaking all\n"
    (late,) = claude_tells({"content": timeout, "is_error": True})
    assert (late.verdict, late.call and late.call.code) == (Verdict.TIMEOUT, None)
    (refused,) = claude_tells({"content": "Permission to use Bash was denied", "is_error": True})
    assert (refused.verdict, refused.call and refused.call.code) == (Verdict.UNKNOWN, None)
    (parts,) = claude_tells({"content": [{"type": "text", "text": RED}], "is_error": False})
    assert (parts.tool, parts.verdict) == ("ruff", Verdict.FAILED)
    running = {"content": "Command running in background with ID: b1", "is_error": False}
    assert claude_tells(running, tool_use_result={"backgroundTaskId": "b1"}) == []
    assert claude_tells(running, asked={"run_in_background": True}) == []


def test_time_limits_of_the_others() -> None:
    """They say it in words of their own, which are none of the command's."""
    events = AGENTS["opencode"]([Ran("make", "begun\n")], None)
    state = events[1]["part"]["state"]
    state["output"] += "\n<shell_metadata>\nterminated command after exceeding timeout 3000 ms.\n"
    state["metadata"]["exit"] = None
    (make, _) = analyze([lines(events)]).segments
    assert (make.verdict, make.summary) == (
        Verdict.TIMEOUT,
        "make: timed out, cause not recognised: begun",
    )
    events = AGENTS["pi"]([Ran("make", "begun", 1)], None)
    (part,) = events[4]["result"]["content"]
    part["text"] = "begun\n\nCommand timed out after 3 seconds"
    (make, _) = analyze([lines(events)]).segments
    assert make.verdict is Verdict.TIMEOUT


def test_codex_command_that_was_declined_has_not_run() -> None:
    """Nor one that goes on when the agent ends."""
    events = AGENTS["codex"]([Ran("rm -rf /", "", 1)], None)
    events[3]["item"] |= {"status": "declined", "exit_code": None}
    (own,) = analyze([lines(events)]).segments
    assert own.summary == "codex: ok, 0 commands"


def test_trajectory_is_read_like_events() -> None:
    """It is one document, so that is where all stands."""
    noise = "".join(f"11 failed, line {number}\n" for number in range(100_000))
    long = Ran("pytest", f"{noise}FAILED t.py::a - assert 0\n1 failed in 1s\n", 1)
    text = mini([RUFF, PYTEST, long, SILENT, LOST])
    ruff, piped, pytest_, silent, lost, own = analyze([text], exit_code=0).segments
    assert ruff.call == Call(source="stream", command=RUFF.command, code=1)
    assert (ruff.fix, ruff.lines) == ("ruff check --fix", (1, text.count(b"\n")))
    assert (piped.verdict, piped.call and piped.call.code) == (Verdict.FAILED, 0)
    assert (pytest_.tool, pytest_.declared) == ("pytest", {"failed": 1})
    assert (silent.verdict, lost.verdict) == (Verdict.OK, Verdict.ERROR)
    assert (own.verdict, own.summary) == (Verdict.OK, "mini: ok, 5 commands, 3 failed")


def test_trajectory_that_is_cut_off_or_failed_is_not_good() -> None:
    """What is not there is not guessed; what was not executed is not told."""
    text = mini([RUFF])
    assert analyze([text[:-30]]).verdict is Verdict.UNKNOWN
    failed = {"exit_status": "AuthenticationError", "exception_str": "401 Unauthorized"}
    analysis = analyze([mini([RUFF], {"role": "exit", "extra": failed})], exit_code=0)
    assert "401 Unauthorized" in analysis.segments[-1].summary
    assert analysis.verdict is Verdict.ERROR
    trajectory = json.loads(text)
    trajectory["messages"][2]["extra"] |= {"returncode": -1, "exception_info": "not executed"}
    (own,) = analyze([json.dumps(trajectory).encode()]).segments
    assert own.summary == "mini: ok, 0 commands"
    late = {"exception_info": "Command 'x' timed out after 3 seconds"}
    trajectory["messages"][2]["extra"] |= late
    (ruff, _) = analyze([json.dumps(trajectory).encode()]).segments
    assert ruff.verdict is Verdict.TIMEOUT


def test_trajectory_of_very_much_output_is_bounded() -> None:
    """All commands are counted, not all are read."""
    many = [Ran(f"make {number}", "x" * 400_000) for number in range(60)]
    *told_of, own = analyze([mini(many)]).segments
    assert 10 < len(told_of) < 30
    assert own.summary == "mini: ok, 60 commands"


def test_other_json_lines_are_nobodys() -> None:
    """A type that agents know, too, proves nothing."""
    strangers: list[Event] = [
        {"type": "error", "timestamp": "2026-11-27T21:11:10Z", "message": "no database"},
        {"type": "user", "message": "hello"},
        {"type": "result", "value": 3},
        {"type": "message", "text": "error: 3 failed"},
        {"type": ["item.completed"], "item": {}},
        {"type": {"a": 1}},
        {"type": None},
    ]
    assert {one.tool for one in analyze([lines(strangers)], exit_code=0).segments} == {"output"}
