"""What was told a short while ago, and is only counted when it happens again. Pure."""

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass

WINDOW = dt.timedelta(seconds=60)
IN_FULL = 3
"""How many of the same are told in a window before the others are counted."""
_MOST_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Key:
    """What makes one digest the same as another; never of two tools, nor of two runs."""

    run: str
    tool: str
    fingerprint: str
    verdict: str


@dataclass(slots=True)
class Repeat:
    """How often something happened again without being told."""

    key: Key
    since: dt.datetime
    """When its window began."""
    first: dt.datetime
    """Of those that were counted, when there are any; else of the last that was told."""
    last: dt.datetime
    lines: tuple[int, int]
    """Where the last one stands in the run's output."""
    told: int = 1
    count: int = 0


class Repeats:
    """Decides what is told and what is counted.

    In a window of a minute three of the same are told; the others are handed over as one when the
    window is over, or before what they would otherwise come after.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[Key, Repeat] = OrderedDict()

    def note(self, key: Key, time: dt.datetime, lines: tuple[int, int]) -> bool:
        """Whether one that happens now is to be told; else it is counted.

        What is over by now must have been taken.
        """
        known = self._open.get(key)
        if known is None:
            self._open[key] = Repeat(key, time, time, time, lines)
            return True
        is_told = known.told < IN_FULL
        known.told += is_told
        known.count += not is_told
        known.first = known.first if known.count > 1 else time
        known.last, known.lines = time, lines
        return is_told

    def take_over(self, time: dt.datetime) -> list[Repeat]:
        """What was counted in windows that are over by ``time``; of too many, the oldest are."""
        taken = []
        while self._open:
            oldest = next(iter(self._open.values()))
            # The clock may have been set back.
            young = abs(time - oldest.since) < WINDOW
            if young and len(self._open) <= _MOST_KEYS:
                break
            del self._open[oldest.key]
            taken.append(oldest)
        return [one for one in taken if one.count]

    def take_all(self, tool: str | None = None) -> list[Repeat]:
        """What was counted so far of a tool's, or of all."""
        keys = [key for key in self._open if tool in (None, key.tool)]
        return [one for one in map(self._open.pop, keys) if one.count]
