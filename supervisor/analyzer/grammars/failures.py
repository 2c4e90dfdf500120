"""Tests that failed, as the parsers of builds and of their test frameworks collect them."""

from collections.abc import Iterator

from supervisor.analyzer.tally import Tally
from supervisor.digests import Diagnostic

_MOST_TESTS = 5000


class Failures:
    """Tests that failed, each once, and why."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, str]] = {}
        self._last = ""

    def __len__(self) -> int:
        return len(self._said)

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Each test, what it counts as, and why it failed."""
        return ((test, *said) for test, said in self._said.items())

    def note(self, test: str, message: str = "", counts_as: str = "failed") -> None:
        """A line said that ``test`` failed; a later one may add why."""
        if test in self._said or len(self._said) >= _MOST_TESTS:
            message = message if test in self._said and not self._said[test][1] else ""
            if message:
                self._said[test] = (self._said[test][0], message)
        else:
            self._said[test] = (counts_as, message)
        self._last = test

    @property
    def waits(self) -> bool:
        """Whether nobody has said yet why the last test failed."""
        return bool(self._last) and not self._said.get(self._last, ("", "x"))[1]

    def explain(self, message: str) -> None:
        """Why the last test failed."""
        if self.waits:
            self._said[self._last] = (self._said[self._last][0], message)

    def take_over(self, others: "Failures") -> None:
        """Note all of theirs."""
        for test, counts_as, message in others:
            self.note(test, message, counts_as)
        self._last = ""

    def settle(self, tally: Tally) -> None:
        """Count them; the first is the one to show."""
        for test, counts_as, message in self:
            tally.counted[counts_as] += 1
            if tally.first is None or tally.first_rank > 2:  # noqa: PLR2004 - a failure's rank
                tally.first, tally.first_rank = Diagnostic(code=test, message=message), 2
            if message:
                tally.blame(message)
            tally.identify(test, None, message)
