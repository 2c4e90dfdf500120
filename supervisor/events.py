"""What happens to a run, as frozen values; telemetry writes them, the view shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from supervisor.digests import Digest
from supervisor.endings import CallEnding, Cause, Ending, StopReason
from supervisor.event import Event, Level, Member
from supervisor.events_scratch import (
    DiskPressed,
    Leftover,
    ScratchKept,
    ScratchPassed,
    ScratchRelieved,
    SharedLeft,
    Swept,
    WatchedPassed,
)

__all__ = [
    "Adopted",
    "AnalysisSkipped",
    "CallEnded",
    "Defect",
    "Digested",
    "DiskPressed",
    "Event",
    "Fixed",
    "Flaky",
    "Gauged",
    "GrammarFailed",
    "HistoryLost",
    "Leftover",
    "Level",
    "LimitHit",
    "Member",
    "OutputDropped",
    "PipeHeld",
    "Receipt",
    "Recovered",
    "Repeated",
    "RestartPlanned",
    "RunEnded",
    "RunStarted",
    "ScratchKept",
    "ScratchPassed",
    "ScratchRelieved",
    "SharedLeft",
    "Shed",
    "StayedDown",
    "StopStarted",
    "Swept",
    "ToolsHeld",
    "WatchedPassed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The leader executes."""

    kind = "run-started"
    pid: int
    attempt: int
    """1 for the first run since the last success, then counting up."""
    argv: tuple[str, ...]
    cwd: str
    tier: str
    limits: Mapping[str, str]
    """Each limit that is set, and who enforces it here: ``kernel``, ``polled`` or ``not``."""
    scratch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The leader is gone and its set is empty."""

    kind = "run-ended"
    ending: Ending
    cause: Cause
    wall_s: float
    cpu_s: float
    peak_memory_bytes: int
    peak_processes: int
    output_bytes: int
    kept_bytes: int
    dropped_bytes: int
    output_hash: str | None
    """SHA-256 of the whole output; None where there was none."""
    same_as: str | None = None
    """An earlier run with the very same output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted(Event):
    """A member's parent died, so the guardian is its parent now."""

    kind = "adopted"
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class StopStarted(Event):
    """The set is being ended."""

    kind = "stop-started"
    reason: StopReason
    grace_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Event):
    """Proof of what a stop left: the kernel says that the set is empty, or who survived."""

    kind = "receipt"
    seen: int
    """Distinct processes seen in the set over the whole run."""
    ended: tuple[Member, ...]
    """Members that had to be ended after the leader, at most 50."""
    ended_count: int
    survivors: tuple[Member, ...]
    took_s: float
    """From the stop's start to the proof."""
    scratch_left: int | None
    """Of its scratch, what could not be removed; None: ``swept`` will tell, it is much."""
    limits: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    """A tool call of the pool is over, and its set is empty."""

    kind = "call-ended"
    call: str
    """Sixteen hex digits; ``supervise show`` gives its output back."""
    tool: str
    argv: tuple[str, ...]
    ending: CallEnding
    waited_s: float
    """In the queue, which is no part of ``wall_s``."""
    wall_s: float
    cpu_s: float
    output_bytes: int
    kept_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsHeld(Event):
    """More tools run past the pool than it has slots; some stand still until their turn."""

    kind = "tools-held"
    level = "warning"
    sessions: int
    """How many stand still now."""
    argv: tuple[str, ...]
    """The oldest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested(Event):
    """The analyzer has summed up one tool's execution."""

    kind = "digest"
    digest: Digest
    seen: int = 1
    """Which sighting of this fingerprint it is since the start."""
    status: Literal["new", "known"] | None = None
    """Whether an earlier start has met this failure; None for what is no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated(Event):
    """Executions of a tool that told what others had just told, and have no digest of their own."""

    kind = "repeated"
    tool: str
    fingerprint: str
    verdict: str
    count: int
    first: str
    last: str
    """Times, as records have them."""
    lines: tuple[int, int]
    """Where the last of them stands in the run's output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaky(Event):
    """Tests have failed and passed on one and the same tree."""

    kind = "flaky"
    tool: str
    tests: tuple[str, ...]
    """Their names, at most 50."""
    count: int
    tree: str
    """What the content of the working tree hashes to, 12 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed(Event):
    """A tool has come through that failed before."""

    kind = "fixed"
    tool: str
    failures: tuple[str, ...]
    """Fingerprints, at most 50."""
    count: int
    """How many there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrammarFailed(Event):
    """A grammar of ours threw; the generic digest took its place."""

    kind = "grammar-failed"
    level = "error"
    grammar: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDropped(Event):
    """The raw store could not keep a stretch of output."""

    kind = "output-dropped"
    level = "warning"
    dropped_bytes: int
    dropped_lines: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSkipped(Event):
    """Output came faster than it can be analyzed; the raw store has it all the same."""

    kind = "analysis-skipped"
    level = "warning"
    skipped_bytes: int
    skipped_lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeHeld(Event):
    """The leader is gone and somebody still holds its output pipe."""

    kind = "pipe-held"
    level = "warning"
    holders: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitHit(Event):
    """The run met one of its limits."""

    kind = "limit-hit"
    level = "warning"
    limit: Literal["processes", "memory"]
    times: int
    """Forks that the kernel refused, or members that it killed; 1 where we looked."""
    stopping: bool
    """The whole run is stopped for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(Event):
    """A run was lost with its supervisor; what was left of it was ended."""

    kind = "recovered"
    level = "warning"
    cause: Cause = "supervisor-lost"
    members: tuple[Member, ...]
    """Whom neither the kernel nor a guardian had ended by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPlanned(Event):
    """The run failed and will be started again."""

    kind = "restart-planned"
    level = "warning"
    failures: int
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StayedDown(Event):
    """The program is not started again."""

    kind = "stayed-down"
    why: str
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect(Event):
    """A bug of ours ended the shift; the runs were ended first."""

    kind = "defect"
    level = "error"
    problem: str
    """The traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLost(Event):
    """What earlier starts have met cannot be read, so every failure looks new."""

    kind = "history-lost"
    level = "warning"
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauged(Event):
    """What the set and the supervisor hold, sampled."""

    kind = "gauges"
    level = "debug"
    processes: int | None
    memory_bytes: int | None
    """Resident memory of the set; None where it cannot be read."""
    cpu_s: float | None
    own_memory_bytes: int
    own_cpu_s: float
    own_descriptors: int
    own_waiting_bytes: int
    """Telemetry that is accepted and not yet written."""
    own_backlog_bytes: int
    """Output that the analyzer has not read yet, as it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shed(Event):
    """The supervisor held more than it may, and forgot the oldest of what it can do without."""

    kind = "shed"
    level = "warning"
    own_memory_bytes: int
    left_bytes: int
    """What it held afterwards."""
