"""The parser of a grammar that is all data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from supervisor.analyzer.gate import Index
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.rows import rows_above
from supervisor.analyzer.streak import CHECKED, read_streak
from supervisor.analyzer.tally import Finding, Tally, number, severity_key
from supervisor.digests import Fixable

_HOT_STREAK = 8
"""Findings in a row by one rule after which the next lines are tried on that rule first."""
_MOST_REMEMBERED = 20_000
_COUNT = re.compile(r"(\d[\d,]*)\s+([A-Za-z][A-Za-z -]*[A-Za-z])")
_WORDS = {
    "error": "errors",
    "fail": "failed",
    "failing": "failed",
    "failure": "failed",
    "failures": "failed",
    "ignored": "skipped",
    "ok": "passed",
    "pass": "passed",
    "passing": "passed",
    "pending": "skipped",
    "skip": "skipped",
    "success": "passed",
    "warning": "warnings",
}
"""What tools call what ``Digest.declared`` has one word for."""


_ENDS = (Does.TRAILER, Does.GREEN, Does.RED)
_BEGINS_OR_ENDS = (*_ENDS, Does.FINDING, Does.SUBTOTAL, Does.FILE, Does.START)
_NO_NUMBERS = frozenset({"counts", "message", "remark", "safe", "unsafe"})


class RuleParser:
    """Reads the lines of one execution by the rules of its grammar."""

    def __init__(self, grammar: Grammar, index: Index[Rule]) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._grammar = grammar
        self.index = index
        self._file: str | None = None
        self._in_file = False
        self._open: tuple[Rule, Finding] | None = None
        self._continued = 0
        self._gaps = 0
        self._end = 0
        self._seen: set[tuple[str | int | None, ...]] = set()
        self._last: Rule | None = None
        self._streak = 0

    @property
    def done(self) -> bool:
        """Whether the trailer was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """After the trailer, inside a file's rows, and inside a message of several lines."""
        return self.tally.ended or self._in_file or self._open is not None

    @property
    def hot(self) -> Rule | None:
        """The rule that has read the last lines, if it may be tried first on the next."""
        return self._last if self._streak >= _HOT_STREAK else None

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
                self._streak = self._streak + 1 if rule is self._last else 0
                self._last = rule if _can_be_hot(rule) and not self._grammar.distinct else None
                return self._apply(rule, groups, line)
        if line.facts is not None and alike:
            line.facts.unread_by = self.index
        return self._go_on(line.text)

    def wants(self, marks: int) -> bool:
        """Whether a rule may read a line with these of the gate's literals."""
        return bool(self.index.at(marks))

    def run(self, texts: Iterable[str]) -> int:
        """Read lines from the first on for as long as the hot rule matches; returns how many."""
        rule = self._last
        if rule is None:
            return 0
        streak = read_streak(rule, texts, self._file)
        self._file = streak.file
        for known in streak.alike:
            finding = self._found(rule, known.first.groupdict(), known.file)
            finding.times = known.times
            self.tally.add(finding)
        for place in streak.places:
            self.tally.place(*place)
        if streak.length < _HOT_STREAK:
            self._streak = 0
        return streak.length

    def _go_on(self, text: str) -> bool:
        """Read a line that no rule matches."""
        self._streak = 0
        if self._open is not None:
            return self._continue(text)
        if not text.strip():
            self._in_file = False
        return False

    def close(self) -> None:
        """Count a finding whose code never came."""
        if self._open is not None:
            rule, finding = self._open
            self._open = None
            self._settle(rule, finding)

    def _settle(self, rule: Rule, finding: Finding) -> None:
        if rule.does is Does.BROKEN:
            self._break(finding)
        else:
            self._add(finding)

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
        match rule.does:
            case Does.FINDING:
                self._find(rule, groups)
            case Does.TRAILER | Does.GREEN | Does.RED | Does.SUBTOTAL:
                self._declare(rule, groups, line)
            case Does.FIXABLE:
                tally.fixable = _fixable(groups, "safe", "errors", "warnings")
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
        if self._open is not None and self._open[0].does is rule.does is Does.BROKEN:
            self._open = None  # The banner of a broken tool was waiting for just that.
        self.close()

    def _find_broken(self, rule: Rule, groups: dict[str, str | None], line: Line) -> None:
        said = self._found(rule, groups, None)
        said.message = said.message or line.text.strip()
        if rule.continues is None:
            self._break(said)
        else:
            self._await(rule, said)

    def _find(self, rule: Rule, groups: dict[str, str | None]) -> None:
        later = () if rule.continues is None else rule.continues.groupindex.keys()
        finding = self._found(rule, groups, None if "file" in later else self._file)
        self._file = finding.file or self._file
        if any(groups.get(name) is None and not _has(finding, name) for name in later):
            self._await(rule, finding)
        else:
            self._add(finding)

    def _await(self, rule: Rule, finding: Finding) -> None:
        self._open, self._continued, self._gaps = (rule, finding), 0, rule.gaps

    def _found(self, rule: Rule, groups: dict[str, str | None], file: str | None) -> Finding:
        finding = found(groups, file)
        word = groups.get("severity") or groups.get("warning")
        finding.counts_as = severity_key(word, self._grammar.severities, rule.counts_as)
        return finding

    def _add(self, finding: Finding) -> None:
        if self._grammar.distinct and len(self._seen) < _MOST_REMEMBERED:
            place = (finding.file, finding.line, finding.column, finding.code, finding.message)
            if place in self._seen:
                return
            self._seen.add(place)
        self.tally.add(finding)

    def _declare(self, rule: Rule, groups: dict[str, str | None], line: Line) -> None:
        tally = self.tally
        if not tally.counted:
            self._look_back(rule, line)
        tally.remark(groups.get("remark"))
        declared = declared_by(groups, self._grammar.words)
        if rule.does is Does.SUBTOTAL:
            for key, value in declared.items():
                tally.declared[key] = tally.declared.get(key, 0) + value
            return
        if groups.get("safe"):
            tally.fixable = _fixable(groups, "safe")
        tally.declared.update(declared)
        tally.ended, self._end = True, line.number
        tally.green = rule.does is Does.GREEN and not (self._grammar.strict and tally.counted)
        if rule.does is Does.RED:
            self._redden(groups)
        self._in_file = False

    def _redden(self, groups: dict[str, str | None]) -> None:
        self.tally.red = True
        self.tally.remark(groups.get("message"))

    def _after_the_end(self, rule: Rule, groups: dict[str, str | None], line: Line) -> bool:
        """Read a failure that comes late, and a closing line that at once counts other things."""
        declared = declared_by(groups, self._grammar.words)
        tally = self.tally
        if rule.does is Does.RED:
            if not tally.red:
                self._redden(groups)
            return True
        at_once = rule.does in _ENDS and line.number == self._end + 1
        if not at_once or not declared or declared.keys() & tally.declared.keys():
            return False
        tally.declared.update(declared)
        self._end = line.number
        return True

    def _look_back(self, trailer: Rule, line: Line) -> None:
        """Read the rows right above a trailer, which no literal could have told from prose."""
        for rule, groups in rows_above(self._grammar, trailer, line):
            self._file = groups.get("file") or self._file
            if groups.get("message") is not None or groups.get("times") is not None:
                self._add(self._found(rule, groups, self._file))

    def _continue(self, text: str) -> bool:
        rule, finding = self._open or (None, None)
        if rule is None or finding is None or rule.continues is None:
            return False
        self._continued += 1
        if match := rule.continues.match(text):
            self._open = None
            self._settle(rule, self._completed(finding, match.groupdict()))
            return True
        if not text.strip() and self._gaps:
            self._gaps -= 1
            return True
        if not text.strip() or self._continued > rule.most_lines:
            self.close()
            return False
        return True

    def _completed(self, finding: Finding, groups: dict[str, str | None]) -> Finding:
        rest = found(groups, None)
        says = groups.get("severity") or groups.get("warning")
        return replace(
            finding,
            file=finding.file or rest.file,
            line=finding.line or rest.line,
            column=finding.column or rest.column,
            code=finding.code or rest.code,
            message=rest.message or finding.message,
            counts_as=severity_key(says, self._grammar.severities, finding.counts_as),
        )


