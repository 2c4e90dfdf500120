"""``ant``: how a build ended, and what its ``junit`` task says of each suite.

Source: apache/ant, DefaultLogger.java; optional/junit SummaryJUnitResultFormatter.java,
PlainJUnitResultFormatter.java and BriefJUnitResultFormatter.java.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.failures import Failures
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally, number
from supervisor.digests import Diagnostic

_TASK = r"\s*\[(?:junit|junitlauncher|testng|mx_junit|batchtest)\] ?"
_START = Pattern(r"Buildfile: \S")
_NO_BUILDFILE = Pattern(r"(?P<message>Buildfile: .* does not exist!?)")
_RUN = Pattern(
    rf"{_TASK}Tests run: (?P<total>\d+), Failures: (?P<failed>\d+),"
    r" (?:Errors: (?P<errors>\d+)|Aborted: (?P<aborted>\d+))(?:, Skipped: (?P<skipped>\d+))?"
    r", Time elapsed: "
)
_SUMMARY = Pattern(  # The junit4 task of randomizedtesting.
    r"\s*\[junit4(?::\w+)?\] Tests summary: \d+ suites?(?: \(\d+ ignored\))?, (?P<total>\d+) tests?"
    r"(?:, (?P<suites>\d+) suite-level errors?)?(?:, (?P<errors>\d+) errors?)?"
    r"(?:, (?P<failed>\d+) failures?)?(?:, (?P<skipped>\d+) ignored)?"
)
_BAD_4 = Pattern(
    r"\s*\[junit4(?::\w+)?\] (?P<what>FAILURE|ERROR) +[\d.]+s(?: J\d+)? +\| (?P<test>\S.*?) <<<"
)
_SAID_4 = Pattern(r"\s*\[junit4(?::\w+)?\] +> Throwable #\d+: (?P<message>.*)")
_SUITE = Pattern(rf"{_TASK}(?:Running|Testsuite:) (?P<suite>\S+)")
_CASE = Pattern(rf"{_TASK}Testcase: (?P<test>\S.*?)(?: took |:\s|$)")
_BAD = Pattern(rf"{_TASK}(?:.*:)?\s*(?P<what>FAILED|Caused an ERROR)\s*$")
_SAID = Pattern(rf"{_TASK}\s*(?P<message>\S.*)")
_CRASHED = Pattern(rf"{_TASK}(?P<message>(?:Test|TEST) \S+ FAILED \((?:crashed|timeout)\))")
_END = Pattern(r"BUILD (?P<how>SUCCESSFUL|FAILED)\s*$")
_REASON = Pattern(
    r"(?:(?P<file>\S.*?\.xml):(?P<line>\d+)(?::\d+)?: (?P<message>.*)|(?P<plain>Target .*))"
)
_TIME = Pattern(r"Total time: (?P<took>.*)")
_OLD_GRADLE_TIME = Pattern(r"(?:\d+ (?:hrs|mins) )?\d+\.\d+ secs")
_TEST_REASON = Pattern(r"(?:Test \S+ failed|(?:Some )?[Tt]ests? failed|JUnit tests? failed)")
_MOST_REASON_LINES = 40


class AntParser:
    """Reads one build."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._failures = Failures()
        self._suite = self._case = ""
        self._counted = ""
        self._reason: re.Match[str] | None = None
        self._after = 0

    @property
    def done(self) -> bool:
        """Whether the build's last word was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """After the end, where the reason stands, and below a test that failed."""
        return self.tally.ended or self._failures.waits

    def take(self, line: Line) -> bool:
        """Read a line of the build."""
        text = line.text
        if self.tally.ended:
            return self._afterwards(text)
        if self._failures.waits and (said := _SAID.match(text) or _SAID_4.match(text)):
            self._failures.explain(said["message"])
            return True
        if missing := _NO_BUILDFILE.match(text):
            self.tally.broken = missing["message"]
            return True
        if _START.match(text):
            return not self.tally.told
        if end := _END.match(text):
            self.tally.ended = True
            self.tally.green = end["how"] == "SUCCESSFUL"
            self.tally.red = not self.tally.green
            return True
        return self._test(text)

    def close(self) -> None:
        """Settle the failures and say why the build failed, unless they are why."""
        tally = self.tally
        self._failures.settle(tally)
        reason = self._reason
        if reason is None or (tally.problems and _TEST_REASON.match(reason["message"] or "")):
            return
        message = reason["message"] or reason["plain"]
        tally.remarks.append("build failed")
        tally.identify(None, None, message)
        if tally.first is None:
            row = number(reason["line"]) or None
            tally.first = Diagnostic(file=reason["file"], line=row, message=message)
            tally.first_rank = 2
            tally.blame(message)

    def _test(self, text: str) -> bool:
        if run := _RUN.match(text) or _SUMMARY.match(text):
            return self._run(run, text)
        if suite := _SUITE.match(text):
            self._suite = suite["suite"]
        elif case := _CASE.match(text):
            self._case = case["test"]
            self._bad(text)
        elif bad := _BAD_4.match(text):
            key = "failed" if bad["what"] == "FAILURE" else "errors"
            self._failures.note(bad["test"], counts_as=key)
        elif crashed := _CRASHED.match(text):
            self._failures.note(crashed["message"], crashed["message"], "errors")
        elif not self._bad(text):
            return False
        return True

    def _bad(self, text: str) -> bool:
        bad = _BAD.match(text)
        if bad is None or not self._case:
            return False
        key = "failed" if bad["what"] == "FAILED" else "errors"
        self._failures.note(f"{self._suite}.{self._case}".lstrip("."), counts_as=key)
        return True

    def _run(self, run: re.Match[str], text: str) -> bool:
        # A summary and a formatter may both print a suite's line.
        said = f"{self._suite} {text}"
        if said == self._counted:
            return True
        self._counted = said
        tally = self.tally
        tally.kind = "tests"
        counts = {key: number(said) for key, said in run.groupdict().items() if said is not None}
        suites, total = counts.pop("suites", 0), counts.pop("total")
        counts["passed"] = total - sum(counts.values())
        if suites:  # Their set-up failed; they are no tests.
            counts["errors"] = counts.get("errors", 0) + suites
        for key, count in counts.items():
            tally.declared[key] = tally.declared.get(key, 0) + count
        return True

    def _afterwards(self, text: str) -> bool:
        self._after += 1
        if time := _TIME.match(text):
            if _OLD_GRADLE_TIME.match(time["took"]):
                self.tally.name = "gradle"
            self._after = _MOST_REASON_LINES
            return True
        if self._after > _MOST_REASON_LINES or not self.tally.red:
            return not text.strip()
        # The innermost of nested builds' reasons comes last, and below it what it showed.
        if (reason := _REASON.match(text)) and not (reason["message"] or "x").startswith(
            "The foll"
        ):
            self._reason = self._reason or reason
            return True
        return not text.strip() or reason is not None or text[:1].isspace()


GRAMMAR = Grammar(
    name="ant",
    kind="build",
    literals=(
        "[junit4] > Throwable",
        " <<<",
        "[junit] \tFAILED",
        "[junit] \tCaused an ERROR",
        "[junit] Testcase: ",
        "] Running ",
    ),
    at_once=False,
    parser=AntParser,
    rules=(
        Rule(does=Does.START, literal="Buildfile: ", pattern=_START),
        Rule(does=Does.START, literal="] Testsuite: ", pattern=_SUITE),
        Rule(does=Does.SUBTOTAL, literal="] Tests run: 0, Failures: 0, ", pattern=_RUN),
        Rule(does=Does.FINDING, literal=("] FAILURE 0", "] ERROR   0"), pattern=_BAD_4),
        Rule(does=Does.SUBTOTAL, literal="] Tests summary: 0 suite", pattern=_SUMMARY),
        Rule(does=Does.BROKEN, literal="FAILED (crashed)", pattern=_CRASHED),
        Rule(
            does=Does.GREEN,
            literal=("BUILD SUCCESSFUL", "BUILD FAILED"),
            pattern=_END,
            before=Pattern(r"\s*$"),
        ),
    ),
)
