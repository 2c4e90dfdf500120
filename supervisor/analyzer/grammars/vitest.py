"""``vitest``: the default, verbose, tree and dot reporters.

Source: vitest-dev/vitest, packages/vitest/src/node/reporters/base.ts and summary.ts.
"""

import re

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import JS_FILE, WRAPPERS, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import number

_START = Pattern(r"\s*(?:RUN|DEV)  +(?:v\d|default\b)")
_HEAD = Pattern(
    rf"\s?FAIL  +(?:\|[^|]+\| +|\S+ +)?(?P<file>{JS_FILE})(?: > (?P<name>.+)| \[ .+ \])$"
)
_ROW = Pattern(r"\s+[×✗] (?P<name>\S.*?)(?: \(retry x\d+\))?(?: \d+(?:\.\d+)?m?s)?$")
_SECTION = Pattern(r"⎯+\s*Failed (?:Tests (?P<tests>\d+)|(?:Tests|Suites|Typecheck).*) ⎯+$")
_UNHANDLED = Pattern(
    r"⎯+\s*(?P<title>(?:Unhandled|Uncaught) (?!Errors )[A-Z][\w ]*|Typecheck Error|Startup Error"
    r"|Error during \w+ .*?) ⎯+$"
)
_MARK = Pattern(r"⎯+\[\d+/(?P<all>\d+)\]⎯+$")
_COUNT = Pattern(
    r"\s*(?P<what>Test Files|Tests|Type Errors|Errors|Snapshots|Leaks)  +(?P<counts>.*?)"
    r"(?: \((?P<total>\d+)\))?$"
)
_TAIL = Pattern(r"\s*(?:Start at|Duration|Time|Per blob|In thread|Obsolete|Snapshots|↳)  |\s*↳ |$")
_NO_FILES = Pattern(r"No test (?:files|suite) found.*, exiting with code (?P<code>\d)")
_COVERAGE = Pattern(r"ERROR: (?P<what>Coverage for .* does not meet .*)")
_RULE = Pattern(r"[⎯-]+$|[-+] (?:Expected|Received)$|Serialized Error: ")


class VitestParser(TestRun):
    """Reads one run, of which stdout or stderr alone may be there."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._started = False
        self._rows = 0
        self._announced: int | None = None
        """How many reports of tests are to follow."""
        self._marked = False

    @property
    def done(self) -> bool:
        """Whether the counts were seen, or the last report of a stream that has nothing else."""
        return super().done or (self._marked and not self._started)

    def read(self, line: Line) -> bool:
        """Read a report, or the first closing count."""
        text = line.text
        if _START.match(text):
            began, self._started = self._started, True
            if began:
                self.end_early()
            return not began
        if self._head(text) or self._count(text):
            return True
        if broken := _NO_FILES.match(text):
            return self._no_files(broken)
        if mark := _MARK.match(text):
            self._marked = int(mark["all"]) <= len(self.failures)
            self.relax()
            return True
        if _ROW.match(text):
            self._rows += 1
            return True
        return self._explain(text)

    def read_after(self, line: Line) -> bool:
        """Read the other counts, and complaints about the coverage."""
        if coverage := _COVERAGE.match(line.text):
            self.tally.broken = coverage["what"]
            return True
        return self._count(line.text) or _TAIL.match(line.text) is not None

    def conclude(self) -> None:
        """Count the rows of the tree where the reports went to the other stream."""
        tally = self.tally
        # On a terminal the tree is drawn again and again.
        announced = self._rows if self._announced is None else self._announced
        tally.counted["failed"] = min(self._rows, announced)
        missed = tally.declared.get("not run", 0)
        if missed:
            tally.remarks.append(f"{missed} not run")
        # What failed without a failed test could not be run.
        tally.red = bool(tally.declared.get("failed suites"))

    def _head(self, text: str) -> bool:
        if head := _HEAD.match(text):
            joins = any(not one.message for one in self.failures.current)
            name = head["name"] or head["file"]
            failure = Failure(name, head["file"], is_error=not head["name"])
            self.failures.begin(failure, joins=joins)
        elif unhandled := _UNHANDLED.match(text):
            self.failures.begin(Failure(unhandled["title"], is_error=True))
            if unhandled["title"] == "Startup Error":
                self.tally.broken = "Startup Error"
        elif section := _SECTION.match(text):
            self._announced = number(section["tests"]) if section["tests"] else self._announced
            self.relax()
            return True
        else:
            return False
        self.listen()
        return True

    def _explain(self, text: str) -> bool:
        current = self.failures.current
        if not current:
            return False
        if not text.strip() or _RULE.match(text):
            return True
        if not any(one.message for one in current):
            self.failures.say(text)
            if self.tally.broken == "Startup Error":
                self.tally.broken = text.strip()
        elif self.failures.stand(text) and current[0].line is not None:
            self.relax()
        return True

    def _no_files(self, said: re.Match[str]) -> bool:
        if said["code"] == "0":
            self.tally.remarks.append("no tests ran")
        else:
            self.tally.broken = said[0]
        self.tally.ended = True
        return True

    def _count(self, text: str) -> bool:
        count = _COUNT.match(text)
        if count is None:
            return False
        declared, what = self.tally.declared, count["what"]
        said = declared_by({"counts": count["counts"].replace("|", ",")})
        if what == "Test Files":
            if "failed suites" in declared or self.tally.ended:
                return False
            if said.get("failed"):
                declared["failed suites"] = said["failed"]
        elif what == "Tests":
            declared |= said
            if (total := number(count["total"])) > sum(said.values()):
                declared["not run"] = total - sum(said.values())
        elif what in {"Errors", "Type Errors"}:
            failed = said.get("errors", 0) + said.get("failed", 0)
            if failed:
                declared["errors"] = declared.get("errors", 0) + failed
        self.tally.ended = self.tally.ended or what in {"Test Files", "Tests"}
        self.relax()
        return True


GRAMMAR = Grammar(
    name="vitest",
    kind="tests",
    literals=(*WRAPPERS, "⎯[", "× ", "✗ ", "no test files found", "⎯ uncaught", "⎯ error"),
    at_once=False,
    opaque=True,
    parser=VitestParser,
    rules=(
        Rule(does=Does.START, literal=(" run  ", " dev  "), pattern=_START),
        Rule(does=Does.FINDING, literal="FAIL  ", pattern=_HEAD),
        Rule(does=Does.START, literal="⎯ failed ", pattern=_SECTION),
        Rule(
            does=Does.START,
            literal=("⎯ unhandled ", "⎯ startup error"),
            pattern=Pattern(rf"{_UNHANDLED.pattern}|⎯+ Unhandled Errors ⎯+$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("test files  0 ", "test files  no tests"),
            pattern=Pattern(r"\s*Test Files  +(?:\d+ |no tests)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=tuple(f"Tests  0 {word}" for word in ("passed", "failed", "skipped", "todo")),
            pattern=Pattern(r"\s*Tests  +\d+ (?:passed|failed|skipped|todo)\b.*\(\d+\)$"),
        ),
        Rule(does=Does.BROKEN, literal="No test files found, exiting", pattern=_NO_FILES),
    ),
)
