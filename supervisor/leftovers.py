"""The hall: what one run leaves in the temporary directories that it shares with everybody."""

import os
import pwd
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import anyio

from supervisor import events
from supervisor.containment.table import argv_of
from supervisor.health import gauges
from supervisor.house import House
from supervisor.scratch.shared import Found, SharedPlaces, open_below
from supervisor.temporary import SHARED
from supervisor.threads import run_in_thread

_MOST_SEEN = 1000
_CROWD = 200
"""Processes among whom we do not look, since each may make us wait while it forks."""
_GONE = ("[]",)
"""Neither command line nor name, as of a process that has just ended."""
_LOOK_S = 1.0
_LOOK_SHARE = 0.002
"""Most of one core that looking may cost."""


class Leftovers:
    """Notes what is there before a run, who of it has what open, and what is there afterwards."""

    def __init__(self, house: House, run: str) -> None:
        self._house = house
        self._run = run
        self._places = SharedPlaces(())
        self._seen: dict[str, tuple[str, ...]] = {}
        """New entries that a member had open, and its command line."""

    def begin(self) -> None:
        """Note what is there now."""
        self._places = SharedPlaces(SHARED)

    def leave_out(self, places: Iterable[str]) -> None:
        """Directories that the run has its own of."""
        self._places.leave_out(places)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look now and then who of the run has what open.

        The run is stopped inside the block: a look may wait for a process that is being forked.
        """
        if not self._places:
            yield
            return
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()

    async def tell(self) -> int:
        """Say what is left; returns how many entries."""
        if not self._places:
            return 0
        uid = os.geteuid()
        found = await run_in_thread(self._places.find, uid, self._ours())
        if found.count or self._places.crowded:
            self._house.journal.tell(self._event(found, uid))
        return found.count

    def _event(self, found: Found, uid: int) -> events.SharedLeft:
        return events.SharedLeft(
            run=self._run,
            uid=uid,
            user=_name_of(uid),
            count=found.count,
            used_bytes=found.used_bytes,
            whole=found.whole,
            left=tuple(
                events.Leftover(
                    path=one.path, used_bytes=one.used_bytes, by=self._seen.get(one.path, ())
                )
                for one in found.largest
            ),
            crowded=tuple(sorted(self._places.crowded)),
        )

    def _ours(self) -> set[str]:
        """Entries that we have made ourselves."""
        house = self._house
        paths = map(os.path.realpath, (house.scratch_base, house.places.root))
        return {top for path in paths if (top := self._places.top_of(path))}

    async def _watch(self) -> None:
        while True:
            cost_s = await run_in_thread(self._look)
            await anyio.sleep(max(_LOOK_S, cost_s / _LOOK_SHARE))

    def _look(self) -> float:
        """Note who has what open; returns the processor time that it took."""
        begun = time.thread_time()
        pids = gauges.descendants(self._house.guardian.pid)
        for pid in pids if len(pids) <= _CROWD else ():
            for path in open_below(pid):
                top = self._places.top_of(path)
                if top is None or top in self._seen or len(self._seen) >= _MOST_SEEN:
                    continue
                if (argv := argv_of(pid)) != _GONE:
                    self._seen[top] = argv
        return time.thread_time() - begun


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
