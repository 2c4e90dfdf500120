"""Removing the scratch of runs that died without doing it themselves."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from supervisor.scratch.base import drop_lock, locked_runs, open_base, take_lock
from supervisor.scratch.pace import Pace
from supervisor.scratch.removal import Removal, remove_tree, trash_of
from supervisor.scratch.usage import Usage, measure_tree


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep removed."""

    directories: int
    """Dead runs whose scratch was swept."""
    freed_bytes: int
    left: int
    """Files and directories that are still there; the next sweep tries again."""


def sweep(
    base: Path,
    pace: Pace | None = None,
    run_id: str | None = None,
    end: Callable[[str], bool] = lambda _: True,
) -> SweepResult:
    """Remove the scratch of every dead run below ``base``, or of one; a live run's is untouched.

    ``end`` gets the name of each dead run before that and ends what else is left of it; where it
    returns False, the next sweep tries again. A run is dead when its lock can be taken: the kernel
    releases it with the process, however that died. A directory without a lock of ours is not ours
    and stays.

    Raises:
        StateError: the base is not safe to use.
    """
    if not os.path.lexists(base):
        return SweepResult(0, 0, 0)
    base_fd = open_base(base)
    try:
        runs = locked_runs(base_fd) if run_id is None else [run_id]
        removals = [_remove_dead(base_fd, one, pace, end) for one in runs]
    finally:
        os.close(base_fd)
    swept = [one for one in removals if one is not None]
    return SweepResult(
        directories=len(swept),
        freed_bytes=sum(one.freed_bytes for one in swept),
        left=sum(one.left for one in swept),
    )


@dataclass(frozen=True, slots=True)
class DeadRun:
    """A dead run whose scratch is still there."""

    run: str
    usage: Usage


def find_dead(base: Path) -> list[DeadRun]:
    """What a sweep would remove; nothing is.

    Raises:
        StateError: the base is not safe to use.
    """
    if not os.path.lexists(base):
        return []
    base_fd = open_base(base)
    found = []
    try:
        for run_id in locked_runs(base_fd):
            if (lock_fd := take_lock(base_fd, run_id)) is not None:
                usage = measure_tree(run_id, base_fd) + measure_tree(trash_of(run_id), base_fd)
                found.append(DeadRun(run_id, usage))
                os.close(lock_fd)
    finally:
        os.close(base_fd)
    return found


def _remove_dead(
    base_fd: int, run_id: str, pace: Pace | None, end: Callable[[str], bool]
) -> Removal | None:
    """Remove the scratch of a run; None when it lives."""
    lock_fd = take_lock(base_fd, run_id)
    if lock_fd is None:
        return None
    try:
        ended = end(run_id)
        removal = remove_tree(base_fd, run_id, pace)
        if ended and not removal.left:
            drop_lock(base_fd, run_id)
        return removal
    finally:
        os.close(lock_fd)
