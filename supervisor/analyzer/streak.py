"""Findings in a row, read in one loop where looking at each line for itself would be too slow."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.tally import Finding, number

Where = tuple[str | None, ...]
"""File, line, column, code and message: what is the same where a finding is told again."""
_Reading = tuple[int, Rule, re.Match[str]]
"""The place of a line, the rule that reads it, and how."""
_PLAIN = re.compile(r"[1-9][0-9]{0,14}")
_FIRST_LINES, _MOST_LINES = 16, 1024
"""How many lines are tried before somebody else is asked about those that no rule reads."""


@dataclass(slots=True, eq=False)
class Alike:
    """Findings that differ in their places only."""

    rule: Rule
    code: str | None
    message: str
    counts_as: str
    lacks: bool
    """Whether such a line goes on below."""
    first: re.Match[str]
    """The first of a streak, in ``file``."""
    file: str | None = None
    times: int = 0
    """How many a streak has."""

    @property
    def finding(self) -> Finding:
        """All of them as one, in the first place."""
        groups = self.first.groupdict()
        return Finding(
            file=self.file,
            line=number(groups.get("line")) or None,
            column=number(groups.get("column")) or None,
            code=self.code,
            message=self.message,
            counts_as=self.counts_as,
            times=self.times,
            urgent=self.rule.urgent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a streak begins with."""

    grammar: Grammar
    rules: Mapping[int, Sequence[Rule]]
    """Those that could read a line, in their order, by its place; elsewhere ``rows``."""
    rows: Sequence[Rule]
    """Those that could read any line, as far as a blank one."""
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
    kinds: Mapping[Rule, dict[object, Alike]]
    """What is known of a rule's findings, by what they say but for their places; to be added to."""


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
        self._rules = setting.rules
        self._rows = setting.rows
        self._above = setting.above

    def read(self, begin: int, end: int) -> tuple[list[_Reading], list[int], int]:
        """Readings, the places of lines that no rule reads, and where it must stop.

        A blank line is neither.
        """
        above, rules, rows, plain = self._above, self._rules, self._rows, self._plain
        readings: list[_Reading] = []
        others: list[int] = []
        for place in range(begin, end):
            text = self._texts[place]
            for rule in rules.get(place, rows):
                found = rule.pattern.match(text)
                if found is not None and (rule.before is None or rule.before.match(above)):
                    if rule not in plain:
                        return readings, others, place
                    readings.append((place, rule, found))
                    break
            else:
                if text and not text.isspace():
                    others.append(place)
                elif self.blank is None:
                    self.blank, self._rows, rows = place, (), ()
            above = text
        self._above = above
        return readings, others, end


def _count(readings: Sequence[_Reading], streak: Streak, setting: Setting) -> int | None:
    """Count findings; returns the place of one that needs a closer look."""
    told, places, file = streak.told, streak.places, streak.file
    inherits, distinct = setting.grammar.inherits, setting.grammar.distinct
    listens = distinct or (setting.learns and setting.grammar.remembers)
    identifies, files, ends = setting.identifies, setting.files, setting.ends
    last = closer = speaks = None
    findings = 0
    for place, rule, found in readings:
        if rule is not speaks:
            speaks, says, file_group = rule, rule.says, rule.file_group
            kinds, needs_file, once = setting.kinds[rule], rule.needs_file, distinct or rule.again
            asks = listens or rule.again
        said = says(found)
        known = kinds.get(said) or _alike(rule, found, setting.grammar)
        own_file = found[file_group] if file_group else None
        if known.lacks or known.counts_as in ends or (needs_file and not own_file):
            closer = place
            break
        last = place
        findings += 1
        file = own_file or (file if inherits else None)
        if asks and setting.knows(_where(known, file, found)) and once:
            continue
        if not known.times:
            kinds[said], known.first, known.file = known, found, file
            told.append(known)
        known.times += 1
        if identifies or file not in files:
            places[file, known] = None
    streak.findings += findings
    if last is not None:
        streak.last, streak.file = last + 1, file
    return closer


def _alike(rule: Rule, found: re.Match[str], grammar: Grammar) -> Alike:
    """What a finding says that is the first of its kind."""
    groups = (*found.groups(), None)  # The last one is for groups that there are not.
    _, code, name, message, remark, severity, warning, _, _ = rule.columns
    known = Alike(
        rule=rule,
        code=groups[code] or groups[name],
        message=(groups[message] or groups[remark] or "").strip(),
        counts_as=grammar.counts_as(rule, groups[severity] or groups[warning]),
        lacks=False,
        first=found,
    )
    needed = rule.needed
    known.lacks = bool(
        ("code" in needed and not known.code) or ("message" in needed and not known.message)
    )
    return known


def _where(known: Alike, file: str | None, found: re.Match[str]) -> Where:
    groups = (*found.groups(), None)
    *_, line, column = known.rule.columns
    return file, _plain(groups[line]), _plain(groups[column]), known.code, known.message


def _plain(digits: str | None) -> str:
    """A number as Python writes it; most are written so already."""
    if digits is not None and _PLAIN.fullmatch(digits):
        return digits
    return str(number(digits))
