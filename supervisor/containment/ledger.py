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

    def recover(self) -> tuple[Member, ...]:
        """End what is left of the run noted here; returns who that was.

        A process is ours by our random cookie in its environment and by nothing else: not by
        name, command line or pid. Nothing outlives a boot, so an older page is only dropped.
        """
        try:
            page = json.loads(self._path.read_text(encoding="utf-8"))
            boot, cookie = str(page["boot"]), str(page["cookie"])
        except (OSError, ValueError, KeyError, TypeError):
            self.clear()
            return ()
        toll = ending.Toll()
        if boot == table.boot_id() and cookie:
            ending.kill_until_empty(lambda: table.holders_of({cookie}, COOKIE_VARIABLE), toll)
        self.clear()
        return tuple(
            Member(pid=pid, argv=argv, how="killed") for (pid, _), argv in toll.argv.items()
        )
