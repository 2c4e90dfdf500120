"""Tool calls of the pool, run through the guardian: the hall between these two rooms."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from signal import SIGCONT, SIGTSTP

import anyio

from supervisor.containment import table
from supervisor.containment.child import Program
from supervisor.containment.client import Leader
from supervisor.containment.inherited import read_inherited
from supervisor.containment.table import Entry
from supervisor.endings import (
    Ending,
    Exited,
    Lost,
    NotStarted,
    Signaled,
    Stopped,
    StopReason,
)
from supervisor.errors import UnavailableError
from supervisor.house import House
from supervisor.limits import Seat
from supervisor.pool.calls import SLOT_VARIABLE, CallRequest
from supervisor.run import Run
from supervisor.units import Seconds

_OOM_LOOK_S = 0.5
_GRACE_OF_WRITERS = Seconds(0.2)
"""Who fills the disk goes on with it during the grace."""


@dataclass(slots=True)
class _Call:
    """A call that runs."""

    leader: Leader
    slot: str
    """Its own, or that of the call above it."""
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Cancelled to stop it."""
    reason: StopReason | None = None
    gone: anyio.Event = field(default_factory=anyio.Event)


class Tools:
    """The calls that run now; each in a session of its own, in the set of the run."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._calls: dict[str, _Call] = {}
        self._beginning: dict[str, anyio.Event] = {}
        """Calls that are being spawned; set when they have been, or could not be."""
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
        inherited = read_inherited(request.caller)
        program = Program(
            path=request.path,
            argv=request.argv,
            env=request.env,
            cwd=request.cwd,
            streams=request.streams,
            umask=inherited.umask,
            rlimits=inherited.rlimits,
            **run.bounds.of_program,
        )
        program = program._replace(nice=max(program.nice, inherited.nicer))
        with run.bounds.seat_call(request.call_id) as seat:
            begun = self._beginning[request.call_id] = anyio.Event()
            try:
                with seat.open() as (joins, hold):
                    leader = await self._house.guardian.spawn(
                        request.call_id,
                        program._replace(leaves=len(joins)),
                        (*request.fds, *joins),
                        hold=hold,
                    )
            except OSError as error:
                return NotStarted(error.errno or 0, f"{error.filename}: {error.strerror}")
            finally:
                del self._beginning[request.call_id]
                begun.set()
            ending = await self._wait(_Call(leader, request.env[SLOT_VARIABLE]), seat)
        run.shims.add_installed(request.env.get("PATH", os.defpath))
        return ending

    async def _wait(self, call: _Call, seat: Seat) -> Ending:
        """From a call's first instruction until its set is empty."""
        leader = call.leader
        self._calls[leader.spawn_id] = call
        call.scope.deadline = anyio.current_time() + (self._house.config.pool.wall or math.inf)
        try:
            with call.scope:
                await self._wait_end(leader, seat)
            if call.scope.cancelled_caught:
                call.reason = call.reason or "wall"
        finally:
            del self._calls[leader.spawn_id]
            with anyio.CancelScope(shield=True):
                grace_s = self._house.config.autopilot.grace
                if call.reason == "scratch":
                    grace_s = min(grace_s, _GRACE_OF_WRITERS)
                await self._house.guardian.stop(leader, grace_s)
            call.gone.set()
        if call.reason is not None:
            return Stopped(call.reason)
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
        """Pass a signal on to a call, if it still runs.

        SIGTSTP would stop nobody, since its session has no terminal: all of it is held still.
        """
        if (begun := self._beginning.get(call_id)) is not None:
            await begun.wait()
        call = self._calls.get(call_id)
        if call is None:
            return
        if signum == SIGTSTP:
            await self._house.guardian.freeze(call.leader)
        elif signum == SIGCONT:
            await self._house.guardian.thaw(call.leader)
        else:
            await self._house.guardian.signal(call.leader, signum)

    def slot_above(self, pid: int) -> str:
        """The slot of the call in whose tree a process is; "": it is in none's."""
        return call.slot if (call := self._call_above(pid, table.read_entry)) else ""

    def _call_above(self, pid: int, read: Callable[[int], Entry | None]) -> _Call | None:
        calls = {call.leader.pid: call for call in self._calls.values()}
        while calls and (entry := read(pid)) is not None:
            call = calls.get(pid) or calls.get(entry.session)
            if call is not None:
                return call
            pid = entry.ppid
        return None

    async def stop_call_of(self, pid: int) -> str | None:
        """Stop the call in whose tree a process fills the scratch directory.

        Returns the call's id once it is gone; None: the process is in no call's tree.
        """
        call = self._call_above(pid, table.read_table().get)
        if call is None:
            return None
        call.reason = call.reason or "scratch"
        call.scope.cancel()
        await call.gone.wait()
        return call.leader.spawn_id
