"""Tool calls of the pool, run through the guardian: the hall between these two rooms."""

import math
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from supervisor.containment.child import Program
from supervisor.containment.client import Leader
from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped
from supervisor.errors import UnavailableError
from supervisor.health.preflight import check_command
from supervisor.house import House
from supervisor.limits import Seat
from supervisor.pool.calls import CallRequest
from supervisor.run import Run

_OOM_LOOK_S = 0.5


class Tools:
    """The calls that run now; each in a session of its own, in the set of the run."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._leaders: dict[str, Leader] = {}
        self.run: Run | None = None
        """The run that calls belong to; None: there is none, and none are taken."""

    async def call(self, request: CallRequest) -> Ending:
        """Run one call to its end; cancelled, it ends what it started.

        Raises:
            SupervisorError: it cannot be run.
        """
        run = self.run
        if run is None:
            raise UnavailableError("no run is going on that a call could belong to")
        path = request.env.get("PATH", os.defpath)
        program = Program(
            path=check_command(request.argv, Path(request.cwd), path),
            argv=request.argv,
            env=request.env,
            cwd=request.cwd,
            **run.bounds.of_program,
        )
        async with _own_temp(run, request) as env:
            return await self._perform(run, request.call_id, program._replace(env=env), request.fds)

    async def _perform(
        self, run: Run, call_id: str, program: Program, fds: Sequence[int]
    ) -> Ending:
        """Start a call's program and wait until its set is empty."""
        with run.bounds.seat_call(call_id) as seat:
            try:
                with seat.open() as (joins, hold):
                    leader = await self._house.guardian.spawn(
                        call_id,
                        program._replace(leaves=len(joins)),
                        (*fds, *joins),
                        hold=hold,
                    )
            except OSError as error:
                return NotStarted(error.errno or 0, f"{error.filename}: {error.strerror}")
            return await self._wait(leader, seat)

    async def _wait(self, leader: Leader, seat: Seat) -> Ending:
        """From a call's first instruction until its set is empty."""
        wall_s = self._house.config.pool.wall or math.inf
        self._leaders[leader.spawn_id] = leader
        in_time = True
        try:
            with anyio.move_on_after(wall_s) as scope:
                await self._wait_end(leader, seat)
            in_time = not scope.cancelled_caught
        finally:
            del self._leaders[leader.spawn_id]
            with anyio.CancelScope(shield=True):
                await self._house.guardian.stop(leader, self._house.config.autopilot.grace)
        if not in_time:
            return Stopped("wall")
        if leader.code is None:
            return Lost()
        return Exited(leader.code) if leader.code >= 0 else Signaled(-leader.code)

    async def _wait_end(self, leader: Leader, seat: Seat) -> None:
        """Return when the leader has ended, or a part of its tool for want of memory.

        The kernel ends the whole tool where it can; else half of one would go on.
        """
        while not leader.ended.is_set():
            with anyio.move_on_after(_OOM_LOOK_S):
                await leader.ended.wait()
            if seat.oom_kills:
                return

    async def signal(self, call_id: str, signum: int) -> None:
        """Pass a signal on to a call, if it still runs."""
        leader = self._leaders.get(call_id)
        if leader is not None:
            await self._house.guardian.signal(leader, signum)


@asynccontextmanager
async def _own_temp(run: Run, request: CallRequest) -> AsyncIterator[Mapping[str, str]]:
    """The environment of a call, with a directory for its temporary files where it can have one."""
    directories = run.call_directories
    directory = directories.make(request.call_id) if directories is not None else None
    if directories is None or directory is None:
        yield request.env
        return
    try:
        yield directories.env(request.env, directory)
    finally:
        with anyio.CancelScope(shield=True):
            await directories.remove(directory)
