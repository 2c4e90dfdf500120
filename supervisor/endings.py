"""Every way that a run can end, as a value with a name."""

import signal
from dataclasses import dataclass
from typing import Literal, assert_never

StopReason = Literal["operator", "wall", "scratch", "processes", "memory"]
"""Who or what asked for the stop: a person, the wall-clock limit, the scratch quota, a limit."""


@dataclass(frozen=True, slots=True)
class Exited:
    """The leader ended by itself."""

    code: int


@dataclass(frozen=True, slots=True)
class Signaled:
    """The leader died of a signal that we did not send."""

    signum: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """We ended it."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The leader never ran its first instruction."""

    errno: int
    problem: str
    """What could not be done, and to what; one line."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The guardian died, so the exit status died with it; the set was killed."""


Ending = Exited | Signaled | Stopped | NotStarted | Lost


Cause = Literal[
    "ok",
    "failed",
    "signal",
    "oom(tool)",
    "oom(run)",
    "operator",
    "wall",
    "processes",
    "memory",
    "disk",
    "not-started",
    "guardian-lost",
]
"""Why a run is over, in one word; the closed set that policies and statistics go by."""


def cause_of(ending: Ending, oom_kills: int) -> Cause:
    """The cause of an ending, given how many members the kernel killed for want of memory.

    >>> cause_of(Signaled(9), 1), cause_of(Exited(1), 1), cause_of(Exited(0), 1)
    ('oom(run)', 'oom(tool)', 'ok')
    """
    match ending:
        case Exited(code=0):
            return "ok"
        case Stopped(reason=reason):
            return "disk" if reason == "scratch" else reason
        case NotStarted():
            return "not-started"
        case Lost():
            return "guardian-lost"
        case Signaled(signum=signum):
            return "oom(run)" if oom_kills and signum == signal.SIGKILL else "signal"
        case Exited():
            return "oom(tool)" if oom_kills else "failed"
        case _:
            assert_never(ending)


def signal_name(signum: int) -> str:
    """``SIGKILL`` for 9; the number itself where the platform has no name.

    >>> signal_name(9), signal_name(61)
    ('SIGKILL', 'signal 61')
    """
    try:
        return signal.Signals(signum).name
    except ValueError:
        return f"signal {signum}"
