"""The hall between output and analyzer: what happens to everything that a run prints."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from supervisor import events
from supervisor.digests import Digest
from supervisor.endings import CallEnding, CallStopped, Ending, Exited, Signaled, Stopped
from supervisor.errors import NoInputError
from supervisor.output.backlog import QUIET, Backlog, Chunk, Missed
from supervisor.output.position import Position
from supervisor.output.reader import RawReader, Stretch
from supervisor.output.store import RawStore

if TYPE_CHECKING:
    from supervisor.analyzer import Analyzer, Grammar

_REST_PER_WORK = 19
"""How long the analyzer leaves the processor to others, when it cannot keep up anyway."""
_MOST_REST_S = 1.0
_SETTLE_S = 1.0
_TELL_SKIPPED_S = 60.0
_HUNG_S = 5.0
"""What the newest output takes at most; longer, and the disk hangs that the rest is read from."""
_LEAST_PATIENCE_S = 0.1
_MOST_PATIENCE_S = 30.0
_PATIENCE_SHARE = 0.05
"""What the analysis may take behind a run's end, of the time that the run took."""


class Teller(Protocol):
    """Where what is found is told; a journal is one."""

    def tell(self, event: events.Event) -> None:
        """Something happened."""

    def tell_digest(self, run: str, digest: Digest) -> None:
        """A tool was summed up."""


def drop_teller(teller: Teller, run: str) -> Callable[[int, int, str], None]:
    """What a raw store reports to: so many bytes and lines were not kept, and why."""

    def tell(dropped_bytes: int, dropped_lines: int, problem: str) -> None:
        teller.tell(
            events.OutputDropped(
                run=run,
                dropped_bytes=dropped_bytes,
                dropped_lines=dropped_lines,
                problem=problem,
            )
        )

    return tell


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known beforehand about an output."""

    users: Sequence["Grammar"] = ()
    """Grammars of the user's own."""
    patience_s: float | None = None
    """What the analysis may take behind the end; None: a share of the time until then."""
    tool: str | None = None
    """The one tool that writes."""


