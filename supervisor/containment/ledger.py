"""What we started, on disk: so that the next start can end what a double kill left behind."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from supervisor.containment import cgroupfs, ending, table
from supervisor.containment.guardian import COOKIE_VARIABLE
from supervisor.containment.table import Entry
from supervisor.events import Member


class Page(NamedTuple):
    """What is known of a run that may have members now; each is a proof that one is ours."""

    cookie: str
    """128 random bits in the environment of every member that has not emptied its own."""
    cgroups: Sequence[str] = ()
    """Directories that were made for this run; whoever is in them is a member."""
    leader: Sequence[int] = ()
    """Pid and start time of its leader, once it has one."""


class Ledger:
    """The page of the run that may have members now; only the instance's holder writes it.

    A process is ours by a proof on the page and by nothing else: not by name, command line, folder
    or a bare pid. Nothing outlives a boot, so an older page names nobody.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fresh = path.with_suffix(".new")

    def record(self, page: Page) -> None:
        """Note what a run will be known by, before it is spawned; on disk when this returns.

        Raises:
            OSError: it could not be written.
        """
        text = json.dumps({"boot": table.boot_id(), **page._asdict()})
        with self._fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self._fresh.replace(self._path)

    def clear(self) -> None:
        """The set was proven empty."""
        self._path.unlink(missing_ok=True)
        self._fresh.unlink(missing_ok=True)  # From a full disk, or who was killed while it wrote.

    def noted(self) -> Page | None:
        """The page of a run that was not ended cleanly since the last boot."""
        try:
            text: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
            boot = text.pop("boot")
            page = Page(**text)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return page if boot == table.boot_id() and page.cookie else None

    def leftovers(self) -> tuple[Member, ...]:
        """Who is left of the run noted here; nobody is touched."""
        page = self.noted()
        found = _scan(page) if page is not None else []
        return tuple(Member(pid=entry.pid, argv=table.argv_of(entry.pid)) for entry in found)

    def recover(self) -> tuple[Member, ...]:
        """End what is left of the run noted here, and drop the note; returns who that was.

        What cannot be ended keeps its page, and the next start tries again.
        """
        toll = ending.Toll()
        left: list[Entry] = []
        if (page := self.noted()) is not None:
            for directory in page.cgroups:
                cgroupfs.try_write(directory, "pids.max", 0)
            left = ending.kill_until_empty(lambda: _scan(page), toll)
            for directory in page.cgroups:
                cgroupfs.remove(directory)
        if not left:
            self.clear()
        return tuple(
            Member(pid=pid, argv=argv, how="killed") for (pid, _), argv in toll.argv.items()
        )


def _scan(page: Page) -> list[Entry]:
    """Everybody alive for whom the page has a proof."""
    found = {entry.identity: entry for entry in _in_cgroups(page.cgroups)}
    found |= {one.identity: one for one in table.holders_of({page.cookie}, COOKIE_VARIABLE)}
    leader = table.read_entry(page.leader[0]) if page.leader else None
    if leader is not None and leader.identity == tuple(page.leader):
        found[leader.identity] = leader
    return [entry for entry in found.values() if entry.alive]


def _in_cgroups(directories: Sequence[str]) -> Iterator[Entry]:
    """Members of cgroups. Who is listed after it was looked up was looked up under its own pid."""
    for directory in directories:
        entries = [table.read_entry(pid) for pid in cgroupfs.pids_below(directory)]
        listed = set(cgroupfs.pids_below(directory))
        yield from (entry for entry in entries if entry is not None and entry.pid in listed)
