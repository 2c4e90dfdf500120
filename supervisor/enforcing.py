"""The hall: holds tools that evade the pool to its size, by standing still those beyond it."""

import time
from collections.abc import Callable, Mapping

import anyio

from supervisor import events
from supervisor.containment import ending, table
from supervisor.containment.client import Leader
from supervisor.containment.table import Entry
from supervisor.house import House
from supervisor.pool.evaders import Evaders
from supervisor.threads import run_in_thread

_LOOK_S = 0.05
_LOOK_SHARE = 0.02
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
        self._leader = leader
        self._calls = calls
        """Of the calls that hold a slot, or share one, the leaders by their callers."""
        self._evaders = Evaders(house.config.pool.wait)
        self._held = 0
        """How many stood still at the last look."""

    async def enforce(self) -> None:
        """Look until cancelled; the parent of who stands still goes on as if that were slow."""
        while True:
            begun = time.thread_time()
            await run_in_thread(self._look)
            await anyio.sleep(max(_LOOK_S, (time.thread_time() - begun) / _LOOK_SHARE))

    def _look(self) -> None:
        calls = self._calls()
        sessions = self._sessions(calls)
        ticks = {number: sum(e.cpu_ticks for e in one) for number, one in sessions.items()}
        size = max(1, self._house.config.pool.size - len(calls))
        held = self._evaders.look(ticks, size, time.monotonic())
        for number in held.frozen:
            ending.stop_all(entry for entry in sessions[number] if entry.state not in "TZX")
        for number in held.thawed:
            ending.continue_all(sessions[number])
        if held.frozen and not self._held:
            first = sessions[min(held.frozen)][0]
            argv = table.argv_of(first.pid)
            event = events.ToolsHeld(run=self._run, sessions=len(held.frozen), argv=argv)
            self._house.journal.tell(event)
        self._held = len(held.frozen)

    def _sessions(self, calls: Mapping[int, int]) -> dict[int, list[Entry]]:
        """The members of each session below the autopilot's own, oldest session first.

        A session below another is part of it: who waits for a child must not be held by it. Nor
        must who waits for a call, which counts already.
        """
        leaders, waiting = set(calls.values()), set[int]()
        sessions: dict[int, list[Entry]] = {}
        aside: set[int] = set()
        unit_of: dict[int, int] = {}
        # Parents come before their children.
        for entry in table.descendants(self._house.guardian.pid, table.read_table()):
            if entry.pid in leaders or entry.ppid in aside:
                aside.add(entry.pid)
                continue
            unit = unit_of.get(entry.ppid, entry.session)
            if unit == self._leader.pid:
                continue
            unit_of[entry.pid] = unit
            if entry.pid in calls:
                waiting.add(unit)
            if entry.alive:
                sessions.setdefault(unit, []).append(entry)
        found = [one for one in sessions.items() if one[0] not in waiting]
        return dict(sorted(found, key=lambda one: min(entry.start for entry in one[1])))
