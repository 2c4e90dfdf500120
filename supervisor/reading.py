"""The hall between output and analyzer: what happens to everything that a run prints."""

from collections.abc import Sequence
from functools import cached_property
from threading import Event as ThreadEvent
from typing import TYPE_CHECKING

from supervisor import events
from supervisor.digests import Digest
from supervisor.endings import Ending, Exited, Signaled, Stopped
from supervisor.journal import Journal
from supervisor.output.store import RawStore

if TYPE_CHECKING:
    from supervisor.analyzer import Analyzer, Grammar


class Reader:
    """What happens to output: kept, read by the analyzer, told. Called in the capture's thread."""

    def __init__(
        self, run: str, store: RawStore, journal: Journal, users: Sequence["Grammar"]
    ) -> None:
        self._run = run
        self._store = store
        self._journal = journal
        self._users = users
        self.ended = ThreadEvent()

    @cached_property
    def _analyzer(self) -> "Analyzer":
        # Imported while the autopilot starts, which nobody should wait for.
        from supervisor.analyzer import Analyzer  # noqa: PLC0415

        return Analyzer(on_failure=self._tell_failure, users=self._users)

    def take(self, stream: int, chunk: bytes) -> None:
        """Everything that was read, in order."""
        self._store.put(stream, chunk)
        self._tell(self._analyzer.feed(chunk, stream))

    def pause(self) -> None:
        """Nothing came for a moment, so what is complete can be told."""
        self._tell(self._analyzer.flush())

    def close(self, ending: Ending) -> None:
        """Sum up what is left; only after the capture's thread has ended."""
        match ending:
            case Exited(code=code):
                self._tell(self._analyzer.close(code))
            case Signaled(signum=signum):
                self._tell(self._analyzer.close(None, signum=signum))
            case Stopped(reason="wall"):
                self._tell(self._analyzer.close(None, timed_out=True))
            case _:
                self._tell(self._analyzer.close(None))

    def _tell(self, digests: list[Digest]) -> None:
        for digest in digests:
            self._journal.tell_digest(self._run, digest)

    def _tell_failure(self, grammar: str, problem: str) -> None:
        self._journal.tell(events.GrammarFailed(run=self._run, grammar=grammar, problem=problem))
