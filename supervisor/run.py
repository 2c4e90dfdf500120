"""The hall: one run from its scratch directory to its receipt, all rooms wired to it."""

import math
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal

import anyio
from anyio import to_thread

from supervisor import events
from supervisor.containment.child import Program
from supervisor.containment.client import Emptied, Leader
from supervisor.containment.guardian import COOKIE_VARIABLE
from supervisor.containment.ledger import Page
from supervisor.containment.table import identity_of
from supervisor.endings import (
    Ending,
    Exited,
    Lost,
    NotStarted,
    OomKills,
    Signaled,
    Stopped,
    StopReason,
    cause_of,
)
from supervisor.health import gauges
from supervisor.house import House, run_of
from supervisor.limits import Bounds, bounds_of
from supervisor.options import Config
from supervisor.output.capture import Capture
from supervisor.output.store import Kept, RawStore
from supervisor.reading import Reader
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.usage import judge

_LIMIT_LOOK_S = 0.5
_SCRATCH_LOOK_S = 1.0
_SCRATCH_LOOK_SHARE = 0.01
"""Most of one core that measuring the scratch directory may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went, and what is left of it."""

    run: str
    ending: Ending
    wall_s: float
    emptied: Emptied
    kept: Kept
    scratch_left: int
    peak_memory_bytes: int


