"""Finding a set where orphans go to init: by descent, by pinned sessions, by cookie.

Standard library only. This is all there is where the kernel has no subreaper or refuses one, and it
is weaker: who leaves its session, loses its parent and has an empty environment is not found.
"""

import os
from collections.abc import Callable, Iterable

from supervisor.containment import table
from supervisor.containment.table import Entry


class Strays:
    """The members of a set, looked for in the whole process table each time."""

    def __init__(self, carriers: Callable[[], Iterable[Entry]]) -> None:
        self._carriers = carriers
        """Processes that carry a cookie of ours."""
        self._known: set[tuple[int, int]] = set()

    def find(self) -> list[Entry]:
        """Everybody in the set, parents before children; zombies included.

        A session is proof only while somebody known is alive in it: that pins its number, which
        may otherwise have become another's.
        """
        everybody = table.read_table()
        own = os.getsid(0)
        found = {entry.identity: entry for entry in table.descendants(os.getpid(), everybody)}
        pinned = {
            entry.session
            for entry in everybody.values()
            if entry.alive and (entry.identity in self._known or entry.identity in found)
        }
        roots = [one for one in everybody.values() if one.session in pinned - {own}]
        for root in (*roots, *self._carriers()):
            for entry in (root, *table.descendants(root.pid, everybody)):
                found.setdefault(entry.identity, entry)
        found.pop((os.getpid(), everybody[os.getpid()].start), None)
        self._known = set(found)
        return list(found.values())