class Reader:
    """What happens to output: kept, read by the analyzer, told.

    ``take`` and ``pause`` are for the capture's thread and do not wait for the analyzer, which has
    a thread of its own. What comes faster than it can be read is read from the store later; what
    is not kept there, or for which there is no time, is skipped by count and told.
    """

    def __init__(
        self,
        run: str,
        store: RawStore,
        journal: Teller,
        expected: Expected,
    ) -> None:
        self._run = run
        self._store = store
        self._journal = journal
        self._expected = expected
        self.backlog = Backlog()
        self._skipped = Position()
        """How much was skipped and not yet told."""
        self._told_at = time.monotonic()
        self._begun = time.monotonic()
        self._ending: Ending | CallEnding | None = None
        self.ended = threading.Event()
        """Set when no more output comes."""
        self._thread = threading.Thread(target=self._analyze, name="analyzer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._finish(0)

    def take(self, stream: int, chunk: bytes) -> None:
        """Everything that was read, in order."""
        lines = chunk.count(b"\n")
        self._store.put(stream, chunk, lines)
        self.backlog.put(stream, chunk, lines)

    def pause(self) -> None:
        """Nothing came for a moment, so what is complete can be told."""
        self.backlog.put(QUIET, b"", 0)

    def close(self, ending: Ending | CallEnding) -> None:
        """Have the rest read and summed up; only after the capture's thread has ended.

        What is not read when there is no patience left is skipped, but the last of it.
        """
        self._ending = ending
        patience_s = self._expected.patience_s
        if patience_s is None:
            share_s = _PATIENCE_SHARE * (time.monotonic() - self._begun)
            patience_s = max(_LEAST_PATIENCE_S, min(share_s, _MOST_PATIENCE_S))
        self._finish(patience_s)
        if self._thread.is_alive():
            self._tell_failure("analyzer", "it does not come to an end and is left to itself")

    def findings(self, most_bytes: int) -> str:
        """The lines that told of what went wrong, in so many bytes; only after ``close``."""
        from supervisor.analyzer.excerpt import render  # noqa: PLC0415 - loaded by now

        analyzer = self._analyzer
        return render((), analyzer.quotes, analyzer.context, most_bytes)

    def _finish(self, patience_s: float) -> None:
        self.ended.set()
        self.backlog.end(patience_s)
        self._thread.join(patience_s + _HUNG_S)

    @cached_property
    def _analyzer(self) -> "Analyzer":
        # Who prints nothing should not have it loaded.
        from supervisor.analyzer import Analyzer  # noqa: PLC0415

        return Analyzer(
            tool=self._expected.tool,
            users=self._expected.users,
            on_failure=self._tell_failure,
        )

    def _analyze(self) -> None:
        try:
            while (taken := self.backlog.take()) is not None:
                if isinstance(taken, Missed):
                    self._make_up(taken)
                else:
                    self._read(taken)
            self._tell_skipped()
            self._tell(_sum_up(self._analyzer, self._ending))
        except Exception as bug:  # noqa: BLE001 - a run does not end for want of its summary
            self._tell_failure("analyzer", f"{type(bug).__name__}: {bug}")

    def _make_up(self, missed: Missed) -> None:
        """Read from the store what was missed, as far as it is there and there is time."""
        read = missed.begin
        for stretch in self._stored(missed):
            if self.backlog.expired:
                break
            self._skip(read, stretch.begin)
            self._read(stretch.chunks)
            read = stretch.end
        self._skip(read, missed.end)

    def _stored(self, missed: Missed) -> Iterator[Stretch]:
        if self.backlog.expired:
            return
        self._store.settle(missed.end.offset, _SETTLE_S)
        with suppress(NoInputError):  # There is no store where no disk took any output.
            store = RawReader(self._store.directory)
            yield from store.stretches(missed.begin.offset, missed.end.offset)

    def _read(self, chunks: Iterable[Chunk]) -> None:
        begun, missing_bytes = time.monotonic(), self.backlog.missing_bytes
        for stream, data in chunks:
            if stream == QUIET:
                self._tell(self._analyzer.flush())
                self._tell_skipped()
            else:
                self._tell(self._analyzer.feed(data, stream))
        if self.backlog.missing_bytes > missing_bytes:
            took_s = time.monotonic() - begun
            self.ended.wait(min(_REST_PER_WORK * took_s, _MOST_REST_S))

    def _skip(self, begin: Position, end: Position) -> None:
        if begin == end:
            return
        self._analyzer.skip(end.line - begin.line)
        self._skipped = self._skipped.after(end.offset - begin.offset, end.line - begin.line)
        if time.monotonic() - self._told_at > _TELL_SKIPPED_S:
            self._tell_skipped()

    def _tell_skipped(self) -> None:
        skipped, self._skipped = self._skipped, Position()
        self._told_at = time.monotonic()
        if skipped.offset:
            self._journal.tell(
                events.AnalysisSkipped(
                    run=self._run, skipped_bytes=skipped.offset, skipped_lines=skipped.line
                )
            )

    def _tell(self, digests: list[Digest]) -> None:
        for digest in digests:
            self._journal.tell_digest(self._run, digest)

    def _tell_failure(self, grammar: str, problem: str) -> None:
        self._journal.tell(events.GrammarFailed(run=self._run, grammar=grammar, problem=problem))


def _sum_up(analyzer: "Analyzer", ending: Ending | CallEnding | None) -> list[Digest]:
    match ending:
        case Exited(code=code):
            return analyzer.close(code)
        case Signaled(signum=signum):
            return analyzer.close(None, signum=signum)
        case Stopped(reason="wall") | CallStopped(reason="wall" | "idle"):
            return analyzer.close(None, timed_out=True)
        case _:
            return analyzer.close(None)
