"""``go test``, with and without ``-v``: it prints no counts, so that results are counted.

Source: golang/go, src/testing/testing.go and src/cmd/go/internal/test/test.go.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.go_panics import HEADER
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_MARK = Pattern(r"=== (?P<what>RUN|PAUSE|CONT|NAME|ATTR)\s*(?P<test>\S*)")
_RESULT = Pattern(
    r".*?--- (?P<outcome>PASS|FAIL|SKIP|BENCH): (?P<test>\S+)(?: \([\d.]+ ?s(?:econds)?\))?\s*$"
)
_PACKAGE = Pattern(
    r"(?P<word>ok|FAIL|\?)\s+(?P<package>[^\s:]+)\s+"
    r"(?P<rest>[\d.]+s\b.*|\(cached\).*|\[(?:build|setup) failed\]|\[no test files\])$"
)
_BENCHMARK = Pattern(r"(?P<test>Benchmark\S*)\s+\d+\s+[\d.]+ ns/op")
_SAID = Pattern(r"\s+(?P<file>[^\s:]+\.go):(?P<line>\d+): ?(?P<message>.*)")
_TESTIFY = Pattern(r"\s+Error:\s+(?P<message>\S.*)")
_ALONE = Pattern(r"(?P<word>PASS|FAIL)$")
_CHATTER = Pattern(r"testing: warning: |coverage: |exit status |signal: ")
_BUILDS = Pattern(r"# \S+ \[\S+\.test\]$")
_BUILD_ERROR = Pattern(r"(?:vet: )?[^\s:]+\.go:\d+(?::\d+)?: ")
_CLOSERS = frozenset("oF?PB")
"""What the lines begin with that close something."""
_MOST_TESTS = 2000
_MOST_ABOVE = 60


@dataclass(slots=True)
class _Failure:
    file: str | None = None
    line: int | None = None
    message: str = ""


class GoTestParser:
    """Reads all packages of one ``go test``. A package can fail without a failing test."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._test: str | None = None
        self._open = False
        """Between a package's first line and its closing one."""
        self._failing = 0
        """Failed tests since the last package's closing line."""
        self._ok = self._bad = self._empty = 0
        self._said: dict[str, _Failure] = {}
        self._failed: dict[str, _Failure] = {}
        self._named: Counter[str] = Counter()
        """How many of those had the name."""
        self._benchmarks: set[str] = set()
        self._panic = ""
        self._building = False
        """The compiler speaks of another package while this one's tests run."""
        self._begun = False
        self._ended = False

    @property
    def done(self) -> bool:
        """Whether the last package's closing line was seen."""
        return self._ended and not self._open

    @property
    def attentive(self) -> bool:
        """While a package's tests run: their output looks like anything."""
        return self._open

    def take(self, line: Line) -> bool:
        """Read a line of the tests or about a package."""
        text = line.text
        if not self._begun:
            self._begun = True
            self._look_back(line)
        if text[:4] == "=== " and (mark := _MARK.match(text)):
            self._test = mark["test"] or self._test
            self._begin()
        elif "--- " in text and (result := _RESULT.match(text)):
            self._begin()
            self._note(result["outcome"], result["test"])
        elif text[:1] in _CLOSERS and self._closes(text):
            return True
        elif self._open:
            return not self._is_compilers(text) and self._within(text)
        else:
            return _CHATTER.match(text) is not None
        return True

    def close(self) -> None:
        """Sum up."""
        tally = self.tally
        tally.counted["failed"] -= len(self._failed)
        for test, failure in self._failed.items():
            tally.add(
                Finding(
                    file=failure.file,
                    line=failure.line,
                    code=test,
                    message=failure.message,
                    counts_as="failed",
                )
            )
        tally.ended = self.done
        bad = self._bad or self._failed or not self.done
        ran = tally.counted["passed"] or self._ok
        tally.green = bool(ran and not bad)
        if self._ok and not tally.counted["passed"] and not bad:
            tally.remarks.append(f"{self._ok} package{'s' * (self._ok > 1)} ok")
        elif not ran and not bad:
            tally.remarks.append("no tests ran")

    def _closes(self, text: str) -> bool:
        """Read a line about a whole package or binary, or the result of a benchmark."""
        if package := _PACKAGE.match(text):
            self._close_package(package)
        elif benchmark := _BENCHMARK.match(text):
            self._benchmark(benchmark["test"])
        elif alone := _ALONE.match(text):
            self._close_binary(alone["word"])
        else:
            return False
        return True

    def _begin(self) -> None:
        self._open, self.tally.ended = True, False

    def _look_back(self, line: Line) -> None:
        """Find the panic above a package that failed before its first test."""
        for text in islice(line.above(), _MOST_ABOVE):
            if _PACKAGE.match(text):
                return
            if panic := HEADER.match(text):
                self._panic = f"{panic['kind']}: {panic['message']}"

    def _is_compilers(self, text: str) -> bool:
        self._building = _BUILDS.match(text) is not None or (
            self._building and _BUILD_ERROR.match(text) is not None
        )
        return self._building

    def _within(self, text: str) -> bool:
        if text[:1] in " \t" and (said := _SAID.match(text)):
            self._say(_Failure(said["file"], int(said["line"]), said["message"].strip()))
        elif testify := _TESTIFY.match(text):
            self._complete(testify["message"].strip())
        elif not self._panic and (panic := HEADER.match(text)):
            self._panic = f"{panic['kind']}: {panic['message']}"
            self._blame_last_test()
        elif text.startswith("WARNING: DATA RACE"):
            self._say(_Failure(message="data race"))
        return True

    def _say(self, failure: _Failure) -> None:
        test = self._test
        if test is None or len(self._said) >= _MOST_TESTS:
            return
        known = self._failed.get(test) or self._said.setdefault(test, failure)
        if known is not failure and not known.message and known.file is None:
            known.file, known.line, known.message = failure.file, failure.line, failure.message

    def _complete(self, message: str) -> None:
        """Add what an assertion library says below the place."""
        known = self._test and (self._failed.get(self._test) or self._said.get(self._test))
        if known and not known.message:
            known.message = message

    def _blame_last_test(self) -> None:
        failure = self._failed.get(self._test or "")
        if failure is not None and not failure.message:
            failure.message = self._panic

    def _note(self, outcome: str, test: str) -> None:
        counted = self.tally.counted
        said = self._said.pop(test, None)
        self._test = test
        match outcome:
            case "FAIL":
                self._failing += 1
                counted["failed"] += 1
                if len(self._failed) < _MOST_TESTS:
                    self._failed[self._unique(test)] = said or _Failure()
            case "PASS":
                counted["passed"] += 1
            case "SKIP":
                counted["skipped"] += 1

    def _unique(self, test: str) -> str:
        """The test's name; another package's test of that name gets a mark."""
        times = self._named[test]
        self._named[test] += 1
        self._test = test + (f"'{times}" if times > 1 else "'" * times)
        return self._test

    def _benchmark(self, test: str) -> None:
        self._begin()
        if test not in self._benchmarks and len(self._benchmarks) < _MOST_TESTS:
            self._benchmarks.add(test)
            self.tally.counted["passed"] += 1

    def _close_package(self, package: re.Match[str]) -> None:
        rest = package["rest"]
        if package["word"] == "FAIL":
            self._bad += 1
            if not self._failing:
                self._fail_package(package["package"], rest)
        elif "[no tests to run]" in rest or package["word"] == "?":
            self._empty += 1
        else:
            self._ok += 1
        self._forget()

    def _fail_package(self, name: str, rest: str) -> None:
        message = rest if rest.startswith("[") else self._panic or "failed outside of its tests"
        self.tally.add(Finding(code=name, message=message, counts_as="errors"))

    def _close_binary(self, word: str) -> None:
        """Read the last line of a test binary; below ``go test`` its package's line follows."""
        if word == "FAIL" and not self._open:
            self._bad += 1
        self._open, self._ended = False, True
        self.tally.ended = True
        if word == "FAIL" and self._failing == 0 and not self._bad:
            self._bad += 1

    def _forget(self) -> None:
        self._open, self._ended = False, True
        self.tally.ended = True
        self._failing, self._test = 0, None
        self._panic = ""
        self._said.clear()
        self._benchmarks.clear()


GRAMMAR = Grammar(
    name="go-test",
    kind="tests",
    at_once=False,
    resumes=True,  # Packages that do not build complain between those that do.
    parser=GoTestParser,
    literals=("testing: warning: ",),
    rules=(
        Rule(
            does=Does.START,
            literal=("--- fail: ", "--- pass: ", "--- skip: ", "--- bench: "),
            pattern=_RESULT,
        ),
        Rule(
            does=Does.START,
            literal="=== run ",
            pattern=Pattern(r"=== RUN\s+\S"),
        ),
        Rule(
            does=Does.START,
            literal=("ok  \t", "fail\t", "?   \t", "fail    ", "?       ", "ok      "),
            pattern=_PACKAGE,
        ),
        Rule(does=Does.START, literal=" ns/op", pattern=_BENCHMARK),
    ),
)
