"""What happens to the files that a run writes, and to the disks that they are on."""

from dataclasses import dataclass
from typing import Literal

from supervisor.event import Event, Member


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchRelieved(Event):
    """Something was done about a temp directory over its quota, mild steps before hard ones."""

    kind = "scratch-relieved"
    level = "warning"
    step: Literal["frozen", "cut", "call-stopped", "run-stopped"]
    path: str | None
    """The largest file, as its writer sees it; None: nobody writes to it."""
    file_bytes: int
    freed_bytes: int
    writers: tuple[Member, ...]
    """Who has it open for writing, at most ten."""


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
class Leftover:
    """One entry of a shared temporary directory."""

    path: str
    used_bytes: int
    """Blocks of all that is in it."""
    by: tuple[str, ...]
    """Command line of the member that was seen with it open; empty: nobody was seen with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLeft(Event):
    """Shared temporary directories hold what appeared in them while the run ran.

    It is the run's user's, and only where a member was seen with it certainly the run's. Nothing
    of it is deleted.
    """

    kind = "shared-left"
    level = "warning"
    uid: int
    user: str
    """The user's name; the number again where it has none."""
    count: int
    used_bytes: int
    whole: bool
    """False: there is more, which was not counted."""
    left: tuple[Leftover, ...]
    """The largest, at most 20."""
    crowded: tuple[str, ...]
    """Directories that had too many entries to say what is new in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept(Event):
    """What dead runs left was removed; with a ``run``, what that one did."""

    kind = "swept"
    directories: int
    freed_bytes: int
    left: int
    """What could not be removed, or not in time; the next sweep goes on with it."""
