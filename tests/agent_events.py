"""What agents print in their JSON modes when they run commands, written after their sources."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """A command, and what came of it."""

    command: str
    output: str = ""
    code: int = 0


def codex(calls: Iterable[Ran], end: Event | None = None) -> list[Event]:
    """``codex exec --json``."""
    events: list[Event] = [{"type": "thread.started", "thread_id": "0"}, {"type": "turn.started"}]
    for number, ran in enumerate(calls):
        item = {"id": f"item_{number}", "type": "command_execution"}
        command = {"command": f"/bin/bash -lc {json.dumps(ran.command)}"}
        begun = {"aggregated_output": "", "exit_code": None, "status": "in_progress"}
        status = "failed" if ran.code else "completed"
        over = {"aggregated_output": ran.output, "exit_code": ran.code, "status": status}
        events.append({"type": "item.started", "item": {**item, **command, **begun}})
        events.append({"type": "item.completed", "item": {**item, **command, **over}})
        said = {"id": f"said_{number}", "type": "agent_message", "text": "error: 3 failed"}
        events.append({"type": "item.completed", "item": said})
    return [*events, end or {"type": "turn.completed", "usage": {"input_tokens": 1}}]


def claude(calls: Iterable[Ran], end: Event | None = None) -> list[Event]:
    """``claude -p --output-format stream-json --verbose``."""
    session = {"session_id": "5e55", "uuid": "0", "parent_tool_use_id": None}
    events: list[Event] = [{"type": "system", "subtype": "init", "cwd": "/", **session}]
    for number, ran in enumerate(calls):
        key = f"toolu_{number}"
        asked = {"type": "tool_use", "id": key, "name": "Bash", "input": {"command": ran.command}}
        output = f"Exit code {ran.code}\n{ran.output}" if ran.code else ran.output
        told = {"tool_use_id": key, "type": "tool_result", "content": output}
        told["is_error"] = bool(ran.code)  # type: ignore[assignment]
        message = {"role": "assistant", "content": [{"type": "text", "text": "Hm."}, asked]}
        events.append({"type": "assistant", "message": message, **session})
        events.append({"type": "user", "message": {"role": "user", "content": [told]}, **session})
    result = {"type": "result", "subtype": "success", "is_error": False, "result": "Done."}
    return [*events, {**(end or result), **session}]


def opencode(calls: Iterable[Ran], end: Event | None = None) -> list[Event]:
    """``opencode run --format json``."""
    session = {"timestamp": 1795813849404, "sessionID": "ses_0"}
    events: list[Event] = []
    for number, ran in enumerate(calls):
        output = ran.output or "(no output)"
        state = {
            "status": "completed",
            "input": {"command": ran.command, "timeout": 8000},
            "output": output,
            "metadata": {"output": output, "exit": ran.code, "truncated": False},
        }
        part = {"type": "tool", "tool": "bash", "callID": f"call_{number}", "state": state}
        events.append({"type": "step_start", **session, "part": {"type": "step-start"}})
        events.append({"type": "tool_use", **session, "part": part})
    stop = {"type": "step-finish", "reason": "stop"}
    return [*events, {**(end or {"type": "step_finish", "part": stop}), **session}]


def gemini(calls: Iterable[Ran], end: Event | None = None) -> list[Event]:
    """``gemini -o stream-json``, which does not tell how a command ended."""
    when = {"timestamp": "2026-11-27T21:11:10.747Z"}
    events: list[Event] = [{"type": "init", **when, "session_id": "0", "model": "m"}]
    for number, ran in enumerate(calls):
        key, given = f"run_shell_command_{number}", {"command": ran.command}
        asked = {"tool_name": "run_shell_command", "tool_id": key, "parameters": given}
        events.append({"type": "tool_use", **when, **asked})
        told = {"tool_id": key, "status": "success", "output": ran.output}
        events.append({"type": "tool_result", **when, **told})
    result = {"type": "result", "status": "success", "stats": {"tool_calls": 1}}
    return [*events, {**(end or result), **when}]


def pi(calls: Iterable[Ran], end: Event | None = None) -> list[Event]:
    """``pi --mode json``, which tells of failures only how a command ended."""
    events: list[Event] = [{"type": "session", "version": 3, "cwd": "/"}, {"type": "agent_start"}]
    for number, ran in enumerate(calls):
        about = {"toolCallId": f"call_{number}", "toolName": "bash"}
        args = {"args": {"command": ran.command}}
        so_far = {"content": [{"type": "text", "text": ran.output}]}
        behind = f"\n\nCommand exited with code {ran.code}" if ran.code else ""
        result = {"content": [{"type": "text", "text": (ran.output or "(no output)") + behind}]}
        events.append({"type": "tool_execution_start", **about, **args})
        events.append({"type": "tool_execution_update", **about, **args, "partialResult": so_far})
        over = {"result": result, "isError": bool(ran.code)}
        events.append({"type": "tool_execution_end", **about, **over})
    message = {"role": "assistant", "content": [], "stopReason": "stop"}
    return [*events, end or {"type": "message_end", "message": message}]


def mini(calls: Iterable[Ran], end: Event | None = None) -> bytes:
    """The trajectory that mini-swe-agent writes."""
    messages: list[Event] = [{"role": "system", "content": "You run commands."}]
    for number, ran in enumerate(calls):
        key = f"call_{number}"
        action = {"command": ran.command, "tool_call_id": key}
        told = {"raw_output": ran.output, "returncode": ran.code, "exception_info": ""}
        messages.append({"role": "assistant", "content": "", "extra": {"actions": [action]}})
        messages.append({"role": "tool", "content": "", "extra": told, "tool_call_id": key})
    exits = {"role": "exit", "content": "", "extra": {"exit_status": "Submitted"}}
    info = {"model_stats": {"api_calls": 1}, "config": {}, "mini_version": "2.4.6"}
    trajectory = {"info": info, "messages": [*messages, end or exits], "trajectory_format": "1.1"}
    return json.dumps(trajectory, indent=2).encode() + b"\n"


AGENTS: dict[str, Callable[[Iterable[Ran], Event | None], list[Event]]] = {
    "codex": codex,
    "claude": claude,
    "opencode": opencode,
    "gemini": gemini,
    "pi": pi,
}
TELLS_SUCCESS = {"codex", "claude", "opencode"}
"""Of the others it is not known whether a command came through."""
TELLS_FAILURE = {*TELLS_SUCCESS, "pi"}


def lines(events: Sequence[Event]) -> bytes:
    """Events as they are printed."""
    return b"".join(json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in events)
