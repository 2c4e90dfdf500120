"""Tool calls of the pool, run through the guardian: the hall between these two rooms."""

import math
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from signal import SIGCONT, SIGTSTP

import anyio
from anyio.abc import TaskGroup

from supervisor import events
from supervisor.containment import table
from supervisor.containment.child import Program
from supervisor.containment.client import Leader
from supervisor.containment.inherited import read_inherited
from supervisor.containment.table import Entry
from supervisor.endings import (
    CallEnding,
    CallStopped,
    CallStopReason,
    NotStarted,
)
from supervisor.errors import UnavailableError
from supervisor.health import gauges
from supervisor.house import House
from supervisor.limits import Seat
from supervisor.options_pool import CallRules, rules_for
from supervisor.output.runs import prune
from supervisor.pool.calls import SLOT_VARIABLE, CallRequest
from supervisor.run import Run
from supervisor.threads import run_in_thread
from supervisor.tool_output import ToolOutput
from supervisor.units import Seconds

_LOOK_S = 0.5
_GRACE_OF_WRITERS = Seconds(0.2)
"""Who fills a disk goes on with it during the grace."""
_DIRECTORY_BYTES = 4096
_PRUNE_SHARE = 16
"""Old outputs are looked for whenever so small a part of their quota has been added."""

_LEFT = CallStopped("caller")


