"""What an agent's own events tell of its commands, from its stdout to what people ask."""

import io
import json
from pathlib import Path
from typing import Literal

import pytest

from supervisor.digests import Call, Digest, Verdict
from supervisor.journal import Journal
from supervisor.output.frames import compress
from supervisor.telemetry.writer import Telemetry, TelemetryLimits
from supervisor.view.screen import Screen
from tests.agent_events import AGENTS, TELLS_FAILURE, Ran, lines
from tests.supervised import Desk

RED = "a.py:7:1: F821 Undefined name `Tuple`\nFound 1 error.\n"
GREEN = "All checks passed!\n"
HIDDEN = "swordfish1"


@pytest.mark.parametrize("agent", AGENTS)
def test_commands_of_an_agent_are_told_as_they_end(agent: str, tmp_path: Path) -> None:
    """Its linter fails, comes through, and it finishes; nothing of that is its own failure."""
    desk = Desk(tmp_path)
    ran = [
        Ran(f"ruff check --token {HIDDEN} .", RED, 1),
        Ran("mkdir made"),
        Ran("ruff check .", GREEN),
    ]
    (tmp_path / "events.jsonl").write_bytes(lines(AGENTS[agent](ran, None)))
    done = desk.run(desk.write(["cat", str(tmp_path / "events.jsonl")]))
    assert done.returncode == 0

    digests = [event["digest"] for event in desk.events("digest")]
    assert [(one["tool"], one["verdict"]) for one in digests][::2] == [
        ("ruff", "failed"),
        ("ruff", "ok"),
    ]
    assert digests[-1]["tool"] == agent
    assert digests[0]["call"] == {
        "type": "Call",
        "source": "stream",
        "command": "ruff check --token [redacted] .",
        "code": 1 if agent in TELLS_FAILURE else None,
    }
    assert digests[-1]["call"] is None
    (fixed,) = desk.events("fixed")
    assert (fixed["tool"], fixed["failures"]) == ("ruff", [digests[0]["fingerprint"]])
    assert "[stream: ruff check --token [redacted] .]" in done.stdout
    (row,) = json.loads(desk.run("errors", "--json").stdout)
    assert (row["tool"], row["count"], row["place"]) == ("ruff", 1, "a.py:7")
    assert row["fixed"] is not None
    state = [path for path in tmp_path.glob("state/**/telemetry/*") if path.is_file()]
    assert not any(HIDDEN.encode() in path.read_bytes() for path in state)


def digest(tool: str, source: Literal["stream", "pool"] | None) -> Digest:
    """A failure that the program, its events or the pool tells of."""
    call = None if source is None else Call(source=source, command=tool, code=1)
    return Digest(
        tool=tool,
        kind="linter",
        verdict=Verdict.FAILED,
        declared={},
        counted={"errors": 1},
        by_code={},
        files=None,
        fixable=None,
        fix=None,
        first=None,
        causes=(),
        summary=f"{tool}: 1 error",
        fingerprint="v1:0123456789abcdef",
        lines=(1, 1),
        call=call,
    )


def test_command_that_the_pool_has_told_of_is_not_told_again(tmp_path: Path) -> None:
    """Its digest is the pool's, which saw all of it; others are told."""
    screen = Screen(io.StringIO(), colour=False)
    heard: tuple[tuple[str, Literal["stream", "pool"] | None], ...] = (
        ("ruff", "pool"),
        ("ruff", "stream"),
        ("mypy", "stream"),
        ("ruff", None),
    )
    with Telemetry.open(tmp_path, TelemetryLimits(), compress) as telemetry:
        journal = Journal(telemetry, screen)
        for tool, source in heard:
            journal.tell_digest("0123abcd", digest(tool, source))
        journal.close()
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    told = [(one["digest"]["tool"], one["digest"]["call"]) for one in events]
    assert [(tool, call and call["source"]) for tool, call in told] == [
        ("ruff", "pool"),
        ("mypy", "stream"),
        ("ruff", None),
    ]
