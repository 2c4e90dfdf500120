"""Agents' events: Codex, Claude Code, OpenCode, Gemini CLI, pi; mini-swe-agent's trajectories.

Sources: what ``codex exec --json`` 0.169, ``opencode run --format json`` 1.18, ``gemini -o
stream-json`` 0.61 and ``pi --mode json`` 0.73 print, and openai/codex, exec/src/exec_events.rs;
SWE-agent/mini-swe-agent, agents/default.py and models/utils;
Claude Code's documentation of ``--output-format stream-json`` and of the messages of its SDK.
"""

import re
from collections.abc import Iterable

from supervisor.analyzer.agents import Agent, Answer, form_of, status, table, text, texts
from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.records import Record

_EXIT_IN_FRONT = re.compile(r"Exit code (\d{1,5})(?:\n|\Z)")
_TIMEOUT_IN_FRONT = "Command timed out"
_EXIT_BEHIND = re.compile(
    r"\n*Command (?:exited with code (\d{1,5})|(timed out) after .*|aborted)\Z"
)
_METADATA = "<shell_metadata>"
_TIMEOUT_IN_METADATA = "exceeding timeout"
_MINI_TIMEOUT = "timed out"
_NO_OUTPUT = "(no output)"
_STEPS = ("started", "updated", "completed")


def _codex_answers(event: Record) -> Iterable[Answer]:
    item = table(event, "item")
    if event.get("type") != "item.completed" or item.get("type") != "command_execution":
        return
    if item.get("status") != "declined":
        output, code = text(item.get("aggregated_output")), status(item.get("exit_code"))
        yield Answer("", output, code, text(item.get("command")))


def _codex_ends(event: Record) -> str | None:
    match event.get("type"):
        case "turn.completed":
            return ""
        case "turn.failed":
            return text(table(event, "error").get("message")) or "turn failed"
    return None


def _claude_parts(event: Record, of: str, kind: str) -> Iterable[Record]:
    content = table(event, "message").get("content")
    if event.get("type") == of and isinstance(content, list):
        yield from (part for part in map(table, content) if part.get("type") == kind)


def _claude_asks(event: Record) -> Iterable[tuple[str, str]]:
    for part in _claude_parts(event, "assistant", "tool_use"):
        given = table(part, "input")
        # What runs in the background is answered before it is over.
        if part.get("name") == "Bash" and given.get("run_in_background") is not True:
            yield text(part.get("id")), text(given.get("command"))


def _claude_answers(event: Record) -> Iterable[Answer]:
    result = table(event, "tool_use_result")
    if result.get("backgroundTaskId"):
        return
    for part in _claude_parts(event, "user", "tool_result"):
        output, code = texts(part.get("content")), 0
        key, fails = text(part.get("tool_use_id")), part.get("is_error") is True
        if fails and (exits := _EXIT_IN_FRONT.match(output)):
            yield Answer(key, output[exits.end() :], int(exits[1]))
        elif fails or result.get("interrupted") is True:
            yield Answer(key, output, None, timed_out=output.startswith(_TIMEOUT_IN_FRONT))
        else:
            yield Answer(key, output, code)


def _claude_ends(event: Record) -> str | None:
    if event.get("type") != "result":
        return None
    subtype = text(event.get("subtype"))
    if event.get("is_error") is True or subtype.startswith("error"):
        return text(event.get("result")) or subtype or "error"
    return ""


def _opencode_answers(event: Record) -> Iterable[Answer]:
    state = table(event, "part", "state")
    is_shell = event.get("type") == "tool_use" and table(event, "part").get("tool") == "bash"
    if is_shell and state.get("status") == "completed":
        output, _, rest = text(state.get("output")).partition(_METADATA)
        yield Answer(
            "",
            _without_filler(output),
            status(table(state, "metadata").get("exit")),
            text(table(state, "input").get("command")),
            timed_out=_TIMEOUT_IN_METADATA in rest,
        )


def _opencode_ends(event: Record) -> str | None:
    match event.get("type"):
        case "step_finish" if table(event, "part").get("reason") == "stop":
            return ""
        case "error":
            error = table(event, "error")
            return text(table(error, "data").get("message")) or text(error.get("name")) or "error"
    return None


def _gemini_asks(event: Record) -> Iterable[tuple[str, str]]:
    if event.get("type") == "tool_use" and event.get("tool_name") == "run_shell_command":
        yield text(event.get("tool_id")), text(table(event, "parameters").get("command"))


def _gemini_answers(event: Record) -> Iterable[Answer]:
    """It does not say how a command has ended."""
    if event.get("type") == "tool_result":
        yield Answer(text(event.get("tool_id")), text(event.get("output")), None)


def _gemini_ends(event: Record) -> str | None:
    if event.get("type") != "result":
        return None
    if event.get("status") == "success":
        return ""
    return text(table(event, "error").get("message")) or "error"


