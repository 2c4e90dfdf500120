"""The parser of a grammar that is all data."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from supervisor.analyzer.alike import Kinds, Where
from supervisor.analyzer.declaring import add_fixable, declared_by, fixable_by
from supervisor.analyzer.gate import Index, Sieve
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line, Page
from supervisor.analyzer.pending import Pending, found, lacks
from supervisor.analyzer.rows import rows_above
from supervisor.analyzer.streak import Setting, Streak, read_streak
from supervisor.analyzer.tally import HARM, Finding, Tally

_HOT, _HOTTEST = 4, 16
"""So many findings, in a row or almost, make it likely that more of them follow."""
_COOLING = 4
"""How many findings another line outweighs."""
_MOST_REMEMBERED = 20_000
_ENDS = (Does.TRAILER, Does.GREEN, Does.RED)
_DECLARES = (*_ENDS, Does.SUBTOTAL, Does.CLEAN)
_BEGINS_OR_ENDS = (*_DECLARES, Does.FINDING, Does.FILE, Does.START)


@dataclass(frozen=True, slots=True)
class Aids:
    """What a streak of a grammar's findings is read with."""

    sieve: Sieve[Rule]
    """Knows the grammar's rules."""
    kinds: Kinds
    """Knows what they have read."""
    wanted: Callable[[Sequence[int]], int | None]
    """Says which of some lines is the first that anybody could want."""


