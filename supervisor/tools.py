"""Tool calls of the pool, run through the guardian: the hall between these two rooms."""

import os
from pathlib import Path

import anyio

from supervisor.containment.child import Program
from supervisor.containment.client import Leader
from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled
from supervisor.errors import UnavailableError
from supervisor.health.preflight import check_command
from supervisor.house import House
from supervisor.pool.calls import CallRequest
from supervisor.run import Run


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
        if self.run is None:
            raise UnavailableError("no run is going on that a call could belong to")
        path = request.env.get("PATH", os.defpath)
        program = Program(
            path=check_command(request.argv, Path(request.cwd), path),
            argv=request.argv,
            env=request.env,
            cwd=request.cwd,
            nice=self._house.config.limits.nice,
            limits=self.run.bounds.rlimits,
        )
        try:
            with self.run.bounds.open_leaf() as (joins, _):
                leader = await self._house.guardian.spawn(
                    request.call_id,
                    program._replace(leaves=len(joins)),
                    (*request.fds, *joins),
                )
        except OSError as error:
            return NotStarted(error.errno or 0, f"{error.filename}: {error.strerror}")
        self._leaders[request.call_id] = leader
        try:
            await leader.ended.wait()
        finally:
            del self._leaders[request.call_id]
            with anyio.CancelScope(shield=True):
                await self._house.guardian.stop(leader, self._house.config.autopilot.grace)
        if leader.code is None:
            return Lost()
        return Exited(leader.code) if leader.code >= 0 else Signaled(-leader.code)

    async def signal(self, call_id: str, signum: int) -> None:
        """Pass a signal on to a call, if it still runs."""
        leader = self._leaders.get(call_id)
        if leader is not None:
            await self._house.guardian.signal(leader, signum)