def _pi_asks(event: Record) -> Iterable[tuple[str, str]]:
    if event.get("type") == "tool_execution_start" and event.get("toolName") == "bash":
        yield text(event.get("toolCallId")), text(table(event, "args").get("command"))


def _pi_answers(event: Record) -> Iterable[Answer]:
    """Of a command that came through it cannot be told from one that a signal ended."""
    if event.get("type") != "tool_execution_end":
        return
    key, output = text(event.get("toolCallId")), texts(table(event, "result").get("content"))
    above, _, last = output.rpartition("\n")
    behind = _EXIT_BEHIND.fullmatch(last) if event.get("isError") is True else None
    if behind is None:
        yield Answer(key, _without_filler(output), None)
        return
    code = int(behind[1]) if behind[1] else None
    yield Answer(key, _without_filler(above), code, timed_out=behind[2] is not None)


def _pi_ends(event: Record) -> str | None:
    message = table(event, "message")
    if event.get("type") != "message_end" or message.get("role") != "assistant":
        return None
    if message.get("stopReason") in ("error", "aborted"):
        return text(message.get("errorMessage")) or "aborted"
    return "" if message.get("stopReason") == "stop" else None


def _mini_asks(message: Record) -> Iterable[tuple[str, str]]:
    actions = table(message, "extra").get("actions")
    for action in map(table, actions if isinstance(actions, list) else ()):
        yield text(action.get("tool_call_id")), text(action.get("command"))


def _mini_answers(message: Record) -> Iterable[Answer]:
    """It has -1 for what was not executed or took too long, and tells that in words."""
    extra = table(message, "extra")
    if "returncode" not in extra:
        return
    why, code = text(extra.get("exception_info")), status(extra.get("returncode"))
    key, output = text(message.get("tool_call_id")), text(extra.get("raw_output"))
    if not why:
        yield Answer(key, output, code)
    elif _MINI_TIMEOUT in why:
        yield Answer(key, output, None, timed_out=True)


def _mini_ends(message: Record) -> str | None:
    extra = table(message, "extra")
    if "exit_status" not in extra:
        return None
    end = text(extra.get("exit_status"))
    return "" if end == "Submitted" else text(extra.get("exception_str")) or end or "ended"


def _without_filler(output: str) -> str:
    return "" if output.strip() == _NO_OUTPUT else output


_CODEX = Agent(
    name="codex",
    types={
        "thread.started": "thread_id",
        "turn.started": "type",
        "turn.completed": "usage",
        "turn.failed": "error",
        **{f"item.{word}": "item" for word in _STEPS},
    },
    answers=_codex_answers,
    ends=_codex_ends,
)
_CLAUDE_CODE = Agent(
    name="claude",
    types=dict.fromkeys(
        (
            *("system", "assistant", "user", "result", "stream_event", "tool_progress"),
            *("rate_limit_event", "tool_use_summary", "auth_status"),
        ),
        "session_id",
    ),
    asks=_claude_asks,
    answers=_claude_answers,
    ends=_claude_ends,
)
_OPENCODE = Agent(
    name="opencode",
    types=dict.fromkeys(
        ("step_start", "step_finish", "text", "reasoning", "tool_use", "error"), "sessionID"
    ),
    answers=_opencode_answers,
    ends=_opencode_ends,
)
_GEMINI = Agent(
    name="gemini",
    types={
        "init": "session_id",
        "message": "role",
        "tool_use": "tool_name",
        "tool_result": "tool_id",
        "error": "severity",
        "result": "stats",
    },
    asks=_gemini_asks,
    answers=_gemini_answers,
    ends=_gemini_ends,
)
_PI = Agent(
    name="pi",
    types={
        "session": "cwd",
        "agent_start": "type",
        "agent_end": "messages",
        "turn_start": "type",
        "turn_end": "message",
        **dict.fromkeys(("message_start", "message_update", "message_end"), "message"),
        **{f"tool_execution_{word}": "toolCallId" for word in ("start", "update", "end")},
        "auto_retry_start": "attempt",
        "auto_retry_end": "attempt",
        "compaction_start": "reason",
        "compaction_end": "reason",
    },
    asks=_pi_asks,
    answers=_pi_answers,
    ends=_pi_ends,
)
RECORDS = tuple(map(form_of, (_CODEX, _CLAUDE_CODE, _OPENCODE, _GEMINI, _PI)))
FORMS = (
    Form(
        grammar=Grammar(name="mini", kind="agent", rules=()),
        signatures=(("info.mini_version",),),
        items=(Items(at="messages.*", both_ends=True),),
        agent=Agent(name="mini", asks=_mini_asks, answers=_mini_answers, ends=_mini_ends),
    ),
)
