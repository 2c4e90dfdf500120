"""One start of the supervisor: runs one after another until the program stays down."""

import os
import random
import signal
from contextlib import suppress
from typing import Any, assert_never

import anyio
from anyio.abc import TaskStatus

from supervisor import events
from supervisor.clearing import Clearing
from supervisor.control.server import Routes, serve_control
from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped
from supervisor.errors import ExitCode, StateError
from supervisor.health.disks import gauge_disks, judge_disk
from supervisor.health.restart import (
    Restart,
    RestartPolicy,
    StayDown,
    count_failures,
    decide,
    finished,
)
from supervisor.house import House
from supervisor.jobserver import keep_tokens, variables_for_builds
from supervisor.limits import disk_limits
from supervisor.options import Config
from supervisor.output.frames import decompress
from supervisor.pool.calls import Calls, serve_calls
from supervisor.pool.slots import Rank, Slots
from supervisor.run import Besides, Outcome, Run
from supervisor.telemetry.history import catch_up
from supervisor.threads import run_in_thread
from supervisor.tools import Tools
from supervisor.view.closing import Totals

_HISTORY_EACH_S = 15.0
_ROOM_LOOK_S = 0.1
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Shift:
    """The runs of one start, and what they add up to."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.outcomes: list[Outcome] = []
        self._tools = Tools(house)
        pool = house.config.pool
        ranks = {name: Rank(tool.size, tool.priority) for name, tool in pool.tool.items()}
        self._slots = Slots(pool.size, ranks)
        self._clearing = Clearing(house.scratch_base, house.journal.tell)
        # Before there is an event loop to wait, or a thread beside which we should not fork.
        for_builds = variables_for_builds(house)
        self._besides = Besides(self._tools, self._clearing, for_builds)
        self._stop_signal: int = signal.SIGTERM

    async def work(self) -> ExitCode:
        """Run the autopilot until it stays down; nothing of it is left then, or it is named."""
        async with self._clearing.opened(), anyio.create_task_group() as tasks:
            self._tools.tasks = tasks
            tasks.start_soon(self.house.guardian.listen)
            tasks.start_soon(self._heed_signals)
            tasks.start_soon(self._keep_history)
            await tasks.start(serve_control, self.house.places.control, self._routes())
            await tasks.start(self._serve_calls)
            tasks.start_soon(keep_tokens, self.house, self._slots)
            code = await self._run_until_down()
            tasks.cancel_scope.cancel()
        return code

    async def _run_until_down(self) -> ExitCode:
        policy = restart_policy(self.house.config)
        failures = 0
        attempt = 0
        while True:
            attempt += 1
            await self._wait_room()
            outcome = await self._run_once(attempt)
            failures = count_failures(failures, outcome.wall_s, policy)
            verdict = decide(outcome.ending, failures, policy, random.uniform(-1, 1))  # noqa: S311 - spreading restarts, not secrets
            match verdict:
                case Restart(after_s=after_s):
                    self.house.journal.tell(
                        events.RestartPlanned(run=None, failures=failures, after_s=after_s)
                    )
                    with anyio.move_on_after(after_s):
                        await self.house.stop_requested.wait()
                        return self._stopped_code()
                case StayDown(why=why):
                    self.house.journal.tell(events.StayedDown(run=None, why=why, failures=failures))
                    return self._exit_code(outcome)
                case _:
                    assert_never(verdict)

    async def _wait_room(self) -> None:
        """Where the disk of the scratch is nearly full, wait for what is still being deleted."""
        house, limits = self.house, disk_limits(self.house.config)
        while self._clearing.busy and not house.stop_requested.is_set():
            disks = await run_in_thread(gauge_disks, [house.scratch_base])
            if all(judge_disk(one, limits, paused=False) == "ok" for one in disks):
                return
            self._clearing.hurry()
            await anyio.sleep(_ROOM_LOOK_S)

    async def _run_once(self, attempt: int) -> Outcome:
        run = Run(self.house, attempt, self._besides)
        self._tools.run = run
        try:
            outcome = await run.perform()
        finally:
            self._tools.run = None
        self.outcomes.append(outcome)
        return outcome

    async def _keep_history(self) -> None:
        """Read our own telemetry now and then, so that who asks does not wait for that."""
        places = self.house.places
        while True:
            await anyio.sleep(_HISTORY_EACH_S)
            with suppress(StateError, OSError):  # The next look, or who asks, may have more luck.
                await run_in_thread(catch_up, places.history, places.telemetry, decompress)

    async def _heed_signals(self) -> None:
        """Once: stop with grace. Twice: kill. Three times: leave, the guardian finishes."""
        # Who starts us with nohup(1) wants SIGHUP ignored.
        heeded = [one for one in _STOP_SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
        with anyio.open_signal_receiver(*heeded) as signals:
            count = 0
            async for signum in signals:
                count += 1
                if count == 1:
                    self.request_stop(signum)
                elif count == 2:  # noqa: PLR2004 - counted in the docstring
                    await self.house.guardian.hurry()
                else:
                    os._exit(self._stopped_code())

    def request_stop(self, signum: int = signal.SIGTERM) -> None:
        """Stop the run with grace and do not start another; idempotent."""
        self._stop_signal = signum
        self.house.stop_requested.set()

    async def _serve_calls(self, *, task_status: TaskStatus[None]) -> None:
        pool = self.house.config.pool
        tools = self._tools
        calls = Calls(run=tools.call, signal=tools.signal, slot_above=tools.slot_above)
        path = self.house.places.calls
        await serve_calls(path, self._slots, pool.wait, calls, task_status=task_status)

    def _routes(self) -> Routes:
        return {
            "/status": {"GET": self.status},
            "/members": {"GET": self._members},
            "/stop": {"POST": self._stop},
        }

    def _members(self) -> dict[str, Any]:
        """What a stop would end, and why each is ours."""
        return {
            "members": [
                {"pid": member.pid, "argv": member.argv, "why": why}
                for member, why in self.house.guardian.members()
            ]
        }

    def _stop(self) -> dict[str, Any]:
        self.request_stop()
        return self.status()

    def status(self) -> dict[str, Any]:
        """What ``supervise status`` shows."""
        run = self._tools.run
        return {
            "config": str(self.house.config.path),
            "pid": os.getpid(),
            "run": run.run if run else None,
            "run_s": run.age_s if run else None,
            "processes": run.watch.processes if run else None,
            "memory_bytes": run.watch.memory_bytes if run else None,
            "runs": len(self.outcomes) + (run is not None),
            "stopping": self.house.stop_requested.is_set(),
            "failures": [
                {"summary": failure.summary, "count": failure.count}
                for failure in self.house.journal.failures()
            ],
        }

    def _stopped_code(self) -> ExitCode:
        if self._stop_signal == signal.SIGINT:
            return ExitCode.INTERRUPTED
        return ExitCode.TERMINATED

    def _exit_code(self, outcome: Outcome) -> ExitCode:
        if any(one.emptied.survivors for one in self.outcomes):
            return ExitCode.SURVIVORS
        if outcome.ending == Stopped("operator"):
            return self._stopped_code()
        return exit_code(outcome.ending, restart_policy(self.house.config))

    def totals(self) -> Totals:
        """Sums over the runs so far."""
        return Totals(
            runs=[one.run for one in self.outcomes],
            wall_s=sum(one.wall_s for one in self.outcomes),
            seen=sum(one.emptied.seen for one in self.outcomes),
            survivors=sum(len(one.emptied.survivors) for one in self.outcomes),
            scratch_left=self._clearing.left,
            shared_left=sum(one.shared_left for one in self.outcomes),
            output_bytes=sum(one.kept.output_bytes for one in self.outcomes),
            kept_bytes=sum(one.kept.kept_bytes for one in self.outcomes),
            dropped_bytes=sum(one.kept.dropped_bytes for one in self.outcomes),
            peak_memory_bytes=max((one.peak_memory_bytes for one in self.outcomes), default=0),
            peak_processes=max((one.emptied.most for one in self.outcomes), default=0),
        )


def restart_policy(config: Config) -> RestartPolicy:
    """The config's ``[restart]`` as the health room wants it."""
    restart = config.restart
    return RestartPolicy(
        when=restart.when,
        attempts=restart.attempts,
        backoff_s=restart.backoff,
        jitter=restart.jitter,
        reset_after_s=restart.reset_after,
        fatal_exit_codes=restart.fatal_exit_codes,
        finished_exit_codes=restart.finished_exit_codes,
    )


def exit_code(ending: Ending, policy: RestartPolicy) -> ExitCode:
    """Our exit status for the last run of a shift that nobody stopped."""
    match ending:
        case (Exited() | Signaled()) as ended if finished(ended, policy):
            return ExitCode.OK
        case Stopped(reason="wall"):
            return ExitCode.WALL
        case Exited() | Signaled() | Stopped() | NotStarted() | Lost():
            return ExitCode.FAILED
        case _:
            assert_never(ending)
