"""Which processes live below the guardian, and which spawn each of them belongs to."""

import os
from collections.abc import Callable
from typing import NamedTuple

from supervisor.containment.table import Entry, cookies_of


class _Known(NamedTuple):
    owner: str
    adopted: bool = False
    escaped: bool = False


class Scan(NamedTuple):
    """One look at the set."""

    members: list[Entry]
    """Everything alive below us."""
    escaped: list[Entry]
    """Those of them that were not outside their leader's session at the look before."""
    adopted: list[Entry]
    """Those of them that have become our own children since then, having lost their parent."""


class Roster:
    """The set as of the last scan. What it remembers is bounded by what lives."""

    def __init__(self, find: Callable[[], list[Entry]], run: str = "", marks: str = "") -> None:
        """``marks``: variable in which members carry the id of their spawn; empty: none do."""
        self._find = find
        self._marks = marks
        self.seen = 0
        """Distinct processes seen since the run began."""
        self.most = 0
        """Most members that one scan found."""
        self._run = run
        """The spawn that everything without another owner belongs to."""
        self._leaders: dict[int, str] = {}
        self._sessions: dict[int, str] = {}
        self._known: dict[tuple[int, int], _Known] = {}
        self._pids: set[int] = set()

    @property
    def leaders(self) -> bool:
        """Whether any leader is still unreaped."""
        return bool(self._leaders)

    def add(self, pid: int, spawn_id: str) -> None:
        """Take in a leader that has just started; its session has its pid."""
        self._leaders[pid] = spawn_id
        self._sessions[pid] = spawn_id

    def leader_of(self, spawn_id: str) -> int | None:
        """Pid of a spawn's leader; None: it was reaped."""
        return next((pid for pid, owner in self._leaders.items() if owner == spawn_id), None)

    def reaped(self, pid: int) -> str | None:
        """Note that ``pid`` is gone; returns its spawn if it was a leader."""
        self.seen += pid not in self._pids
        self._pids.add(pid)  # The next scan sets this right.
        return self._leaders.pop(pid, None)

    def forget(self, spawn_id: str) -> None:
        """Drop what was kept of a spawn whose set is empty."""
        self._sessions = {sid: owner for sid, owner in self._sessions.items() if owner != spawn_id}

    def scan(self) -> Scan:
        """Look at the set."""
        me = os.getpid()
        members = [entry for entry in self._find() if entry.alive]
        before, self._known = self._known, {}
        by_pid: dict[int, str] = {}
        escaped: list[Entry] = []
        adopted: list[Entry] = []
        for entry in members:
            known = before.get(entry.identity)
            if known is None:
                self.seen += entry.pid not in self._pids
                known = _Known(self._attribute(entry, by_pid))
            elif self._marks and known.owner == self._run:
                # In the middle of an exec it had no environment to show.
                known = known._replace(owner=self._attribute(entry, by_pid))
            if not known.escaped and self.escaped(entry):
                known = known._replace(escaped=True)
                escaped.append(entry)
            if entry.ppid == me and entry.pid not in self._leaders and not known.adopted:
                known = known._replace(adopted=True)
                adopted.append(entry)
            self._known[entry.identity] = known
            by_pid[entry.pid] = known.owner
        self._pids = set(by_pid)
        self.most = max(self.most, len(members))
        return Scan(members, escaped, adopted)

    def escaped(self, entry: Entry) -> bool:
        """Whether it left its leader's session."""
        return entry.session not in self._sessions

    def is_run(self, spawn_id: str) -> bool:
        """Whether this spawn's set is everything below us."""
        return spawn_id == self._run

    def belongs(self, entry: Entry, spawn_id: str) -> bool:
        """Whether a member of the last scan is in this spawn's set; the run's holds all."""
        known = self._known.get(entry.identity)
        return self.is_run(spawn_id) or (known is not None and known.owner == spawn_id)

    def _attribute(self, entry: Entry, by_pid: dict[int, str]) -> str:
        # Parents come before children. An orphan met for the first time has only its session,
        # and what it carries.
        return (
            self._leaders.get(entry.pid)
            or by_pid.get(entry.ppid)
            or self._sessions.get(entry.session)
            or self._marked(entry.pid)
            or self._run
        )

    def _marked(self, pid: int) -> str | None:
        if not self._marks:
            return None
        live = self._sessions.values()
        return next((mark for mark in cookies_of(pid, self._marks) if mark in live), None)
