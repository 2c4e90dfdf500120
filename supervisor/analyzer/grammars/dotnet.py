""".NET's tests: VSTest and Microsoft.Testing.Platform below ``dotnet test``, xunit, nunit.

Source: microsoft/vstest, Client/Internal/ConsoleLogger.cs; microsoft/testfx,
TerminalTestReporter.cs; xunit/xunit, DefaultRunnerReporter; nunit/nunit-console, ResultReporter.cs.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.failures import Failures
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally

_ASSEMBLY = Pattern(
    r"(?:Failed|Passed|Skipped)! +- Failed: +(?P<failed>\d+), Passed: +(?P<passed>\d+), "
    r"Skipped: +(?P<skipped>\d+), Total: +(?P<total>\d+)"
)
_OLD = Pattern(
    r"Total tests: (?P<total>\d+)\. Passed: (?P<passed>\d+)\. Failed: (?P<failed>\d+)\. "
    r"Skipped: (?P<skipped>\d+)\."
)
_LIST = Pattern(r"Total tests: (?P<total>\d+|Unknown)$")
_ITEM = Pattern(r" +(?P<key>Passed|Failed|Skipped): (?P<count>\d+)$")
_PLATFORM = Pattern(r"Test run summary: (?P<how>[\w ]+?)!?(?: - \S.*)?$")
_PLATFORM_ITEM = Pattern(r"  (?P<key>total|failed|succeeded|skipped|error): (?P<count>\d+)")
_TERMINAL = Pattern(
    r"Test summary: total: (?P<total>\d+), failed: (?P<failed>\d+), succeeded: (?P<passed>\d+), "
    r"skipped: (?P<skipped>\d+)"
)
_XUNIT = Pattern(
    r" +(?!GRAND)\S.*? +Total: +(?P<total>\d+), Errors: +(?P<errors>\d+), "
    r"Failed: +(?P<failed>\d+), Skipped: +(?P<skipped>\d+)(?:, Not Run: +\d+)?, Time: "
)
_NUNIT = Pattern(
    r"  Test Count: (?P<total>\d+), Pass(?:ed)?: (?P<passed>\d+), Fail(?:ed)?: (?P<failed>\d+),"
    r"(?: Warn(?:ings)?: \d+,)? Inconclusive: (?P<inconclusive>\d+), Skip(?:ped)?: (?P<skipped>\d+)"
)
_NUNIT_2 = Pattern(
    r"Tests run: (?P<total>\d+), Errors: (?P<errors>\d+), Failures: (?P<failed>\d+), "
    r"Inconclusive: (?P<inconclusive>\d+), Time: "
)
_BAD = Pattern(
    r"(?:  (?:Failed|X) (?P<test>\S.*?)(?: \[[\d<][^\]]*\])?$"
    r"|failed (?P<platform>\S.*?) \([\dhms ]+\)$"
    r"|(?:\[xUnit\.net [\d:.]+\]| ) {3,}(?P<xunit>\S.*?) \[FAIL\]$"
    r"|\d+\) (?:Failed|Error|Test Failure|Test Error) : (?P<nunit>\S.*))"
)
_TEST_ERROR = Pattern(
    r"\s*\S.*\(\d+\): error TESTERROR: (?P<test>\S.*?) \([\d.hms ]+\)"
    r"(?:: (?:Error Message: )?(?P<message>.*))?"
)
_ABORTED = Pattern(
    r"(?P<message>Test Run Aborted.*|The active test run was aborted\. Reason: .*"
    r"|Testhost process for source\(s\) .*|Testhost process exited .*)"
)
_NONE = Pattern(r"No test (?:is available in|matches the given testcase filter)|Zero tests ran")
_NOISE = Pattern(r"\s*(?:Error Message:|Stack Trace:|Standard Output Messages:)?\s*$")
_STACK = Pattern(r"\s+at .* in \S")
_NAMES = {"succeeded": "passed", "Passed": "passed", "Failed": "failed", "Skipped": "skipped"}
_MODULE = Pattern(r"\S.*\.(?:dll|exe) \(net\S+\) (?:passed|failed)")
_MOST_MODULES = 200
_RUNNERS = ((_XUNIT, "xunit"), (_NUNIT, "nunit"), (_NUNIT_2, "nunit"))


class DotnetTestParser:
    """Reads the runs of all the assemblies that are tested one after another."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._failures = Failures()
        self._itemised = 0
        self._none = False

    done = False
    """Never: another assembly may follow."""

    @property
    def attentive(self) -> bool:
        """Below a test that failed, and among the counts."""
        return bool(self._itemised) or self._failures.waits

    def take(self, line: Line) -> bool:
        """Read a line."""
        text = line.text
        if self._itemised and self._item(text):
            return True
        self._itemised = 0
        if self._total(text) or self._bad(text):
            return True
        if aborted := _ABORTED.match(text):
            self.tally.broken = self.tally.broken or aborted["message"]
            return True
        if _NONE.match(text):
            self._none = True
            return True
        return self._explain(text)

    def close(self) -> None:
        """Settle the failures; runs without a failure and with a test are green."""
        tally = self.tally
        self._failures.settle(tally)
        harm = tally.declared.get("failed", 0) + tally.declared.get("errors", 0)
        tally.green = bool(tally.declared.get("passed")) and not harm and not tally.broken
        if self._none and not tally.declared.get("passed") and not harm:
            tally.remarks.append("no tests ran")
            tally.ended = True

    def _total(self, text: str) -> bool:
        for pattern, name in ((_ASSEMBLY, None), (_OLD, None), (_TERMINAL, None), *_RUNNERS):
            if counts := pattern.match(text):
                self.tally.name = name or self.tally.name
                self._declare(counts)
                return True
        if _LIST.match(text) or _PLATFORM.match(text):
            self._itemised, self.tally.ended = _MOST_MODULES, True
            return True
        return False

    def _declare(self, counts: re.Match[str]) -> None:
        said = {key: int(value) for key, value in counts.groupdict().items()}
        total = said.pop("total")
        if "passed" not in said:
            said["passed"] = total - sum(said.values())
        if not said.get("errors"):
            said.pop("errors", None)
        self._add(said)

    def _add(self, said: dict[str, int]) -> None:
        declared = self.tally.declared
        for key, count in said.items():
            declared[key] = declared.get(key, 0) + count
        self.tally.ended = True

    def _item(self, text: str) -> bool:
        item = _ITEM.match(text) or _PLATFORM_ITEM.match(text)
        if item is None:
            # Modules may be listed before the counts.
            self._itemised -= 1
            return not text.strip() or text.startswith("  ") or _MODULE.match(text) is not None
        key = _NAMES.get(item["key"], item["key"])
        if key != "total":
            self._add({"errors" if key == "error" else key: int(item["count"])})
        return True

    def _bad(self, text: str) -> bool:
        if error := _TEST_ERROR.match(text):
            self._failures.note(error["test"], error["message"] or "")
            return True
        bad = _BAD.match(text)
        if bad is None:
            return False
        self._failures.note(next(name for name in bad.groups() if name))
        return True

    def _explain(self, text: str) -> bool:
        if not self._failures.waits:
            return False
        if _NOISE.match(text) or _STACK.match(text):
            return True
        self._failures.explain(re.sub(r"^\[xUnit\.net [\d:.]+\]", "", text).strip())
        return True


