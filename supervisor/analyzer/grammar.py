"""What a grammar is: data about one tool's output, and the parser that reads lines by it.

Adding a tool is one module in ``grammars`` whose ``GRAMMAR`` lists literals and patterns. Only
a tool whose lines mean different things in different places brings a parser of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Protocol

from supervisor.analyzer.gate import shortest
from supervisor.analyzer.line import Line
from supervisor.analyzer.shape import blind, sign
from supervisor.analyzer.tally import Finding, Tally, number, severity_key
from supervisor.digests import Fixable

_MOST_CONTINUATIONS = 12


class Does(Enum):
    """What a line that matches a rule means."""

    FINDING = auto()
    """One diagnostic, from the groups ``file line column code name message severity times``."""
    TRAILER = auto()
    """The tool's closing count; every other group is a number that the tool declares."""
    GREEN = auto()
    """A closing line that says that all is well; its groups are numbers, too."""
    FIXABLE = auto()
    """How many findings the fix command mends: ``safe`` or ``errors warnings``, ``unsafe``."""
    FILE = auto()
    """The file that the following findings are in, up to a blank line."""
    START = auto()
    """The first line of an execution."""
    BROKEN = auto()
    """The tool itself failed; group ``message``."""
    TAIL = auto()
    """Belongs to the tool and says nothing."""


_BEGINS_OR_ENDS = (Does.FINDING, Does.TRAILER, Does.GREEN, Does.FILE, Does.START)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of line."""

    does: Does
    literal: str
    """Stands in every line that ``pattern`` matches, but for case and with 0 for each number;
    spares most lines the pattern."""
    pattern: re.Pattern[str]
    """Matched at the start of the line."""
    before: re.Pattern[str] | None = None
    """Must match the line before; its groups count, too."""
    opens: bool = True
    """Such a line is proof enough that the tool is speaking."""
    continues: re.Pattern[str] | None = None
    """A finding without ``code`` goes on until a line that this matches, which has it."""
    sign: str = field(init=False)
    """The literal in the alphabet of ``Line.signs``."""
    blind: bool = field(init=False)
    """Whether the pattern cannot tell one digit from another."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sign", sign(self.literal.encode()))
        object.__setattr__(self, "blind", blind(self.pattern))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """One tool: how to recognise it, how to read it, what mends its findings."""

    name: str
    kind: str
    """``linter``, ``formatter``, ``types``, ``tests``, ``build`` or ``crash``."""
    literals: tuple[str, ...]
    """Lines without any of these (folded: lower case, digits as 0) are never looked at, except
    where the parser is attentive. Prefer what others use; each new one costs on every byte."""
    rules: tuple[Rule, ...]
    aliases: tuple[str, ...] = ()
    """Other commands with the same output."""
    fix: str | None = None
    """The command that mends what the tool calls safely fixable."""
    urgent: re.Pattern[str] | None = None
    """Codes whose findings explain others."""
    at_once: bool = True
    """The tool prints everything together, so that a quiet stretch ends it."""
    opaque: bool = False
    """It shows other programs' output; nothing else is recognised until its trailer."""
    parser: Callable[["Grammar"], "Parser"] | None = None
    """Makes the parser, where the rules alone cannot say it; its rules then only open it."""
    signs: tuple[str, ...] = field(init=False)
    """One of them stands in every line that a rule matches."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "signs", shortest(rule.sign for rule in self.rules))


class Parser(Protocol):
    """Reads the lines of one execution of a tool."""

    tally: Tally

    @property
    def done(self) -> bool:
        """The execution's last line was seen, but for a tail."""

    @property
    def attentive(self) -> bool:
        """It wants every line now, not only candidates."""

    def take(self, line: Line) -> bool:
        """Read a line; False when it is not the tool's, or begins another execution."""

    def close(self) -> None:
        """Nothing follows; settle what was still open."""


