"""``go test -json`` and what gotestsum writes: an object for each event of a test or package.

Source: golang/go, src/cmd/test2json/main.go and src/cmd/go/internal/test/test.go.
"""

from collections import Counter

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.records import Record, RecordForm, RecordParser
from supervisor.analyzer.tally import Finding, Tally

_ACTIONS = frozenset(
    {
        *("start", "run", "pause", "cont", "pass", "bench", "fail", "skip", "output", "attr"),
        *("artifacts", "build-output", "build-fail"),
    }
)
_ENDS = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_MOST_TESTS = 100_000
_MOST_OPEN = 2000
_MOST_LINES = 12
_TELLING = (".go:", "panic: ", "fatal error: ", "DATA RACE", "Error:")
"""What stands in the lines of a test that say why it failed."""
_NOISE = ("===", "---", "PASS", "FAIL", "ok  ", "exit status", "coverage: ", "\n", "goos: ")
_SAID = Pattern(r"\s*(?:Test\S+: )?(?P<file>[\w./\\-]+\.go):(?P<line>\d+):(?: (?P<message>.*))?$")
_DIED = Pattern(r"(?P<message>(?:panic: |fatal error: |WARNING: DATA RACE).*)")
_FRAME = Pattern(r"\s+(?P<file>\S+\.go):(?P<line>\d+)(?: \+0x|$)")
_ERROR = Pattern(r"\s+Error:\s+(?P<message>\S.*)")
_BUILD = Pattern(r"(?:vet: )?(?P<file>\S+\.go):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)")
_BENCHMARK = Pattern(r"(?P<name>Benchmark\S*?)(?:-\d+)?\s+\d+\s+[\d.e+-]+ ns/op")
_UNBUILT = Pattern(r"FAIL\t(?P<package>\S+) \[(?P<why>build failed|setup failed)\]")


def knows(record: Record) -> bool:
    """Whether a record is an event of ``go test``."""
    return record.get("Action") in _ACTIONS


class _Reader:
    """Reads a run. What is said last of a test or of a package holds."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._tests: dict[tuple[str, str], str] = {}
        self._beyond: Counter[str] = Counter()
        """Outcomes of tests that are too many to be told apart."""
        self._packages: dict[str, str] = {}
        self._failures: dict[tuple[str, str], Finding] = {}
        """Also of packages, under the empty name."""
        self._failed_in: Counter[str] = Counter()
        self._lines: dict[tuple[str, str], list[str]] = {}
        """What tests and packages that are not over have said."""

    def take(self, record: Record) -> bool:
        """Read an event."""
        action = record["Action"]
        package, test = str(record.get("Package", "")), str(record.get("Test", ""))
        if action == "output":
            self._hear(package, test, str(record.get("Output", "")))
        elif action in _ENDS:
            self._end(package, test, _ENDS[action], built="FailedBuild" not in record)
        elif action == "build-output":
            self._build(str(record.get("Output", "")))
        elif action in {"start", "run"} and package not in self._packages:
            self._packages[package] = ""
        return True

    def take_text(self, text: str) -> bool:
        """Before 1.24 a package that could not be built was told in words."""
        unbuilt = _UNBUILT.match(text)
        if unbuilt is not None:
            self._hear(unbuilt["package"], "", unbuilt["why"])
            self._end(unbuilt["package"], "", "failed", built=True)
        return unbuilt is not None

    def close(self) -> None:
        """Count what holds in the end."""
        tally = self.tally
        for outcome in self._tests.values():
            self._beyond[outcome] += 1
        for key in ("passed", "skipped"):
            if self._beyond[key]:
                tally.counted[key] += self._beyond[key]
        for finding in self._failures.values():
            tally.add(finding)
        tally.counted["failed"] += self._beyond["failed"] - tally.counted["failed"]
        tally.ended = bool(self._packages) and all(self._packages.values())
        if tally.ended:
            tally.declared = {key: count for key, count in tally.counted.items() if count}
            tally.green = not tally.problems and bool(tally.counted["passed"])

    def _hear(self, package: str, test: str, text: str) -> None:
        if package not in self._packages:
            self._packages[package] = ""
        bench = _BENCHMARK.match(text) if text.startswith("Benchmark") else None
        # One that has events of its own is never said to have passed.
        if bench is not None and bench["name"] != test:
            self._note(package, bench["name"], "passed")
        if any(sign in text for sign in _TELLING) or (not test and not text.startswith(_NOISE)):
            lines = self._lines.get((package, test))
            if lines is None and len(self._lines) < _MOST_OPEN:
                lines = self._lines[package, test] = []
            if lines is not None and len(lines) < _MOST_LINES:
                lines.append(text.rstrip("\n"))

    def _end(self, package: str, test: str, outcome: str, *, built: bool) -> None:
        lines = self._lines.pop((package, test), [])
        if test:
            self._note(package, test, outcome)
            if outcome == "failed" and len(self._failures) < _MOST_TESTS:
                self._failures[package, test] = _failure(lines, _short(package, test), "failed")
            return
        self._packages[package] = outcome
        self._failures.pop((package, ""), None)
        unfinished = [key for key in self._lines if key[0] == package]
        for key in unfinished:
            lines += self._lines.pop(key)
        if outcome == "failed" and built and not self._failed_in[package]:
            self._failures[package, ""] = _failure(lines, package, "errors")

    def _note(self, package: str, test: str, outcome: str) -> None:
        key = (package, test)
        before = self._tests.get(key)
        if before is None and len(self._tests) >= _MOST_TESTS:
            self._beyond[outcome] += 1
            return
        self._tests[key] = outcome
        self._failed_in[package] += (outcome == "failed") - (before == "failed")
        if outcome != "failed":
            self._failures.pop(key, None)

    def _build(self, text: str) -> None:
        if found := _BUILD.match(text):
            self.tally.add(
                Finding(
                    file=found["file"],
                    line=int(found["line"]),
                    column=int(found["column"]) if found["column"] else None,
                    message=found["message"].rstrip(),
                )
            )


def _short(package: str, test: str) -> str:
    """A test with the last part of its package's path.

    >>> _short("example.com/app/store", "TestGet/empty")
    'store.TestGet/empty'
    """
    return f"{package.rpartition('/')[2]}.{test}"


def _failure(lines: list[str], name: str, counts_as: str) -> Finding:
    """Why a test or package failed, from what it said."""
    finding = Finding(code=name, message="", counts_as=counts_as)
    died = next(filter(None, map(_DIED.match, lines)), None)
    said = next(filter(None, map(_SAID.match, lines)), None)
    place = next(filter(None, map(_FRAME.match, lines)), None) if died else said
    if died is not None:
        finding.message = died["message"]
    elif said is not None:
        error = next(filter(None, map(_ERROR.match, lines)), None)
        finding.message = said["message"] or (error["message"] if error else "")
    elif lines:
        finding.message = lines[0].strip()
    if place is not None:
        finding.file, finding.line = place["file"], int(place["line"])
    return finding


GRAMMAR = Grammar(
    name="go-test",
    kind="tests",
    aliases=("go", "gotestsum"),
    at_once=False,
    parser=lambda grammar: RecordParser(_Reader(grammar), knows),
    rules=(
        Rule(
            does=Does.START,
            literal=('"action":"run"', '"action":"output"', '"action":"start"'),
            pattern=Pattern(r'\{"(?:Time|Action)":"'),
        ),
    ),
)
RECORDS = RecordForm(
    grammar=GRAMMAR,
    keys=(frozenset({"Action", "Package"}), frozenset({"Action", "ImportPath"})),
    knows=knows,
)
