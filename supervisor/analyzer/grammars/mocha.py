"""``mocha``: the epilogue that all its reporters for people end with.

Source: mochajs/mocha, lib/reporters/base.js (epilogue, list).
"""

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import FRAME, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import number

_COUNT = Pattern(
    r"\s*(?P<counts>\d+ (?P<what>passing|pending|failing))(?: \([\d.]+ ?(?:ms|s|m|h|d)\))?$"
)
_OLD_COUNT = Pattern(
    r"\s*(?:[✔✓√] (?P<passed>\d+) tests? complete|• (?P<skipped>\d+) tests? pending"
    r"|[✖✗×] (?P<failed>\d+) of (?P<total>\d+) tests? failed)\b"
)
_ITEM = Pattern(r"\s{1,4}(?P<number>\d+)\) (?P<name>\S.*)")
_BROKEN = Pattern(
    r"(?:\s*Exception during run: (?P<run>.*)|Error: (?P<none>No test files found.*))"
)
_INDENTED = Pattern(r"\s{4,}\S")
_DIFF = Pattern(r"\s*(?:\+ expected - actual|[-+]\S.*)$")
_MOST_LINES = 400


class MochaParser(TestRun):
    """Reads the counts, and below them the failures, each with its path in the tree of suites."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._name: list[str] = []
        self._naming = False
        self._in_stack = False
        self._lines = 0
        self._blank = 0

    def read(self, line: Line) -> bool:
        """Read the first count, or how the run broke before there were any."""
        if broken := _BROKEN.match(line.text):
            self.tally.broken = next(part for part in broken.groups() if part)
            self.end_early()
            return True
        return self._count(line.text)

    def read_after(self, line: Line) -> bool:
        """Read the other counts, and the failures."""
        text = line.text
        if self._count(text):
            return True
        if not text.strip():
            self._blank += 1
            return True
        expected = self.tally.declared.get("failed", 0)
        item = _ITEM.match(text)
        if item is not None and number(item["number"]) == len(self.failures) + 1 <= expected:
            self._begin(item["name"])
            return True
        belongs = bool(self.failures) and self._belongs(text)
        self._blank = 0
        if belongs:
            self._explain(text)
        return belongs

    def _begin(self, name: str) -> None:
        self._name = [name.rstrip(":")]
        self._naming = not name.endswith(":")
        self._in_stack, self._lines, self._blank = False, 0, 0
        self.failures.begin(Failure(self._name[0]))

    def _belongs(self, text: str) -> bool:
        """Whether a line below the last failure's head is still its report.

        A message may hold anything; below the stack, and after a gap, only indented lines.
        """
        self._lines += 1
        if self._lines > _MOST_LINES:
            return False
        late = self._in_stack or self._blank > 1
        more = len(self.failures) < self.tally.declared.get("failed", 0)
        return more or not late or _INDENTED.match(text) is not None

    def _explain(self, text: str) -> None:
        failure = self.failures.current[0]
        if self._naming:
            self._name.append(text.strip().rstrip(":"))
            self._naming = not text.rstrip().endswith(":")
            failure.name = " ".join(self._name)
        elif FRAME.match(text):
            self._in_stack = True
            self.failures.stand(text)
        elif not failure.explained and not _DIFF.match(text):
            failure.say(text)

    def _count(self, text: str) -> bool:
        if count := _COUNT.match(text):
            said = declared_by({"counts": count["counts"]})
        elif old := _OLD_COUNT.match(text):
            said = declared_by(old.groupdict())
        else:
            return False
        if self.failures or said.keys() & self.tally.declared.keys():
            return False
        self.tally.declared |= said
        self.tally.ended = True
        return True


GRAMMAR = Grammar(
    name="mocha",
    kind="tests",
    at_once=False,
    parser=MochaParser,
    rules=(
        Rule(
            does=Does.TRAILER,
            literal="0 passing",
            pattern=Pattern(r"\s*\d+ passing(?: \([\d.]+ ?(?:ms|s|m|h|d)\))?$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("tests complete", "test complete", "tests failed", "test failed"),
            pattern=Pattern(r"\s*(?:[✔✓√] \d+ tests? complete \(|[✖✗×] \d+ of \d+ tests? failed:)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Exception during run: ", "Error: No test files found"),
            pattern=_BROKEN,
        ),
    ),
)
