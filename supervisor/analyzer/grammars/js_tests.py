"""What the parsers of JavaScript's test runners share: the run, and its failures."""

import re
from abc import abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally
from supervisor.digests import Diagnostic

JS_FILE = r"(?:file://)?(?:[A-Za-z]:)?[^\s:()]+\.(?:[cm]?[jt]sx?|vue|svelte|coffee)"
FRAME = Pattern(rf"\s*(?:at|\u276f) (?:.*?[ (])?(?P<file>{JS_FILE}):(?P<line>\d+):\d+\)?")
"""A frame of a stack trace, as V8 and as vitest write it."""
_WRAPPER = Pattern(
    r"(?:npm (?:ERR!|error) (?:code|errno|Lifecycle|Test failed)\b|error Command failed with exit"
    r"|\W{0,3}ELIFECYCLE\b|\W?ERR_PNPM_|Process completed with exit code"
    r"|The command \".*\" exited with \d)"
)
"""What the runner's caller says when the run is over."""
WRAPPERS = ("npm ERR! ", "npm error ", "exit code", "elifecycle", "err_pnpm_", "exited with ")
"""Literals of such lines."""
_ASIDE = Pattern(r"\s+// (?:Object\.is equality|deep equality)$")
_LIBRARY = ("node_modules/", "node:", "internal/", "jasmine")
_MOST_FAILURES = 5000
_MOST_LISTENING = 60
_MESSAGE_CHARS = 400


@dataclass(slots=True)
class Failure:
    """A test that failed, or what could not be run."""

    name: str
    file: str | None = None
    is_error: bool = False
    line: int | None = None
    message: str = ""
    key: str = ""
    """What tells it from others, where a list names it again."""

    def say(self, text: str) -> None:
        """Add to the message."""
        said = _ASIDE.sub("", text.strip())
        if not said:
            return
        gap = " " if self.message.endswith(":") else ", "
        both = f"{self.message}{gap}{said}" if self.message else said
        self.message = both[:_MESSAGE_CHARS]

    @property
    def explained(self) -> bool:
        """Whether the message says something; one that ends in a colon announces it."""
        return bool(self.message) and not self.message.endswith(":")

    def stand(self, frame: re.Match[str]) -> None:
        """Take a frame for the place, if it is the first outside of libraries."""
        file = frame["file"].removeprefix("file://")
        if self.line is None and not any(part in file for part in _LIBRARY):
            self.file, self.line = self.file or file, int(frame["line"])


class Failures:
    """The failures of one run in the order of its report."""

    def __init__(self) -> None:
        self._all: list[Failure] = []
        self.current: list[Failure] = []
        """Those that the next lines explain; more than one where the runner merges them."""

    def begin(self, failure: Failure, *, joins: bool = False) -> None:
        """The lines that follow are about this one; ``joins``: and about those before it."""
        if len(self._all) < _MOST_FAILURES:
            self._all.append(failure)
        self.current = [*self.current, failure] if joins else [failure]

    def say(self, text: str) -> None:
        """Add to the message of what is being explained."""
        for failure in self.current:
            failure.say(text)

    def stand(self, text: str) -> bool:
        """Read a frame of a stack trace; whether it was one."""
        frame = FRAME.match(text)
        if frame is not None:
            for failure in self.current:
                failure.stand(frame)
        return frame is not None

    def forget(self) -> None:
        """They are all to be told again."""
        self._all.clear()
        self.current = []

    def keep(self, keys: Collection[str]) -> None:
        """Forget those that are not among these, and all but the first report of each."""
        first = {failure.key: failure for failure in reversed(self._all) if failure.key in keys}
        self._all = [failure for failure in self._all if first.get(failure.key) is failure]

    def drop(self) -> None:
        """The last one was none."""
        if self._all:
            self._all.pop()
        self.current = []

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Failure]:
        return iter(self._all)

    def count_in(self, tally: Tally) -> None:
        """Put them into a tally; what could not be run goes before what failed."""
        failed = sum(not failure.is_error for failure in self._all)
        tally.counted["failed"] = max(tally.counted["failed"], failed)
        tally.counted["errors"] = max(tally.counted["errors"], len(self._all) - failed)
        for failure in sorted(self._all, key=lambda one: not one.is_error):
            if tally.first is None:
                tally.first_rank = 2
                tally.first = Diagnostic(
                    file=failure.file,
                    line=failure.line,
                    code=failure.name,
                    message=failure.message,
                )
            if failure.message:
                tally.blame(failure.message)
            if failure.file:
                tally.files.add(failure.file)
            tally.identify(failure.name, failure.file, failure.message)


class TestRun:
    """Reads one run of a test runner. Its closing counts stand on several lines."""

    __test__ = False

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self.failures = Failures()
        self._over = False
        self._listening = 0

    @property
    def done(self) -> bool:
        """Whether a closing count was seen, or somebody who speaks after the run."""
        return self.tally.ended or self._over

    @property
    def attentive(self) -> bool:
        """Among the closing counts, and where a failure is being explained."""
        return self.tally.ended or self._listening > 0

    def take(self, line: Line) -> bool:
        """Read a line of the run."""
        if self.tally.ended:
            return self.read_after(line)
        if _WRAPPER.match(line.text):
            self._over = True
            return False
        if self._listening:
            self._listening -= 1
        return self.read(line)

    def close(self) -> None:
        """Put what was found into the tally."""
        self.conclude()
        self.failures.count_in(self.tally)
        tally = self.tally
        ran = tally.declared.get("passed", 0) + tally.declared.get("failed", 0)
        if tally.ended and not (ran or tally.counted["failed"] or tally.broken):
            tally.remarks.append("no tests ran")
        harmless = not tally.problems and not tally.broken and not tally.red
        tally.green = tally.ended and bool(tally.declared.get("passed")) and harmless

    def listen(self) -> None:
        """Want every line for a while: the next ones say why."""
        self._listening = _MOST_LISTENING

    def relax(self) -> None:
        """Know enough."""
        self._listening = 0
        self.failures.current = []

    def end_early(self) -> None:
        """Another run begins, and this one had no closing count."""
        self._over = True

    def conclude(self) -> None:
        """Settle what the counts leave open, before the failures are counted."""

    @abstractmethod
    def read(self, line: Line) -> bool:
        """Read a line before the first closing count."""

    @abstractmethod
    def read_after(self, line: Line) -> bool:
        """Read a line after the first closing count."""
