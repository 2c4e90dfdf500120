"""What can be set about the pool, and about single tools in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from supervisor import config_values as values
from supervisor.config_kinds import (
    COUNT_OR_NONE,
    DURATION,
    INTERVAL_OR_NONE,
    SIZE,
    SIZE_OR_NONE,
)
from supervisor.option_kinds import many, mapping, one_of, or_word, text, whole
from supervisor.option_tables import option, table
from supervisor.units import Bytes, Seconds

Show = Literal["raw", "bounded", "digest"]
"""What a tool call's output is to its caller."""
TOOLS = (
    *("pytest", "tox", "nox", "jest", "vitest", "mocha", "playwright", "phpunit", "rspec", "ctest"),
    *("ruff", "mypy", "pyright", "pylint", "flake8", "tsc", "eslint", "prettier"),
    *("golangci-lint", "rubocop", "phpstan"),
    *("make", "ninja", "cmake", "bazel", "cargo", "go", "mvn", "gradle", "sbt", "dotnet", "swift"),
    *("npm", "pnpm", "yarn", "pip", "pip3", "poetry", "composer"),
)
"""Tools that agents start themselves, that are heavy, and that end by themselves."""
AsPool = Literal["pool"]
AS_POOL: AsPool = "pool"
_SHOW = one_of(*get_args(Show))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What holds for the calls of one tool instead of what the pool says."""

    size: int | None = option("none", COUNT_OR_NONE)
    """Its calls that may run at the same time, or "none"."""
    priority: int = option(0, whole(-100, 100))
    """Higher goes first in the queue; eight that overtake it are the most."""
    wall: Seconds | AsPool | None = option(AS_POOL, or_word(AS_POOL, INTERVAL_OR_NONE))
    """Time after which a call is stopped, "none", or "pool"."""
    idle: Seconds | AsPool | None = option(AS_POOL, or_word(AS_POOL, INTERVAL_OR_NONE))
    """Time without output and without work after which a call is stopped, "none", or "pool"."""
    memory: Bytes | AsPool | None = option(AS_POOL, or_word(AS_POOL, SIZE_OR_NONE))
    """Memory that a call may take, "none", or "pool"."""
    output: Bytes | AsPool | None = option(AS_POOL, or_word(AS_POOL, SIZE_OR_NONE))
    """Output after which a call is stopped, "none", or "pool"."""
    show: Show | AsPool = option(AS_POOL, or_word(AS_POOL, _SHOW))
    """What the caller sees of the output, or "pool"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """How many tool calls run at once, and what each may take."""

    size: int = option(4, whole(1))
    """Slots: tool calls that may run at the same time."""
    tools: tuple[str, ...] = option(TOOLS, many(text(values.tool)))
    """Commands whose calls go through the pool, found on PATH before the tools of these names."""
    wait: Seconds = option("30m", DURATION)
    """How long a call may stand in the queue before it fails."""
    jobs: int | None = option("none", COUNT_OR_NONE)
    """Jobs of make, ninja and cargo at once, over all builds, through GNU make's jobserver."""
    enforce: Literal["calls", "freeze"] = option("calls", one_of("calls", "freeze"))
    """Whether tools that evade the pool count, too: "freeze" holds those beyond its size still."""
    wall: Seconds | None = option("none", INTERVAL_OR_NONE)
    """Time after which a call is stopped, not counting what it has waited, or "none"."""
    idle: Seconds | None = option("none", INTERVAL_OR_NONE)
    """Time without output and without work after which a call is stopped, or "none"."""
    memory: Bytes | None = option("none", SIZE_OR_NONE)
    """Memory that one call may take, or "none"; limits.memory holds for all together."""
    output: Bytes | None = option("none", SIZE_OR_NONE)
    """Output after which a call is stopped, or "none"."""
    show: Show = option("raw", _SHOW)
    """What the caller sees: all of it byte for byte, "bounded" to show_bytes, or a "digest"."""
    show_bytes: Bytes = option("16KiB", SIZE)
    """How much a bounded caller sees: beginning, end, and the findings in between."""
    tool: Mapping[str, Tool] = option({}, mapping(values.word, table(Tool)))
    """What holds for single tools, by the name that they are called by."""


@dataclass(frozen=True, slots=True)
class CallRules:
    """What one tool call may take; None: as much as the run."""

    wall: Seconds | None
    idle: Seconds | None
    memory: Bytes | None
    output: Bytes | None
    show: Show


def rules_for(pool: Pool, name: str) -> CallRules:
    """What one call of a tool may take."""
    whole = CallRules(pool.wall, pool.idle, pool.memory, pool.output, pool.show)
    tool = pool.tool.get(name)
    if tool is None:
        return whole
    return CallRules(
        whole.wall if tool.wall == AS_POOL else tool.wall,
        whole.idle if tool.idle == AS_POOL else tool.idle,
        whole.memory if tool.memory == AS_POOL else tool.memory,
        whole.output if tool.output == AS_POOL else tool.output,
        whole.show if tool.show == AS_POOL else tool.show,
    )
