"""``ava``: the default reporter, of this and earlier releases.

Source: avajs/ava, lib/reporters/default.js.
"""

import re

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern

_ROW = Pattern(
    r"\s+[✘✖] \[(?P<what>fail|unexpected pass)\]: (?P<name>.*?)(?: (?P<why>Error thrown in test"
    r"|Rejected promise returned by test|Test finished without .*))?$"
)
_COUNT = Pattern(
    r"\s+(?:(?P<counts>\d+ (?:tests? (?:failed|passed|skipped|todo)|known failures?))"
    r"|(?P<errors>\d+) (?:unhandled rejections?|uncaught exceptions?|hooks? failed"
    r"|tests? remained pending after a timeout))(?: \[[\d:]+\])?$"
)
_RULED = Pattern(r"\s+─$")
_BROKEN = Pattern(
    r"\s+[✘✖] (?P<what>No tests found in .*|Couldn.t find any files to test.*"
    r"|Based on your configuration, \d+ test files? .*|Internal error.*)"
)
_CRASHED = Pattern(r"\s+[✘✖] (?P<file>\S+) exited (?:with a non-zero exit code|due to)")
_UNCAUGHT = Pattern(r"\s+(?:Uncaught exception|Unhandled rejection) in (?P<file>\S+)$")
_REST = Pattern(r"\s+(?:`--fail-fast` is on|Ran \d+ test files?)|$")


class AvaParser(TestRun):
    """Reads the rows of tests that failed, what was not caught, and the counts."""

    def read(self, line: Line) -> bool:
        """Read a row, or the first closing count."""
        text = line.text
        if row := _ROW.match(text):
            failure = Failure(row["name"], message=row["why"] or "")
            self.failures.begin(failure)
            self.failures.current = []
        elif uncaught := _UNCAUGHT.match(text):
            self.failures.begin(Failure(uncaught["file"], uncaught["file"], is_error=True))
            self.listen()
        elif broken := _BROKEN.match(text):
            self.tally.broken = broken["what"]
        elif _COUNT.match(text):
            return self._count(line)
        elif not _CRASHED.match(text):
            return self._explain(text)
        return True

    def read_after(self, line: Line) -> bool:
        """Read the other counts."""
        return self._count(line) or _REST.match(line.text) is not None

    def _explain(self, text: str) -> bool:
        current = self.failures.current
        if not current:
            return False
        if not current[0].explained:
            self.failures.say(text)
        elif self.failures.stand(text) and current[0].line is not None:
            self.relax()
        return True

    def _count(self, line: Line) -> bool:
        count = _COUNT.match(line.text)
        if count is None:
            return False
        tally = self.tally
        if not tally.ended and not self.failures and not _is_ruled_off(line):
            return False
        groups = {"errors": count["errors"]}
        if count["counts"]:
            groups = {"counts": re.sub(r" tests?\b", "", count["counts"])}
        said = declared_by(groups)
        if said.keys() & (tally.declared.keys() - {"errors"}):
            return False
        said["errors"] = said.get("errors", 0) + tally.declared.get("errors", 0)
        tally.declared |= {key: times for key, times in said.items() if times}
        tally.ended = True
        self.relax()
        return True


def _is_ruled_off(line: Line) -> bool:
    """Whether the dash that ava draws above its counts stands above."""
    return _RULED.match(next(filter(str.strip, line.above()), "")) is not None


GRAMMAR = Grammar(
    name="ava",
    kind="tests",
    at_once=False,
    literals=("Uncaught exception in ", "Unhandled rejection in ", "0 tests skipped", "0 known "),
    parser=AvaParser,
    rules=(
        Rule(does=Does.FINDING, literal=(" [fail]: ", " [unexpected pass]: "), pattern=_ROW),
        Rule(
            does=Does.TRAILER,
            literal=("0 tests passed", "0 test passed", "0 tests failed", "0 test failed"),
            pattern=_COUNT,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("uncaught exception", "unhandled rejection"),
            pattern=_COUNT,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("No tests found in ", "find any files to test", "Based on your config"),
            pattern=_BROKEN,
        ),
    ),
)
