"""What happens to the files that a run writes, and to the disks that they are on."""

from dataclasses import dataclass
from typing import Literal

from supervisor.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchPassed(Event):
    """The run's temp directory passed a share of its quota, or will soon at its rate."""

    kind = "scratch-passed"
    level = "warning"
    used_bytes: int
    used_files: int
    quota_bytes: int
    quota_files: int
    full_in_s: float | None
    """When it is full, if it goes on growing as in the last looks; None: it does not grow."""
    stopping: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskPressed(Event):
    """A disk that the run writes to is nearly full, or has room again."""

    kind = "disk-pressed"
    level = "warning"
    path: str
    used_share: float
    free_bytes: int
    then: Literal["paused", "stopped", "resumed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPassed(Event):
    """A watched place passed a share of its budget, or will soon at its rate."""

    kind = "watched-passed"
    level = "warning"
    path: str
    used_bytes: int
    quota_bytes: int
    full_in_s: float | None
    stopping: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchKept(Event):
    """A failed run's temp directory was put aside for a post-mortem."""

    kind = "scratch-kept"
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept(Event):
    """Leftovers of dead runs were removed."""

    kind = "swept"
    directories: int
    freed_bytes: int
    left: int
    """What could not be removed."""
