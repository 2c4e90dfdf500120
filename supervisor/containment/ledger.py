"""What we started, on disk: so that the next start can end what a double kill left behind."""

import json
import os
from pathlib import Path

from supervisor.containment import ending, table
from supervisor.containment.guardian import COOKIE_VARIABLE
from supervisor.events import Member


class Ledger:
    """The cookie of the run that may have members now; only the instance's holder writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def record(self, cookie: str) -> None:
        """Note a cookie before anything is spawned with it; on disk when this returns.

        Raises:
            OSError: it could not be written.
        """
        page = json.dumps({"boot": table.boot_id(), "cookie": cookie})
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def clear(self) -> None:
        """The set was proven empty."""
        self._path.unlink(missing_ok=True)

    def noted(self) -> str:
        """The cookie of a run that was not ended cleanly since the last boot; empty if none."""
        try:
            page = json.loads(self._path.read_text(encoding="utf-8"))
            boot, cookie = str(page["boot"]), str(page["cookie"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        return cookie if boot == table.boot_id() else ""

    def leftovers(self) -> tuple[Member, ...]:
        """Who is left of the run noted here; nobody is touched.

        A process is ours by our random cookie in its environment and by nothing else: not by
        name, command line or pid. Nothing outlives a boot, so an older page names nobody.
        """
        cookie = self.noted()
        found = table.holders_of({cookie}, COOKIE_VARIABLE) if cookie else []
        return tuple(Member(pid=entry.pid, argv=table.argv_of(entry.pid)) for entry in found)

    def recover(self) -> tuple[Member, ...]:
        """End what is left of the run noted here, and drop the note; returns who that was."""
        toll = ending.Toll()
        if cookie := self.noted():
            ending.kill_until_empty(lambda: table.holders_of({cookie}, COOKIE_VARIABLE), toll)
        self.clear()
        return tuple(
            Member(pid=pid, argv=argv, how="killed") for (pid, _), argv in toll.argv.items()
        )
