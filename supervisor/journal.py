"""The hall's one way to say what happened: to telemetry, screen and memory of failures."""

import threading
from datetime import UTC, datetime

from supervisor import events
from supervisor.digests import Digest, Verdict
from supervisor.telemetry.occurrences import Occurrences
from supervisor.telemetry.writer import Telemetry
from supervisor.view import lines
from supervisor.view.closing import Failure, Totals, render_closing
from supervisor.view.screen import Screen

_NO_FAILURE = {Verdict.OK, Verdict.UNKNOWN}


class Journal:
    """Takes events from any thread; never waits for a disk or a reader."""

    def __init__(self, telemetry: Telemetry, screen: Screen) -> None:
        self._telemetry = telemetry
        self._screen = screen
        self._occurrences = Occurrences()
        self._lock = threading.Lock()

    def tell(self, event: events.Event) -> None:
        """Record an event, and show it if a person should see it."""
        self._telemetry.emit(event)
        line = lines.render(event)
        if line is not None:
            self._screen.show(line, datetime.now().astimezone())

    def tell_digest(self, run: str, digest: Digest) -> None:
        """Record a digest with the number of times that its failure was seen."""
        seen = 1
        if digest.verdict not in _NO_FAILURE:
            with self._lock:
                seen = self._occurrences.note(
                    digest.fingerprint, digest.tool, digest.summary, datetime.now(UTC)
                )
        self.tell(events.Digested(run=run, digest=digest, seen=seen))

    def tell_closing(self, totals: Totals) -> None:
        """Show the receipt of the whole shift."""
        for line in render_closing(totals, self.failures()):
            self._screen.write(line)

    def failures(self) -> list[Failure]:
        """Every distinct failure of this start, in no particular order."""
        with self._lock:
            return [
                Failure(
                    one.fingerprint,
                    one.summary,
                    one.count,
                    one.first.astimezone(),
                    one.last.astimezone(),
                )
                for one in self._occurrences.top()
            ]
