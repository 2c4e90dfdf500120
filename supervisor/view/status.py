"""What a supervised autopilot does, for a person; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from supervisor.units import render_bytes, render_seconds
from supervisor.view.words import count_of, printable, render_argv


def render_members(answer: Mapping[str, Any]) -> str:
    """A line per process from the values of ``GET /members``."""
    lines = [
        f"{member['pid']:>8}  {render_argv(member['argv'])}  ({member['why']})"
        for member in answer["members"]
    ]
    return "\n".join([*lines, f"{len(lines)} processes would be ended; nothing was"])


def render_status(status: Mapping[str, Any]) -> str:
    """A few lines from the values of ``GET /status``."""
    state = "stopping" if status["stopping"] else "running" if status["run"] else "waiting"
    lines = [f"{state}: {status['config']} (supervisor pid {status['pid']})"]
    if status["run"]:
        age = render_seconds(status["run_s"])
        lines.append(f"run {status['run']}, number {status['runs']}, for {age}")
    if status.get("processes") is not None:
        memory = render_bytes(status["memory_bytes"] or 0)
        lines.append(f"{status['processes']} processes, {memory} resident")
    lines.append(f"failures: {len(status['failures']) or 'none'}")
    lines += [f"  {one['count']}x {printable(one['summary'])}" for one in status["failures"]]
    return "\n".join(lines)


def render_dead(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line per dead run whose scratch a sweep would remove."""
    for row in rows:
        yield f"{row['run']}  {render_bytes(row['bytes']):>10}  {count_of(row['files'], 'file')}"
    yield f"{count_of(len(rows), 'dead run')}; nothing was removed"


def render_swept(swept: Mapping[str, int]) -> Iterator[str]:
    """What a sweep removed and what it could not."""
    runs, freed = count_of(swept["directories"], "dead run"), render_bytes(swept["freed_bytes"])
    left = f"; {count_of(swept['left'], 'file')} could not be removed" if swept["left"] else ""
    yield f"removed the scratch of {runs}, {freed}{left}"
