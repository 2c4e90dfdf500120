"""Every way that a run can end, as a value with a name."""

import signal
from dataclasses import dataclass
from typing import Literal, assert_never

StopReason = Literal[
    "operator", "wall", "scratch", "files", "watched", "disk", "processes", "memory"
]
"""Who or what asked for the stop: a person, the wall-clock limit, the scratch directory's quota of
bytes or of files, a watched place's budget, a disk that is nearly full, a limit."""


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


CallStopReason = Literal["wall", "idle", "memory", "output", "scratch", "caller"]
"""Which of its limits a tool call has met, or that nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class CallStopped:
    """We ended a tool call, and its run goes on."""

    reason: CallStopReason


CallEnding = Exited | Signaled | CallStopped | NotStarted | Lost

Cause = Literal[
    "ok",
    "failed",
    "signal",
    "oom(tool)",
    "oom(run)",
    "oom(host)",
    "operator",
    "wall",
    "processes",
    "memory",
    "disk",
    "files",
    "not-started",
    "guardian-lost",
    "supervisor-lost",
]
"""Why a run is over, in one word; the closed set that policies and statistics go by."""


@dataclass(frozen=True, slots=True)
class OomKills:
    """Processes that the kernel has ended for want of memory while a run went on."""

    members: int = 0
    """Members, because the run was at its limit."""
    host: int = 0
    """Anybody, because the machine had none left."""


_OF_STOPS: dict[StopReason, Cause] = {
    "operator": "operator",
    "wall": "wall",
    "scratch": "disk",
    "files": "files",
    "watched": "disk",
    "disk": "disk",
    "processes": "processes",
    "memory": "memory",
}


def cause_of(ending: Ending, killed: OomKills) -> Cause:
    """The cause of an ending, given whom the kernel killed for want of memory meanwhile.

    >>> cause_of(Signaled(9), OomKills(1, 1)), cause_of(Exited(1), OomKills(1, 1))
    ('oom(run)', 'oom(tool)')
    >>> cause_of(Signaled(9), OomKills(0, 1)), cause_of(Exited(0), OomKills(1, 1))
    ('oom(host)', 'ok')
    """
    match ending:
        case Exited(code=0):
            return "ok"
        case Stopped(reason=reason):
            return _OF_STOPS[reason]
        case NotStarted():
            return "not-started"
        case Lost():
            return "guardian-lost"
        case Signaled(signum=signum):
            return _cause_of_signal(signum, killed)
        case Exited():
            return "oom(tool)" if killed.members else "failed"
        case _:
            assert_never(ending)


def _cause_of_signal(signum: int, killed: OomKills) -> Cause:
    if signum != signal.SIGKILL or not (killed.members or killed.host):
        return "signal"
    return "oom(run)" if killed.members else "oom(host)"


def signal_name(signum: int) -> str:
    """``SIGKILL`` for 9; the number itself where the platform has no name.

    >>> signal_name(9), signal_name(61)
    ('SIGKILL', 'signal 61')
    """
    try:
        return signal.Signals(signum).name
    except ValueError:
        return f"signal {signum}"