class Run:
    """One start-to-end of the autopilot. ``perform`` returns when its set is empty."""

    def __init__(self, house: House, attempt: int) -> None:
        self._house = house
        self._attempt = attempt
        self.cookie = secrets.token_hex(16)
        self.run = run_of(self.cookie)
        self._ending: Ending = Lost()
        self._emptied = Emptied(0, (), 0, (), 0.0)
        self._cpu_s = 0.0
        self._peak_memory_bytes = 0
        self._oom_kills = OomKills()
        self._host_oom_kills = gauges.host_oom_kills()
        self._begun = time.monotonic()
        self.bounds = Bounds(house.config, house.containment, None)
        """What it may use up; with a cgroup behind it while it runs."""
        self.processes: int | None = None
        """Members at the last look."""
        self.memory_bytes: int | None = None
        """What they held at the last look, resident."""

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
            with limits as self.bounds:
                kept = await self._capture(scratch)
        finally:
            with anyio.CancelScope(shield=True):
                removal = await to_thread.run_sync(scratch.remove)
        if not self._emptied.survivors:
            house.ledger.clear()
        outcome = Outcome(
            run=self.run,
            ending=self._ending,
            wall_s=self.age_s,
            emptied=self._emptied,
            kept=kept,
            scratch_left=removal.left,
            peak_memory_bytes=self._peak_memory_bytes,
        )
        self._tell_end(outcome)
        return outcome

    async def _capture(self, scratch: Scratch) -> Kept:
        """The part of a run during which its output is read."""
        house = self._house
        directory = house.places.raw / self.run
        quota_bytes = house.config.output.quota
        with RawStore.open(directory, quota_bytes, self._tell_dropped) as store:
            reader = Reader(self.run, store, house.journal, house.users_grammars)
            with Capture() as capture:
                await self._live(capture, reader, scratch)
            reader.close(self._ending)
            return store.close()

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
        try:
            reason = await self._watch(leader, scratch)
        finally:
            with anyio.CancelScope(shield=True):
                await self._stop(leader, reason)
                self._tell_limits()
                await self._drain(capture, reader)

    async def _spawn(self, capture: Capture, scratch: Scratch) -> Leader:
        house, autopilot = self._house, self._house.config.autopilot
        seat = self.bounds.seat_leader()
        with open_stdin(house.config) as stdin, seat.open() as (joins, hold):
            leader = await house.guardian.spawn(
                self.run,
                self._program(scratch)._replace(leaves=len(joins)),
                (stdin, *capture.child_fds, *joins),
                cookie=self.cookie,
                hold=hold,
            )
        await to_thread.run_sync(self._note_leader, leader)
        house.journal.tell(
            events.RunStarted(
                run=self.run,
                pid=leader.pid,
                attempt=self._attempt,
                argv=autopilot.command,
                cwd=str(autopilot.cwd),
                tier=house.containment.tier,
                limits=self.bounds.strengths,
                scratch=str(scratch.path),
            )
        )
        return leader

    def _note_leader(self, leader: Leader) -> None:
        """Its own proof that it is ours, should it empty its environment and we all be killed."""
        known = identity_of(leader.pid)
        if known is not None:
            with suppress(OSError):  # The disk may have filled up; the cookie stands.
                self._house.ledger.record(self._page._replace(leader=known))

    def _program(self, scratch: Scratch) -> Program:
        house, config = self._house, self._house.config
        outer = house.environ.get(COOKIE_VARIABLE)
        return Program(
            path=house.executable,
            argv=config.autopilot.command,
            env={
                **(house.environ if config.autopilot.inherit_env else {}),
                **scratch.env(),
                **config.autopilot.env,
                COOKIE_VARIABLE: f"{outer}:{self.cookie}" if outer else self.cookie,
                "SUPERVISE_ATTEMPT": str(self._attempt),
                "SUPERVISE_SOCKET": str(house.places.calls),
            },
            cwd=str(config.autopilot.cwd),
            **self.bounds.of_program,
        )

    async def _watch(self, leader: Leader, scratch: Scratch) -> StopReason | None:
        """Wait until the leader has ended by itself (None) or there is a reason to stop it."""
        house = self._house
        reason: StopReason | None = None

        async with anyio.create_task_group() as tasks:

            async def first(
                wait: Callable[[], Awaitable[StopReason | None]], why: StopReason | None = None
            ) -> None:
                nonlocal reason
                found = await wait() or why
                if not leader.ended.is_set():
                    reason = found
                tasks.cancel_scope.cancel()

            tasks.start_soon(first, leader.ended.wait)
            tasks.start_soon(first, house.stop_requested.wait, "operator")
            wall_s = house.config.limits.wall or math.inf
            tasks.start_soon(first, partial(anyio.sleep, wall_s), "wall")
            tasks.start_soon(first, partial(self._wait_scratch_full, scratch))
            tasks.start_soon(first, partial(self._wait_over, "processes"), "processes")
            tasks.start_soon(first, partial(self._wait_over, "memory"), "memory")
            tasks.start_soon(self._sample)
        return reason

    async def _stop(self, leader: Leader, reason: StopReason | None) -> None:
        """End the set, polite first; afterwards the ending and the proof are known."""
        grace_s = self._house.config.autopilot.grace
        if reason is not None:
            event = events.StopStarted(run=self.run, reason=reason, grace_s=grace_s)
            self._house.journal.tell(event)
        self._emptied = await self._house.guardian.stop(leader, grace_s)
        self._cpu_s = leader.cpu_s
        if reason is not None:
            self._ending = Stopped(reason)
        elif leader.code is not None:
            code = leader.code
            self._ending = Exited(code) if code >= 0 else Signaled(-code)

    async def _drain(self, capture: Capture, reader: Reader) -> None:
        """Read what is still in the pipes; who holds them open does not hold us."""
        drain_s = self._house.config.output.drain
        if await to_thread.run_sync(reader.ended.wait, drain_s):
            return
        holders = await to_thread.run_sync(capture.holders)
        self._house.journal.tell(events.PipeHeld(run=self.run, holders=tuple(holders)))
        await to_thread.run_sync(capture.stop)

    async def _wait_scratch_full(self, scratch: Scratch) -> StopReason:
        """Return when the scratch directory is over its quota; warn once before."""
        limits = self._house.config.scratch
        warned = False
        while True:
            begun = time.monotonic()
            usage = await to_thread.run_sync(scratch.measure)
            cost_s = time.monotonic() - begun
            state = judge(usage, limits.quota, limits.files)
            if state == "over" or (state == "warn" and not warned):
                warned = True
                self._house.journal.tell(
                    events.ScratchPassed(
                        run=self.run,
                        used_bytes=usage.bytes,
                        used_files=usage.files,
                        quota_bytes=limits.quota,
                        quota_files=limits.files,
                        stopping=state == "over",
                    )
                )
            if state == "over":
                return "files" if usage.files > limits.files else "scratch"
            await anyio.sleep(max(_SCRATCH_LOOK_S, cost_s / _SCRATCH_LOOK_SHARE))

    async def _wait_over(self, limit: Literal["processes", "memory"]) -> None:
        """Return when the set is over a limit that only we look after; else never."""
        most = self.bounds.polled.get(limit, math.inf)
        used: float = 0
        while used <= most:
            await anyio.sleep(_LIMIT_LOOK_S if most < math.inf else math.inf)
            gauge = await to_thread.run_sync(gauges.sample, self._house.guardian.pid)
            used = (gauge.threads if limit == "processes" else gauge.memory_bytes) or 0
        event = events.LimitHit(run=self.run, limit=limit, times=1, stopping=True)
        self._house.journal.tell(event)

    def _tell_limits(self) -> None:
        """Tell what the kernel refused or killed at a limit."""
        account = self.bounds.account()
        host = (gauges.host_oom_kills() or 0) - (self._host_oom_kills or 0)
        self._oom_kills = OomKills(account.oom_kills, host)
        hits: dict[Literal["processes", "memory"], int] = {
            "processes": account.refused_forks,
            "memory": account.oom_kills,
        }
        for limit, times in hits.items():
            if times:
                event = events.LimitHit(run=self.run, limit=limit, times=times, stopping=False)
                self._house.journal.tell(event)

    async def _sample(self) -> None:
        """Note what the set holds, for as long as the run lasts."""
        while True:
            gauge = await to_thread.run_sync(gauges.sample, self._house.guardian.pid)
            own_memory_bytes, own_cpu_s = gauges.own()
            self.processes, self.memory_bytes = gauge.processes, gauge.memory_bytes
            self._peak_memory_bytes = max(self._peak_memory_bytes, gauge.memory_bytes or 0)
            self._house.journal.tell(
                events.Gauged(
                    run=self.run,
                    processes=gauge.processes,
                    memory_bytes=gauge.memory_bytes,
                    cpu_s=gauge.cpu_s,
                    own_memory_bytes=own_memory_bytes,
                    own_cpu_s=own_cpu_s,
                )
            )
            await anyio.sleep(self._house.config.health.sample)

    def _tell_dropped(self, dropped_bytes: int, dropped_lines: int, problem: str) -> None:
        self._house.journal.tell(
            events.OutputDropped(
                run=self.run,
                dropped_bytes=dropped_bytes,
                dropped_lines=dropped_lines,
                problem=problem,
            )
        )

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


@contextmanager
def open_stdin(config: Config) -> Iterator[int]:
    """The descriptor that the program gets as its stdin; closed after the spawn.

    Raises:
        OSError: the file cannot be opened.
    """
    if config.autopilot.stdin is None:
        yield 0
        return
    fd = os.open(config.autopilot.stdin, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)
