"""The hall: holds tools that evade the pool to its size, by standing still those beyond it."""

import time
from collections.abc import Callable, Collection, Mapping

import anyio

from supervisor import events
from supervisor.containment import ending, table
from supervisor.containment.census import Census, Session
from supervisor.containment.client import Leader
from supervisor.house import House
from supervisor.pool.evaders import Evaders
from supervisor.threads import run_in_thread

_LOOK_S = 0.05
_LOOK_SHARE = 0.05
"""Most of one core that looking may cost."""


class Enforcer:
    """Looks at the sessions that a run's programs start, and lets so many work at a time."""

    def __init__(
        self,
        house: House,
        run: str,
        leader: Leader,
        calls: Callable[[], Mapping[int, int]],
    ) -> None:
        self._house = house
        self._run = run
        self._calls = calls
        """Of the calls that hold a slot, or share one, the leaders by their callers."""
        self._census = Census(house.guardian.pid, leader.pid)
        self._evaders = Evaders(house.config.pool.wait)
        self._frozen: set[int] = set()
        """Sessions that stood still at the last look."""
        self._still: set[int] = set()
        """Processes that were stopped."""

    async def enforce(self) -> None:
        """Look until cancelled; the parent of who stands still goes on as if that were slow."""
        while True:
            cost_s = await run_in_thread(self._look)
            await anyio.sleep(max(_LOOK_S, cost_s / _LOOK_SHARE))

    def _look(self) -> float:
        """Hold and let go as many as there are to be; returns the processor time that it took."""
        begun = time.thread_time()
        calls, census = self._calls(), self._census
        census.look(calls.values(), self._frozen)
        self._still &= census.pids
        # Who waits for a call counts already.
        waiting = census.sessions_of(calls)
        counted = [number for number in census.sessions if number not in waiting]
        size = max(1, self._house.config.pool.size - len(calls))
        frozen = set(self._evaders.look(counted, self._ticks_of, size, time.monotonic()))
        for number in frozen & (census.grown | (frozen - self._frozen)):
            self._hold(census.sessions[number])
        for number in (self._frozen - frozen) & census.sessions.keys():
            self._let_go(census.sessions[number])
        if frozen and not self._frozen:
            self._tell(frozen)
        self._frozen = frozen
        return time.thread_time() - begun

    def _ticks_of(self, number: int) -> int:
        return self._census.sessions[number].cpu_ticks

    def _hold(self, session: Session) -> None:
        fresh = [entry for pid, entry in session.members.items() if pid not in self._still]
        ending.stop_all(fresh)
        self._still.update(entry.pid for entry in fresh)

    def _let_go(self, session: Session) -> None:
        self._still.difference_update(session.members)
        ending.continue_all(session.members.values())

    def _tell(self, frozen: Collection[int]) -> None:
        first = next(iter(self._census.sessions[min(frozen)].members))
        argv = table.argv_of(first)
        event = events.ToolsHeld(run=self._run, sessions=len(frozen), argv=argv)
        self._house.journal.tell(event)
