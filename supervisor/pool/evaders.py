"""Tools that were started past the pool: which of them run and which are held. Pure."""

from collections.abc import Mapping
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

    def look(self, cpu_ticks: Mapping[int, int], size: int, now: float) -> frozenset[int]:
        """Who is to stand still, given the processor time of all, newcomers in order of arrival.

        No more than ``size`` work at a time, but for those that began to when all others rested.
        """
        self._forget(cpu_ticks)
        for session, one in self._running.items():
            if one.cpu_ticks != cpu_ticks[session]:
                self._running[session] = _Running(cpu_ticks[session], now)
        room = size - sum(now - one.busy_at <= _IDLE_S for one in self._running.values())
        thawed = [key for key, since in self._frozen.items() if now - since > self._wait_s]
        waiting = [key for key in self._frozen if key not in thawed]
        thawed += waiting[: max(0, room - len(thawed))]
        for session in thawed:
            del self._frozen[session]
            self._running[session] = _Running(cpu_ticks[session], now)
        room -= len(thawed)
        for session, ticks in cpu_ticks.items():
            if session in self._running or session in self._frozen:
                continue
            if room > 0:
                room -= 1
                self._running[session] = _Running(ticks, now)
            else:
                self._frozen[session] = now
        return frozenset(self._frozen)

    def _forget(self, alive: Mapping[int, int]) -> None:
        for gone in [*(self._running.keys() - alive), *(self._frozen.keys() - alive)]:
            self._running.pop(gone, None)
            self._frozen.pop(gone, None)
