"""pytest: sections, captured output that may look like anything, and the closing line.

Source: pytest-dev/pytest, src/_pytest/terminal.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.pytest_reports import ITEM, Reports
from supervisor.analyzer.line import Line
from supervisor.analyzer.tally import Tally, number

_START = re.compile(r"=+ test session starts(?: \(.*\))? =+$")
_COUNTS = (
    r"\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|warnings?|errors?|rerun|reruns"
    r"|subtests passed|subtests failed|tests deselected|total)"
)
_TRAILER = re.compile(
    rf"(?P<rule>=+ )?(?P<counts>{_COUNTS}(?:, {_COUNTS})*|no tests ran)"
    r"(?: in (?P<took>[\d.]+)(?:s| seconds)(?: \([\d:, a-z]+\))?)?(?: =+)?$"
)
_LAST_WORDS = (
    *("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warning", "warnings"),
    *("error", "errors", "rerun", "reruns", "total", "no tests ran"),
)
_COUNT = re.compile(r"(\d+) ([a-z ]+)")
_SECTION = re.compile(
    r"=+ (?P<name>FAILURES|ERRORS|X?PASSES|XFAILURES|warnings summary.*|slowest .*"
    r"|short test summary info|rerun test summary info) =+$"
)
_CAPTURED = re.compile(r"-+ (?:Captured .+|live log .+) -+$")
_BANG = re.compile(r"!+ (?P<what>.+?) !+$")
_COLLECTED = re.compile(r"(?:collecting \.\.\. )?collected (?P<items>\d+) items?(?P<rest>.*)")
_DESELECTED = re.compile(r"(\d+) deselected")
_OUTCOME = r"PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS"
_SUMMARY = re.compile(
    r"(?P<outcome>FAILED|ERROR) (?P<id>\S+?\.py(?:::[^\s\[]+(?:\[.*?\](?= - |$))?)?)"
    r"(?: - (?P<message>.*))?$"
)
_PROGRESS = re.compile(
    rf"(?P<id>\S+?\.py::.+?) (?P<outcome>{_OUTCOME})(?: \(.*\))?\s*(?:\[ *\d+%\])?$"
)
_XDIST = re.compile(rf"\[gw\d+\] (?:\[ *\d+%\] )?(?P<outcome>{_OUTCOME}) (?P<id>\S+?\.py::.+?)\s*$")
_BROKEN = re.compile(
    r"(?:INTERNALERROR> (?=[A-Za-z_])(?P<internal>[\w.]+(?:Error|Exception|Exit).*)"
    r"|(?:ERROR|pytest\.PytestConfigWarning): (?P<usage>usage: .*|file or directory not found.*"
    r"|not found: .*|found no collectors.*|unrecognized arguments.*|Missing required plugins.*)"
    r"|(?:__main__|pytest|py)\S*: error: (?P<error>.*))"
)
_COVERAGE = re.compile(
    r"(?:FAIL|ERROR:?) (?P<what>Required test coverage of .*not reached.*|Coverage failure: .*)"
)
_KEYS = {
    "error": "errors",
    "warning": "warnings",
    "rerun": "reruns",
    "tests deselected": "deselected",
    "subtests failed": "failed subtests",
}
_STOP_LINES = 4
_RAN = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")


class PytestParser:
    """Reads one session. Output of tests, captured or not, never counts."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._section = ""
        self._captured = False
        self._nested = 0
        self._begun = False
        self._header = False
        self._width = 0
        self._attends = False
        self._collected: int | None = None
        self._stopped: str | None = None
        self._held: dict[str, int] | None = None
        self._reports = Reports()

    @property
    def done(self) -> bool:
        """Whether the closing line was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Within the reports, which no literal tells apart, and around the closing line."""
        return self._attends or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the session."""
        text = line.text
        if not self._begun:
            self._begun = True
            if not _START.match(text):
                self._reports.look_back(line)
        if self.tally.ended:
            return self._afterwards(text)
        if self._nested or (self._captured and _START.match(text)):
            return self._within_nested(text)
        if text[:1] == "=" and not self._captured and self._trailer(text) is not None:
            self._note_stop(line)
        match text[:1]:
            case "=" | "!" | "-":
                return self._structure(text) or self._header
            case "_" | "E" | "F" | "I" | "[" | "c" | "p":
                return self._structure(text) or self._told(text) or self._inside(text)
            case _:
                return self._inside(text)

    def close(self) -> None:
        """Settle for the last closing line that captured output may have held."""
        if not self.tally.ended and self._held is not None:
            self._end(self._held)
        self._sum_up()

    def _within_nested(self, text: str) -> bool:
        """Skip a session that a test ran and whose output it failed with."""
        counts = self._trailer(text)
        self._nested += bool(_START.match(text)) - (counts is not None)
        # If the nested session was cut off, this was our own closing line after all.
        self._held = counts or self._held
        return True

    def _afterwards(self, text: str) -> bool:
        """Complaints that come after the closing line."""
        if _COVERAGE.match(text):
            return self._cover(text)
        if not self.tally.green and (broken := _BROKEN.match(text)):
            self.tally.broken = next(part for part in broken.groups() if part)
            return True
        return False

    def _structure(self, text: str) -> bool:
        if _START.match(text):
            began, self._header, self._attends = self._header, True, True
            self._width = len(text)
            return not began
        if (counts := self._trailer(text)) is not None:
            return self._close_or_hold(text, counts)
        if section := _SECTION.match(text):
            self._section, self._captured, self._attends = section["name"], False, True
            self._held = None
            return True
        if bang := _BANG.match(text):
            self._stopped = bang["what"]
            return True
        return self._within_reports(text)

    def _within_reports(self, text: str) -> bool:
        if self._attends and _CAPTURED.match(text):
            self._captured = True
        elif self._section in {"FAILURES", "ERRORS"} and (item := ITEM.match(text)):
            self._captured = False
            self._reports.begin(item["name"])
        else:
            return False
        return True

    def _told(self, text: str) -> bool:
        if collected := _COLLECTED.match(text):
            deselected = _DESELECTED.search(collected["rest"])
            self._collected = int(collected["items"]) - number(deselected and deselected[1])
            self._attends = self._collected == 0
            return True
        if self._captured:
            return False
        if said := self._summary_line(text) or _XDIST.match(text):
            self._reports.note(said["outcome"], said["id"], said.groupdict().get("message"))
            return True
        if _COVERAGE.match(text):
            return self._cover(text)
        if broken := _BROKEN.match(text):
            self.tally.broken = next(part for part in broken.groups() if part)
            return True
        return False

    def _summary_line(self, text: str) -> re.Match[str] | None:
        # Between the tests of a session that began before our eyes it is some test's output.
        if self._header and not self._section:
            return None
        return _SUMMARY.match(text)

    def _inside(self, text: str) -> bool:
        if self._section in {"FAILURES", "ERRORS"} and not self._captured:
            self._reports.read(text)
        elif not self._captured and (progress := _PROGRESS.match(text)):
            self._reports.note(progress["outcome"], progress["id"], None)
            return True
        if (counts := self._trailer(text)) is not None:
            return self._close_or_hold(text, counts)
        return self._header or bool(self._section)

    def _trailer(self, text: str) -> dict[str, int] | None:
        match = _TRAILER.match(text)
        # Without a duration it is prose, unless tests of this very run were named before.
        if match is None or (match["took"] is None and not self._reports.named):
            return None
        counts: dict[str, int] = {}
        for count, word in _COUNT.findall(match["counts"]):
            counts[_KEYS.get(word, word)] = int(count)
        return counts

    def _note_stop(self, line: Line) -> None:
        """Find why the session stopped; the reason stands right above the closing line."""
        for text, _ in zip(line.above(), range(_STOP_LINES), strict=False):
            if bang := _BANG.match(text):
                self._stopped = self._stopped or bang["what"]

    def _close_or_hold(self, text: str, counts: dict[str, int]) -> bool:
        ran = sum(counts.get(key, 0) for key in _RAN)
        framed = text.startswith("=") or not self._header
        if self._captured:
            exact = self._collected == ran
            as_wide = self._collected is None and len(text) == self._width
            plausible = self._header and (exact or as_wide)
        else:
            plausible = bool(
                self._section or self._stopped or self._collected in {None, ran} or not ran
            )
        if framed and plausible:
            self._end(counts)
        else:
            self._held = counts
        return True

    def _end(self, counts: dict[str, int]) -> None:
        tally = self.tally
        tally.declared = dict(counts)
        tally.ended = True
        ran = sum(counts.get(key, 0) for key in _RAN)
        collecting = (self._stopped or "").endswith("during collection")
        begun = 0 if collecting else ran
        if self._collected and self._stopped and ran and begun < self._collected:
            missed = self._collected - begun
            tally.declared["not run"] = missed
            tally.remarks.append(f"{missed} not run")
        if not ran:
            tally.remarks.append("no tests ran")
        harmful = counts.get("failed", 0) + counts.get("errors", 0)
        harmful += counts.get("failed subtests", 0)
        if self._stopped and not harmful:
            tally.broken = self._stopped
        tally.green = bool(ran) and not harmful and not tally.broken

    def _cover(self, text: str) -> bool:
        match = _COVERAGE.match(text)
        self.tally.broken = match["what"] if match else None
        self.tally.green = False
        return True

    def _sum_up(self) -> None:
        tally = self.tally
        tally.counted.update(self._reports.counted())
        for failure in self._reports.failures():
            if tally.first is None:
                tally.first, tally.first_rank = failure, 2
            if failure.message:
                tally.blame(failure.message)
            if failure.file:
                tally.files.add(failure.file)
            tally.identify(failure.code, failure.file, failure.message)


GRAMMAR = Grammar(
    name="pytest",
    kind="tests",
    literals=("session starts", "fail", "error", "passed", "skipped"),
    aliases=("py.test",),
    at_once=False,
    opaque=True,
    parser=PytestParser,
    rules=(
        Rule(does=Does.START, literal="test session starts", pattern=_START),
        Rule(
            does=Does.START,
            literal=("= failures =", "= errors ="),
            pattern=re.compile(r"=+ (?:FAILURES|ERRORS) =+$"),
        ),
        Rule(does=Does.FINDING, literal=".py", pattern=_SUMMARY),
        Rule(does=Does.FINDING, literal=".py::", pattern=_PROGRESS),
        Rule(does=Does.FINDING, literal="[gw", pattern=_XDIST),
        Rule(
            does=Does.TRAILER,
            literal=tuple(f"{word} in 0" for word in _LAST_WORDS),
            pattern=re.compile(rf"{_TRAILER.pattern}(?<=[=s)])"),
        ),
        Rule(does=Does.BROKEN, literal="INTERNALERROR> ", pattern=re.compile(r"INTERNALERROR> ")),
        Rule(
            does=Does.BROKEN,
            literal="ERROR: ",
            pattern=re.compile(rf"(?=.*ERROR: )(?:{_BROKEN.pattern})"),
        ),
    ),
)
