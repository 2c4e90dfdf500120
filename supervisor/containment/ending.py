"""Killing a set of processes until it is proven empty; standard library only."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from supervisor.containment import table
from supervisor.containment.hold import Hold
from supervisor.containment.table import Entry

_ROUND_S = 0.004
"""Pause between two scans: a killed process needs about that long to be gone."""
_UNKILLABLE_S = 5.0
"""What SIGKILL has not ended by then sits in the kernel (state D) or belongs to another user."""
_STILL_S = 2.0
_NAMING_S = 0.05
"""Most time that one stop spends on names."""
_MOST_NAMED = 64
_CROWD = 20
_SEVERAL = 2
_DYING_S = 1.0
_DYING_LOOK_S = 0.002

Scan = Callable[[], list[Entry]]
Proof = Callable[[], bool]


class Toll:
    """Who had to be ended, and how; bounded by what the set holds at one time."""

    def __init__(self) -> None:
        self.argv: dict[tuple[int, int], tuple[str, ...]] = {}
        self.how: dict[tuple[int, int], str] = {}
        self._naming_s = _NAMING_S

    def note(self, entries: Sequence[Entry], how: str) -> None:
        """Remember that these were sent a signal; the last one counts.

        A command line is in a process's memory, which is locked while it forks. In a crowd that
        fights for the processors one lock was held for 29 s, so there a short name must do.
        """
        crowd = sum(entry.state == "R" for entry in entries) > _CROWD
        for entry in entries:
            if entry.identity not in self.argv:
                self.argv[entry.identity] = self._name(entry, short=crowd and entry.state == "R")
            self.how[entry.identity] = how

    def _name(self, entry: Entry, *, short: bool) -> tuple[str, ...]:
        if len(self.argv) >= _MOST_NAMED or self._naming_s <= 0:
            return ("?",)
        begun = time.monotonic()
        name = table.short_name_of(entry.pid) if short else table.argv_of(entry.pid)
        self._naming_s -= time.monotonic() - begun
        return name


def send(entry: Entry, signum: int) -> bool:
    """Signal exactly this process; False: it is gone, or its pid names another by now.

    Raises:
        PermissionError: it belongs to another user.
    """
    try:
        pidfd = os.pidfd_open(entry.pid)
    except ProcessLookupError:
        return False
    try:
        # The descriptor pins the process, so what is checked now is what gets the signal.
        now = table.read_entry(entry.pid)
        if now is None or now.identity != entry.identity:
            return False
        signal.pidfd_send_signal(pidfd, signum)
    except ProcessLookupError:
        return False
    finally:
        os.close(pidfd)
    return True


def terminate(members: Sequence[Entry], toll: Toll, deadline: float) -> None:
    """SIGTERM, and SIGCONT so that a stopped process can act on it; none after the deadline."""
    toll.note(members, "terminated")  # Before the signal, while they have command lines.
    for entry in members:
        if time.monotonic() >= deadline:
            return
        if _send_allowed(entry, signal.SIGTERM):
            _send_allowed(entry, signal.SIGCONT)


def stop_until_still(scan: Scan) -> None:
    """SIGSTOP what ``scan`` finds until it finds nothing that still runs."""
    deadline = time.monotonic() + _STILL_S
    while running := [entry for entry in scan() if entry.alive and entry.state not in "Tt"]:
        if time.monotonic() > deadline:
            return
        _strike_groups(running, signal.SIGSTOP)
        for entry in running:
            _send_allowed(entry, signal.SIGSTOP)
        time.sleep(_ROUND_S)


def stop_all(members: Iterable[Entry]) -> None:
    """SIGSTOP to these, and to nobody below them."""
    for entry in members:
        _send_allowed(entry, signal.SIGSTOP)


def continue_all(members: Iterable[Entry]) -> None:
    """SIGCONT to those who may be stopped."""
    for entry in members:
        _send_allowed(entry, signal.SIGCONT)


def _strike_groups(members: Sequence[Entry], signum: int) -> None:
    """Signal each process group of several members at one stroke.

    A process that forks all the time cannot escape it: the kernel lets no fork pass by a signal to
    its group. No stranger is in a member's group, but for ours before a child has left it.
    """
    sizes = Counter(entry.group for entry in members)
    del sizes[os.getpgrp()]
    for entry in members:
        if sizes[entry.group] < _SEVERAL or not _send_allowed(entry, signal.SIGSTOP):
            continue
        # Stopped, it stays in its group, so that the number cannot become another's.
        now = table.read_entry(entry.pid)
        if now is None or not now.alive:
            continue
        if (now.identity, now.group) == (entry.identity, entry.group):
            del sizes[entry.group]
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(entry.group, signum)


def _send_allowed(entry: Entry, signum: int) -> bool:
    """Signal a process if it is ours to signal; False: it was not sent."""
    try:
        return send(entry, signum)
    except PermissionError:
        return False  # Another user's: a scan finds it again, and at the end it is a survivor.


def let_die(hold: Hold, reap: Proof) -> None:
    """Leave the processors to a set that was killed at one stroke, as long as it shrinks."""
    fewest, deadline = hold.size, time.monotonic() + _DYING_S
    while hold.populated and time.monotonic() < deadline:
        reap()
        time.sleep(_DYING_LOOK_S)
        if (size := hold.size) < fewest:
            fewest, deadline = size, time.monotonic() + _DYING_S


def kill_until_empty(scan: Scan, toll: Toll, proven: Proof | None = None) -> list[Entry]:
    """SIGKILL what ``scan`` finds until the set is empty; returns what could not be ended.

    An empty scan is no proof: a process that forks and exits all the time is never where the
    scan looks. ``proven`` says whether the set is empty; without it, a second scan does.
    """
    deadline = time.monotonic() + _UNKILLABLE_S
    while True:
        begun = time.monotonic()
        members = [entry for entry in scan() if entry.alive]
        if not members and (proven() if proven is not None else not scan()):
            return []
        if time.monotonic() > deadline:
            return members
        toll.note(members, "killed")
        _strike_groups(members, signal.SIGKILL)
        for entry in members:
            _send_allowed(entry, signal.SIGKILL)
        # Those who die need the processors that a look at thousands of them takes.
        time.sleep(max(_ROUND_S, time.monotonic() - begun) if members else 0)


def end_children(reap: Proof) -> bool:
    """SIGKILL every child of ours at once; True: the kernel says that we have none.

    A subreaper without children has no descendants, so this is the proof for a whole set.
    ``reap`` waits for what has ended and says whether no child is left, dead or alive.
    """
    if reap():
        return True
    for pid in table.children():
        try:
            os.kill(pid, signal.SIGKILL)  # Not yet waited for, so the number is still theirs.
        except PermissionError:
            continue  # Another user's: the caller's deadline makes it a survivor.
    return reap()


def reap_silently() -> bool:
    """Wait for every child that has ended; True: there is no child left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False
