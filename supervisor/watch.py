"""The hall: what a run is watched for, and stopped for, while it lives."""

import math
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Literal

import anyio

from supervisor import events
from supervisor.containment.client import Leader
from supervisor.containment.linux import trim_heap
from supervisor.endings import OomKills, StopReason
from supervisor.filling import Filling, timed
from supervisor.health import gauges
from supervisor.health.disks import Disk, gauge_disks, judge_disk
from supervisor.house import House
from supervisor.limits import Bounds, disk_limits
from supervisor.options import Watched
from supervisor.output.backlog import Backlog
from supervisor.scratch.alarm import Alarm
from supervisor.scratch.usage import measure_path
from supervisor.threads import run_in_thread

_LIMIT_LOOK_S = 0.5
_SHED_EACH_S = 60.0
_ANY_FILES = 1 << 62
_DISK_LOOK_S = 2.0
_WATCHED_LOOK_S = 1.0


class Watch:
    """Looks at one run's set until there is a reason to stop it, and remembers what it saw."""

    def __init__(self, house: House, run: str) -> None:
        self._house = house
        self._run = run
        self._host_oom_kills = gauges.host_oom_kills()
        self.processes: int | None = None
        """Members at the last look."""
        self.memory_bytes: int | None = None
        """What they held at the last look, resident."""
        self.peak_memory_bytes = 0
        self._shed_at = -math.inf

    async def wait(
        self, leader: Leader, filling: Filling, bounds: Bounds, backlog: Backlog
    ) -> StopReason | None:
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

            async def over(limit: Literal["processes", "memory"]) -> None:
                await self._wait_over(limit, bounds.polled.get(limit, math.inf))

            wall_s = house.config.limits.wall or math.inf
            tasks.start_soon(first, leader.ended.wait)
            tasks.start_soon(first, house.stop_requested.wait, "operator")
            tasks.start_soon(first, partial(anyio.sleep, wall_s), "wall")
            tasks.start_soon(first, filling.wait_full)
            tasks.start_soon(first, partial(self._wait_disk_full, leader))
            for watched in house.config.scratch.watch:
                tasks.start_soon(first, partial(self._wait_over_budget, watched))
            tasks.start_soon(first, partial(over, "processes"), "processes")
            tasks.start_soon(first, partial(over, "memory"), "memory")
            tasks.start_soon(self._sample, backlog)
        return reason

    def tell_limits(self, bounds: Bounds) -> OomKills:
        """Tell what the kernel refused or killed at a limit; returns what memory was short for."""
        account = bounds.account()
        hits: dict[Literal["processes", "memory"], int] = {
            "processes": account.refused_forks,
            "memory": account.oom_kills,
        }
        for limit, times in hits.items():
            if times:
                event = events.LimitHit(run=self._run, limit=limit, times=times, stopping=False)
                self._house.journal.tell(event)
        host = (gauges.host_oom_kills() or 0) - (self._host_oom_kills or 0)
        return OomKills(account.oom_kills, host)

    async def _wait_disk_full(self, leader: Leader) -> StopReason:
        """Return when a disk is too full to go on; hold the set still while it nearly is."""
        house, limits = self._house, disk_limits(self._house.config)
        places = house.config.autopilot.cwd, house.scratch_base, house.places.root, Path.home()
        held: Disk | None = None
        while True:
            disks = await run_in_thread(gauge_disks, places)
            called = {judge_disk(one, limits, paused=held is not None): one for one in disks}
            if full := called.get("stop"):
                self._tell_disk(full, "stopped")
                return "disk"
            tight = called.get("pause")
            if tight is not None and held is None:
                self._tell_disk(tight, "paused")
                await house.guardian.freeze(leader)
            elif tight is None and held is not None:
                now = [one for one in disks if one.path == held.path]
                self._tell_disk(now[0] if now else held, "resumed")
                await house.guardian.thaw(leader)
            held = tight
            await anyio.sleep(_DISK_LOOK_S)

    def _tell_disk(self, disk: Disk, then: Literal["paused", "stopped", "resumed"]) -> None:
        self._house.journal.tell(
            events.DiskPressed(
                run=self._run,
                path=str(disk.path),
                used_share=round(disk.used_share, 4),
                free_bytes=disk.free_bytes,
                then=then,
            )
        )

    async def _wait_over_budget(self, watched: Watched) -> StopReason:
        """Return when a watched place has more than its budget, if that ends the run."""
        alarm = Alarm(watched.quota, _ANY_FILES)
        while True:
            usage, cost_s = await run_in_thread(timed, partial(measure_path, watched.path))
            level = alarm.note(usage, time.monotonic(), held=False)
            stopping = level == "over" and watched.action == "stop"
            if level is not None:
                self._house.journal.tell(
                    events.WatchedPassed(
                        run=self._run,
                        path=str(watched.path),
                        used_bytes=usage.bytes,
                        quota_bytes=watched.quota,
                        full_in_s=alarm.full_in_s,
                        stopping=stopping,
                    )
                )
            if stopping:
                return "watched"
            look_s = alarm.next_look_s(usage, cost_s, held=False)
            await anyio.sleep(max(_WATCHED_LOOK_S, look_s))

    async def _wait_over(self, limit: Literal["processes", "memory"], most: float) -> None:
        """Return when the set is over a limit that only we look after; else never."""
        used: float = 0
        while used <= most:
            await anyio.sleep(_LIMIT_LOOK_S if most < math.inf else math.inf)
            gauge = await run_in_thread(gauges.sample, self._house.guardian.pid)
            used = (gauge.threads if limit == "processes" else gauge.memory_bytes) or 0
        event = events.LimitHit(run=self._run, limit=limit, times=1, stopping=True)
        self._house.journal.tell(event)

    async def _sample(self, backlog: Backlog) -> None:
        """Note what the set holds, for as long as the run lasts."""
        while True:
            gauge = await run_in_thread(gauges.sample, self._house.guardian.pid)
            own = gauges.own()
            self.processes, self.memory_bytes = gauge.processes, gauge.memory_bytes
            self.peak_memory_bytes = max(self.peak_memory_bytes, gauge.memory_bytes or 0)
            self._house.journal.tell(
                events.Gauged(
                    run=self._run,
                    processes=gauge.processes,
                    memory_bytes=gauge.memory_bytes,
                    cpu_s=gauge.cpu_s,
                    own_memory_bytes=own.memory_bytes,
                    own_cpu_s=own.cpu_s,
                    own_descriptors=own.descriptors,
                    own_waiting_bytes=self._house.journal.waiting_bytes,
                    own_backlog_bytes=backlog.held_bytes,
                )
            )
            if own.memory_bytes > self._house.config.health.memory:
                await self._shed(own.memory_bytes)
            await anyio.sleep(self._house.config.health.sample)

    async def _shed(self, own_memory_bytes: int) -> None:
        """Give back what we can do without, at most once a minute."""
        from supervisor.analyzer import forget  # noqa: PLC0415 - a run starts without it

        if time.monotonic() - self._shed_at < _SHED_EACH_S:
            return
        self._shed_at = time.monotonic()
        self._house.journal.shed()
        forget()
        await run_in_thread(trim_heap)
        self._house.journal.tell(
            events.Shed(
                run=self._run,
                own_memory_bytes=own_memory_bytes,
                left_bytes=gauges.own().memory_bytes,
            )
        )
