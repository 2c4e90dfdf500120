"""A runner: a forked subreaper in which one measurement happens.

Whatever a subject starts, daemons included, stays below the runner: its processor time is
counted when the runner reaps it, and nothing outlives the runner.
"""

import os
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Generic, NoReturn, TypeVar

from scripts.bench.processes import descendants
from supervisor.containment.linux import set_subreaper

T = TypeVar("T")
_TICK_S = 0.5
_KILL_WITHIN_S = 15.0


class MeasureError(Exception):
    """A measurement that gave no figure; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a task returned, and what everything below its runner cost."""

    value: T
    cpu_s: float
    """User and system time of all descendants, the runner itself left out."""


def isolated(task: Callable[[], T], within_s: float) -> Outcome[T]:
    """Do ``task`` in a runner of its own; when this returns, everything it started is gone.

    ``task`` runs in a fork: only its value, which must pickle, comes back.

    Raises:
        MeasureError: the task failed, or took longer than ``within_s``.
    """
    read_end, write_end = os.pipe()
    harness = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        _run(task, within_s, harness, write_end)
    os.close(write_end)
    try:
        with os.fdopen(read_end, "rb") as pipe:
            reply = pipe.read()
    except BaseException:
        os.kill(pid, signal.SIGTERM)
        raise
    finally:
        os.waitpid(pid, 0)
    if not reply:
        raise MeasureError("the runner died")
    result = pickle.loads(reply)  # noqa: S301 - from our own fork
    if isinstance(result, MeasureError):
        raise result
    assert isinstance(result, Outcome)  # noqa: S101 - for the type checker
    return result


def _run(task: Callable[[], object], within_s: float, harness: int, write_end: int) -> NoReturn:
    """The runner's whole life; never returns into the harness's code."""
    status = 1
    try:
        os.setsid()
        set_subreaper(on=True)
        result = _attempt(task, within_s, harness)
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(pickle.dumps(result))
        status = 0
    finally:
        # Once more, for a signal that raised between the task's end and the first time.
        _end_descendants()
        os._exit(status)


def _attempt(
    task: Callable[[], object], within_s: float, harness: int
) -> Outcome[object] | MeasureError:
    value: object = None
    problem: MeasureError | None = None
    _arm(within_s, harness)
    try:
        value = task()
    except MeasureError as error:
        problem = error
    except Exception as error:  # noqa: BLE001 - it crosses to the harness, which shows it
        problem = MeasureError(f"{type(error).__name__}: {error}")
    finally:
        _disarm()
        left = _end_descendants()
    if left:
        return MeasureError(f"{left} processes survived SIGKILL")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return problem or Outcome(value, used.ru_utime + used.ru_stime)


def _arm(within_s: float, harness: int) -> None:
    """Raise in the task when its time is over, when asked to stop, or when the harness died.

    It raises once at most, so that what follows is left alone.
    """
    deadline = time.monotonic() + within_s

    def tick(_signum: int, _frame: FrameType | None) -> None:
        if time.monotonic() > deadline:
            _disarm()
            raise MeasureError(f"not done within {within_s:g} s")
        if os.getppid() != harness:
            _disarm()
            raise MeasureError("the harness is gone")

    def stop(_signum: int, _frame: FrameType | None) -> None:
        _disarm()
        raise MeasureError("the harness was stopped")

    signal.signal(signal.SIGALRM, tick)
    signal.signal(signal.SIGTERM, stop)
    signal.setitimer(signal.ITIMER_REAL, _TICK_S, _TICK_S)


def _disarm() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end_descendants() -> int:
    """Kill and reap everything below us; how many are left, which is 0 but for a kernel hang.

    Having no child is the only proof: /proc shows a killed process as a zombie while its
    threads still exit, and its processor time counts only once it could be reaped.
    """
    deadline = time.monotonic() + _KILL_WITHIN_S
    while _reap():
        left = descendants(os.getpid())
        if time.monotonic() > deadline:
            return max(1, len(left))
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    return 0


def _reap() -> bool:
    """Reap what can be; whether a child is left, and so perhaps others below it."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        return False
    return True
