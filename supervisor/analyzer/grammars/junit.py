"""JUnit's own runners, console launcher and text, and TestNG's, also behind Ant's task names.

Source: junit-team/junit5, junit-platform-launcher MutableTestExecutionSummary.java; junit4,
internal/TextListener.java; testng-team/testng, reporters/TextReporter.java.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.failures import Failures
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally

_FRONT = r"(?:\s*\[[\w:-]+\] ?)?"
_LAUNCHED = Pattern(rf"{_FRONT}\[ +(?P<count>\d+) (?P<what>containers|tests) (?P<how>\w+) *\]\s*$")
_FINISHED = Pattern(rf"{_FRONT}Test run finished after \d+ ms")
_FAILURES = Pattern(rf"{_FRONT}Failures \(\d+\):$")
_LAUNCHER_TEST = Pattern(rf"{_FRONT}  (?P<test>[A-Z]\w*(?: \w+)*:\S.*)$")
_LAUNCHER_CAUSE = Pattern(rf"{_FRONT}    => (?P<message>.*)")
_OK = Pattern(rf"{_FRONT}OK \((?P<total>[\d,]+) tests?\)\s*$")
_TEXT = Pattern(
    rf"{_FRONT}Tests run: (?P<total>[\d,]+),  Failures: (?P<failed>[\d,]+)"
    r"(?:,  Errors: (?P<errors>[\d,]+))?\s*$"
)
_NUMBERED = Pattern(rf"{_FRONT}\d+\) (?P<test>\w[^()]*\([\w.$]+\).*)$")
_THERE = Pattern(rf"{_FRONT}There (?:was|were) \d+ (?P<what>failure|error)s?:\s*$")
_TESTNG = Pattern(
    rf"{_FRONT}Total tests run: (?P<total>\d+)(?:, Passes: (?P<passed>\d+))?, "
    r"Failures: (?P<failed>\d+), Skips: (?P<skipped>\d+)"
)
_CONFIGURATION = Pattern(rf"{_FRONT}Configuration Failures: (?P<errors>\d+), Skips: \d+")
_MOST_BACK = 400


class JUnitParser:
    """Reads the failures that a runner lists and its counts."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._failures = Failures()
        self._lists = False
        self._key = "failed"
        self._found: dict[str, int] = {}

    @property
    def done(self) -> bool:
        """Whether the last count was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Within the list of failures, and among the launcher's counts."""
        return self._lists or bool(self._found) or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line."""
        text = line.text
        if self.tally.ended:
            return self._configuration(text)
        if launched := _LAUNCHED.match(text):
            return self._launched(launched)
        if _FAILURES.match(text) or _FINISHED.match(text):
            self._lists = _FINISHED.match(text) is None
            return True
        if ending := _TEXT.match(text):
            if not len(self._failures):
                self._look_back(line)
            return self._end(ending)
        if ending := _OK.match(text) or _TESTNG.match(text):
            return self._end(ending)
        return self._list(text)

    def close(self) -> None:
        """Settle the failures."""
        self._failures.settle(self.tally)

    def _launched(self, launched: re.Match[str]) -> bool:
        what, how, count = launched["what"], launched["how"], int(launched["count"])
        self._found[f"{what} {how}"] = count
        if (what, how) != ("tests", "failed"):
            return True
        found, tally = self._found, self.tally
        # A container fails when its set-up does; its tests are then not even found to have failed.
        names = {"passed": "tests successful", "skipped": "tests skipped", "failed": "tests failed"}
        names |= {"errors": "containers failed", "aborted": "tests aborted"}
        tally.declared = {key: found[name] for key, name in names.items() if found.get(name)}
        tally.ended = True
        tally.green = not tally.problems and bool(found.get("tests successful"))
        self._lists = False
        return True

    def _end(self, ending: re.Match[str]) -> bool:
        said = {
            key: int(value.replace(",", ""))
            for key, value in ending.groupdict().items()
            if value is not None
        }
        total = said.pop("total")
        harm = said.get("failed", 0) + said.get("errors", 0)
        said.setdefault("passed", total - harm - said.get("skipped", 0))
        tally = self.tally
        tally.declared = {key: count for key, count in said.items() if count or key == "passed"}
        tally.ended = True
        tally.green = bool(total) and not harm
        if not total:
            tally.remarks.append("no tests ran")
        if "skipped" in ending.re.groupindex:
            tally.name = "testng"
        self._lists = False
        return True

    def _look_back(self, line: Line) -> None:
        """Read the failures above a count, which nothing told from prose before."""
        texts: list[str] = []
        for text, _ in zip(line.above(), range(_MOST_BACK), strict=False):
            texts.append(text)
            if _THERE.match(text):
                break
        for text in reversed(texts):
            self._list(text)

    def _configuration(self, text: str) -> bool:
        """Set-up that failed, which TestNG counts on a line of its own."""
        match = _CONFIGURATION.match(text)
        if match is None:
            return False
        if errors := int(match["errors"]):
            self.tally.declared["errors"] = errors
            self.tally.green = False
        return True

    def _list(self, text: str) -> bool:
        if there := _THERE.match(text):
            self._lists, self._key = True, "errors" if there["what"] == "error" else "failed"
            return True
        if not self._lists:
            return False
        if test := _NUMBERED.match(text) or _LAUNCHER_TEST.match(text):
            self._failures.note(test["test"].strip(), counts_as=self._key)
        elif cause := _LAUNCHER_CAUSE.match(text):
            self._failures.explain(cause["message"])
        elif self._failures.waits and text.strip() and not text[:1].isspace():
            self._failures.explain(text.strip())
        return True


GRAMMAR = Grammar(
    name="junit",
    kind="tests",
    aliases=("testng",),
    at_once=False,
    parser=JUnitParser,
    rules=(
        Rule(
            does=Does.SUBTOTAL,
            literal=("0 containers ", "0 tests found"),
            pattern=_LAUNCHED,
        ),
        Rule(does=Does.START, literal="Failures (0):", pattern=_FAILURES),
        Rule(does=Does.START, literal="Test run finished after 0", pattern=_FINISHED),
        Rule(
            does=Does.START,
            literal=("There was 0 failure", "There were 0 failures", "There was 0 error"),
            pattern=_THERE,
            opens=False,
        ),
        Rule(does=Does.GREEN, literal=("OK (0 test)", "OK (0 tests)"), pattern=_OK),
        Rule(does=Does.TRAILER, literal="Tests run: 0,  Failures: ", pattern=_TEXT),
        Rule(does=Does.TRAILER, literal="Total tests run: 0", pattern=_TESTNG),
    ),
)
