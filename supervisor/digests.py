"""What the analyzer says about a piece of output: bounded values that every room speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Verdict(StrEnum):
    """How a tool's execution went, from exit status, parse and timeout together."""

    OK = "ok"
    FAILED = "failed"
    """The tool worked and found something wrong."""
    ERROR = "error"
    """The tool itself could not do its work."""
    KILLED = "killed"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"
    """Neither the exit status nor the text says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding of a tool."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    code: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixable:
    """How many findings the tool's own fix command mends, by the tool's own word."""

    safe: int
    unsafe: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings that share one cause."""

    message: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command of the autopilot's, of whose output a digest speaks."""

    source: Literal["stream", "pool"]
    """Who says so: an agent's own events, or the pool that ran it."""
    command: str
    """As it was given to a shell, at most 2000 characters."""
    code: int | None
    """Its exit status; None where it has none, or nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The bounded summary of one tool's execution inside a stream of output."""

    tool: str
    """Name of the tool (``ruff``, ``pytest``, …), or ``output`` where none was recognised."""
    kind: str
    """``linter``, ``formatter``, ``types``, ``tests``, ``build``, ``packages``, ``deploy``,
    ``vcs``, ``log``, ``crash``, ``agent`` or ``output``."""
    verdict: Verdict
    declared: Mapping[str, int]
    """What the tool's own trailer says: ``errors``, ``failed``, ``passed``, …"""
    counted: Mapping[str, int]
    """What was really counted; an unknown number is absent, never 0."""
    by_code: Mapping[str, int]
    """Findings per code, most frequent first."""
    files: int | None
    fixable: Fixable | None
    fix: str | None
    """The command that mends what is fixable; never one that the output does not support."""
    first: Diagnostic | None
    """The finding of most consequence, not merely the topmost."""
    causes: tuple[Cause, ...]
    summary: str
    """At most 200 bytes of UTF-8 as a rule, 500 always."""
    fingerprint: str
    """``v1:`` and 16 hex digits; equal for two sightings of one failure."""
    lines: tuple[int, int]
    """First and last line of the stream, counted from 1, that it speaks of."""
    call: Call | None = None
    """The command that printed it; None for what the program printed itself."""
