"""How often each failure was seen, when first and when last; bounded. Pure."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

FINGERPRINTS_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One failure and its sightings."""

    fingerprint: str
    tool: str
    summary: str
    """The exemplar: what the first sighting said."""
    count: int
    first: dt.datetime
    last: dt.datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sighting of a failure, beside those before it."""

    count: int
    """Which one it is since this start, from 1."""
    status: Literal["new", "known"]
    """Whether an earlier start has met the failure, too."""
    first: dt.datetime
    """When the failure was met first."""


class Occurrences:
    """The failures seen last, at most a thousand; the one not seen for longest goes first.

    Two tools never share an occurrence, even where their fingerprints are equal.
    """

    def __init__(self, known: Iterable[Occurrence] = ()) -> None:
        self._known = {(one.tool, one.fingerprint): one for one in known}
        """Failures that earlier starts have met."""
        self._open = dict(self._known)
        """Failures that their tools have not come through since."""
        self._by_key: OrderedDict[tuple[str, str], Occurrence] = OrderedDict()

    def note(self, fingerprint: str, tool: str, summary: str, time: dt.datetime) -> Sighting:
        """Count a sighting."""
        key = (tool, fingerprint)
        seen = self._by_key.get(key)
        if seen is None:
            seen = Occurrence(
                fingerprint=fingerprint, tool=tool, summary=summary, count=0, first=time, last=time
            )
        seen = replace(seen, count=seen.count + 1, last=max(seen.last, time))
        self._by_key[key] = self._open[key] = seen
        self._by_key.move_to_end(key)
        if len(self._by_key) > FINGERPRINTS_MOST:
            key_out, _ = self._by_key.popitem(last=False)
            self._open.pop(key_out, None)
        known = self._known.get(key)
        if known is None:
            return Sighting(seen.count, "new", seen.first)
        return Sighting(seen.count, "known", known.first)

    def fix(self, tool: str) -> tuple[Occurrence, ...]:
        """What ``tool`` failed of before and has come through now; each is told once."""
        keys = [key for key in self._open if key[0] == tool]
        return tuple(self._open.pop(key) for key in keys)

    def shed(self) -> None:
        """Forget half of the failures of this start: those not seen for longest."""
        for key in [*self._by_key][: len(self._by_key) // 2]:
            del self._by_key[key]
            self._open.pop(key, None)

    def top(self) -> tuple[Occurrence, ...]:
        """Those of this start, most frequent first and most recent first among equals."""
        return tuple(sorted(self._by_key.values(), key=lambda o: (o.count, o.last), reverse=True))
