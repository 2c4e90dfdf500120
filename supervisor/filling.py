"""The hall: a run that fills its scratch directory, seen in time and relieved, mildly first."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, Protocol

import anyio

from supervisor import events
from supervisor.containment import ending, table
from supervisor.containment.linux import punch_hole
from supervisor.containment.table import Entry
from supervisor.endings import StopReason
from supervisor.health import gauges
from supervisor.house import House
from supervisor.scratch.alarm import LOOK_SHARE, Alarm
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.usage import Usage
from supervisor.scratch.writers import Writer, cut_middle, find_writers
from supervisor.threads import run_in_thread

_DELETED_LOOK_S = 1.0
_KEPT_OF_QUOTA = 16
_CLEARING_S = 5.0
_CLEARING_LOOK_S = 0.1
_MOST_NAMED = 10


class CallsOfRun(Protocol):
    """The tool calls that belong to a run."""

    async def stop_call_of(self, pid: int) -> str | None:
        """Stop the call that a process belongs to; its id, or None for a process of none."""

    def leaders(self) -> Mapping[int, int]:
        """The leaders of all that run, by their callers."""

    async def settle(self) -> None:
        """Wait until every call that is over has been told."""


class Filling:
    """Looks at one run's scratch directory, and keeps it below its quota as long as it can."""

    def __init__(self, house: House, run: str, scratch: Scratch, calls: CallsOfRun) -> None:
        self._house = house
        self._run = run
        self._scratch = scratch
        self._calls = calls
        self._limits = house.config.scratch
        self._alarm = Alarm(self._limits.quota, self._limits.files)
        self._cuts: Counter[tuple[int, int]] = Counter()
        self._deleted = Usage(0, 0)
        self._deleted_due = 0.0
        self._cost_s = 0.0

    async def wait_full(self) -> StopReason:
        """Return when nothing but the end of the run would help.

        Where the kernel holds it to its quota that is never: its programs see a full disk.
        """
        suspects: list[Entry] = []
        while True:
            usage = await self._look()
            if self._alarm.over and not self._scratch.held and not await self._relieve(usage):
                return "files" if usage.files > self._limits.files else "scratch"
            await run_in_thread(ending.continue_all, suspects)
            suspects = await self._rest(usage)

    async def _look(self) -> Usage:
        """Measure, and tell it if it is news."""
        scratch = self._scratch
        usage, self._cost_s = await run_in_thread(timed, scratch.measure)
        now = time.monotonic()
        if now >= self._deleted_due and not scratch.held:
            self._deleted, cost_s = await run_in_thread(timed, self._measure_deleted)
            self._deleted_due = now + max(_DELETED_LOOK_S, cost_s / LOOK_SHARE)
        usage += self._deleted
        if self._alarm.note(usage, now, held=scratch.held) is not None:
            self._house.journal.tell(
                events.ScratchPassed(
                    run=self._run,
                    used_bytes=usage.bytes,
                    used_files=usage.files,
                    quota_bytes=self._limits.quota,
                    quota_files=self._limits.files,
                    full_in_s=self._alarm.full_in_s,
                )
            )
        return usage

    async def _rest(self, usage: Usage) -> list[Entry]:
        """Wait for the next look; a disk that loses as much as is left brings it forward.

        Returns whom that makes suspect. They are held still until the look is over, because that
        may take longer than they need to fill a disk.
        """
        scratch, alarm = self._scratch, self._alarm
        due = time.monotonic() + alarm.next_look_s(usage, self._cost_s, held=scratch.held)
        free = await run_in_thread(scratch.measure_free)
        taken = Usage(0, 0)
        while (now := time.monotonic()) < due:
            await anyio.sleep(min(alarm.next_glance_s(usage + taken), due - now))
            left = await run_in_thread(scratch.measure_free)
            taken = Usage(max(0, free.bytes - left.bytes), max(0, free.files - left.files))
            if not scratch.held and alarm.is_pressing(usage, taken):
                return await run_in_thread(self._hold_suspects)
        return []

    def _hold_suspects(self) -> list[Entry]:
        entries = self._entries()
        pids = self._scratch.find_large_writers(entries, self._limits.quota // _KEPT_OF_QUOTA)
        suspects = [entries[pid] for pid in pids]
        ending.stop_all(suspects)
        return suspects

    async def _relieve(self, usage: Usage) -> bool:
        """Make room, as mildly as will do; False: only the end of the run will."""
        while usage.bytes > self._limits.quota and usage.files <= self._limits.files:
            entries, writers = await run_in_thread(self._find_writers, usage)
            await run_in_thread(ending.stop_all, entries)
            self._tell("frozen", usage, writers)
            if await self._cut(usage, writers):
                usage = await self._look_anew()
            elif await self._stop_calls(usage, writers):
                usage = await self._wait_cleared(usage)
            else:
                self._tell("run-stopped", usage, writers)
                return False
            await run_in_thread(ending.continue_all, entries)
        return usage.files <= self._limits.files

    async def _wait_cleared(self, usage: Usage) -> Usage:
        """Give who called the tool time to clear up behind it, while nobody else writes much."""
        deadline = time.monotonic() + _CLEARING_S
        most_bytes = usage.bytes + self._limits.quota // _KEPT_OF_QUOTA
        while self._limits.quota < usage.bytes < most_bytes and time.monotonic() < deadline:
            await anyio.sleep(_CLEARING_LOOK_S)
            usage = await self._look_anew()
        return usage

    async def _look_anew(self) -> Usage:
        self._deleted_due = 0.0
        return await self._look()

    def _find_writers(self, usage: Usage) -> tuple[list[Entry], list[Writer]]:
        """Who writes to the largest file; known by more than a pid before that is looked at."""
        entries = self._entries()
        writers = find_writers(entries, usage.largest)
        return [entries[pid] for pid in {one.pid for one in writers}], writers

    def _entries(self) -> dict[int, Entry]:
        pids = gauges.descendants(self._house.guardian.pid)
        return {pid: entry for pid in pids if (entry := table.read_entry(pid)) is not None}

    async def _cut(self, usage: Usage, writers: list[Writer]) -> bool:
        """Cut the middle out of the largest file, if it is a log and was not cut too often."""
        identity = usage.largest.identity
        if not writers or not all(one.only_writes for one in writers):
            return False
        if self._cuts[identity] >= self._house.config.scratch.cuts:
            return False
        self._cuts[identity] += 1
        keep_bytes = self._limits.quota // _KEPT_OF_QUOTA
        cut = partial(cut_middle, writers[0], usage.largest, keep_bytes, punch_hole)
        try:
            freed_bytes = await run_in_thread(cut)
        except OSError:
            return False
        if freed_bytes:
            self._tell("cut", usage, writers, freed_bytes)
        return freed_bytes > 0

    async def _stop_calls(self, usage: Usage, writers: list[Writer]) -> bool:
        """Stop the tool calls that write to the largest file; False: it is not theirs."""
        stopped = [await self._calls.stop_call_of(pid) for pid in {one.pid for one in writers}]
        if not stopped or None in stopped:
            return False
        self._tell("call-stopped", usage, writers)
        return True

    def _tell(
        self,
        step: Literal["frozen", "cut", "call-stopped", "run-stopped"],
        usage: Usage,
        writers: list[Writer],
        freed_bytes: int = 0,
    ) -> None:
        if step == "frozen" and not writers:
            return
        pids = list(dict.fromkeys(one.pid for one in writers))[:_MOST_NAMED]
        self._house.journal.tell(
            events.ScratchRelieved(
                run=self._run,
                step=step,
                path=writers[0].path if writers else None,
                file_bytes=usage.largest.bytes,
                freed_bytes=freed_bytes,
                writers=tuple(events.Member(pid=pid, argv=table.argv_of(pid)) for pid in pids),
            )
        )

    def _measure_deleted(self) -> Usage:
        return self._scratch.measure_deleted(gauges.descendants(self._house.guardian.pid))


def timed(look: Callable[[], Usage]) -> tuple[Usage, float]:
    """What a look found, and the processor time that it took, without waiting for its turn."""
    begun = time.thread_time()
    return look(), time.thread_time() - begun
