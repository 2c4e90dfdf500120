"""``swiftlint``, the Swift compiler below ``swift build`` and ``xcodebuild``, and XCTest.

Source: realm/SwiftLint, Source/SwiftLintFramework/Reporters/XcodeReporter.swift; swiftlang/swift,
lib/Frontend/PrintingDiagnosticConsumer.cpp; swiftlang/swift-corelibs-xctest.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_SOURCE = r"(?:[A-Za-z]:(?=[\\/]))?[^\s:][^:]*\.swift"

SWIFTLINT = Grammar(
    name="swiftlint",
    kind="linter",
    fix="swiftlint --fix",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=" violation: ",
            pattern=Pattern(
                rf"\s*(?P<file>{_SOURCE}|<\w+>)(?::(?P<line>\d+))?(?::(?P<column>\d+))?: "
                r"(?P<severity>warning|error): (?P<message>.* Violation: .*) \((?P<code>\w+)\)$"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("linting swift files", "linting '", "correcting '"),
            pattern=Pattern(r"(?:Linting|Correcting) (?:'|Swift files)"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="done linting! found ",
            pattern=Pattern(
                r"Done linting! Found (?P<total>\d+) violations?, (?P<errors>\d+) serious in "
                r"(?P<files>\d+) files?"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="no lintable files found",
            pattern=Pattern(r"(?:Error: )?(?P<message>No lintable files found.*)"),
        ),
    ),
)

SWIFT = Grammar(
    name="swift",
    kind="build",
    aliases=("swiftc", "xcodebuild", "swift-build"),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".swift:0:0: ",
            pattern=Pattern(
                rf"\s*(?P<file>{_SOURCE}):(?P<line>\d+):(?P<column>\d+): "
                r"(?P<severity>error|warning): (?P<message>(?!-\[)(?!.* Violation: ).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="xcodebuild: error: ",
            pattern=Pattern(r"xcodebuild: (?P<severity>error): (?P<message>.*)"),
            tool="xcodebuild",
        ),
        Rule(
            does=Does.TRAILER,
            literal=("** build failed **", "** archive failed **", "** clean failed **"),
            pattern=Pattern(r"\*\* \w+(?: \w+)* FAILED \*\*"),
            tool="xcodebuild",
        ),
        Rule(
            does=Does.GREEN,
            literal=("** build succeeded **", "** archive succeeded **"),
            pattern=Pattern(r"\*\* (?:BUILD|ARCHIVE) SUCCEEDED \*\*"),
            tool="xcodebuild",
        ),
        Rule(
            does=Does.GREEN,
            literal="build complete!",
            pattern=Pattern(r"Build complete! \("),
        ),
    ),
)

_CASE = Pattern(
    r"Test Case '(?P<test>[^']+)' (?P<outcome>passed|failed|skipped) \([\d.]+ seconds\)"
)
_EXECUTED = Pattern(
    r"\s*Executed (?P<run>\d+) tests?, with (?:(?P<skipped>\d+) tests? skipped and )?"
    r"(?P<failures>\d+) failures? \((?P<unexpected>\d+) unexpected\)"
)
_SUITE = Pattern(r"Test Suite '(?P<suite>.+)' (?P<what>started|passed|failed)\b")
_FAILURE = Pattern(
    r"(?P<file>[^\s:][^:]*):(?P<line>\d+): error: (?P<test>-\[[^\]]+\]|\w+\.\w+) : (?P<message>.*)"
)
_OVER = Pattern(r"\*\* TEST (?P<verdict>FAILED|SUCCEEDED) \*\*")
_MOST_TESTS = 2000


class XCTestParser:
    """Counts test cases; suites nest, and each prints the sum of what is in it."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._failed: dict[str, Finding] = {}
        self._suites = 0
        self._passed: bool | None = None

    @property
    def done(self) -> bool:
        """Whether the outermost suite is over."""
        return self._suites <= 0 and self._passed is not None

    @property
    def attentive(self) -> bool:
        """Never: what counts has literals."""
        return False

    def take(self, line: Line) -> bool:
        """Read a line of a suite."""
        text = line.text
        counted = self.tally.counted
        if case := _CASE.match(text):
            if case["outcome"] == "failed":
                self._fail(case["test"])
            else:
                counted[case["outcome"]] += 1
        elif failure := _FAILURE.match(text):
            finding = self._fail(failure["test"])
            if finding is not None and finding.file is None:
                finding.file, finding.line = failure["file"], number(failure["line"])
                finding.message = failure["message"].removeprefix("failed - ")
        elif suite := _SUITE.match(text):
            started = suite["what"] == "started"
            self._suites += 1 if started else -1
            self._passed = None if started else suite["what"] == "passed"
        elif over := _OVER.match(text):
            self._passed = over["verdict"] == "SUCCEEDED"
            self._suites = 0
        else:
            return _EXECUTED.match(text) is not None
        return True

    def close(self) -> None:
        """Tell the failures."""
        tally = self.tally
        tally.counted["failed"] = 0
        for finding in self._failed.values():
            tally.add(finding)
        tally.ended = self.done
        tally.green = self.done and bool(self._passed) and tally.counted["passed"] > 0
        tally.green = tally.green and not self._failed

    def _fail(self, test: str) -> Finding | None:
        if test not in self._failed and len(self._failed) < _MOST_TESTS:
            self._failed[test] = Finding(code=test, message="", counts_as="failed")
            self.tally.counted["failed"] += 1
        return self._failed.get(test)


XCTEST = Grammar(
    name="xctest",
    kind="tests",
    aliases=("swift-test",),
    at_once=False,
    parser=XCTestParser,
    literals=("executed 0 test",),
    rules=(
        Rule(does=Does.START, literal="test suite '", pattern=_SUITE),
        Rule(does=Does.START, literal="test case '", pattern=_CASE),
        Rule(does=Does.START, literal=("error: -[", ": error: "), pattern=_FAILURE),
        Rule(does=Does.START, literal=("** test failed", "** test succ"), pattern=_OVER),
    ),
)
