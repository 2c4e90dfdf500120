"""GoogleTest: each test in brackets, and the failed ones listed again at the end.

Source: google/googletest, googletest/src/gtest.cc (PrettyUnitTestResultPrinter).
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.ctest import TEST
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_FRONT = r"(?:\d+: )?"
_START = Pattern(rf"{_FRONT}\[==========\] Running \d+ tests?")
_RAN = Pattern(rf"{_FRONT}\[==========\] \d+ tests? from .* ran\.")
_RUN = Pattern(rf"{_FRONT}\[ RUN      \] (?P<test>\S+)")
_OUTCOME = Pattern(
    rf"{_FRONT}\[(?P<word>       OK |  FAILED  |  SKIPPED )\] (?P<test>[^\s,]+)"
    r"(?:, where .*?)?(?P<took> \(\d+ ms\))?\s*$"
)
_SUM = Pattern(rf"{_FRONT}\[  (?P<word>PASSED|FAILED|SKIPPED)  ?\] (?P<count>\d+) tests?[.,]")
_PLACE = Pattern(
    rf"{_FRONT}(?P<file>\S.*?)(?::(?P<line>\d+)|\((?P<line_vs>\d+)\)): "
    r"(?:Failure|error: ?)(?P<rest>.*)$"
)
_TAIL = Pattern(r"\s*\d+ FAILED TESTS?|\s+YOU HAVE \d+ DISABLED TESTS?")
_KEYS = {"PASSED": "passed", "FAILED": "failed", "SKIPPED": "skipped"}
_MOST_TESTS = 2000
_MOST_REASON_LINES = 4


class GTestParser:
    """Reads one program's tests; a program that dies says no closing line."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._test: str | None = None
        self._ran = False
        self._failed: dict[str, Finding] = {}
        self._reason = 0
        """How many lines of a failure's reason may still follow."""

    @property
    def done(self) -> bool:
        """Whether the closing lines have begun."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """From the first line to the last: failures look like anything."""
        return True

    def take(self, line: Line) -> bool:
        """Read a line of the program's."""
        text = line.text
        if self.tally.ended:
            return self._afterwards(text)
        if run := _RUN.match(text):
            self._test = run["test"]
        elif outcome := _OUTCOME.match(text):
            self._note(outcome["word"].strip(), outcome["test"])
        elif total := _SUM.match(text):
            self._sum_up(total)
        elif _RAN.match(text):
            self._ran = True
        elif ("ailure" in text or "error:" in text) and (place := _PLACE.match(text)):
            self._locate(place)
        elif TEST.match(text):
            return False
        elif self._reason:
            self._explain(text)
        return True

    def close(self) -> None:
        """Tell the failures; the test that was running died."""
        self.tally.counted["failed"] = 0
        for finding in self._failed.values():
            self.tally.add(finding)
        if not self.tally.ended and not self._ran and self._test is not None:
            self.tally.remarks.append(f"died in {self._test}")
            self.tally.counted["errors"] += 1
        declared = self.tally.declared
        self.tally.green = bool(
            self.tally.ended and declared.get("passed") and not declared.get("failed")
        )

    def _afterwards(self, text: str) -> bool:
        if _START.match(text) or _RUN.match(text):
            return False
        if total := _SUM.match(text):
            self._sum_up(total)
        elif outcome := _OUTCOME.match(text):
            if outcome["word"].strip() == "FAILED":
                self._fail(outcome["test"])
        else:
            return not text.strip() or _TAIL.match(text) is not None
        return True

    def _note(self, word: str, test: str) -> None:
        if word == "FAILED":
            self._fail(test)
        else:
            self.tally.counted["passed" if word == "OK" else "skipped"] += 1
        self._test, self._reason = None, 0

    def _fail(self, test: str) -> Finding | None:
        if test not in self._failed and len(self._failed) < _MOST_TESTS:
            self._failed[test] = Finding(code=test, message="", counts_as="failed")
            self.tally.counted["failed"] += 1
        return self._failed.get(test)

    def _locate(self, place: re.Match[str]) -> None:
        finding = self._fail(self._test) if self._test is not None else None
        if finding is not None and finding.file is None:
            finding.file = place["file"]
            finding.line = number(place["line"] or place["line_vs"])
            finding.message = place["rest"].strip()
            self._reason = 0 if finding.message else _MOST_REASON_LINES

    def _explain(self, text: str) -> None:
        """Read the reason below a failure's place."""
        finding = self._failed.get(self._test or "")
        said = text.strip()
        if finding is None or not said:
            self._reason = 0
            return
        self._reason -= 1
        finding.message = f"{finding.message} {said}".strip()[:200]

    def _sum_up(self, total: re.Match[str]) -> None:
        self.tally.declared[_KEYS[total["word"]]] = number(total["count"])
        self.tally.ended = True


GRAMMAR = Grammar(
    name="gtest",
    kind="tests",
    at_once=False,
    parser=GTestParser,
    rules=(
        Rule(does=Does.START, literal="[==========] running 0 test", pattern=_START),
        Rule(does=Does.START, literal="[ run      ] ", pattern=_RUN),
        Rule(does=Does.START, literal=("[  passed  ] 0 test", "[  failed  ] 0 test"), pattern=_SUM),
    ),
)
