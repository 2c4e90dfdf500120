"""``node --test``: the spec and dot reporters.

Source: nodejs/node, lib/internal/test_runner/reporter/spec.js, dot.js and utils.js.
"""

import re

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import JS_FILE, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern

_COUNT = Pattern(
    r"\u2139 (?:(?P<what>tests|suites|pass|fail|cancelled|skipped|todo) (?P<times>\d+)"
    r"|duration_ms .*)$"
)
_LIST = Pattern(r"(?:✖ failing|Failed) tests:$")
_PLACE = Pattern(rf"test at (?P<file>{JS_FILE}):(?P<line>\d+):\d+$")
_ITEM = Pattern(r"✖ (?P<name>\S.*?) \([\d.]+ms\)$")
_SUITE = Pattern(r"\s+'\d+ subtests? failed'$")
_RAISED = Pattern(r"\s*(?P<what>[A-Za-z_]\w*(?: \[\w+\])?: .*|'.*')")


class NodeTestParser(TestRun):
    """Reads the counts and the list of failures below them."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._listing = False
        self._place: re.Match[str] | None = None

    @property
    def attentive(self) -> bool:
        """Among the counts and in the list."""
        return self._listing or super().attentive

    def read(self, line: Line) -> bool:
        """Read the first count, or the list where a reporter gives no counts."""
        return self._count(line.text) or self._list(line.text)

    def read_after(self, line: Line) -> bool:
        """Read the other counts and the list."""
        return self._count(line.text) or self._list(line.text)

    def conclude(self) -> None:
        """What was cancelled did not run to its end."""
        cancelled = self.tally.declared.pop("cancelled", 0)
        if cancelled:
            self.tally.declared["errors"] = cancelled

    def _count(self, text: str) -> bool:
        count = _COUNT.match(text)
        if count is None or self._listing:
            return False
        if count["what"] not in {None, "suites"}:
            word = "total" if count["what"] == "tests" else count["what"]
            said = declared_by({"counts": f"{count['times']} {word}"})
            if said.keys() & self.tally.declared.keys():
                return False
            self.tally.declared |= said
        self.tally.ended = True
        return True

    def _list(self, text: str) -> bool:
        if _LIST.match(text):
            began, self._listing = self._listing, True
            return not began
        if not self._listing:
            return not text.strip()
        if place := _PLACE.match(text):
            self._place = place
        elif item := _ITEM.match(text):
            self._begin(item["name"])
        elif _SUITE.match(text):
            self.failures.drop()
        elif text[:1].isspace() or not text.strip():
            self._explain(text)
        else:
            return False
        return True

    def _begin(self, name: str) -> None:
        failure = Failure(name)
        if self._place is not None:
            failure.file, failure.line = self._place["file"], int(self._place["line"])
            self._place = None
        self.failures.begin(failure)

    def _explain(self, text: str) -> None:
        current = self.failures.current
        if current and not current[0].explained and text.strip():
            raised = _RAISED.match(text)
            self.failures.say(raised["what"] if raised else text)
        else:
            self.failures.stand(text)


GRAMMAR = Grammar(
    name="node-test",
    kind="tests",
    at_once=False,
    parser=NodeTestParser,
    rules=(
        Rule(does=Does.TRAILER, literal="\u2139 tests 0", pattern=Pattern(r"\u2139 tests \d+$")),
        Rule(does=Does.START, literal=("✖ failing tests:", "Failed tests:"), pattern=_LIST),
    ),
)
