"""How often each failure was seen, when first and when last; bounded. Pure."""

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, replace

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


class Occurrences:
    """The failures seen last, at most a thousand; the one not seen for longest goes first.

    Two tools never share an occurrence, even where their fingerprints are equal.
    """

    def __init__(self) -> None:
        self._by_key: OrderedDict[tuple[str, str], Occurrence] = OrderedDict()

    def note(self, fingerprint: str, tool: str, summary: str, time: dt.datetime) -> int:
        """Count a sighting; returns which one it is, from 1."""
        key = (tool, fingerprint)
        seen = self._by_key.get(key)
        if seen is None:
            self._by_key[key] = Occurrence(
                fingerprint=fingerprint, tool=tool, summary=summary, count=1, first=time, last=time
            )
        else:
            self._by_key[key] = replace(seen, count=seen.count + 1, last=max(seen.last, time))
        self._by_key.move_to_end(key)
        if len(self._by_key) > FINGERPRINTS_MOST:
            self._by_key.popitem(last=False)
        return self._by_key[key].count

    def top(self) -> tuple[Occurrence, ...]:
        """All of them, most frequent first and most recent first among equals."""
        return tuple(sorted(self._by_key.values(), key=lambda o: (o.count, o.last), reverse=True))
