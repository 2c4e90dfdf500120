"""``prove`` and ``make test`` of Perl modules, as TAP::Harness reports them.

Source: Perl-Toolchain-Gang/Test-Harness, lib/TAP/Formatter/Base.pm (summary).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.test_items import Items
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally

_REPORT = Pattern(
    r"(?P<file>\S+)\s+\(Wstat: \d+(?: \([^)]*\))? Tests: \d+ Failed: (?P<failed>\d+)\)$"
)
_REASON = Pattern(r"  (?P<what>Failed tests?|Parse errors|Non-zero exit status|Non-zero wait)")
_FILES = Pattern(r"Files=(?P<files>\d+), Tests=(?P<tests>\d+),")
_RESULT = Pattern(r"Result: (?P<result>PASS|FAIL|NOTESTS)$")
_FAILED = Pattern(
    r"Failed (?P<bad>\d+)/(?P<files>\d+) test (?:programs|scripts).*?"
    r" (?P<failed>\d+)/(?P<tests>\d+) subtests failed"
)
_TAILS = Pattern(r"All tests successful|make\[?\d*\]?: |Test Summary Report|-+$")


class ProveParser:
    """Reads the summary; what tests print is not claimed."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._items = Items()
        self._failed = 0
        self._tests: int | None = None
        self._result = ""
        self._declared = False

    @property
    def done(self) -> bool:
        """Whether the result was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Within the summary."""
        return bool(self._items) or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the summary."""
        text = line.text
        if self._declared or (self.tally.ended and _REPORT.match(text)):
            return False
        if report := _REPORT.match(text):
            failed = int(report["failed"])
            self._failed += failed
            item = self._items.begin(report["file"], "failed" if failed else "errors")
            item.file = report["file"]
        elif files := _FILES.match(text):
            self._tests = int(files["tests"])
        elif result := _RESULT.match(text):
            self._end(result["result"])
        elif failed_line := _FAILED.match(text):
            self._failed = int(failed_line["failed"])
            self._tests = int(failed_line["tests"])
            self._declared = True
            self._end("FAIL")
        else:
            return self._reason(text)
        return True

    def close(self) -> None:
        """Tell the programs that failed."""
        self._items.tell(self.tally)
        if self._failed:
            self.tally.counted["failed"] = self._failed

    def _reason(self, text: str) -> bool:
        item = self._items.last
        if item is not None and _REASON.match(text) and not self.tally.ended:
            item.say(text)
            return True
        if self.tally.ended:
            return not text.strip() or _TAILS.match(text) is not None
        return _TAILS.match(text) is not None

    def _end(self, result: str) -> None:
        tally = self.tally
        tally.ended = True
        tally.green = result == "PASS" and bool(self._tests)
        if result == "NOTESTS" or self._tests == 0:
            tally.remarks[:] = ["no tests ran"]
        if self._tests:
            tally.declared.update(
                total=self._tests, failed=self._failed, passed=max(0, self._tests - self._failed)
            )


PROVE = Grammar(
    name="prove",
    kind="tests",
    parser=ProveParser,
    rules=(
        Rule(does=Does.FINDING, literal="(Wstat: ", pattern=_REPORT),
        Rule(does=Does.TRAILER, literal="Files=0, Tests=0", pattern=_FILES),
        Rule(does=Does.TRAILER, literal="subtests failed", pattern=_FAILED),
        Rule(
            does=Does.TRAILER,
            literal=("Result: PASS", "Result: FAIL", "Result: NOTESTS"),
            pattern=_RESULT,
            opens=False,
        ),
    ),
)
