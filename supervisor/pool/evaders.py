"""Tools that were started past the pool: which of them run and which are held. Pure."""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_IDLE_S = 2.0
"""Without work for so long, a server waits for requests and leaves its place to a tool."""


@dataclass(slots=True)
class _Running:
    cpu_ticks: int
    busy_at: float


class Evaders:
    """Sessions that no slot was asked for, in order of arrival; each is known by a number."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        """So long one is held at most: somebody may wait for it in a way that we do not see."""
        self._running: dict[int, _Running] = {}
        self._frozen: dict[int, float] = {}
        """Since when; the first is the next to go on."""

    def look(
        self, sessions: Collection[int], ticks_of: Callable[[int], int], size: int, now: float
    ) -> AbstractSet[int]:
        """Who is to stand still, of all that there are, newcomers in order of arrival.

        ``ticks_of`` is a session's processor time. No more than ``size`` work at a time, but for
        those that began to when all others rested.
        """
        self._forget(sessions)
        for session, one in self._running.items():
            if one.cpu_ticks != (ticks := ticks_of(session)):
                self._running[session] = _Running(ticks, now)
        room = size - sum(now - one.busy_at <= _IDLE_S for one in self._running.values())
        while self._frozen and (room > 0 or now - self._oldest_since > self._wait_s):
            session = next(iter(self._frozen))
            del self._frozen[session]
            self._running[session] = _Running(ticks_of(session), now)
            room -= 1
        for session in sessions:
            if session in self._running or session in self._frozen:
                continue
            if room > 0:
                room -= 1
                self._running[session] = _Running(ticks_of(session), now)
            else:
                self._frozen[session] = now
        return self._frozen.keys()

    @property
    def _oldest_since(self) -> float:
        return next(iter(self._frozen.values()))

    def _forget(self, alive: Collection[int]) -> None:
        for gone in (self._running.keys() | self._frozen.keys()).difference(alive):
            self._running.pop(gone, None)
            self._frozen.pop(gone, None)
