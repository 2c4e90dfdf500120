"""pytest: sections, captured output that may look like anything, and the closing line.

Source: pytest-dev/pytest, src/_pytest/terminal.py.
"""

import re
from collections.abc import Callable, Iterable

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars import pytest_lines as lines
from supervisor.analyzer.grammars.pytest_reports import ITEM, Reports
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally, number

_TELLING = frozenset("=!-_EFIS[cp")
"""How lines begin that may tell more than what a test does or says."""
_STOP_LINES = 4
_RAN = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")
_DESELECTED = Pattern(r"(?<!\d)(\d++) deselected")
_SKIPPED = Pattern(r"(?<!\d)(\d++) skipped")
_CONFTEST = Pattern(r"E  +(?P<said>[A-Za-z_][\w.]*(?:Error|Exception|Exit)\b.*)")


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
        self._planned: int | None = None
        self._skipped = 0
        """Modules that were skipped while being collected."""
        self._stopped: str | None = None
        self._fatal: str | None = None
        self._conftest = False
        self._held: dict[str, int] | None = None
        self._reports = Reports()
        self.hot = False
        """Whether the last line told of a test or belonged to a report; more of it may follow."""

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
        self.hot = False
        if not self._begun:
            self._begun = True
            if not lines.START.match(text):
                self._reports.look_back(line)
        if self.tally.ended:
            return self._afterwards(text)
        if self._conftest:
            return self._within_conftest(text)
        if self._nested or (self._captured and lines.START.match(text)):
            return self._within_nested(text)
        if text[:1] == "=" and not self._captured and self._trailer(text) is not None:
            self._note_stop(line)
        match text[:1]:
            case "=" | "!" | "-":
                return self._structure(text) or self._header
            case first if first in _TELLING:
                return self._structure(text) or self._told(text) or self._inside(text)
            case _:
                return self._inside(text)

    def run(self, texts: Iterable[str], hears: Callable[[str], bool]) -> int:
        """Read tests, or a report on one, for as long as nothing else stands between."""
        return self._run_reports(texts, hears) if self._section else self._run_tests(texts, hears)

    def _run_tests(self, texts: Iterable[str], hears: Callable[[str], bool]) -> int:
        match = lines.QUIET_PROGRESS.match
        count = passed = 0
        for text in texts:
            if (found := match(text)) is not None:
                passed += found.lastindex is not None
            elif not text:
                pass
            elif text[:1] in _TELLING or ".py::" not in text or hears(text):
                break
            elif (progress := lines.PROGRESS.match(text)) is not None:
                self._reports.note(progress)
            else:
                break
            count += 1
        self._reports.passed(passed)
        return count

    def _run_reports(self, texts: Iterable[str], hears: Callable[[str], bool]) -> int:
        count = 0
        for text in texts:
            if text[:1] in _TELLING and text[:3] != "E  ":
                break
            if lines.TRAILER.match(text) or hears(text):
                break
            if not self._captured:
                self._reports.read(text)
                self._note_end(text)
            count += 1
        return count

    def close(self) -> None:
        """Settle for the last closing line that captured output may have held."""
        if not self.tally.ended and self._held is not None:
            self._end(self._held)
        if not self.tally.ended and self._fatal and not self.tally.broken:
            self.tally.broken = self._fatal
        self._sum_up()

    def _within_nested(self, text: str) -> bool:
        """Skip a session that a test ran and whose output it failed with."""
        counts = self._trailer(text)
        self._nested += bool(lines.START.match(text)) - (counts is not None)
        # If the nested session was cut off, this was our own closing line after all.
        self._held = counts or self._held
        return True

    def _within_conftest(self, text: str) -> bool:
        """Find what a conftest failed of; nothing else comes."""
        if said := _CONFTEST.match(text):
            self.tally.broken = said["said"]
            self.tally.ended = True
        return True

    def _afterwards(self, text: str) -> bool:
        """Complaints that come after the closing line."""
        if lines.COVERAGE.match(text):
            return self._cover(text)
        return not self.tally.green and self._break(text)

    def _break(self, text: str) -> bool:
        """Read how pytest itself failed."""
        broken = lines.BROKEN.match(text)
        if broken is None:
            return False
        self.tally.broken = next(part for part in broken.groups() if part)
        self._conftest = self._attends = broken["conftest"] is not None
        return True

    def _structure(self, text: str) -> bool:
        if lines.START.match(text):
            began, self._header, self._attends = self._header, True, True
            self._width = len(text)
            return not began
        if (counts := self._trailer(text)) is not None:
            return self._close_or_hold(text, counts)
        if section := lines.SECTION.match(text):
            self._section, self._captured, self._attends = section["name"], False, True
            self._held = self._stopped = None  # No section follows why a session stopped.
            return True
        if bang := lines.BANG.match(text):
            self._stopped = bang["what"]
            return True
        return self._within_reports(text)

    def _within_reports(self, text: str) -> bool:
        if self._attends and lines.CAPTURED.match(text):
            self._captured = True
        elif self._section in {"FAILURES", "ERRORS"} and (item := ITEM.match(text)):
            self._captured = False
            self._reports.begin(item["name"])
        else:
            return False
        return True

    def _told(self, text: str) -> bool:
        if collected := lines.COLLECTED.match(text):
            rest = collected["rest"]
            deselected, skipped = _DESELECTED.search(rest), _SKIPPED.search(rest)
            self._collected = int(collected["items"]) - number(deselected and deselected[1])
            self._skipped = number(skipped and skipped[1])
            self._attends = self._collected == 0
            return True
        if self._captured:
            return False
        if said := self._summary_line(text) or lines.XDIST.match(text):
            self._reports.note(said)
            self.hot = not self._section
            return True
        if lines.COVERAGE.match(text):
            return self._cover(text)
        return self._break(text)

    def _summary_line(self, text: str) -> re.Match[str] | None:
        if self._section == "short test summary info":
            return lines.LISTED.match(text)
        # Between the tests of a session that began before our eyes it is some test's output.
        if self._header and not self._section:
            return None
        return lines.SUMMARY.match(text)

    def _inside(self, text: str) -> bool:
        in_report = self._section in {"FAILURES", "ERRORS"}
        if in_report and not self._captured:
            self._reports.read(text)
        elif not self._captured and (progress := lines.PROGRESS.match(text)):
            self._reports.note(progress)
            self.hot = not self._section
            return True
        if (counts := self._trailer(text)) is not None:
            return self._close_or_hold(text, counts)
        if not self._captured:
            self._note_end(text)
        self.hot = in_report
        return self._header or bool(self._section)

    def _note_end(self, text: str) -> None:
        """Note what will matter if no closing line comes."""
        if planned := lines.PLANNED.match(text):
            self._planned = int(planned["items"])
        elif (" error: " in text or "+ Timeout +" in text) and (end := lines.FATAL.match(text)):
            self._fatal = end["what"] or end["timeout"]

    def _trailer(self, text: str) -> dict[str, int] | None:
        match = lines.TRAILER.match(text)
        if match is None and self._header and text[:1] == "=":
            match = lines.FRAMED.match(text)
        # Without a duration it is prose, unless tests of this very run were named before.
        if match is None or (match["took"] is None and not self._reports.named):
            return None
        return lines.counts_of(match["counts"])

    def _note_stop(self, line: Line) -> None:
        """Find why the session stopped; the reason stands right above the closing line."""
        for text, _ in zip(line.above(), range(_STOP_LINES), strict=False):
            if text[:1] == "=":
                return
            if bang := lines.BANG.match(text):
                self._stopped = self._stopped or bang["what"]

    def _close_or_hold(self, text: str, counts: dict[str, int]) -> bool:
        ran = sum(counts.get(key, 0) for key in _RAN)
        framed = text.startswith("=") or not self._header
        expected = {self._collected, (self._collected or 0) + self._skipped}
        if self._captured:
            exact = self._collected is not None and ran in expected
            as_wide = self._collected is None and len(text) == self._width
            plausible = self._header and (exact or as_wide)
        else:
            known = self._collected is not None
            plausible = bool(self._section or self._stopped or not known or not ran)
            plausible = plausible or ran in expected or ran - counts.get("errors", 0) in expected
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
        planned = self._collected or self._planned
        if "collected" in counts:
            tally.remarks.append(f"{counts['collected']} collected")
        elif not ran:
            tally.remarks.append("no tests ran")
        elif planned and self._stopped and begun < planned:
            missed = planned - begun
            tally.declared["not run"] = missed
            tally.remarks.append(f"{missed} not run")
        harmful = counts.get("failed", 0) + counts.get("errors", 0)
        harmful += counts.get("failed subtests", 0)
        if self._stopped and not harmful:
            tally.broken = self._stopped
        tally.green = bool(ran) and not harmful and not tally.broken

    def _cover(self, text: str) -> bool:
        match = lines.COVERAGE.match(text)
        self.tally.broken = match["what"] if match else None
        self.tally.green = False
        return True

    def _sum_up(self) -> None:
        tally = self.tally
        counted = self._reports.counted()
        if tally.green:
            # What failed besides belongs to a session that some test has captured.
            declared = tally.declared
            counted = {key: n for key, n in counted.items() if n <= declared.get(key, 0)}
        tally.counted.update(counted)
        if tally.green:
            return
        for failure in self._reports.failures():
            if tally.first is None:
                tally.first, tally.first_rank = failure, 2
            if failure.message:
                tally.blame(failure.message)
            if failure.file:
                tally.files.add(failure.file)
            tally.name_code(failure.code)
            tally.identify(failure.code, failure.file, failure.message)


