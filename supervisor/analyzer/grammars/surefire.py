"""What Maven's surefire and failsafe plug-ins print of tests: suites, lists of failures, totals.

Source: apache/maven-surefire, maven-surefire-common report/DefaultReporterFactory.java,
ConsoleReporter.java, TestSetStats.java and SmartStackTraceParser.java.
"""

import re

from supervisor.analyzer.grammars.failures import Failures
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally

_FRONT = r"\s*(?:\[(?:INFO|WARNING|ERROR)\] ?)?"
BANNER = Pattern(rf"{_FRONT} ?T E S T S\s*$")
TESTS_RUN = Pattern(
    rf"{_FRONT}Tests run: (?P<total>\d+), Failures: (?P<failed>\d+), Errors: (?P<errors>\d+),?"
    r"(?: Skipped: (?P<skipped>\d+))?(?:, Flakes: (?P<flaky>\d+))?(?P<took>,? Time elapsed: )?"
)
RUNNING = Pattern(
    rf"{_FRONT}Running (?P<suite>[\w$]+(?:\.[\w$]+)+|\w*(?:Tests?|Spec|IT)(?:\$\w+)?)\s*$"
)
_RESULTS = Pattern(rf"{_FRONT}Results ?:\s*$")
_BAD = Pattern(
    rf"{_FRONT}(?P<test>\S.*?)(?: --|  ?) ?Time elapsed: [\d.,]+ \w+ *<<< (?P<what>FAILURE|ERROR)!"
)
_LIST = Pattern(
    rf"{_FRONT}(?P<what>Failures|Errors|Failed tests|Tests in error|Flakes|Flaked tests|"
    r"Tests skipped|Skipped tests)(?: ?:\s*$|:  +(?P<entry>\S.*))"
)
_QUIET_LIST = Pattern(r"\[ERROR\] (?:Failures|Errors): *$")
"""Where nothing but errors is printed, the heading above the lists is missing."""
_KEYS = {
    "Failures": "failed",
    "Failed tests": "failed",
    "Errors": "errors",
    "Tests in error": "errors",
}
_ENTRY = Pattern(
    r"(?:\[(?:ERROR|WARNING|INFO)\] )?  (?P<test>(?:[\w$.>-]+|\[[^\]]*\]|\([^)]*\)|\{[^}]*\})+)"
    r"(?::(?P<line>\d+)(?:->\S+)*)?(?:: | » | | ?$)(?P<message>.*)"
)
_HEADED = Pattern(r"(?:\[(?:ERROR|WARNING)\] )?(?P<test>[\w$]+(?:\.[\w$\[\]()]+)+(?:\(.*\))?)\s*$")
_ATTEMPT = Pattern(r"(?:\[(?:ERROR|WARNING)\] )?  Run \d+: ")
_CHATTER = Pattern(r"\s+at |\s*\.\.\. \d+ more")


class Surefire:
    """Counts of the forks that are over, and of the one that runs."""

    def __init__(self) -> None:
        self.running = False
        """Whether what is printed may be any test's output."""
        self.listing = False
        """Between ``Results`` and the totals."""
        self.totals: dict[str, int] = {}
        self._suites: dict[str, int] = {}
        self._failures = Failures()
        self._shown = Failures()
        self._listed = Failures()
        self._key: str | None = None
        self._headed: str | None = None

    @property
    def attentive(self) -> bool:
        """Within the lists, and below a test that failed."""
        return self.listing or (self.running and self._shown.waits)

    @property
    def ran(self) -> bool:
        """Whether any test has been heard of."""
        return bool(self.totals or self._suites or len(self._failures) or len(self._shown))

    def take(self, text: str) -> bool:
        """Read a line; False if it is none of the tests'."""
        if BANNER.match(text) or RUNNING.match(text):
            self.running = True
            return True
        if counts := TESTS_RUN.match(text):
            self._count(counts)
            return True
        if _RESULTS.match(text) and self.running:
            self.listing, self._key = True, None
            return True
        if self.listing or (self.running and _QUIET_LIST.match(text)):
            self.listing = True
            return self._list(text)
        return self._report(text) or self.running

    def leave(self) -> None:
        """The plug-in is through; a fork that printed no totals has its suites' counts."""
        self._keep(self._shown if not len(self._listed) else self._listed)
        _add(self.totals, self._suites)
        self._suites = {}
        self._shown, self._listed = Failures(), Failures()
        self.running = self.listing = False

    def settle(self, tally: Tally) -> None:
        """Tell what is known of the failures."""
        self.leave()
        self._failures.settle(tally)

    def _count(self, counts: re.Match[str]) -> None:
        keys = ("failed", "errors", "skipped")
        said = {key: int(counts[key] or 0) for key in keys}
        said["passed"] = int(counts["total"]) - sum(said.values())
        if counts["flaky"]:
            said["flaky"] = int(counts["flaky"])
        if counts["took"]:
            self.running = True
            _add(self._suites, said)
        elif self.listing or not self.running:
            self._suites = {}
            _add(self.totals, said)
            self.leave()

    def _report(self, text: str) -> bool:
        if bad := _BAD.match(text):
            if not bad["test"].startswith("Tests run:"):
                self.running = True
                key = "failed" if bad["what"] == "FAILURE" else "errors"
                self._shown.note(bad["test"], counts_as=key)
            return True
        if self._shown.waits and text.strip() and not _CHATTER.match(text):
            self._shown.explain(text.strip())
        return False

    def _list(self, text: str) -> bool:
        if head := _LIST.match(text):
            self._key = _KEYS.get(head["what"])
            self._headed = None
            if head["entry"]:
                self._entry(f"  {head['entry']}")
        elif self._key is not None:
            self._entry(text)
        return True

    def _entry(self, text: str) -> None:
        if _ATTEMPT.match(text):
            # The runs of one test follow its name; the first says why.
            if self._headed is not None:
                entry = _ENTRY.match(_ATTEMPT.sub("  ", text))
                self._note(self._headed, entry["message"] if entry else "")
                self._headed = None
        elif entry := _ENTRY.match(text):
            self._note(entry["test"], entry["message"])
        elif headed := _HEADED.match(text):
            self._headed = headed["test"]
        elif self._listed.waits and text.strip():
            self._listed.explain(text.strip())

    def _note(self, test: str, message: str) -> None:
        self._listed.note(test, message.strip(), self._key or "failed")

    def _keep(self, failures: Failures) -> None:
        self._failures.take_over(failures)


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count
