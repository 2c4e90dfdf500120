"""One stop of a set: how long it has, whom it found, and what is told when it is over.

Standard library only.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from supervisor.containment import table
from supervisor.containment.ending import Toll
from supervisor.containment.namespace import HostPids
from supervisor.containment.roster import Roster
from supervisor.containment.table import Entry

MOST_REPORTED = 50
"""Members named in one message, and adoptions told of in one run."""
_MOST_NAMED = 500
"""Members of a set whose pids outside are looked up before they are killed."""


class Stop:
    """A stop under way: its set gets SIGTERM and has until the deadline."""

    def __init__(self, grace_s: float, leader: int | None) -> None:
        self.begun = time.monotonic()
        self.deadline = self.begun + grace_s
        self.toll = Toll()
        self.members: list[Entry] | None = None
        """Who was there at the last look."""
        self.terminated: set[tuple[int, int]] = set()
        self._leader = leader
        self._escaped: set[tuple[int, int]] = set()
        self._outside: dict[int, int] = {}

    @property
    def due(self) -> bool:
        """Whether the grace is over."""
        return time.monotonic() >= self.deadline

    def look_at(self, members: list[Entry], roster: Roster, host: HostPids | None) -> None:
        """Note who is to be ended, and what must be known before they have been."""
        self.members = members
        self._escaped |= {entry.identity for entry in members if roster.escaped(entry)}
        fresh = {entry.pid for entry in members} - self._outside.keys()
        if fresh and len(members) <= _MOST_NAMED:
            self._outside |= outside_pids(fresh, host)

    def report(self, survivors: Iterable[Entry], *, inside: bool) -> dict[str, Any]:
        """Who had to be ended; ``inside``: the members' pids are not those of the host."""
        how, left = self.toll.how, {entry.identity for entry in survivors}
        ended = [one for one in how if one[0] != self._leader and one not in left]
        return {
            "ended": [
                {
                    "pid": self._outside.get(one[0], one[0]),
                    "argv": self.toll.argv[one],
                    "escaped": one in self._escaped,
                    "how": how[one],
                    "why": "",
                }
                # Without a number outside it was gone before it could be looked up, and its
                # number inside is some stranger's there.
                for one in ended[:MOST_REPORTED]
                if not inside or one[0] in self._outside
            ],
            "ended_count": len(ended),
            "took_s": time.monotonic() - self.begun,
        }


def describe(
    entries: Sequence[Entry], roster: Roster, host: HostPids | None, *, why: bool = False
) -> list[dict[str, Any]]:
    """Members that are alive, as messages have them; ``why``: with the evidence for that."""
    outside = outside_pids((entry.pid for entry in entries), host) if entries else {}
    return [
        {
            "pid": outside.get(entry.pid, entry.pid),
            "argv": table.argv_of(entry.pid),
            "escaped": roster.escaped(entry),
            "how": "alive",
            "why": table.evidence_of(entry) if why else "",
        }
        for entry in entries
    ]


def outside_pids(pids: Iterable[int], host: HostPids | None) -> dict[int, int]:
    """What the host calls these members, where that differs."""
    return {} if host is None else host.of(pids)
