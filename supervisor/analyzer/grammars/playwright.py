"""``playwright test``: the list, line, dot and github reporters.

Source: microsoft/playwright, packages/playwright/src/reporters/base.ts.
"""

import re

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import JS_FILE, WRAPPERS, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern

_START = Pattern(r"\s*Running \d+ tests? using \d+ workers?")
_TEST = rf"(?:\[[^\]]+\] \u203a )?(?P<file>{JS_FILE}):(?P<line>\d+):\d+ \u203a (?P<name>.*?)"
_HEAD = Pattern(rf"\s+\d+\) {_TEST} *[─=]*$")
_LISTED = Pattern(rf"\s{{4,}}{_TEST} *[─=]*$")
_WORD = r"(?:failed|interrupted|flaky|skipped|did not run|passed)"
_COUNT = Pattern(rf"\s+(?P<counts>\d+ {_WORD}(?:, \d+ {_WORD})*)(?: \([\d.]++[a-z]\w*\))?$")
_ERRORS = Pattern(r"\s+(?P<errors>\d+) errors? (?:was|were) not a part of any test")
_STOPPED = Pattern(r"Testing stopped early after \d+ maximum allowed failures|Timed out waiting")
_NONE = Pattern(r"Error: (?P<what>No tests found)")
_RETRY = Pattern(r"\s+Retry #\d+ ")
_MARGIN = Pattern(r"\s*(?:>? *\d+ \||\| )")
_COMPARED = Pattern(r"\s+(?:Expected|Received)\b[^:]*: ")
_MOST_COMPARED = 2


class PlaywrightParser(TestRun):
    """Reads the reports, and the counts with the lists of tests below some of them."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._started = False
        self._compared = 0
        self._listing = ""
        self._listed: set[str] = set()
        self._last = 0

    def read(self, line: Line) -> bool:
        """Read a report, or the first closing count."""
        text = line.text
        if _START.match(text):
            began, self._started = self._started, True
            if began:
                self.end_early()
            return not began
        if head := _HEAD.match(text):
            self._begin(head)
            return True
        if none := _NONE.match(text):
            self.tally.broken = none["what"]
            self.end_early()
            return True
        return self._count(line) or self._explain(text)

    def read_after(self, line: Line) -> bool:
        """Read the other counts and the lists."""
        text = line.text
        if listed := _LISTED.match(text):
            if self._listing == "failed":
                self._listed.add(_id(listed))
            self._last = line.number
            return True
        return self._count(line)

    def conclude(self) -> None:
        """Keep of the reports those of tests that failed in the end, not of flaky ones."""
        tally = self.tally
        declared = tally.declared
        if tally.ended and self._listed:
            self.failures.keep(self._listed)
        missed = declared.pop("did not run", 0)
        if missed:
            declared["not run"] = missed
            tally.remarks.append(f"{missed} not run")
        for word in ("flaky", "interrupted"):
            if declared.get(word):
                tally.remarks.append(f"{declared[word]} {word}")
        tally.red = bool(missed or declared.get("interrupted"))

    def _begin(self, head: re.Match[str]) -> None:
        failure = Failure(head["name"].strip(), head["file"])
        failure.key = _id(head)
        self.failures.begin(failure)
        self._compared = 0
        self.listen()

    def _explain(self, text: str) -> bool:
        current = self.failures.current
        if not current:
            return False
        if _RETRY.match(text):
            self.relax()
        elif text.strip() and not _MARGIN.match(text):
            if not current[0].explained:
                self.failures.say(text)
            elif _COMPARED.match(text) and self._compared < _MOST_COMPARED:
                self._compared += 1
                self.failures.say(text)
            elif self.failures.stand(text) and current[0].line is not None:
                self.relax()
        return True

    def _count(self, line: Line) -> bool:
        tally = self.tally
        if count := _COUNT.match(line.text):
            said = declared_by({"counts": count["counts"]})
        elif errors := _ERRORS.match(line.text):
            said = declared_by(errors.groupdict())
        else:
            return False
        at_once = not tally.ended or line.follows(self._last)
        if not at_once or said.keys() & tally.declared.keys():
            return False
        tally.declared |= said
        tally.ended = True
        self._last = line.number
        self._listing = next(iter(said))
        self.relax()
        return True


def _id(test: re.Match[str]) -> str:
    return f"{test['file']}:{test['line']} {test['name'].strip()}"


GRAMMAR = Grammar(
    name="playwright",
    kind="tests",
    literals=(*WRAPPERS, "0 did not run", "0 interrupted", "0 flaky", "0 passed", "0 failed"),
    at_once=False,
    opaque=True,
    parser=PlaywrightParser,
    rules=(
        Rule(does=Does.START, literal=("tests using ", "test using "), pattern=_START),
        Rule(does=Does.FINDING, literal=":0:0 \u203a ", pattern=_HEAD),
        Rule(
            does=Does.BROKEN,
            literal="Error: No tests found",
            pattern=Pattern(r"Error: No tests found\.?$"),
        ),
    ),
)