def groups_of(rule: Rule, match: re.Match[str], line: Line) -> dict[str, str | None] | None:
    """What a line that the rule's pattern matches says; None: the line above it is another."""
    if rule.before is None:
        return match.groupdict()
    above = rule.before.match(line.before)
    return None if above is None else _groups(above) | _groups(match)


def found(groups: dict[str, str | None], file: str | None) -> Finding:
    """The finding that a match's groups describe, in ``file`` unless they name another."""
    get = groups.get
    times = get("times")
    return Finding(
        file=get("file") or file,
        line=number(get("line")) or None,
        column=number(get("column")) or None,
        code=get("code") or get("name"),
        message=(get("message") or get("remark") or "").strip(),
        counts_as=severity_key(get("severity") or get("warning")),
        times=1 if times is None else number(times),
    )


def declared_by(
    groups: Mapping[str, str | None], own: Mapping[str, str] = MappingProxyType({})
) -> dict[str, int]:
    """The numbers that a closing line's groups declare; ``own`` are the tool's words besides ours.

    >>> declared_by({"errors": "3", "counts": "1 failing, 2 pending", "total": None})
    {'errors': 3, 'failed': 1, 'skipped': 2}
    """
    declared = {
        key: number(value)
        for key, value in groups.items()
        if value is not None and key not in _NO_NUMBERS
    }
    for digits, words in _COUNT.findall(groups.get("counts") or ""):
        word = words.lower()
        key = own.get(word) or _WORDS.get(word, word)
        declared[key] = declared.get(key, 0) + number(digits)
    return declared


def _fixable(groups: Mapping[str, str | None], *kinds: str) -> Fixable:
    return Fixable(
        safe=sum(number(groups.get(kind)) for kind in kinds), unsafe=number(groups.get("unsafe"))
    )


def _has(finding: Finding, name: str) -> bool:
    return getattr(finding, name, None) not in {None, ""}


def _can_be_hot(rule: Rule) -> bool:
    later = () if rule.continues is None else rule.continues.groupindex
    return (
        rule.does is Does.FINDING
        and rule.before is None
        and "times" not in rule.pattern.groupindex
        and all(name in CHECKED for name in later)
    )


def _groups(match: re.Match[str]) -> dict[str, str | None]:
    return {key: value for key, value in match.groupdict().items() if value is not None}
