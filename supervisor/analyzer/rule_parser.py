"""The parser of a grammar that is all data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from supervisor.analyzer.gate import Index
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.tally import Finding, Tally, number, severity_key
from supervisor.analyzer.text import bare
from supervisor.digests import Fixable

_MOST_CONTINUATIONS = 12
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


_BEGINS_OR_ENDS = (Does.FINDING, Does.TRAILER, Does.SUBTOTAL, Does.GREEN, Does.FILE, Does.START)


@dataclass(slots=True)
class _Alike:
    """Findings that differ in their places only."""

    first: re.Match[str]
    file: str | None
    times: int = 1


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
        match, file = rule.pattern.match, self._file
        later = () if rule.continues is None else rule.continues.groupindex.keys()
        needs_code, needs_file, needs_message = "code" in later, "file" in later, "message" in later
        a_file, a_code, a_name, a_message, a_remark, a_severity, a_warning = rule.columns
        alike: dict[tuple[str | None, ...], _Alike] = {}
        found_in: set[tuple[str | None, ...]] = set()
        count = 0
        for text in texts:
            found = match(bare(text))
            if found is None:
                break
            groups = (*found.groups(), None)  # The last one is for groups that there are not.
            code = groups[a_code] or groups[a_name]
            message = groups[a_message] or groups[a_remark]
            if (needs_code and not code) or (needs_file and not groups[a_file]):
                break
            if needs_message and not message:
                break
            count += 1
            file = groups[a_file] or file
            kind = (code, message, groups[a_severity] or groups[a_warning])
            found_in.add((code, file, message))
            known = alike.get(kind)
            if known is None:
                alike[kind] = _Alike(found, file)
            else:
                known.times += 1
        self._file = file
        for known in alike.values():
            finding = self._found(rule, known.first.groupdict(), known.file)
            finding.times = known.times
            self.tally.add(finding)
        for place in found_in:
            self.tally.place(*place)
        if count < _HOT_STREAK:
            self._streak = 0
        return count

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
            self._add(self._open[1])
            self._open = None

    def _apply(self, rule: Rule, groups: dict[str, str | None], line: Line) -> bool:
        self.close()
        tally = self.tally
        if tally.ended and rule.does in _BEGINS_OR_ENDS:
            return False
        tally.name = rule.relative or tally.name
        match rule.does:
            case Does.FINDING:
                self._find(rule, groups)
            case Does.TRAILER | Does.GREEN | Does.SUBTOTAL:
                self._declare(rule, groups, line)
            case Does.FIXABLE:
                kinds = ("safe", "errors", "warnings")
                tally.fixable = Fixable(
                    safe=sum(number(groups.get(kind)) for kind in kinds),
                    unsafe=number(groups.get("unsafe")),
                )
            case Does.FILE:
                self._file, self._in_file = groups["file"], True
            case Does.BROKEN:
                tally.broken = tally.broken or groups.get("message") or line.text.strip()
                tally.identify("broken", tally.broken)
            case Does.START:
                return not tally.told
            case Does.TAIL:
                pass
        return True

    def _find(self, rule: Rule, groups: dict[str, str | None]) -> None:
        later = () if rule.continues is None else rule.continues.groupindex.keys()
        finding = self._found(rule, groups, None if "file" in later else self._file)
        self._file = finding.file or self._file
        if any(not getattr(finding, name) for name in later):
            self._open, self._continued = (rule, finding), 0
        else:
            self._add(finding)

    def _found(self, rule: Rule, groups: dict[str, str | None], file: str | None) -> Finding:
        finding = found(groups, file)
        word = groups.get("severity") or groups.get("warning")
        finding.counts_as = severity_key(word, self._grammar.severities, rule.counts_as)
        finding.urgent = rule.urgent
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
        declared = declared_by(groups)
        if rule.does is Does.SUBTOTAL:
            for key, value in declared.items():
                tally.declared[key] = tally.declared.get(key, 0) + value
            return
        tally.declared.update(declared)
        tally.ended = True
        tally.green = rule.does is Does.GREEN
        self._in_file = False

    def _look_back(self, trailer: Rule, line: Line) -> None:
        """Read the rows right above a trailer, which no literal could have told from prose."""
        rows: list[tuple[Rule, dict[str, str | None]]] = []
        for text in line.above():
            row = self._row(text)
            if row is None:
                if text.strip() and not trailer.pattern.match(text):
                    break
                continue
            rows.append(row)
        for rule, groups in reversed(rows):
            self._file = groups.get("file") or self._file
            if groups.get("message") is not None or groups.get("times") is not None:
                self._add(self._found(rule, groups, self._file))

    def _row(self, text: str) -> tuple[Rule, dict[str, str | None]] | None:
        for rule in self._grammar.rules:
            if (
                rule.does in {Does.FINDING, Does.FILE}
                and rule.before is None
                and (match := rule.pattern.match(text))
            ):
                return rule, match.groupdict()
        return None

    def _continue(self, text: str) -> bool:
        rule, finding = self._open or (None, None)
        if rule is None or finding is None or rule.continues is None:
            return False
        self._continued += 1
        if match := rule.continues.match(text):
            self._open = None
            rest = found(match.groupdict(), None)
            self._add(
                replace(
                    finding,
                    file=finding.file or rest.file,
                    line=finding.line or rest.line,
                    column=finding.column or rest.column,
                    code=finding.code or rest.code,
                    message=finding.message or rest.message,
                )
            )
            return True
        if not text.strip() or self._continued > _MOST_CONTINUATIONS:
            self.close()
            return False
        return True


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


def declared_by(groups: Mapping[str, str | None]) -> dict[str, int]:
    """The numbers that a closing line's groups declare.

    >>> declared_by({"errors": "3", "counts": "1 failing, 2 pending", "total": None})
    {'errors': 3, 'failed': 1, 'skipped': 2}
    """
    declared = {
        key: number(value) for key, value in groups.items() if value is not None and key != "counts"
    }
    for digits, words in _COUNT.findall(groups.get("counts") or ""):
        word = words.lower()
        key = _WORDS.get(word, word)
        declared[key] = declared.get(key, 0) + number(digits)
    return declared


def _can_be_hot(rule: Rule) -> bool:
    return (
        rule.does is Does.FINDING and rule.before is None and "times" not in rule.pattern.groupindex
    )


def _groups(match: re.Match[str]) -> dict[str, str | None]:
    return {key: value for key, value in match.groupdict().items() if value is not None}
