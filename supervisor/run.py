"""The hall: one run from its scratch directory to its receipt, all rooms wired to it."""

import secrets
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial

import anyio

from supervisor import events
from supervisor.clearing import Clearing
from supervisor.containment.child import Program
from supervisor.containment.client import Emptied, Leader
from supervisor.containment.ledger import Page
from supervisor.containment.table import identity_of
from supervisor.endings import (
    Ending,
    Lost,
    NotStarted,
    OomKills,
    Stopped,
    StopReason,
    cause_of,
)
from supervisor.enforcing import Enforcer
from supervisor.filling import CallsOfRun, Filling
from supervisor.house import House, run_of
from supervisor.leftovers import Leftovers
from supervisor.limits import Bounds, bounds_of
from supervisor.output.capture import Capture
from supervisor.output.runs import prune
from supervisor.output.store import Kept, RawStore
from supervisor.pool.shims import Shims, open_shims
from supervisor.reading import Expected, Reader, drop_teller
from supervisor.scratch.calls import CallDirectories
from supervisor.scratch.scratch import Scratch
from supervisor.starting import environment_of, open_stdin
from supervisor.temporary import private_tmp_of, spawn_privately
from supervisor.threads import run_in_thread
from supervisor.units import Seconds
from supervisor.watch import Watch

_GRACE_OF_WRITERS = Seconds(0.2)
"""Who fills the disk goes on with it during the grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went, and what is left of it."""

    run: str
    ending: Ending
    wall_s: float
    emptied: Emptied
    kept: Kept
    scratch_left: int | None
    """What could not be removed; None: it is being removed, in the background."""
    shared_left: int
    peak_memory_bytes: int


@dataclass(frozen=True, slots=True)
class Besides:
    """What a run shares with those before and after it."""

    calls: CallsOfRun
    clearing: Clearing
    for_builds: Mapping[str, str]
    """Variables that make builds share their jobs."""


