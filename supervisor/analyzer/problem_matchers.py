"""GitHub's problem matchers as grammars: single lines, several lines, and loops.

Source: actions/runner, src/Runner.Worker/IssueMatcher.cs and docs/adrs/0276-problem-matchers.md;
actions/toolkit, docs/problem-matchers.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from supervisor.analyzer.fixed_text import fixed_text
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.pending import found
from supervisor.analyzer.script_regex import python_regex
from supervisor.analyzer.tally import Tally, severity_key

_T = TypeVar("_T")
_FIELDS = ("file", "line", "column", "severity", "code", "message")
_SEVERITIES = {"notice": "notes"}
_MOST_ROWS_BACK = 1000
"""How far above a row of a loop the line with its file may stand."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line of a matcher."""

    regex: Pattern
    literals: tuple[str, ...]
    loop: bool


def problem_matchers(document: Any) -> tuple[Grammar, ...]:
    """Grammars of a parsed problem matcher file; of two with one owner, the later.

    Raises:
        ValueError: what is wrong, and where.
    """
    matchers: list[Any] = _get(document, "problemMatcher", list, "a problem matcher file")
    grammars: dict[str, Grammar] = {}
    for number, matcher in enumerate(matchers):
        where = f"problemMatcher[{number}]"
        if not isinstance(matcher, Mapping):
            raise ValueError(f"{where}: must be an object")  # noqa: TRY004 - a user's value
        owner = _get(matcher, "owner", str, where)
        if not owner:
            raise ValueError(f"{where}.owner: must not be empty")
        grammars[owner] = _grammar(owner, matcher, where)
    return tuple(grammars.values())


def _grammar(owner: str, matcher: Mapping[str, Any], where: str) -> Grammar:
    severity = matcher.get("severity", "error")
    if not isinstance(severity, str):
        raise ValueError(f"{where}.severity: must be a string")  # noqa: TRY004 - a user's value
    counts_as = severity_key(severity, _SEVERITIES)
    patterns = _patterns(matcher, where)
    pivot = max(range(len(patterns)), key=lambda place: _weight(patterns[place]))
    opener = patterns[pivot]
    if not opener.literals:
        raise ValueError(f"{where}.pattern: no line of it has fixed text to be known by")
    single = len(patterns) == 1
    rule = Rule(
        does=Does.FINDING if single else Does.START,
        literal=opener.literals,
        pattern=opener.regex,
        counts_as=counts_as,
    )
    return Grammar(
        name=owner,
        kind="linter",
        severities=_SEVERITIES,
        rules=(rule,),
        parser=None if single else lambda grammar: _Matcher(grammar, patterns, pivot, counts_as),
    )


def _weight(pattern: _Pattern) -> int:
    return min(map(len, pattern.literals), default=0)


def _patterns(matcher: Mapping[str, Any], where: str) -> tuple[_Pattern, ...]:
    listed: list[Any] = _get(matcher, "pattern", list, where)
    if not listed:
        raise ValueError(f"{where}.pattern: must not be empty")
    taken: dict[str, str] = {}
    patterns: list[_Pattern] = []
    for number, pattern in enumerate(listed):
        place = f"{where}.pattern[{number}]"
        if not isinstance(pattern, Mapping):
            raise ValueError(f"{place}: must be an object")  # noqa: TRY004 - a user's value
        last = number == len(listed) - 1
        patterns.append(_pattern(pattern, place, taken, is_last=last, is_first=number == 0))
    if "message" not in taken:
        raise ValueError(f"{where}.pattern: none of its lines has a message")
    return tuple(patterns)


def _pattern(
    pattern: Mapping[str, Any],
    where: str,
    taken: dict[str, str],
    *,
    is_first: bool,
    is_last: bool,
) -> _Pattern:
    names: dict[int, list[str]] = {}
    for field in _FIELDS:
        if pattern.get(field) is None:
            continue
        group = pattern[field]
        if not isinstance(group, int) or isinstance(group, bool) or group < 0:
            raise ValueError(f"{where}.{field}: must be the number of a group")
        if field in taken:
            raise ValueError(f"{where}.{field}: is set in {taken[field]} already")
        taken[field] = where
        names.setdefault(group, []).append(field)
    loop = pattern.get("loop", False)
    if loop and (is_first or not is_last):
        raise ValueError(f"{where}.loop: only the last of several lines can repeat")
    source = _get(pattern, "regexp", str, where)
    try:
        regex = Pattern(python_regex(source, names)).checked()
    except (re.error, ValueError) as error:
        raise ValueError(f"{where}.regexp: {error}") from None
    return _Pattern(regex, fixed_text(regex.pattern), bool(loop))


def _get(value: Any, key: str, kind: type[_T], where: str) -> _T:
    inner = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(inner, kind):
        what = "a list" if kind is list else "a string"
        raise ValueError(f"{where}: needs {key!r}, {what}")  # noqa: TRY004 - a user's value
    return inner


class _Matcher:
    """Reads the problems of a matcher of several lines.

    The line that says most is looked for; those before it must stand above it, those after it
    must follow.
    """

    done = False

    def __init__(
        self, grammar: Grammar, patterns: Sequence[_Pattern], pivot: int, counts_as: str
    ) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._patterns = patterns
        self._pivot = pivot
        self._counts_as = counts_as
        self._next = 0
        """The line that must follow; 0 if none is begun."""
        self._groups: dict[str, str | None] = {}

    @property
    def attentive(self) -> bool:
        """While a line must follow."""
        return self._next > 0

    def take(self, line: Line) -> bool:
        """Read a line of a problem."""
        place = self._next or self._pivot
        match = self._patterns[place].regex.match(line.text)
        if match is None and self._next:
            self._next, place = 0, self._pivot
            match = self._patterns[place].regex.match(line.text)
        if match is None:
            return False
        if not self._next:
            above = self._above(line)
            if above is None:
                return False
            self._groups = above
        self._go_on(place, match)
        return True

    def close(self) -> None:
        """A problem that is not complete is none."""

    def _go_on(self, place: int, match: re.Match[str]) -> None:
        groups = self._groups | match.groupdict()
        last = len(self._patterns) - 1
        if place < last:
            self._groups, self._next = groups, place + 1
            return
        finding = found(groups, None)
        finding.counts_as = severity_key(groups.get("severity"), _SEVERITIES, self._counts_as)
        self.tally.add(finding)
        self._next = last if self._patterns[last].loop else 0

    def _above(self, line: Line) -> dict[str, str | None] | None:
        """What the lines above say, if they are those that must be there."""
        groups: dict[str, str | None] = {}
        place = self._pivot - 1
        rows = self._patterns[self._pivot] if self._patterns[self._pivot].loop else None
        for text, _ in zip(line.above(), range(_MOST_ROWS_BACK), strict=False):
            if place < 0:
                break
            match = self._patterns[place].regex.match(text)
            if rows is not None and place == self._pivot - 1 and rows.regex.match(text):
                continue
            if match is None:
                return None
            groups = match.groupdict() | groups
            place -= 1
        return groups if place < 0 else None
