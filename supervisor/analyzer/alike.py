"""Findings that say the same in different places."""

import re
from collections import defaultdict
from dataclasses import dataclass

from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.tally import Finding, number

Where = tuple[str | None, ...]
"""File, line, column, code and message: what is the same where a finding is told again."""
_PLAIN = re.compile(r"[1-9][0-9]{0,14}")
_MOST_KINDS = 4000
_MOST_GRAMMARS = 8


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
    """The first of a streak, or of its line the place; it is in ``file``."""
    file: str | None = None
    times: int = 0
    """How many a streak has."""

    @property
    def finding(self) -> Finding:
        """All of them as one, in the first place."""
        *_, line, column = self.rule.columns
        return Finding(
            file=self.file,
            line=number(self.first[line + 1]) or None if line >= 0 else None,
            column=number(self.first[column + 1]) or None if column >= 0 else None,
            code=self.code,
            message=self.message,
            counts_as=self.counts_as,
            times=self.times,
            urgent=self.rule.urgent,
        )


class Kinds:
    """Findings by what they say but for their places; forgets all when it has seen too many."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._said: defaultdict[Rule, dict[object, Alike]] = defaultdict(dict)
        self._behind: defaultdict[Rule, dict[object, Alike]] = defaultdict(dict)
        self._room = _MOST_KINDS

    def make_room(self) -> None:
        """Forget all if that is due."""
        if self._room <= 0:
            self._said.clear()
            self._behind.clear()
            self._room = _MOST_KINDS

    def behind(self, rule: Rule) -> dict[object, Alike]:
        """What a line says whose place is the rule's, by what stands behind the place."""
        return self._behind[rule]

    def alike(self, rule: Rule, found: re.Match[str], place: re.Match[str] | None) -> Alike:
        """What a line says that the rule reads so; ``place`` is its first, where it has one."""
        if place is not None and rule.place is not None and rule.place.settles(found, place):
            kinds: dict[object, Alike] = self._behind[rule]
            said: object = place.string[place.end() :]
        else:
            kinds, said = self._said[rule], rule.says(found)
        known = kinds.get(said)
        if known is None:
            known = kinds[said] = _alike(rule, found, self._grammar)
            self._room -= 1
        return known


class Lexicon:
    """Kinds of the grammars that were asked about last: a tool says again what it said before."""

    def __init__(self) -> None:
        self._kinds: dict[Grammar, Kinds] = {}

    def of(self, grammar: Grammar) -> Kinds:
        """Those of one grammar, with room for more."""
        kinds = self._kinds.pop(grammar, None) or Kinds(grammar)
        kinds.make_room()
        self._kinds[grammar] = kinds
        if len(self._kinds) > _MOST_GRAMMARS:
            del self._kinds[next(iter(self._kinds))]
        return kinds


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


def where(known: Alike, file: str | None, found: re.Match[str]) -> Where:
    """What identifies one of them."""
    groups = (*found.groups(), None)
    *_, line, column = known.rule.columns
    return file, _plain(groups[line]), _plain(groups[column]), known.code, known.message


def _plain(digits: str | None) -> str:
    """A number as Python writes it; most are written so already."""
    if digits is not None and _PLAIN.fullmatch(digits):
        return digits
    return str(number(digits))
