"""What a run's programs have started, by session, looking closely only at what is new."""

import os
import time
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from supervisor.containment import table
from supervisor.containment.table import Entry

_YOUNG_S = 1.0
"""So long a newcomer may be about to open a session of its own."""


@dataclass(slots=True)
class Session:
    """A session below the autopilot's own, and those below it, for which it may wait."""

    members: dict[int, Entry] = field(default_factory=dict)
    """By pid, as they were when they were looked at last."""

    @property
    def cpu_ticks(self) -> int:
        """Processor time of the living."""
        return sum(entry.cpu_ticks for entry in self.members.values())


class Census:
    """The sessions below one process; tool calls of the pool and what is below them left out.

    A look at thousands of processes takes as long as reading their numbers.
    """

    def __init__(self, top: int, own_session: int) -> None:
        """``top`` is above all of it, ``own_session`` the autopilot's."""
        self._top = top
        self._own_session = own_session
        self._own: dict[int, float] = {}
        """Members of the autopilot's own session, and when they were seen first."""
        self._aside: set[int] = set()
        """Members of tool calls."""
        self._session_of: dict[int, int] = {}
        self._strangers: set[int] = set()
        self._orphans: set[int] = set()
        """Newcomers right below the top: calls among them are known at the next look."""
        self.sessions: dict[int, Session] = {}
        """By number, in order of arrival but for those that arrived between two looks."""
        self.grown: set[int] = set()
        """Those that have got members with the last look."""

    @property
    def pids(self) -> AbstractSet[int]:
        """Of all in these sessions."""
        return self._session_of.keys()

    def sessions_of(self, pids: Collection[int]) -> set[int]:
        """The sessions of these processes, as far as they are in one."""
        return {self._session_of[pid] for pid in pids if pid in self._session_of}

    def look(self, leaders_of_calls: Collection[int], still: AbstractSet[int]) -> None:
        """Take in what has changed; those in sessions that stand ``still`` have not."""
        alive = {int(name) for name in os.listdir("/proc") if name.isdecimal()}  # noqa: PTH208 - thousands
        self._forget(alive)
        self.grown.clear()
        now = time.monotonic()
        for pid in [pid for pid, since in self._own.items() if now - since < _YOUNG_S]:
            if (entry := table.read_entry(pid)) is not None:
                self._admit(entry, leaders_of_calls)
        known = self._own.keys() | self._aside | self._session_of.keys() | self._strangers
        fresh = map(table.read_entry, alive - known)
        for entry in _parents_first({entry.pid: entry for entry in fresh if entry is not None}):
            self._admit(entry, leaders_of_calls)
        for number in self.sessions.keys() - still:
            self._refresh(self.sessions[number])

    def _forget(self, alive: set[int]) -> None:
        for pid in self._session_of.keys() - alive:
            self._drop(pid)
        for pid in self._own.keys() - alive:
            del self._own[pid]
        self._aside.intersection_update(alive)
        self._strangers.intersection_update(alive)

    def _admit(self, entry: Entry, leaders_of_calls: Collection[int]) -> None:
        """Find out to whom a newcomer belongs; its parent is known if it is ours."""
        pid, above = entry.pid, entry.ppid
        if pid in leaders_of_calls or above in self._aside:
            self._aside.add(pid)
        elif above == self._top and pid not in self._orphans and pid != self._own_session:
            self._orphans.add(pid)
        elif above in self._session_of:
            self._join(self._session_of[above], entry)
        elif not entry.alive or (above != self._top and above not in self._own):
            self._strangers.add(pid)
        elif entry.session == self._own_session:
            self._own.setdefault(pid, time.monotonic())
        else:
            self._join(entry.session, entry)

    def _join(self, number: int, entry: Entry) -> None:
        self._own.pop(entry.pid, None)
        self._orphans.discard(entry.pid)
        self._session_of[entry.pid] = number
        self.grown.add(number)
        self.sessions.setdefault(number, Session()).members[entry.pid] = entry

    def _refresh(self, session: Session) -> None:
        for pid in list(session.members):
            entry = table.read_entry(pid)
            if entry is not None and entry.alive:
                session.members[pid] = entry
                continue
            self._drop(pid)
            self._strangers.add(pid)

    def _drop(self, pid: int) -> None:
        number = self._session_of.pop(pid)
        members = self.sessions[number].members
        del members[pid]
        if not members:
            del self.sessions[number]


def _parents_first(entries: dict[int, Entry]) -> Iterator[Entry]:
    while entries:
        _, entry = entries.popitem()
        line = [entry]
        while (above := entries.pop(line[-1].ppid, None)) is not None:
            line.append(above)
        yield from reversed(line)