GRAMMAR = Grammar(
    name="dotnet",
    kind="tests",
    aliases=("vstest", "xunit", "nunit", "mstest"),
    at_once=False,
    parser=DotnetTestParser,
    literals=("  Failed ", "failed ", " [FAIL]", ") Failed : ", "No test ", "Zero tests ran"),
    rules=(
        Rule(does=Does.SUBTOTAL, literal="! - Failed: ", pattern=_ASSEMBLY),
        Rule(does=Does.SUBTOTAL, literal="Total tests: 0", pattern=_OLD),
        Rule(does=Does.SUBTOTAL, literal="Total tests: ", pattern=_LIST),
        Rule(does=Does.SUBTOTAL, literal="Test run summary: ", pattern=_PLATFORM),
        Rule(does=Does.SUBTOTAL, literal="Test summary: total: 0", pattern=_TERMINAL),
        Rule(does=Does.SUBTOTAL, literal="Total: 0, Errors: 0, Failed: 0", pattern=_XUNIT),
        Rule(does=Does.SUBTOTAL, literal="  Test Count: 0, Pass", pattern=_NUNIT),
        Rule(does=Does.SUBTOTAL, literal="Tests run: 0, Errors: 0, Failures", pattern=_NUNIT_2),
        Rule(does=Does.FINDING, literal="[xUnit.net 0", pattern=_BAD),
        Rule(does=Does.FINDING, literal="error TESTERROR: ", pattern=_TEST_ERROR),
        Rule(
            does=Does.FINDING,
            literal=("  Failed ", "  X "),
            pattern=Pattern(r"  (?:Failed|X) \S.* \[[\d<][\d ]*(?:ms|s|m)[^\]]*\]$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Test Run Aborted", "test run was aborted. Reason", "Testhost process "),
            pattern=_ABORTED,
        ),
    ),
)