class RuleParser:
    """Reads the lines of one execution by the rules of its grammar."""

    def __init__(self, grammar: Grammar, index: Index[Rule]) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self.grammar = grammar
        self.index = index
        self._file: str | None = None
        self._in_file = False
        self._open: Pending | None = None
        self._end = 0
        self._seen: set[Where] = set()
        self._heat = 0

    @property
    def done(self) -> bool:
        """Whether the trailer was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """After the trailer, inside a file's rows, and inside a message of several lines."""
        return self.tally.ended or self._in_file or self._open is not None

    @property
    def hot(self) -> bool:
        """Whether the last lines were findings, so that the next are likely to be."""
        return self._heat >= _HOT and self._open is None and not self.tally.ended

    @property
    def waits(self) -> bool:
        """Whether the rest of a finding is still to come."""
        return self._open is not None

    def take(self, line: Line) -> bool:
        """Read a line by the first rule that matches."""
        alike = True
        for rule in self.index.at(line.marks):
            match = rule.pattern.match(line.text)
            if match is None:
                alike = alike and rule.blind
            elif (groups := groups_of(rule, match, line)) is None:
                alike = False
            else:
                if rule in self.grammar.plain:
                    self._warm(1)
                return self._apply(rule, groups, line)
        if line.facts is not None and alike:
            line.facts.unread_by = self.index
        return self._go_on(line.text)

    def wants(self, marks: int) -> bool:
        """Whether a rule may read a line with these of the gate's literals."""
        return bool(self.index.at(marks))

    def _warm(self, findings: int) -> None:
        self._heat = max(0, min(_HOTTEST, self._heat + findings))

    def run(
        self,
        page: Page,
        index: int,
        aids: Aids,
        *,
        harm: bool = True,
    ) -> Streak:
        """Read a page's lines from ``index`` on as ``take`` would, while most are findings.

        Without ``harm`` it ends where a failure is told.
        """
        setting = Setting(
            grammar=self.grammar,
            marks=page.sifted(aids.sieve),
            rules=aids.sieve.at,
            rows=aids.sieve.at(0) if self._in_file else (),
            above=page.line_above(index),
            until=page.lane_at(index),
            file=self._file,
            ends=() if harm else HARM,
            wanted=aids.wanted,
            knows=self._knows,
            learns=len(self._seen) < _MOST_REMEMBERED,
            identifies=self.tally.identifies,
            files=self.tally.files,
            kinds=aids.kinds,
        )
        streak = read_streak(page.bare, index, setting)
        self._file = streak.file
        self._add_streak(streak)
        self._in_file = self._in_file and not streak.gap
        self._warm(streak.findings - (_COOLING if streak.broken else 0))
        return streak

    def _add_streak(self, streak: Streak) -> None:
        tally = self.tally
        # First of all, and in the order of the lines: a tally keeps only so many.
        for file, known in streak.places:
            tally.place(file, known.code, known.message, known.counts_as)
        for known in streak.told:
            if not tally.count_again(known.code, known.message, known.counts_as, known.times):
                rule = known.rule
                tally.name, tally.kind = rule.tool or tally.name, rule.kind or tally.kind
                tally.add_kind(known.finding)
            known.times = 0

    def _go_on(self, text: str) -> bool:
        """Read a line that no rule matches."""
        self._warm(-_COOLING)
        if self._open is not None:
            return self._continue(text)
        if not text.strip():
            self._in_file = False
        return False

    def _continue(self, text: str) -> bool:
        pending = self._open
        if pending is None:
            return False
        its_own = pending.take(text)
        if pending.complete or not its_own:
            self.close()
        return its_own

    def close(self) -> None:
        """Count a finding whose rest never came."""
        pending, self._open = self._open, None
        if pending is not None:
            self._settle(pending.rule, pending.finding)

    def _settle(self, rule: Rule, finding: Finding) -> None:
        if rule.does is Does.BROKEN:
            self._break(finding)
        else:
            self._add(rule, finding)

    def _break(self, finding: Finding) -> None:
        self.tally.broken = self.tally.broken or finding.message
        self.tally.identify("broken", self.tally.broken)
        if finding.file:
            self.tally.add(finding)
        elif finding.code:
            self.tally.by_code[finding.code] += 1

    def _apply(self, rule: Rule, groups: dict[str, str | None], line: Line) -> bool:
        self._close_for(rule)
        tally = self.tally
        if tally.ended and rule.does in _BEGINS_OR_ENDS:
            return self._after_the_end(rule, groups, line)
        tally.name, tally.kind = rule.tool or tally.name, rule.kind or tally.kind
        if rule.does in _DECLARES:
            self._declare(rule, groups, line)
            return True
        match rule.does:
            case Does.FINDING:
                self._find(rule, groups)
            case Does.FIXABLE:
                tally.fixable = fixable_by(groups, "safe", "errors", "warnings")
            case Does.FILE:
                self._file, self._in_file = groups["file"], True
            case Does.BROKEN:
                self._find_broken(rule, groups, line)
            case Does.START:
                return not tally.told
            case Does.TAIL:
                tally.remark(groups.get("remark"))
        return True

    def _close_for(self, rule: Rule) -> None:
        if self._open is not None and self._open.rule.does is rule.does is Does.BROKEN:
            self._open = None  # The banner of a broken tool was waiting for just that.
        self.close()

    def _find_broken(self, rule: Rule, groups: dict[str, str | None], line: Line) -> None:
        said = self._found(rule, groups, None)
        said.message = said.message or line.text.strip()
        if rule.continues is None:
            self._break(said)
        else:
            self._open = Pending(self.grammar, rule, said)

    def _find(self, rule: Rule, groups: dict[str, str | None]) -> None:
        comes_later = rule.continues is not None and "file" in rule.continues.groupindex
        finding = self._found(rule, groups, None if comes_later else self._file)
        self._file = finding.file or self._file
        if lacks(rule, finding, groups):
            self._open = Pending(self.grammar, rule, finding)
        else:
            self._add(rule, finding)

    def _found(self, rule: Rule, groups: dict[str, str | None], file: str | None) -> Finding:
        finding = found(groups, file if self.grammar.inherits else None)
        finding.counts_as = self.grammar.counts_as(
            rule, groups.get("severity") or groups.get("warning")
        )
        finding.urgent = rule.urgent
        return finding

    def _add(self, rule: Rule, finding: Finding) -> None:
        if self.grammar.remembers:
            at = (str(finding.line or 0), str(finding.column or 0))
            known = self._knows((finding.file, *at, finding.code, finding.message))
            if known and (rule.again or self.grammar.distinct):
                return
        self.tally.add(finding)

    def _knows(self, where: Where) -> bool:
        """Whether a finding has been told before; from now on it has."""
        if where in self._seen:
            return True
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen.add(where)
        return False

    def _declare(self, rule: Rule, groups: dict[str, str | None], line: Line) -> None:
        tally = self.tally
        if not tally.counted:
            self._look_back(rule, line)
        tally.remark(groups.get("remark"))
        declared = declared_by(groups, self.grammar.words)
        tally.fixable = add_fixable(tally.fixable, groups)
        if rule.does in {Does.SUBTOTAL, Does.CLEAN}:
            for key, value in declared.items():
                tally.declared[key] = tally.declared.get(key, 0) + value
            tally.green = rule.does is Does.CLEAN
            return
        tally.declared.update(declared)
        tally.ended, self._end = True, line.number
        tally.green = rule.does is Does.GREEN and not (self.grammar.strict and tally.counted)
        if rule.does is Does.RED:
            self._redden(groups)
        self._in_file = False

    def _redden(self, groups: dict[str, str | None]) -> None:
        self.tally.red = True
        self.tally.remark(groups.get("message"))

    def _after_the_end(self, rule: Rule, groups: dict[str, str | None], line: Line) -> bool:
        """Read a failure that comes late, and a closing line that at once counts other things."""
        declared = declared_by(groups, self.grammar.words)
        tally = self.tally
        if rule.does is Does.RED:
            if not tally.red:
                self._redden(groups)
            return True
        at_once = rule.does in _ENDS and line.follows(self._end)
        if not at_once or not declared or declared.keys() & tally.declared.keys():
            return False
        tally.declared.update(declared)
        self._end = line.number
        return True

    def _look_back(self, trailer: Rule, line: Line) -> None:
        """Read the rows right above a trailer, which no literal could have told from prose."""
        for rule, groups in rows_above(self.grammar, trailer, line):
            self._file = groups.get("file") or self._file
            if groups.get("message") is not None or groups.get("times") is not None:
                self._add(rule, self._found(rule, groups, self._file))


def groups_of(rule: Rule, match: re.Match[str], line: Line) -> dict[str, str | None] | None:
    """What a line that the rule's pattern matches says; None: the line above it is another."""
    if rule.before is None:
        return match.groupdict()
    above = rule.before.match(line.before)
    return None if above is None else _groups(above) | _groups(match)


def _groups(match: re.Match[str]) -> dict[str, str | None]:
    return {key: value for key, value in match.groupdict().items() if value is not None}
