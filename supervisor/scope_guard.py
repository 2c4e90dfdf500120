"""The guardian of one scope, from its first process to the proof that none is left."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Literal

import anyio
from anyio.abc import TaskGroup

from supervisor.containment.adopting import adopting
from supervisor.containment.child import Program
from supervisor.containment.client import Emptied, Guardian, Leader
from supervisor.containment.launch import TIERS, Launch, Launched
from supervisor.errors import SupervisorError, UnavailableError
from supervisor.scope_home import ScopeHome
from supervisor.scope_values import GuardianError
from supervisor.threads import run_in_thread

Tier = Literal["auto", "namespaced", "subreaper", "group"]
_SPAWN_S = 10.0
_PROOF_S = 15.0
"""Longest that a guardian needs beyond the grace: it tries to kill for 5 s, three times over."""


class ScopeGuard:
    """Starts the guardian when it is first needed, speaks to it, and replaces it by nobody.

    Our program has children of its own: whatever is ended here is a guardian that we hold by a
    pidfd, a member of its set, or a process that carries the scope's cookie.
    """

    def __init__(self, home: ScopeHome, cookie: str, tier: Tier, tasks: TaskGroup) -> None:
        self._home = home
        self._cookie = cookie
        self._tiers: Sequence[str] = TIERS if tier == "auto" else (tier,)
        self._tasks = tasks
        self._opening = anyio.Lock()
        self._listening = anyio.CancelScope(shield=True)
        self._heard_out = anyio.Event()
        """Nobody listens to the guardian any more."""
        self._launch: Launch | None = None
        self._guardian: Guardian | None = None
        self._pidfd = -1
        self._set: Leader | None = None
        self.empty = True
        """Whether no process can be left."""
        self.tier: str | None = None
        """What holds the processes; None: there was no process yet."""

    @property
    def pid(self) -> int | None:
        """The guardian's pid; None: there is none yet."""
        return None if self._guardian is None else self._guardian.pid

    async def open(self) -> Guardian:
        """The guardian, after its start if need be.

        Raises:
            GuardianError: it cannot be started, or has died.
            UnavailableError: not on this platform.
            StateError: what it must leave on disk cannot be written.
        """
        async with self._opening:
            guardian = self._guardian or await self._start()
        if guardian.lost.is_set():
            raise GuardianError("the scope's guardian has died, and its processes with it")
        return guardian

    async def _start(self) -> Guardian:
        if sys.platform != "linux":
            raise UnavailableError(f"a scope starts processes on Linux only, not on {sys.platform}")
        with anyio.CancelScope(shield=True):
            await self._home.note_processes()
            self.empty = False
            launched = await self._boot()
            self.tier = launched.tier
            self._pidfd = os.pidfd_open(launched.pid)
            guardian = self._guardian = Guardian(launched, adopts=False)
            self._tasks.start_soon(self._listen, guardian)
            self._set = await guardian.open(self._cookie)
        return guardian

    async def _boot(self) -> Launched:
        refusals: list[str] = []
        with adopting():
            for tier in self._tiers:
                # Not in the event loop, which a fork of a large program would hold up. The thread
                # may end: the kernel gives what loses its parent to our main one.
                launch = self._launch = await run_in_thread(partial(Launch, tier, adopts=False))
                launched = await run_in_thread(launch.settle, (tier,))
                if launched is not None:
                    return launched
                refusals += map(str, launch.refusals)
                await run_in_thread(launch.end)
                self._launch = None
        raise GuardianError(f"no guardian can be started here: {'; '.join(refusals)}")

    async def _listen(self, guardian: Guardian) -> None:
        with self._listening:
            await guardian.listen()
        self._heard_out.set()

    async def spawn(self, spawn_id: str, program: Program, fds: Sequence[int]) -> Leader:
        """Start a program; to be called where nothing can be cancelled.

        Raises:
            OSError: it was not started; ``filename`` names the step.
            GuardianError: the guardian has died, or does not answer and was killed.
        """
        guardian = await self.open()
        with anyio.move_on_after(_SPAWN_S):
            leader = await guardian.spawn(spawn_id, program, fds)
            if leader.pid:
                return leader
        self.kill()
        raise GuardianError("the scope's guardian has died while it started a process")

    async def signal(self, leader: Leader, signum: int) -> None:
        """Send a signal to a leader, if it has not ended."""
        await (await self.open()).signal(leader, signum)

    async def stop(self, leader: Leader, grace_s: float) -> Emptied:
        """End a leader's set. A guardian that does not do it is killed, and we do."""
        guardian = self._guardian
        assert guardian is not None  # noqa: S101 - it has started the leader
        with anyio.move_on_after(grace_s + _PROOF_S):
            return await guardian.stop(leader, grace_s)
        self.kill()
        return await guardian.stop(leader, 0)

    def kill(self) -> None:
        """Kill a guardian that is of no use any more; what it leaves behind is ended."""
        if self._pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    async def close(self, grace_s: float) -> None:
        """End whatever is left of the scope's processes, then the guardian.

        Raises:
            SupervisorError: something could not be ended; the next scope here tries again.
        """
        if self._launch is None:
            self.empty = True
            return
        left: Sequence[str] = ()
        try:
            if self._set is not None:
                emptied = await self.stop(self._set, grace_s)
                left = [f"{one.pid} {' '.join(one.argv)} ({one.why})" for one in emptied.survivors]
        finally:
            await self._end_guardian(self._launch)
        if left:
            raise SupervisorError(f"processes that could not be ended: {'; '.join(left)}")
        self.empty = True

    async def _end_guardian(self, launch: Launch) -> None:
        self._listening.cancel()
        if self._guardian is not None:
            await self._heard_out.wait()  # Else it would wait on a descriptor that is closed.
        if not await run_in_thread(launch.end):
            self.kill()
            await run_in_thread(launch.end)
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
