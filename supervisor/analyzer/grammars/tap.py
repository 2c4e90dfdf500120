"""The Test Anything Protocol, as ``node --test``, tape, node-tap, ava, mocha and vitest write it.

Source: testanything.org, and nodejs/node, lib/internal/test_runner/reporter/tap.js.
"""

import re

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import JS_FILE, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import number

_VERSION = Pattern(r"TAP version 1\d$")
_PLAN = Pattern(r"1\.\.(?P<planned>\d+)(?: # (?P<why>.*))?$")
_POINT = Pattern(
    r"(?P<indent>\s*)(?P<bad>not )?ok\b(?: (?P<number>\d+))?(?: -)?(?P<name> ?.*?)"
    r"(?: # (?P<directive>(?i:skip|todo))\b.*| # time=.*)?$"
)
_COUNT = Pattern(r"# (?P<what>tests|suites|pass|fail|cancelled|skip|skipped|todo) +(?P<times>\d+)$")
_OBJECT = Pattern(r"# \{ (?P<counts>(?:\w++: \d++(?:, )?+)++) \}$")
_PERL = Pattern(r"# Looks like you failed (?P<failed>\d+) tests? of (?P<total>\d+)\.")
_TAIL = Pattern(r"# (?:duration_ms|time=|ok$|No coverage|failed \d+ of|Looks like)|$")
_BAIL = Pattern(r"Bail out!(?P<why>.*)")
_REASON = Pattern(
    r"\s+(?:(?:message|error): (?P<what>\S.*)|\{\"message\":\"(?P<json>(?:[^\"\\]|\\[^n])*).*)$"
)
_PLACE = Pattern(rf"\s+(?:at|location): ['\"]?(?P<file>{JS_FILE}):(?P<line>\d+):\d+")
_LITERAL_BLOCK = Pattern(r"[|>][+-]?$")
_SUITE = Pattern(r"'?\d+ subtests? failed'?$")
_LEAST_POINTS = 3
"""Fewer without a version, a plan or counts may be what some program has printed."""


class TapParser(TestRun):
    """Reads test points of any depth; what contains a failed one is not another failure."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._planned: int | None = None
        self._versioned = False
        self._points = {"passed": 0, "failed": 0, "skipped": 0, "todo": 0}
        self._depth = 0
        """Of the last point that failed, or of what contains it."""
        self._yaml = False
        self._block = False

    @property
    def done(self) -> bool:
        """Whether counts came, or all that was planned."""
        return super().done or sum(self._points.values()) == self._planned

    def read(self, line: Line) -> bool:
        """Read a test point and what explains it, the plan, or the first closing count."""
        text = line.text
        if _VERSION.match(text):
            if any(self._points.values()):
                self.end_early()
                return False
            self._versioned = True
            return True
        if plan := _PLAN.match(text):
            return self._plan(plan)
        if self._count(text) or self._point(text):
            return True
        if bail := _BAIL.match(text):
            self.tally.broken = f"Bail out! {bail['why'].strip()}".rstrip()
            return True
        return self._explain(text) or text[:1] == "#"

    def read_after(self, line: Line) -> bool:
        """Read the other counts."""
        text = line.text
        if plan := _PLAN.match(text):
            return self._planned is None and self._plan(plan)
        return self._count(text) or _TAIL.match(text) is not None

    def conclude(self) -> None:
        """Take the plan for the closing count where there is none."""
        tally = self.tally
        cancelled = tally.declared.pop("cancelled", 0)
        if cancelled:
            tally.declared["errors"] = cancelled
        if tally.ended:
            return
        counts = {key: times for key, times in self._points.items() if times}
        tally.counted.update({key: times for key, times in counts.items() if key != "failed"})
        if self._planned is not None and sum(counts.values()) == self._planned:
            tally.declared |= counts
            tally.ended = True
        elif self._planned is not None:
            missed = self._planned - sum(counts.values())
            tally.remarks.append(f"{missed} of {self._planned} not run")
            tally.red = True

    def close(self) -> None:
        """Put what was found into the tally, if it was more than a few words that look like it."""
        proven = self._versioned or self._planned is not None or self.tally.ended
        if proven or self.tally.broken or sum(self._points.values()) >= _LEAST_POINTS:
            super().close()

    def _plan(self, plan: re.Match[str]) -> bool:
        if self._planned is None:
            self._planned = number(plan["planned"])
        return True

    def _point(self, text: str) -> bool:
        point = _POINT.match(text)
        if point is None:
            return False
        depth = len(point["indent"])
        opens = text.endswith("{")
        directive = (point["directive"] or "").lower()
        contains = depth < self._depth
        if contains or (point["bad"] and not directive):
            self._depth = depth
        if not depth:
            key = {"skip": "skipped", "todo": "todo"}.get(directive)
            self._points[key or ("failed" if point["bad"] else "passed")] += 1
        self.relax()
        if point["bad"] and not (contains or opens or directive):
            self.failures.begin(Failure(point["name"].strip() or f"test {point['number']}"))
            self._yaml = self._block = False
            self.listen()
        return True

    def _explain(self, text: str) -> bool:
        current = self.failures.current
        if not current:
            return False
        if self._block:
            self.failures.say(text)
            self._block = not current[0].explained
        elif reason := _REASON.match(text):
            self._reason(reason["what"] or reason["json"])
        elif place := _PLACE.match(text):
            for failure in current:
                failure.stand(place)
        elif text.strip() == "---":
            self._yaml = True
        elif not self._yaml and not current[0].explained and text.strip():
            # mocha writes the message itself.
            self.failures.say(text)
            return text[:1].isspace()
        return text[:1].isspace() or not text

    def _reason(self, what: str) -> None:
        if _SUITE.match(what):
            self.failures.drop()
        elif _LITERAL_BLOCK.match(what):
            self._block = True
        elif not self.failures.current[0].message:
            self.failures.say(what.strip("'\""))

    def _count(self, text: str) -> bool:
        tally = self.tally
        if count := _COUNT.match(text):
            word = "total" if count["what"] == "tests" else count["what"]
            said = declared_by({"counts": f"{count['times']} {word}"})
            if count["what"] == "suites":
                said = {}
                tally.name = "node-test"
        elif counts := _OBJECT.match(text):
            words = dict(part.split(": ") for part in counts["counts"].split(", "))
            said = declared_by({"counts": ", ".join(f"{n} {word}" for word, n in words.items())})
        elif perl := _PERL.match(text):
            said = declared_by(perl.groupdict())
        else:
            return False
        if said.keys() & tally.declared.keys():
            return False
        tally.declared |= said
        tally.ended = True
        self.relax()
        return True


GRAMMAR = Grammar(
    name="tap",
    kind="tests",
    at_once=False,
    aliases=("tape",),
    literals=("ok 0", "Bail out!", "# skip", "# todo", "# fail", "# pass", "# cancelled"),
    parser=TapParser,
    rules=(
        Rule(does=Does.START, literal="TAP version 0", pattern=_VERSION),
        Rule(does=Does.FINDING, literal="not ok 0", pattern=Pattern(r"not ok \d+ ")),
        Rule(does=Does.START, literal="0..0", pattern=Pattern(r"1\.\.[1-9]\d*$")),
        Rule(does=Does.TRAILER, literal="# tests 0", pattern=Pattern(r"# tests +\d+$")),
        Rule(does=Does.TRAILER, literal="# { total: 0", pattern=_OBJECT),
    ),
)
