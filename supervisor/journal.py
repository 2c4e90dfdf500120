"""The hall's one way to say what happened: to telemetry, screen and memory of failures."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from supervisor import events
from supervisor.digests import Digest, Verdict
from supervisor.redaction import Redactor
from supervisor.telemetry.doubles import Doubles, Source
from supervisor.telemetry.flakiness import Flakiness, Outcome, outcome_of
from supervisor.telemetry.occurrences import Occurrence, Occurrences, Sighting
from supervisor.telemetry.record import stamp
from supervisor.telemetry.repeats import Key, Repeat, Repeats
from supervisor.telemetry.writer import Telemetry
from supervisor.trees import holds_test, identify_tree
from supervisor.view import lines
from supervisor.view.closing import Failure, Totals, render_closing
from supervisor.view.screen import Screen

_MOST_NAMED = 50
_BY_FORM = Redactor({})
_NO_FAILURE = {Verdict.OK, Verdict.UNKNOWN}


class Journal:
    """Takes events from any thread; never waits for a disk or a reader."""

    def __init__(
        self,
        telemetry: Telemetry,
        screen: Screen,
        known: Iterable[Occurrence] = (),
        directory: Path | None = None,
        redactor: Redactor = _BY_FORM,
    ) -> None:
        self._telemetry = telemetry
        self._screen = screen
        self._occurrences = Occurrences(known)
        self._lock = threading.Lock()
        self._directory = directory
        """Where the program works, and with it the tests that it runs, or so we think."""
        self._redactor = redactor
        self._repeats = Repeats()
        self._doubles = Doubles()
        self._flakiness = Flakiness()
        self._aside = ThreadPoolExecutor(1, "journal")
        """For what takes too long while output waits to be read."""

    @property
    def waiting_bytes(self) -> int:
        """Telemetry that is accepted and not yet written."""
        return self._telemetry.waiting_bytes

    def tell(self, event: events.Event) -> None:
        """Record an event without its secrets, and show it if a person should see it."""
        now = datetime.now(UTC)
        with self._lock:
            ended = isinstance(event, events.RunEnded)
            over = self._repeats.take_all() if ended else self._repeats.take_over(now)
        self._tell_repeats(over)
        self._record(self._redactor.value(event))

    def _record(self, event: events.Event) -> None:
        self._telemetry.emit(event)
        line = lines.render(event)
        if line is not None:
            self._screen.show(line, datetime.now().astimezone())

    def tell_digest(self, run: str, digest: Digest) -> None:
        """Record a digest with what is known of its failure, or of those that it ends."""
        if not self._is_news(run, digest):
            return
        digest = self._redactor.value(digest)
        if (outcome := outcome_of(digest)) is not None:
            self._aside.submit(self._tell_flaky, run, outcome)
        now, failed = datetime.now(UTC), digest.verdict not in _NO_FAILURE
        key = Key(run, digest.tool, digest.fingerprint, digest.verdict)
        with self._lock:
            over = self._repeats.take_over(now)
            told = self._repeats.note(key, now, digest.lines)
            sighting = self._note(digest, now) if failed else None
        self._tell_repeats(over)
        if told:
            seen, status = (sighting.count, sighting.status) if sighting else (1, None)
            self._record(events.Digested(run=run, digest=digest, seen=seen, status=status))
        if not failed:
            self._tell_fixed(run, digest)

    def _is_news(self, run: str, digest: Digest) -> bool:
        source: Source = "text" if digest.call is None else digest.call.source
        with self._lock:
            return self._doubles.is_news(source, run, digest.tool, datetime.now(UTC))

    def _note(self, digest: Digest, time: datetime) -> Sighting:
        return self._occurrences.note(digest.fingerprint, digest.tool, digest.summary, time)

    def _tell_repeats(self, repeats: Iterable[Repeat]) -> None:
        for one in repeats:
            self._record(
                events.Repeated(
                    run=one.key.run,
                    tool=one.key.tool,
                    fingerprint=one.key.fingerprint,
                    verdict=one.key.verdict,
                    count=one.count,
                    first=stamp(one.first),
                    last=stamp(one.last),
                    lines=one.lines,
                )
            )

    def _tell_fixed(self, run: str, digest: Digest) -> None:
        # A command that was silent and came through shows nothing of what its program can fail of.
        silent = digest.call is not None and digest.kind == "output"
        if digest.verdict is not Verdict.OK or silent:
            return
        with self._lock:
            fixed = self._occurrences.fix(digest.tool)
            over = self._repeats.take_all(digest.tool) if fixed else []
        self._tell_repeats(over)
        if fixed:
            self.tell(
                events.Fixed(
                    run=run,
                    tool=digest.tool,
                    failures=tuple(one.fingerprint for one in fixed[:_MOST_NAMED]),
                    count=len(fixed),
                )
            )

    def _tell_flaky(self, run: str, outcome: Outcome) -> None:
        directory = self._directory
        if directory is None or (tree := identify_tree(directory)) is None:
            return
        tests = self._flakiness.note(tree, outcome)
        if tests and all(holds_test(directory, test) for test in tests):
            self.tell(
                events.Flaky(
                    run=run,
                    tool=outcome.tool,
                    tests=tests[:_MOST_NAMED],
                    count=len(tests),
                    tree=tree,
                )
            )

    def shed(self) -> None:
        """Forget the older half of what is only known to say more of what comes."""
        with self._lock:
            self._occurrences.shed()
            self._flakiness.shed()

    def close(self) -> None:
        """Finish what was put aside."""
        self._aside.shutdown(cancel_futures=True)

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
