"""Findings in a row, read in one loop where looking at each line for itself would be too slow."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from supervisor.analyzer.alike import Alike, Kinds, Where, where
from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_Reading = tuple[int, Alike, re.Match[str]]
"""The place of a line, what it says, and how that, or where, was matched."""
_Way = tuple[Sequence[Rule], Callable[[str], re.Match[str] | None] | None, Mapping[object, Alike]]
"""Rules, what finds the place that the first begins with, and what may stand behind that."""
_NO_WAY: _Way = (), None, {}
_FIRST_LINES, _MOST_LINES = 16, 1024
"""How many lines are tried before somebody else is asked about those that no rule reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a streak begins with."""

    grammar: Grammar
    marks: Mapping[int, int]
    """A sieve's marks by the place of a line, where it has any."""
    rules: Callable[[int], Sequence[Rule]]
    """Those that could read a line with such marks, in their order."""
    rows: Sequence[Rule]
    """Those that could read any other line, as far as a blank one."""
    above: str
    """Text of the line above the first one."""
    until: int
    """The first line that must not be read."""
    file: str | None
    """The last one that a line named."""
    ends: Collection[str]
    """What counts as one of these is worth a closer look, and not read here."""
    wanted: Callable[[Sequence[int]], int | None]
    """The first of these places whose line somebody else could want."""
    knows: Callable[[Where], bool]
    """Whether a finding was told before; from then on it was, if ``learns``."""
    learns: bool
    identifies: bool
    """Whether it matters what was found in which file."""
    files: Collection[str]
    """Those that are known, where it does not."""
    kinds: Kinds
    """What is known of the grammar's findings; to be added to."""


@dataclass(slots=True)
class Streak:
    """The lines that were read."""

    file: str | None
    """The last one that a line named."""
    length: int = 0
    last: int = 0
    """How many lines there are up to the last finding."""
    findings: int = 0
    gap: bool = False
    """Whether there was a blank line."""
    broken: bool = False
    """Whether what follows is worth a closer look, or has little to do with what was read."""
    told: list[Alike] = field(default_factory=list)
    """Findings by their kind, in the order of the first of each."""
    places: dict[tuple[str | None, Alike], None] = field(default_factory=dict)
    """Files, and what was found in them, in the order of the lines; as far as it matters."""


def read_streak(texts: Sequence[str], begin: int, setting: Setting) -> Streak:
    """Read findings from line ``begin`` on, and pass over lines that nobody could want.

    It ends where a line needs those that follow, and where most lines are no findings.
    """
    streak = Streak(setting.file)
    reader = _Reader(texts, setting)
    place, size = begin, _FIRST_LINES
    while place < setting.until and not streak.broken:
        goal = min(place + size, setting.until)
        readings, others, stop = reader.read(place, goal)
        wanted = setting.wanted(others) if others else None
        end = stop if wanted is None else wanted
        streak.broken = end < goal or len(others) > len(readings) * 4
        if end < goal:
            readings = [one for one in readings if one[0] < end]
        if (closer := _count(readings, streak, setting)) is not None:
            end, streak.broken = closer, True
        streak.gap = reader.blank is not None and reader.blank < end
        place, size = end, min(2 * size, _MOST_LINES)
    streak.length, streak.last = place - begin, max(0, streak.last - begin)
    return streak


class _Reader:
    """Tries the rules on lines."""

    def __init__(self, texts: Sequence[str], setting: Setting) -> None:
        self._texts = texts
        self.blank: int | None = None
        """The place of the first blank line."""
        self._plain = setting.grammar.plain
        self._marks = setting.marks
        self._rules = setting.rules
        self._above = setting.above
        self._kinds = setting.kinds
        self._ways: dict[int | None, _Way] = {None: self._way(setting.rows)}
        """By the marks."""

    def read(self, begin: int, end: int) -> tuple[list[_Reading], list[int], int]:
        """Readings, the places of lines that no rule reads, and where it must stop.

        A blank line is neither.
        """
        texts, marks, ways = self._texts, self._marks.get, self._ways
        readings: list[_Reading] = []
        others: list[int] = []
        for place in range(begin, end):
            text, bits, at = texts[place], marks(place), None
            rules, head, behind = ways.get(bits) or self._learn(bits)
            if head is not None and (at := head(text)) is not None:
                known = behind.get(text[at.end() :])
                if known is not None:
                    readings.append((place, known, at))
                    continue
            for rule in rules:
                found = rule.pattern.match(text)
                if found is not None and (rule.before is None or self._follows(rule.before, place)):
                    if rule not in self._plain:
                        return readings, others, place
                    known = self._kinds.alike(rule, found, at if rule is rules[0] else None)
                    readings.append((place, known, found))
                    break
            else:
                if text and not text.isspace():
                    others.append(place)
                elif self.blank is None:
                    self.blank, ways[None] = place, _NO_WAY
        return readings, others, end

    def _learn(self, marks: int | None) -> _Way:
        way = self._ways[marks] = self._way(self._rules(marks or 0))
        return way

    def _way(self, rules: Sequence[Rule]) -> _Way:
        place = rules[0].place if rules and rules[0] in self._plain else None
        if place is None:
            return rules, None, {}
        return rules, place.head.match, self._kinds.behind(rules[0])

    def _follows(self, before: Pattern, place: int) -> bool:
        above = self._texts[place - 1] if place else self._above
        return before.match(above) is not None


def _count(readings: Sequence[_Reading], streak: Streak, setting: Setting) -> int | None:
    """Count findings; returns the place of one that needs a closer look."""
    told, places, file = streak.told, streak.places, streak.file
    inherits, distinct = setting.grammar.inherits, setting.grammar.distinct
    listens = distinct or (setting.learns and setting.grammar.remembers)
    identifies, files, ends = setting.identifies, setting.files, setting.ends
    speaks = closer = None
    findings = 0
    for place, known, found in readings:
        if known.rule is not speaks:
            speaks = rule = known.rule
            file_group, needs_file, once = rule.file_group, rule.needs_file, distinct or rule.again
            asks = listens or rule.again
        own_file = found[file_group] if file_group else None
        if known.lacks or known.counts_as in ends or (needs_file and not own_file):
            closer = place
            break
        findings += 1
        file = own_file or (file if inherits else None)
        if asks and setting.knows(where(known, file, found)) and once:
            continue
        if not known.times:
            known.first, known.file = found, file
            told.append(known)
        known.times += 1
        if identifies or file not in files:
            places[file, known] = None
    if findings:
        streak.findings += findings
        streak.last, streak.file = readings[findings - 1][0] + 1, file
    return closer