@dataclass(slots=True)
class _Call:
    """A call from its slot to its summary."""

    request: CallRequest
    rules: CallRules
    output: ToolOutput
    ending: CallEnding = _LEFT
    begun: float = field(default_factory=time.monotonic)
    wall_s: float = 0.0
    cpu_s: float = 0.0
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Cancelled to stop it."""
    reason: CallStopReason | None = None
    gone: anyio.Event = field(default_factory=anyio.Event)
    busy_at: float = field(default_factory=time.monotonic)
    """When it was last seen to do something."""
    done: tuple[int, float] = (0, 0.0)
    """Bytes written and processor time at the last look."""

    def stop(self, reason: CallStopReason) -> None:
        """Have it ended; the first reason counts."""
        self.reason = self.reason or reason
        self.scope.cancel()


class Tools:
    """The calls that run now; each in a session of its own, in the set of the run."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._calls: dict[str, tuple[_Call, Leader]] = {}
        self._beginning: dict[str, anyio.Event] = {}
        """Calls that are being spawned; set when they have been, or could not be."""
        self._unsettled: set[str] = set()
        """Calls that are over and not yet told."""
        self._settled = anyio.Event()
        self._added_bytes = 0
        """To the raw store, since old outputs were last looked for."""
        self.tasks: TaskGroup | None = None
        """Where calls are summed up that their callers do not wait for."""
        self.run: Run | None = None
        """The run that calls belong to; None: there is none, and none are taken."""

    async def call(self, request: CallRequest) -> CallEnding:
        """Run one call to its end; cancelled, it ends what it started.

        Raises:
            SupervisorError: it cannot be run.
        """
        run, tasks = self.run, self.tasks
        if run is None or tasks is None:
            raise UnavailableError("no run is going on that a call could belong to")
        rules = rules_for(self._house.config.pool, request.tool)
        output = ToolOutput(self._house, run.run, request, rules.show)
        call = _Call(request, rules, output)
        try:
            await self._perform(call, run)
        except anyio.get_cancelled_exc_class():
            tasks.start_soon(self._sum_up, call, run.run)
            raise
        if output.is_narrowed:
            await self._sum_up(call, run.run)
            await run_in_thread(output.tell_caller)
        else:
            tasks.start_soon(self._sum_up, call, run.run)
        return call.ending

    async def settle(self) -> None:
        """Wait until every call that is over has been told."""
        while self._unsettled:
            self._settled = anyio.Event()
            await self._settled.wait()

    def leaders(self) -> dict[int, int]:
        """The leaders of all calls that run, by their callers."""
        return {call.request.caller: leader.pid for call, leader in list(self._calls.values())}

    async def signal(self, call_id: str, signum: int) -> None:
        """Pass a signal on to a call, if it still runs.

        SIGTSTP would stop nobody, since its session has no terminal: all of it is held still.
        """
        if (begun := self._beginning.get(call_id)) is not None:
            await begun.wait()
        if call_id not in self._calls:
            return
        _, leader = self._calls[call_id]
        if signum == SIGTSTP:
            await self._house.guardian.freeze(leader)
        elif signum == SIGCONT:
            await self._house.guardian.thaw(leader)
        else:
            await self._house.guardian.signal(leader, signum)

    def slot_above(self, pid: int) -> str:
        """The slot of the call in whose tree a process is; "": it is in none's."""
        call = self._call_above(pid, table.read_entry)
        return call.request.env[SLOT_VARIABLE] if call else ""

    async def stop_call_of(self, pid: int) -> str | None:
        """Stop the call in whose tree a process fills the scratch directory.

        Returns the call's id once it is gone; None: the process is in no call's tree.
        """
        call = self._call_above(pid, table.read_table().get)
        if call is None:
            return None
        call.stop("scratch")
        await call.gone.wait()
        return call.request.call_id

    def _call_above(self, pid: int, read: Callable[[int], Entry | None]) -> _Call | None:
        calls = {leader.pid: call for call, leader in self._calls.values()}
        while calls and (entry := read(pid)) is not None:
            if (call := calls.get(pid) or calls.get(entry.session)) is not None:
                return call
            pid = entry.ppid
        return None

    async def _perform(self, call: _Call, run: Run) -> None:
        """From the spawn until the set is empty and the caller has the output."""
        request, output = call.request, call.output
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
        seat_call = run.bounds.seat_call(request.call_id, call.rules.memory)
        async with _own_temp(run, request) as env:
            with seat_call as seat, output:
                leader = await self._spawn(call, program._replace(env=env), seat)
                if leader is None:
                    return
                output.start()
                await self._live(call, leader, seat)
                await output.pass_on_rest()
        run.shims.add_installed(request.env.get("PATH", os.defpath))

    async def _spawn(self, call: _Call, program: Program, seat: Seat) -> Leader | None:
        """The leader; None: it was not started, and the call's ending says why."""
        call_id = call.request.call_id
        begun = self._beginning[call_id] = anyio.Event()
        try:
            with seat.open() as (joins, hold):
                return await self._house.guardian.spawn(
                    call_id,
                    program._replace(leaves=len(joins)),
                    (*call.output.child_fds, *joins),
                    hold=hold,
                )
        except OSError as error:
            call.ending = NotStarted(error.errno or 0, f"{error.filename}: {error.strerror}")
            return None
        finally:
            del self._beginning[call_id]
            begun.set()

    async def _live(self, call: _Call, leader: Leader, seat: Seat) -> None:
        """From a call's first instruction until its set is empty."""
        call_id = call.request.call_id
        self._calls[call_id] = call, leader
        self._unsettled.add(call_id)
        call.scope.deadline = anyio.current_time() + (call.rules.wall or math.inf)
        try:
            with call.scope:
                await self._wait_end(call, leader, seat)
            if call.scope.cancelled_caught:
                call.reason = call.reason or "wall"
        finally:
            del self._calls[call_id]
            with anyio.CancelScope(shield=True):
                grace_s = self._house.config.autopilot.grace
                if call.reason in {"scratch", "output"}:
                    grace_s = min(grace_s, _GRACE_OF_WRITERS)
                await self._house.guardian.stop(leader, grace_s)
            call.wall_s, call.cpu_s = time.monotonic() - call.begun, leader.cpu_s
            call.gone.set()
        call.ending = leader.ending if call.reason is None else CallStopped(call.reason)

    async def _wait_end(self, call: _Call, leader: Leader, seat: Seat) -> None:
        """Return when the leader has ended, or a part of its tool for want of memory.

        The kernel ends the whole tool where it can; else half of one would go on.
        """
        while not leader.ended.is_set():
            with anyio.move_on_after(_LOOK_S):
                await leader.ended.wait()
                return
            if seat.oom_kills:
                return
            if (reason := await self._look(call, leader, seat)) is not None:
                call.stop(reason)

    async def _look(self, call: _Call, leader: Leader, seat: Seat) -> CallStopReason | None:
        """Which of its limits a call has met, of those that we look after."""
        rules, written_bytes = call.rules, call.output.seen_bytes
        if written_bytes > (rules.output or math.inf):
            return "output"
        if rules.idle is None and (rules.memory is None or seat.holds_memory):
            return None
        gauge = await run_in_thread(partial(gauges.sample, leader.pid, with_root=True))
        done = written_bytes, gauge.cpu_s or 0.0
        if done != call.done:
            call.done, call.busy_at = done, time.monotonic()
        if time.monotonic() - call.busy_at > (rules.idle or math.inf):
            return "idle"
        return "memory" if (gauge.memory_bytes or 0) > (rules.memory or math.inf) else None

    async def _sum_up(self, call: _Call, run: str) -> None:
        """Have the output of a call that is over read to its end, and tell of both."""
        kept = await run_in_thread(call.output.close, call.ending)
        request = call.request
        self._house.journal.tell(
            events.CallEnded(
                run=run,
                call=request.call_id,
                tool=request.tool,
                argv=request.argv,
                ending=call.ending,
                waited_s=request.waited_s,
                wall_s=call.wall_s,
                cpu_s=call.cpu_s,
                output_bytes=kept.output_bytes if kept else 0,
                kept_bytes=kept.kept_bytes if kept else 0,
            )
        )
        self._unsettled.discard(request.call_id)
        self._settled.set()
        if kept is not None:
            await self._prune(kept.kept_bytes + _DIRECTORY_BYTES, run)

    async def _prune(self, added_bytes: int, run: str) -> None:
        """Delete the oldest outputs where calls have added much; those of the living stay."""
        most_bytes = self._house.config.output_bytes
        self._added_bytes += added_bytes
        if self._added_bytes < most_bytes // _PRUNE_SHARE:
            return
        self._added_bytes = 0
        live = {run, *self._calls, *self._unsettled}
        keep_bytes = most_bytes - most_bytes // _PRUNE_SHARE
        with suppress(OSError):  # Tried again when as much has been added.
            await run_in_thread(partial(prune, self._house.places.raw, keep_bytes, live=live))


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
