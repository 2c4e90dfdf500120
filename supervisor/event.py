"""What every event has, and who it may speak of."""

from dataclasses import dataclass
from typing import ClassVar, Literal

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One process of a run, as it was seen last."""

    pid: int
    argv: tuple[str, ...]
    """Command line, bounded; the kernel's name in brackets where there is none."""
    escaped: bool = False
    """It left the leader's session."""
    how: Literal["alive", "ended", "terminated", "killed"] = "alive"
    """How it ended: by itself, after SIGTERM, or by SIGKILL."""
    why: str = ""
    """Of one that could not be ended: what the kernel says about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of every event: it belongs to a run, or to none."""

    kind: ClassVar[str]
    level: ClassVar[Level] = "info"
    run: str | None
    """Eight hex digits, the start of the run's cookie."""
