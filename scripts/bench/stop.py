"""Stopping: a tree of stubborn processes, until none is left after a polite stop and a kill."""

import math
import os
import secrets
import select
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.processes import descendants, marked
from scripts.bench.rounds import Metric, Sample, folder
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.started import Started
from scripts.bench.subjects import GRACE_S, Launch, Subject, Supervise
from scripts.bench.table import Budget

TREE_SIZE = 200
STOP = Metric("stop_ms", "stop: empty ms", 1, compared=False)
KILL = Metric("kill_ms", "kill -9: empty ms", 1, compared=False)
METRICS = (
    STOP,
    Metric("stop_survivors", "survivors", 0, compared=False),
    KILL,
    Metric("kill_survivors", "survivors", 0, compared=False),
)
OURS = (Supervise("supervise"), Supervise("supervise, subreaper", tier="subreaper"))
BUDGETS = (
    Budget("supervise", STOP, 100),
    Budget("supervise, subreaper", STOP, 100),
    Budget("supervise, subreaper", KILL, 500),
)

_SETTLE_S = 1.0
"""For a supervisor to see that its child has come up."""
_WATCHED_S = 5.0
"""What is there so long after the grace, or after a kill, is a survivor."""
_WITHIN_S = 40.0
"""Less than the minute after which a tree ends by itself, so that this is never measured."""
_LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a tree."""

    after_s: float
    """From the signal until no process was left; infinite where there are survivors."""
    survivors: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The benchmark: whose tree is gone how soon after SIGTERM and SIGKILL to the supervisor."""

    tree: tuple[str, ...]

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of a stop, counted from the end of its grace, and of a kill.

        A stop's is below 0 where the grace was cut short.

        Raises:
            MeasureError: the subject failed, or its tree never came up.
        """
        stop = self._end(subject, work / "stop", signal.SIGTERM, GRACE_S)
        kill = self._end(subject, work / "kill", signal.SIGKILL, 0)
        return {
            "stop_ms": 1000 * (stop.after_s - GRACE_S),
            "stop_survivors": stop.survivors,
            "kill_ms": 1000 * kill.after_s,
            "kill_survivors": kill.survivors,
        }

    def _end(self, subject: Subject, work: Path, signum: int, grace_s: float) -> Ended:
        """One tree, from its start to its end; survivors end with the runner."""
        marker = secrets.token_hex(16)
        with folder(work) as place:
            ready = place / "ready"
            launch = subject.launch([*self.tree, str(ready), marker], place)
            task = partial(_start_and_end, launch, ready, marker, (signum, grace_s))
            return isolated(task, _WITHIN_S).value


def _start_and_end(launch: Launch, ready: Path, marker: str, request: tuple[int, float]) -> Ended:
    """Let a tree come up and send its supervisor the signal of ``request``."""
    signum, grace_s = request
    started = Started(launch, ready.parent)
    _wait_ready(started, launch, ready)
    time.sleep(_SETTLE_S)
    supervisor = _supervisor(started, launch)
    with ExitStack() as pinned:
        members = _pin(marker, pinned)
        asked_s = time.monotonic()
        os.kill(supervisor, signum)
        ended_s = _wait_ended(members, asked_s + grace_s + _WATCHED_S)
    survivors = len(marked(marker))
    return Ended(math.inf if survivors else ended_s - asked_s, survivors)


def _wait_ready(started: Started, launch: Launch, ready: Path) -> None:
    """Wait until every process of the tree has said that it is set up."""
    while not ready.exists() or ready.stat().st_size < TREE_SIZE:
        started.check()
        if launch.pid_file is None and started.process.poll() is not None:
            raise MeasureError("it has ended before its tree was complete")
        time.sleep(_LOOK_S)


def _supervisor(started: Started, launch: Launch) -> int:
    """The pid of who started the tree; it must be below us, whatever a file says."""
    if launch.pid_file is None:
        return started.process.pid
    started.process.wait()  # A command line that has had its answer.
    started.check()
    pid = int(launch.pid_file.read_text(encoding="ascii"))
    if pid not in descendants(os.getpid()):
        raise MeasureError(f"pid {pid}, named by {launch.pid_file.name}, is not the supervisor")
    return pid


def _pin(marker: str, pinned: ExitStack) -> list[int]:
    """A pidfd for each process of the tree, closed by ``pinned``."""
    pids = marked(marker)
    members = [os.pidfd_open(pid) for pid in pids]
    for member in members:
        pinned.callback(os.close, member)
    if len(pids) != TREE_SIZE or marked(marker) != pids:
        raise MeasureError(f"the tree has {len(pids)} processes instead of {TREE_SIZE}")
    return members


def _wait_ended(members: list[int], deadline_s: float) -> float:
    """When the last of ``members`` ended; infinite after the deadline.

    The kernel tells, so that a measurement on few cores is not slowed by scans of /proc.
    """
    poller = select.poll()
    for member in members:
        poller.register(member, select.POLLIN)
    left = len(members)
    while left:
        patience_s = deadline_s - time.monotonic()
        if patience_s <= 0:
            return math.inf
        for member, _ in poller.poll(1000 * patience_s):
            poller.unregister(member)
            left -= 1
    return time.monotonic()
