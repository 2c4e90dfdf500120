"""``jest``: reports of suites, the summary that repeats them, and the counts.

Source: jestjs/jest, packages/jest-reporters/src (getResultHeader, getSummary, SummaryReporter).
"""

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import JS_FILE, WRAPPERS, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import number

_SUITE = Pattern(
    rf"\s?(?P<outcome>PASS|FAIL) +(?:\S+ +)?(?P<file>{JS_FILE})(?: +\([\d.,]+ ?m?s\b.*\))?"
    r"(?: *\(.*heap size\))?\s*$"
)
_HEAD = Pattern(r"\s{0,2}● (?P<name>\S.*)")
_NOT_RUN = "Test suite failed to run"
_NOTICE = Pattern(
    r"(?:Console|Cannot log after tests are done|Multiple configurations found|.* Warning:$"
    r"|process\.exit called with)"
)
_USAGE = Pattern(r"(?P<what>(?:Validation Error|Unrecognized CLI Parameters?).*?):?$")
_SUITES = Pattern(
    r"Test Suites: +(?P<counts>\d.*?)(?:, (?:(?P<ran>\d+) of )?(?P<total>\d+) total)?$"
)
_TESTS = Pattern(r"Tests: +(?P<counts>(?:\d+ [a-z]+, )*\d+ total)$")
_SNAPSHOTS = Pattern(r"Snapshots: +(?P<counts>\d.*)")
_TAIL = Pattern(
    r"(?:Time|Seed|Suites): |Ran all test suites|Force exiting Jest|Jest did not exit|$"
)
_NO_TESTS = Pattern(r"No tests found(?P<bad>, exiting with code 1| related to files)?")
_COVERAGE = Pattern(r"Jest: (?P<what>.* threshold for .* not met: .*|Coverage data for .*)")
_SUMMARY = Pattern(r"Summary of all failing tests$")
_COMPARED = Pattern(r"(?:Expected|Received)\b[^:]*: ")
_UNEXPECTED = "Jest encountered an unexpected token"


class JestParser(TestRun):
    """Reads one run. What tests write to the console never counts."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._file: str | None = None
        self._compared = 0

    def read(self, line: Line) -> bool:
        """Read a report, or the first closing count."""
        text = line.text
        if suite := _SUITE.match(text):
            self.relax()
            self._file = suite["file"] if suite["outcome"] == "FAIL" else None
            return True
        if head := _HEAD.match(text):
            return self._head(head["name"])
        if _SUMMARY.match(text):
            self.failures.forget()
            return True
        if coverage := _COVERAGE.match(text):
            self.tally.broken = coverage["what"]
            return True
        if self._count(text) or self._no_tests(text):
            return True
        return self._explain(text)

    def read_after(self, line: Line) -> bool:
        """Read the other counts."""
        if coverage := _COVERAGE.match(line.text):
            self.tally.broken = coverage["what"]
            return True
        return self._count(line.text) or _TAIL.match(line.text) is not None

    def conclude(self) -> None:
        """Know that something failed where the counts of the tests do not say so."""
        declared = self.tally.declared
        self.tally.red = bool(declared.get("failed suites"))

    def _head(self, name: str) -> bool:
        self.relax()
        if usage := _USAGE.match(name):
            self.tally.broken = usage["what"]
            self.listen()
        elif not _NOTICE.match(name):
            is_error = name == _NOT_RUN
            said = self._file or name if is_error else name.strip()
            self.failures.begin(Failure(said, self._file, is_error=is_error))
            self._compared = 0
            self.listen()
        return True

    def _explain(self, text: str) -> bool:
        current = self.failures.current
        said = text.strip()
        if not said or not self._listening:
            return bool(self._listening)
        if not current:
            self.tally.broken = f"{self.tally.broken}: {said}"
            self.relax()
        elif not current[0].message:
            self.failures.say(said)
        elif current[0].message == _UNEXPECTED:
            if said.startswith("SyntaxError: "):
                current[0].message = said
        elif _COMPARED.match(said) and self._compared < 2:  # noqa: PLR2004 - one of each
            self._compared += 1
            self.failures.say(said)
        elif self.failures.stand(text) and current[0].line is not None:
            self.relax()
        return True

    def _no_tests(self, text: str) -> bool:
        none = _NO_TESTS.match(text)
        if none is None:
            return False
        if none["bad"] and "code" in none["bad"]:
            self.tally.broken = text.strip()
        self.tally.ended = True
        return True

    def _count(self, text: str) -> bool:
        tally = self.tally
        if suites := _SUITES.match(text):
            said = declared_by({"counts": suites["counts"]})
            if "failed suites" in tally.declared or "passed suites" in tally.declared:
                return False
            for key in ("failed", "passed"):
                if said.get(key):
                    tally.declared[f"{key} suites"] = said[key]
            missed = number(suites["total"]) - number(suites["ran"]) - said.get("skipped", 0)
            if suites["ran"] and missed > 0:
                tally.remarks.append(f"{missed} suites not run")
        elif tests := _TESTS.match(text):
            if "total" in tally.declared:
                return False
            tally.declared |= declared_by({"counts": tests["counts"]})
        elif snapshots := _SNAPSHOTS.match(text):
            said = declared_by({"counts": snapshots["counts"]})
            if said.get("obsolete"):
                tally.remarks.append(f"{said['obsolete']} snapshots obsolete")
        else:
            return False
        self.relax()
        tally.ended = True
        return True


GRAMMAR = Grammar(
    name="jest",
    kind="tests",
    literals=(*WRAPPERS, "● ", "snapshots:   ", "summary of all failing"),
    at_once=False,
    opaque=True,
    parser=JestParser,
    rules=(
        Rule(does=Does.START, literal=("PASS ", "FAIL "), pattern=_SUITE),
        Rule(
            does=Does.FINDING,
            literal="● ",
            pattern=Pattern(
                r"\s{0,2}● (?:(?!Console|Cannot log)\S.* \u203a \S.*|Test suite failed to run$)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("● Validation Error", "● Unrecognized CLI"),
            pattern=Pattern(r"\s{0,2}● (?:Validation Error|Unrecognized CLI)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(" threshold for ", "Jest: Coverage data"),
            pattern=_COVERAGE,
        ),
        Rule(does=Does.TRAILER, literal="Test Suites: ", pattern=_SUITES),
        Rule(does=Does.TRAILER, literal="Tests:  ", pattern=_TESTS),
        Rule(
            does=Does.BROKEN,
            literal="No tests found, exiting",
            pattern=Pattern(r"No tests found, exiting with code \d"),
        ),
    ),
)
