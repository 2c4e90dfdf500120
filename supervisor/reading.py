"""The hall between output and analyzer: what happens to everything that a run prints."""

from threading import Event as ThreadEvent

from supervisor import events
from supervisor.analyzer import Analyzer
from supervisor.digests import Digest
from supervisor.endings import Ending, Exited, Signaled, Stopped
from supervisor.journal import Journal
from supervisor.output.store import RawStore


class Reader:
    """What happens to output: kept, read by the analyzer, told. Called in the capture's thread."""

    def __init__(self, run: str, store: RawStore, journal: Journal) -> None:
        self._run = run
        self._store = store
        self._journal = journal
        self._analyzer = Analyzer(on_failure=self._tell_failure)
        self.ended = ThreadEvent()

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
