"""The hall's one way to say what happened: to telemetry, screen and memory of failures."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime

from supervisor import events
from supervisor.digests import Digest, Verdict
from supervisor.telemetry.occurrences import Occurrence, Occurrences
from supervisor.telemetry.writer import Telemetry
from supervisor.view import lines
from supervisor.view.closing import Failure, Totals, render_closing
from supervisor.view.screen import Screen

_MOST_NAMED = 50
_NO_FAILURE = {Verdict.OK, Verdict.UNKNOWN}


class Journal:
    """Takes events from any thread; never waits for a disk or a reader."""

    def __init__(
        self, telemetry: Telemetry, screen: Screen, known: Iterable[Occurrence] = ()
    ) -> None:
        self._telemetry = telemetry
        self._screen = screen
        self._occurrences = Occurrences(known)
        self._lock = threading.Lock()

    def tell(self, event: events.Event) -> None:
        """Record an event, and show it if a person should see it."""
        self._telemetry.emit(event)
        line = lines.render(event)
        if line is not None:
            self._screen.show(line, datetime.now().astimezone())

    def tell_digest(self, run: str, digest: Digest) -> None:
        """Record a digest with what is known of its failure, or of those that it ends."""
        if digest.verdict in _NO_FAILURE:
            self.tell(events.Digested(run=run, digest=digest))
            self._tell_fixed(run, digest)
            return
        with self._lock:
            sighting = self._occurrences.note(
                digest.fingerprint, digest.tool, digest.summary, datetime.now(UTC)
            )
        self.tell(
            events.Digested(run=run, digest=digest, seen=sighting.count, status=sighting.status)
        )

    def _tell_fixed(self, run: str, digest: Digest) -> None:
        if digest.verdict is not Verdict.OK:
            return
        with self._lock:
            fixed = self._occurrences.fix(digest.tool)
        if fixed:
            self.tell(
                events.Fixed(
                    run=run,
                    tool=digest.tool,
                    failures=tuple(one.fingerprint for one in fixed[:_MOST_NAMED]),
                    count=len(fixed),
                )
            )

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
