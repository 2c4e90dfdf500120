"""What a supervised autopilot does, for a person; pure."""

from collections.abc import Mapping
from typing import Any

from supervisor.units import render_bytes, render_seconds
from supervisor.view.lines import printable, render_argv


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