class Run:
    """One start-to-end of the autopilot. ``perform`` returns when its set is empty."""

    def __init__(self, house: House, attempt: int, besides: Besides) -> None:
        self._house = house
        self._calls = besides.calls
        self._for_builds = {**besides.for_builds}
        self._attempt = attempt
        self._clearing = besides.clearing
        self.cookie = secrets.token_hex(16)
        self.run = run_of(self.cookie)
        self._ending: Ending = Lost()
        self._emptied = Emptied(0, (), 0, (), 0.0)
        self._cpu_s = 0.0
        self._oom_kills = OomKills()
        self._begun = time.monotonic()
        self.bounds = Bounds(house.config, house.containment, None)
        """What it may use up; with a cgroup behind it while it runs."""
        self.watch = Watch(house, self.run)
        self._leftovers = Leftovers(house, self.run)
        self.call_directories: CallDirectories | None = None
        """Where its tool calls put their temporary files, if not all in one place."""

    @property
    def age_s(self) -> float:
        """Time since the run began."""
        return time.monotonic() - self._begun

    async def perform(self) -> Outcome:
        """Start the autopilot, watch it, end its whole set, clean up behind it.

        Raises:
            StateError: the state directory does not take what must be on disk first.
        """
        house = self._house
        self._page = Page(self.cookie, house.containment.leaf_directories(self.run))
        house.ledger.record(self._page)
        scratch = Scratch.open(house.scratch_base, self.run)
        limits = bounds_of(house.config, house.containment, self.run)
        try:
            with limits as self.bounds, self._open_shims(scratch) as self.shims:
                kept = await self._capture(scratch)
        finally:
            with anyio.CancelScope(shield=True):
                if self.call_directories is not None:
                    await self.call_directories.close()
                if house.config.scratch.keep == "failed" and self._failed:
                    await run_in_thread(self._keep, scratch)
                scratch_left = await self._clearing.remove(scratch)
        if not self._emptied.survivors:
            house.ledger.clear()
        outcome = Outcome(
            run=self.run,
            ending=self._ending,
            wall_s=self.age_s,
            emptied=self._emptied,
            kept=kept,
            scratch_left=scratch_left,
            shared_left=await self._leftovers.tell(),
            peak_memory_bytes=self.watch.peak_memory_bytes,
        )
        await self._calls.settle()
        self._tell_end(outcome)
        return outcome

    @property
    def _failed(self) -> bool:
        return cause_of(self._ending, self._oom_kills) not in {"ok", "operator"}

    def _keep(self, scratch: Scratch) -> None:
        house = self._house
        with suppress(OSError):  # Then it is removed like any other.
            path = scratch.keep(house.config.scratch.kept_runs)
            house.journal.tell(events.ScratchKept(run=self.run, path=str(path)))

    async def _capture(self, scratch: Scratch) -> Kept:
        """The part of a run during which its output is read."""
        house = self._house
        directory = house.places.raw / self.run
        quota_bytes = house.config.output.quota
        with suppress(OSError):  # What cannot be deleted now is tried again before the next run.
            others_bytes = house.config.output_bytes - quota_bytes
            await run_in_thread(partial(prune, house.places.raw, others_bytes, live=set()))
        tell_dropped = drop_teller(house.journal, self.run)
        with RawStore.open(directory, quota_bytes, tell_dropped) as store:
            with self._reader(store) as reader:
                with Capture() as capture:
                    await self._live(capture, reader, scratch)
                if capture.failure is not None:
                    raise capture.failure
                with anyio.CancelScope(shield=True):
                    await run_in_thread(reader.close, self._ending)
            return store.close()

    def _reader(self, store: RawStore) -> Reader:
        house = self._house
        expected = Expected(house.users_grammars, house.config.analyzer.patience)
        return Reader(self.run, store, house.journal, expected)

    async def _live(self, capture: Capture, reader: Reader, scratch: Scratch) -> None:
        """From the spawn to the last byte of output."""
        try:
            leader = await self._spawn(capture, scratch)
        except OSError as error:
            step = f"{error.filename}: {error.strerror}"
            self._ending = NotStarted(error.errno or 0, step)
            return
        finally:
            capture.close_child_fds()
        capture.start(reader.take, reader.ended.set, reader.pause)
        reason: StopReason | None = None
        async with self._leftovers.watching():
            try:
                reason = await self._watch(leader, reader, scratch)
            finally:
                if self.call_directories is not None:
                    self.call_directories.stay()
                with anyio.CancelScope(shield=True):
                    await self._stop(leader, reason)
                    self._oom_kills = self.watch.tell_limits(self.bounds)
                    await self._drain(capture, reader)

    async def _watch(self, leader: Leader, reader: Reader, scratch: Scratch) -> StopReason | None:
        """Until the leader has ended, or is to be."""
        filling = Filling(self._house, self.run, scratch, self._calls)
        async with anyio.create_task_group() as tasks:
            if self._house.config.pool.enforce == "freeze":
                tasks.start_soon(self._enforcer(leader).enforce)
            reason = await self.watch.wait(leader, filling, self.bounds, reader.backlog)
            tasks.cancel_scope.cancel()
        return reason

    def _enforcer(self, leader: Leader) -> Enforcer:
        return Enforcer(self._house, self.run, leader, self._calls.leaders)

    async def _spawn(self, capture: Capture, scratch: Scratch) -> Leader:
        house, autopilot = self._house, self._house.config.autopilot
        seat = self.bounds.seat_leader()
        await run_in_thread(self._leftovers.begin)
        with open_stdin(house.config) as stdin, seat.open() as (joins, hold):
            leader, private = await spawn_privately(
                self._program(scratch)._replace(leaves=len(joins)),
                lambda program: house.guardian.spawn(
                    self.run,
                    program,
                    (stdin, *capture.child_fds, *joins),
                    cookie=self.cookie,
                    hold=hold,
                ),
            )
        self._leftovers.leave_out(() if private is None else private.covers)
        in_memory = private is not None and private.size_bytes is not None
        if in_memory:
            await run_in_thread(scratch.enter, leader.pid)
        # Where the leader has ended already, there is no way into what it has seen.
        if house.config.scratch.per_call and in_memory == scratch.held:
            self.call_directories = self._open_call_directories(scratch)
        await run_in_thread(self._note_leader, leader)
        house.journal.tell(
            events.RunStarted(
                run=self.run,
                pid=leader.pid,
                attempt=self._attempt,
                argv=autopilot.command,
                cwd=str(autopilot.cwd),
                tier=house.containment.tier,
                limits={**self.bounds.strengths, "scratch": "kernel" if in_memory else "polled"},
                scratch=str(scratch.path),
            )
        )
        return leader

    def _open_call_directories(self, scratch: Scratch) -> CallDirectories | None:
        variables = scratch.env(self._house.config.scratch.variables)
        try:
            return CallDirectories(scratch.path, scratch.open_inside(), variables)
        except OSError:
            return None  # The run has removed its directory already.

    def _note_leader(self, leader: Leader) -> None:
        """Its own proof that it is ours, should it empty its environment and we all be killed."""
        known = identity_of(leader.pid)
        if known is not None:
            with suppress(OSError):  # The disk may have filled up; the cookie stands.
                self._house.ledger.record(self._page._replace(leader=known))

    def _program(self, scratch: Scratch) -> Program:
        house, config = self._house, self._house.config
        env = self._env(scratch)
        return Program(
            path=house.executable,
            argv=config.autopilot.command,
            env=env | self.shims.env(env),
            cwd=str(config.autopilot.cwd),
            private_tmp=private_tmp_of(house, scratch.path),
            **self.bounds.of_program,
        )

    def _env(self, scratch: Scratch) -> dict[str, str]:
        """What the program's environment would be without shims."""
        own = scratch.env(self._house.config.scratch.variables) | self._for_builds
        return environment_of(self._house, self.cookie, self._attempt, own)

    def _open_shims(self, scratch: Scratch) -> AbstractContextManager[Shims]:
        places, tools = self._house.places, self._house.config.pool.tools
        return open_shims(places.shims, places.calls, tools, self._env(scratch))

    async def _stop(self, leader: Leader, reason: StopReason | None) -> None:
        """End the set, polite first; afterwards the ending and the proof are known."""
        grace_s = self._house.config.autopilot.grace
        if reason == "scratch":
            grace_s = min(grace_s, _GRACE_OF_WRITERS)
        if reason is not None:
            event = events.StopStarted(run=self.run, reason=reason, grace_s=grace_s)
            self._house.journal.tell(event)
        self._emptied = await self._house.guardian.stop(leader, grace_s)
        self._cpu_s = leader.cpu_s
        if reason is not None:
            self._ending = Stopped(reason)
        else:
            self._ending = leader.ending

    async def _drain(self, capture: Capture, reader: Reader) -> None:
        """Read what is still in the pipes; who holds them open does not hold us."""
        drain_s = self._house.config.output.drain
        if await run_in_thread(reader.ended.wait, drain_s):
            return
        holders = await run_in_thread(capture.holders)
        self._house.journal.tell(events.PipeHeld(run=self.run, holders=tuple(holders)))
        await run_in_thread(capture.stop)

    def _tell_end(self, outcome: Outcome) -> None:
        emptied = outcome.emptied
        output_hash = outcome.kept.output_hash if outcome.kept.output_bytes else None
        self._house.journal.tell(
            events.RunEnded(
                run=self.run,
                ending=outcome.ending,
                cause=cause_of(outcome.ending, self._oom_kills),
                wall_s=outcome.wall_s,
                cpu_s=self._cpu_s,
                peak_memory_bytes=outcome.peak_memory_bytes,
                peak_processes=emptied.most,
                output_bytes=outcome.kept.output_bytes,
                kept_bytes=outcome.kept.kept_bytes,
                dropped_bytes=outcome.kept.dropped_bytes,
                output_hash=output_hash,
                same_as=self._house.memory.outputs.get(output_hash or ""),
            )
        )
        if output_hash is not None:
            self._house.memory.outputs[output_hash] = self.run
        self._house.journal.tell(
            events.Receipt(
                run=self.run,
                seen=emptied.seen,
                ended=emptied.ended,
                ended_count=emptied.ended_count,
                survivors=emptied.survivors,
                took_s=emptied.took_s,
                scratch_left=outcome.scratch_left,
                limits=self.bounds.strengths,
            )
        )
