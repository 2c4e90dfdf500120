"""``ctest``: a line for each test, and the failed ones listed again at the end.

Source: Kitware/CMake, Source/CTest/cmCTestRunTest.cxx and cmCTestTestHandler.cxx.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

TEST = Pattern(
    r"\s*\d+/\d+ (?:MemCheck|Test)\s+#(?P<number>\d+): (?P<test>\S+) \.*+(?P<stars>\*\*\*)?\s*"
    r"(?P<outcome>\S.*?)\s+[\d.]+ sec\b"
)
_TRAILER = Pattern(r"\d+% tests passed, (?P<failed>\d+) tests? failed out of (?P<total>\d+)\s*$")
_LISTS = Pattern(r"The following tests (?P<what>FAILED|did not run|passed):")
_LISTED = Pattern(r"\s+\d+ - (?P<test>\S+) \((?P<outcome>.*)\)(?:\s.*)?$")
_NOTHING = Pattern(r"No tests were found!!!")
_START = Pattern(r"\s*Start\s+\d+: \S|Test project \S")
_END = Pattern(
    r"Total Test time|Errors while running CTest|Output from these tests|Use \"--rerun|Label Time"
)
_SKIPPED = ("Skipped", "Not Run (Disabled)", "Disabled")
_MOST_TESTS = 2000


class CTestParser:
    """Reads one run; what tests print stands between its lines."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._failed: dict[str, str] = {}
        self._skipped: dict[str, str] = {}
        self._total: int | None = None
        self._list = ""

    @property
    def done(self) -> bool:
        """Whether the closing line was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """In the lists at the end."""
        return self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the run."""
        text = line.text
        if self.tally.ended:
            return self._afterwards(text)
        if test := TEST.match(text):
            self._note(test["test"], test["outcome"], failed=test["stars"] is not None)
        elif trailer := _TRAILER.match(text):
            self._end(number(trailer["failed"]), number(trailer["total"]))
        elif _NOTHING.match(text):
            self.tally.ended = True
            self.tally.remarks.append("no tests were found")
        else:
            return _START.match(text) is not None
        return True

    def close(self) -> None:
        """Tell the failures; skipped tests are among the total, disabled ones are not."""
        tally = self.tally
        tally.counted["failed"] = 0
        for test, outcome in self._failed.items():
            message = "" if outcome == "Failed" else outcome
            tally.add(Finding(code=test, message=message, counts_as="failed"))
        if self._skipped:
            tally.counted["skipped"] = len(self._skipped)
        if self._total is None:
            return
        among = sum(outcome == "Skipped" for outcome in self._skipped.values())
        passed = max(0, self._total - tally.declared["failed"] - among)
        tally.declared |= {"total": self._total, "passed": passed}
        if self._skipped:
            tally.declared["skipped"] = len(self._skipped)
        tally.green = tally.declared["failed"] == 0 < passed

    def _afterwards(self, text: str) -> bool:
        if lists := _LISTS.match(text):
            self._list = lists["what"]
        elif listed := _LISTED.match(text):
            self._note(listed["test"], listed["outcome"], failed=self._list == "FAILED")
        else:
            return not text.strip() or _END.match(text) is not None
        return True

    def _note(self, test: str, outcome: str, *, failed: bool) -> None:
        if outcome in _SKIPPED:
            if len(self._skipped) < _MOST_TESTS:
                self._skipped[test] = outcome
        elif failed:
            if len(self._failed) < _MOST_TESTS:
                self._failed.setdefault(test, outcome)
            self.tally.counted["failed"] = len(self._failed)
        elif not self.tally.ended:
            self.tally.counted["passed"] += 1

    def _end(self, failed: int, total: int) -> None:
        self.tally.declared["failed"] = failed
        self._total = total
        self.tally.ended = True


GRAMMAR = Grammar(
    name="ctest",
    kind="tests",
    at_once=False,
    parser=CTestParser,
    rules=(
        Rule(
            does=Does.START,
            literal=("test #0: ", "test  #0: ", "test   #0: ", "test    #0: ", "memcheck"),
            pattern=TEST,
        ),
        Rule(does=Does.START, literal="% tests passed, ", pattern=_TRAILER),
        Rule(does=Does.START, literal="no tests were found!!!", pattern=_NOTHING),
    ),
)