GRAMMAR = Grammar(
    name="pytest",
    kind="tests",
    literals=(
        *("session starts", "fail", "error", "passed", "skipped", " collected", "+ Timeout +"),
        *(" workers [", "gw0 ["),
        *lines.SECTION_WORDS,
    ),
    aliases=("py.test",),
    at_once=False,
    opaque=True,
    parser=PytestParser,
    rules=(
        Rule(does=Does.START, literal="test session starts", pattern=lines.START),
        Rule(
            does=Does.START,
            literal=("= failures =", "= errors ="),
            pattern=Pattern(r"=+ (?:FAILURES|ERRORS) =+$"),
        ),
        Rule(does=Does.FINDING, literal=".py", pattern=lines.SUMMARY),
        Rule(does=Does.FINDING, literal=".py::", pattern=lines.PROGRESS),
        Rule(does=Does.FINDING, literal="[gw", pattern=lines.XDIST),
        Rule(
            does=Does.TRAILER,
            literal=tuple(f"{word} in 0" for word in lines.LAST_WORDS),
            pattern=Pattern(rf"{lines.TRAILER.pattern}(?<=[=s)])"),
        ),
        Rule(does=Does.BROKEN, literal="INTERNALERROR> ", pattern=Pattern(r"INTERNALERROR> ")),
        Rule(
            does=Does.BROKEN,
            literal=("ERROR: ", "pytest: error: ", "while loading conftest"),
            pattern=Pattern(rf"(?!INTERNALERROR)(?:{lines.BROKEN.pattern})"),
        ),
    ),
)
