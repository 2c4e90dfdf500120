"""``cargo nextest run``: each failure is printed as it happens and again at the end.

Source: nextest-rs/nextest, nextest-runner/src/reporter/displayer/imp.rs.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.rust_panics import Panic
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_START = Pattern(r"\s*(?:Starting (?P<tests>\d+) tests? across|Nextest run ID )")
_STATUS = Pattern(
    r" {0,8}(?:TRY \d+ )?(?P<status>[A-Z][A-Z+& -]*(?: \d+/\d+)?) \[[ >]*[\d.]+s\]"
    r" (?:\( *\d+/ *\d+\) |─+ +|\[\d+(?:/\d+)?\] )?(?P<binary>\S+) (?P<test>\S.*)$"
)
_TRY_AGAIN = Pattern(r" {0,8}TRY \d+ (?!PASS)")
_PASSED = ("PASS", "LEAK", "FLAKY", "SLOW", "TIMEOUT-PASS", "TMPASS")
_FAILED = Pattern(r"FAIL|XFAIL|LEAK-FAIL|TIMEOUT$|ABORT|SIG[A-Z0-9]+|SETUP FAIL")
_SUMMARY = Pattern(
    r"\s*Summary \[[ >]*[\d.]+s\] (?P<run>\d+)(?:/(?P<total>\d+))? "
    r"(?:tests? run|stress run iterations?): (?P<counts>.*)"
)
_COUNT = Pattern(
    r"(?<!\d)(\d++) (passed|failed|exec failed|timed out|skipped|setup scripts?[^,;]*)"
)
_NOT_RUN = Pattern(r"warning: (?P<count>\d+)/\d+ tests? (?:was|were) not run due to (?P<why>.*)")
_END = Pattern(
    r"(?:error|warning): (?:test run failed|no tests to run|setup script failed|\d+/\d+ tests?)"
)
_MESSAGES = {"SIG": "killed by ", "TIMEOUT": "timed out", "XFAIL": "could not be executed"}
_MOST_TESTS = 2000


class NextestParser:
    """Reads one run. Between its lines stands what tests printed, of which panics are read."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._outcomes: dict[str, str] = {}
        self._panics: dict[str, Panic] = {}
        self._test: str | None = None
        self._panic: Panic | None = None
        self._passed = 0

    @property
    def done(self) -> bool:
        """Whether the summary was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """For the lines of a failed test, and after the summary."""
        return self._test is not None or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the run or of a test's output."""
        text = line.text
        if self.tally.ended:
            return self._afterwards(text)
        if summary := _SUMMARY.match(text):
            return self._sum_up(summary)
        if status := _STATUS.match(text):
            self._note(status)
        elif panic := Panic.read(text):
            self._hear(panic)
        elif self._panic is not None and not self._panic.message:
            self._panic.message = text.strip()
        return True

    def close(self) -> None:
        """Tell the failures, each once."""
        tally = self.tally
        for test, status in self._outcomes.items():
            panic = self._panics.get(test)
            tally.add(
                Finding(
                    file=panic.file if panic else None,
                    line=panic.line if panic else None,
                    column=panic.column if panic else None,
                    code=test,
                    message=panic.message if panic else _message(status),
                    counts_as="failed",
                )
            )
        if self._passed:
            tally.counted["passed"] = self._passed

    def _note(self, status: re.Match[str]) -> None:
        self._test = self._panic = None
        test = f"{status['binary']} {status['test']}".strip()
        word = status["status"].strip()
        if _FAILED.match(word) and not _TRY_AGAIN.match(status[0]):
            self._test = test
            if len(self._outcomes) < _MOST_TESTS:
                self._outcomes[test] = word
        elif word.startswith(_PASSED):
            self._passed += 1

    def _hear(self, panic: Panic) -> None:
        self._panic = panic
        if self._test is not None and len(self._panics) < _MOST_TESTS:
            self._panics.setdefault(self._test, panic)

    def _sum_up(self, summary: re.Match[str]) -> bool:
        declared = {"passed": 0, "failed": 0}
        for digits, word in _COUNT.findall(summary["counts"]):
            key = word if word in {"passed", "skipped"} else "failed"
            declared[key] = declared.get(key, 0) + number(digits)
        total = summary["total"] or summary["run"]
        tally = self.tally
        tally.declared |= declared | {"total": number(total)}
        tally.ended = True
        tally.green = declared["failed"] == 0 < declared["passed"] and total == summary["run"]
        if summary["total"]:
            missing = number(total) - number(summary["run"])
            tally.remarks.append(f"{missing} not run")
        elif not number(total):
            tally.remarks.append("no tests ran")
        self._test = None
        return True

    def _afterwards(self, text: str) -> bool:
        """Failures that are listed again, and why some tests were not run."""
        if _SUMMARY.match(text) or _START.match(text):
            return False
        if status := _STATUS.match(text):
            self._note(status)
            self._test = None
            return True
        if not_run := _NOT_RUN.match(text):
            self.tally.remarks[:] = [f"{not_run['count']} not run due to {not_run['why'][:30]}"]
            self.tally.green = False
            return True
        if _END.match(text):
            self.tally.green = False
            return True
        return not text.strip()


def _message(status: str) -> str:
    """What a status says where no panic does.

    >>> _message("SIGSEGV"), _message("FAIL")
    ('killed by SIGSEGV', '')
    """
    for word, said in _MESSAGES.items():
        if status.startswith(word):
            return said + status if said.endswith(" ") else said
    return ""


GRAMMAR = Grammar(
    name="nextest",
    kind="tests",
    aliases=("cargo-nextest",),
    at_once=False,
    opaque=True,  # The test binaries of cargo test speak in the failures' output.
    parser=NextestParser,
    literals=("0s] ", "panicked at ", "error: test run", "not run due to "),
    rules=(
        Rule(does=Does.START, literal=("nextest run id ", " across 0 binar"), pattern=_START),
        Rule(does=Does.START, literal=(" tests run: ", " test run: "), pattern=_SUMMARY),
    ),
)
