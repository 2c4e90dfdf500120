"""What follows the end of a run. Pure: no clock, no processes, no chance of its own."""

from dataclasses import dataclass
from typing import Literal, assert_never

from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped, StopReason

_SIGNAL_BASE = 128
"""A shell reports death by signal N as exit code 128 + N, so the config's codes mean that too."""

Why = Literal[
    "finished",
    "fatal exit code",
    "gave up",
    "restart is off",
    "stopped",
    "wall-clock limit",
    "scratch quota",
    "too many scratch files",
    "budget of a watched place",
    "disk full",
    "process limit",
    "memory limit",
    "not started",
    "guardian lost",
]
"""Why a program stays down."""
_WHY_STOPPED: dict[StopReason, Why] = {
    "operator": "stopped",
    "wall": "wall-clock limit",
    "scratch": "scratch quota",
    "files": "too many scratch files",
    "watched": "budget of a watched place",
    "disk": "disk full",
    "processes": "process limit",
    "memory": "memory limit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """When to start a program again, and how soon."""

    when: Literal["never", "on-failure", "always"] = "on-failure"
    attempts: int = 6
    """The failure in a row at which it is given up."""
    backoff_s: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """Delays after the first, second … failure; the last one repeats."""
    jitter: float = 0.1
    """Share of a delay, 0 to 1, by which chance makes it shorter or longer."""
    reset_after_s: float = 300.0
    """A run that lasted as long makes the count of failures start anew."""
    fatal_exit_codes: tuple[int, ...] = (100,)
    finished_exit_codes: tuple[int, ...] = (0, 143)


@dataclass(frozen=True, slots=True)
class Restart:
    """Start the program again."""

    after_s: float


@dataclass(frozen=True, slots=True)
class StayDown:
    """Leave the program down."""

    why: Why


def decide(
    ending: Ending, failures: int, policy: RestartPolicy, jitter: float
) -> Restart | StayDown:
    """Say what follows ``ending``, the last of ``failures`` in a row.

    ``jitter`` is the draw, from -1 to 1: how far the delay departs from the plain one, in shares
    of ``policy.jitter``.
    """
    match ending:
        case Stopped(reason=reason):
            return StayDown(_WHY_STOPPED[reason])
        case NotStarted():
            return StayDown("not started")
        case Lost():
            return StayDown("guardian lost")
        case Exited() | Signaled():
            why = _why_down(ending, failures, policy)
            return StayDown(why) if why else Restart(_delay_s(failures, policy, jitter))
        case _:
            assert_never(ending)


def finished(ending: Exited | Signaled, policy: RestartPolicy) -> bool:
    """Whether the program's work is done, by its own exit code."""
    return _code(ending) in policy.finished_exit_codes


def count_failures(before: int, ran_s: float, policy: RestartPolicy) -> int:
    """Failures in a row, after a run of ``ran_s`` has followed ``before`` of them."""
    return 1 if ran_s >= policy.reset_after_s else before + 1


def _why_down(ending: Exited | Signaled, failures: int, policy: RestartPolicy) -> Why | None:
    if _code(ending) in policy.fatal_exit_codes:
        return "fatal exit code"
    if finished(ending, policy):
        return None if policy.when == "always" else "finished"
    if policy.when == "never":
        return "restart is off"
    return "gave up" if failures >= policy.attempts else None


def _code(ending: Exited | Signaled) -> int:
    match ending:
        case Exited(code=code):
            return code
        case Signaled(signum=signum):
            return _SIGNAL_BASE + signum
        case _:
            assert_never(ending)


def _delay_s(failures: int, policy: RestartPolicy, jitter: float) -> float:
    step = min(max(failures, 1), len(policy.backoff_s)) - 1
    return policy.backoff_s[step] * (1 + policy.jitter * jitter)