class RuleParser:
    """The parser of a grammar that is all data."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._rules = grammar.rules
        self._signs = grammar.signs
        self._file: str | None = None
        self._in_file = False
        self._open: tuple[Rule, Finding] | None = None
        self._continued = 0

    @property
    def done(self) -> bool:
        """Whether the trailer was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """After the trailer, inside a file's rows, and inside a message of several lines."""
        return self.tally.ended or self._in_file or self._open is not None

    def take(self, line: Line) -> bool:
        """Read a line by the first rule that matches."""
        facts = line.facts
        if facts is not None and facts.reader is not None and facts.reader[0] is self._rules:
            place = facts.reader[1]
            if place < 0:
                return self._go_on(line.text)
            if (match := self._rules[place].pattern.match(line.text)) is not None:
                return self._apply(self._rules[place], match.groupdict(), line)
        signs = line.signs
        alike = True
        telling = any(map(signs.__contains__, self._signs))
        for place, rule in enumerate(self._rules if telling else ()):
            if rule.sign in signs:
                groups = rule_match(rule, line)
                alike = alike and rule.blind and rule.before is None
                if groups is not None:
                    if facts is not None and alike:
                        facts.reader = (self._rules, place)
                    return self._apply(rule, groups, line)
        if facts is not None and alike:
            facts.reader = (self._rules, -1)
        return self._go_on(line.text)

    def _go_on(self, text: str) -> bool:
        """Read a line that no rule matches."""
        if self._open is not None:
            return self._continue(text)
        if not text.strip():
            self._in_file = False
        return False

    def close(self) -> None:
        """Count a finding whose code never came."""
        if self._open is not None:
            self.tally.add(self._open[1])
            self._open = None

    def _apply(self, rule: Rule, groups: dict[str, str | None], line: Line) -> bool:
        self.close()
        tally = self.tally
        if tally.ended and rule.does in _BEGINS_OR_ENDS:
            return False
        match rule.does:
            case Does.FINDING:
                self._find(rule, groups)
            case Does.TRAILER | Does.GREEN:
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
            case Does.START | Does.TAIL:
                pass
        return True

    def _find(self, rule: Rule, groups: dict[str, str | None]) -> None:
        finding = found(groups, self._file)
        self._file = finding.file
        if rule.continues is not None and finding.code is None:
            self._open, self._continued = (rule, finding), 0
        else:
            self.tally.add(finding)

    def _declare(self, rule: Rule, groups: dict[str, str | None], line: Line) -> None:
        tally = self.tally
        if not tally.counted:
            self._look_back(line)
        tally.declared.update(
            {key: number(value) for key, value in groups.items() if value is not None}
        )
        tally.ended = True
        tally.green = rule.does is Does.GREEN
        self._in_file = False

    def _look_back(self, line: Line) -> None:
        """Read the rows right above a trailer, which no literal could have told from prose."""
        rows: list[dict[str, str | None]] = []
        for text in line.above():
            match = self._row(text)
            if match is None:
                if text.strip():
                    break
                continue
            rows.append(match)
        for groups in reversed(rows):
            self._file = groups.get("file") or self._file
            if groups.get("message") is not None or groups.get("times") is not None:
                self.tally.add(found(groups, self._file))

    def _row(self, text: str) -> dict[str, str | None] | None:
        for rule in self._rules:
            if (
                rule.does in {Does.FINDING, Does.FILE}
                and rule.before is None
                and rule.sign in sign(text.encode())
                and (match := rule.pattern.match(text))
            ):
                return match.groupdict()
        return None

    def _continue(self, text: str) -> bool:
        rule, finding = self._open or (None, None)
        if rule is None or finding is None or rule.continues is None:
            return False
        self._continued += 1
        if match := rule.continues.match(text):
            self._open = None
            self.tally.add(replace(finding, times=1, code=match["code"]))
            return True
        if not text.strip() or self._continued > _MOST_CONTINUATIONS:
            self.close()
            return False
        return True


def rule_match(rule: Rule, line: Line) -> dict[str, str | None] | None:
    """The groups of a line that ``rule`` speaks of."""
    match = rule.pattern.match(line.text)
    if match is None:
        return None
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


def _groups(match: re.Match[str]) -> dict[str, str | None]:
    return {key: value for key, value in match.groupdict().items() if value is not None}
