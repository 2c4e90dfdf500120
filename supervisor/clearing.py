"""The hall between runs and what they leave on disk: it is deleted beside whatever comes next."""

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from anyio.abc import TaskGroup, TaskStatus

from supervisor import events
from supervisor.errors import StateError
from supervisor.scratch.pace import Pace
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.sweep import SweepResult, sweep
from supervisor.threads import run_in_thread

_EAGER_S = 0.25
"""For deleting what a run leaves before its receipt; most is gone by then."""
_SHARE = 0.25
"""Of the time, for deleting the rest beside the next run: the disk is the run's."""
_AGAIN_S = 60.0
_LAST_S = 10.0
"""For what is still to be deleted when all runs are over; the rest is for the next start."""


class Clearing:
    """Deletes what runs leave, one after another in a thread, and tells when it is done.

    Until all of it is gone its lock is there: whenever we die, the next start or
    ``supervise sweep`` goes on with it.
    """

    def __init__(self, base: Path, tell: Callable[[events.Event], None]) -> None:
        self._base = base
        self._tell = tell
        self._left: dict[str, int] = {}
        """Of our runs, those whose scratch is not gone."""
        self._turn = anyio.Lock()
        self._pace = Pace()
        self._closing = anyio.Event()
        self._leave_at = math.inf
        self._tasks: TaskGroup

    @property
    def busy(self) -> bool:
        """Whether something is being deleted."""
        return self._turn.locked()

    @property
    def left(self) -> int:
        """How many files and directories of our runs are still there, as far as we have looked."""
        return sum(self._left.values())

    def hurry(self) -> None:
        """Delete without pauses what is being deleted now."""
        self._pace.hurry(self._leave_at)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Sweep what dead runs left while the block goes on, and delete what is handed in.

        At its end all of that is finished as fast as the disk can, within a few seconds.
        """
        async with anyio.create_task_group() as self._tasks:
            await self._tasks.start(self._sweep_dead)
            try:
                yield
            finally:
                self._leave_at = time.monotonic() + _LAST_S
                self._closing.set()
                self.hurry()

    async def remove(self, scratch: Scratch) -> int | None:
        """Move a run's scratch out of the way, and delete it now if that is quickly done.

        Returns how much of it could not be deleted, which is tried once more; None when it is too
        much for now, and ``swept`` will tell of it.
        """
        await run_in_thread(scratch.discard)
        pace = Pace()
        pace.hurry(time.monotonic() + _EAGER_S)
        removal = await run_in_thread(scratch.remove, pace)
        if removal.left:
            self._left[scratch.run_id] = removal.left
            step = self._try_again if removal.finished else self._finish
            self._tasks.start_soon(step, scratch.run_id, removal.freed_bytes)
        return removal.left if removal.finished else None

    async def _finish(self, run: str, freed_bytes: int) -> None:
        """Sweep what is left of a run of ours; so much of it was freed before."""
        with anyio.CancelScope(shield=True):
            async with self._my_turn() as pace:
                await self._sweep(pace, run, freed_bytes)
            if run in self._left:
                await self._try_again(run)

    async def _try_again(self, run: str | None, _: int = 0) -> None:
        """Sweep once more, when whoever was in the way may be gone."""
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(_AGAIN_S):
                await self._closing.wait()
            async with self._my_turn() as pace:
                if time.monotonic() < self._leave_at:
                    await self._sweep(pace, run)

    async def _sweep_dead(self, *, task_status: TaskStatus[None]) -> None:
        with anyio.CancelScope(shield=True):
            async with self._my_turn() as pace:
                task_status.started()
                left = await self._sweep(pace)
            if left:
                await self._try_again(None)

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[Pace]:
        """Nobody else deletes during the block; who has it waiting for them goes faster."""
        if self.busy:
            self.hurry()
        async with self._turn:
            self._pace = Pace(_SHARE)
            if self._closing.is_set() or self._turn.statistics().tasks_waiting:
                self.hurry()
            yield self._pace

    async def _sweep(self, pace: Pace, run: str | None = None, freed_bytes: int = 0) -> int:
        """Sweep what is left of a run of ours, or of every dead run; returns what stays."""
        try:
            swept = await run_in_thread(sweep, self._base, pace, run)
        except StateError:  # A run that cannot have its scratch there says so itself.
            return 0
        if run is not None:
            self._left.pop(run, None)
            self._left |= {run: swept.left} if swept.left else {}
        if swept.directories or swept.left:
            self._tell_swept(run, swept, freed_bytes)
        return swept.left

    def _tell_swept(self, run: str | None, swept: SweepResult, freed_bytes: int) -> None:
        self._tell(
            events.Swept(
                run=run,
                directories=swept.directories,
                freed_bytes=freed_bytes + swept.freed_bytes,
                left=swept.left,
            )
        )
