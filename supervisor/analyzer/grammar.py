"""What a grammar is: data about one tool's output, and the parser that reads lines by it.

Adding a tool is one module in ``grammars`` whose ``GRAMMAR`` lists patterns. Only a tool whose
lines mean different things in different places brings a parser of its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from operator import methodcaller
from typing import Protocol, runtime_checkable

from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.place import Place, place_of
from supervisor.analyzer.shape import blind
from supervisor.analyzer.tally import Tally, severity_key

_COLUMNS = ("file", "code", "name", "message", "remark", "severity", "warning", "line", "column")


_PLACE = ("file", "line", "column")


class Does(Enum):
    """What a line that matches a rule means."""

    FINDING = auto()
    """One diagnostic, from the groups ``file line column code name message severity times``."""
    TRAILER = auto()
    """The tool's closing count. Every other group is a number that the tool declares, but for
    ``counts``, which holds several, each before its word: ``2 failed, 1 passed``; ``safe`` and
    ``unsafe``, which is what ``FIXABLE`` says; ``mended``, the part of the ``errors`` that is
    mended by now; and ``remark``, words that the digest repeats. Lines that follow at once and
    count other things belong to it.
    """
    SUBTOTAL = auto()
    """Numbers like a trailer's that add to those before; the execution goes on."""
    CLEAN = auto()
    """A subtotal that says that nothing failed so far, as javac's ``2 warnings`` does."""
    GREEN = auto()
    """A closing line that says that all is well; its groups are numbers, too."""
    RED = auto()
    """A closing line that says that something failed, perhaps what (``message``), and does not
    count it; its other groups are numbers, too."""
    FIXABLE = auto()
    """How many findings the fix command mends: ``safe`` or ``errors warnings``, ``unsafe``."""
    FILE = auto()
    """The file that the following findings are in, up to a blank line."""
    START = auto()
    """The first line of an execution."""
    BROKEN = auto()
    """The tool itself failed; group ``message``, and a finding's where it says the place."""
    TAIL = auto()
    """Belongs to the tool and says nothing, unless it has a group ``remark``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """A kind of line."""

    does: Does
    pattern: Pattern
    """Matched at the start of the line."""
    literal: str | tuple[str, ...] = ()
    """Stands, or one of them does, in every line that ``pattern`` matches, but for case and with
    0 for each number. Lines without it are spared the pattern, so the rarer the better. Without
    one, the rule is only tried on what comes along: below a file's name, around a trailer."""
    before: Pattern | None = None
    """Must match the line before; its groups count, too."""
    opens: bool = True
    """Such a line is proof enough that the tool is speaking."""
    continues: Pattern | None = None
    """A finding that lacks one of this pattern's groups (``file line column code message
    severity``, or ``more``, which belongs at the end of its message) goes on until a line that it
    matches, a blank one, or ``most_lines`` others. ``BROKEN`` goes on likewise until it has its
    ``message``."""
    pieces: bool = False
    """It goes on until lines that it matches have told all of them."""
    most_lines: int = 12
    gaps: int = 0
    """How many blank lines it goes on past."""
    counts_as: str | None = None
    """Key of ``Digest.counted`` for findings without a severity of their own: ``failed``, …"""
    again: bool = False
    """Such a line may tell again what an earlier one has told; that counts once."""
    tool: str | None = None
    """What the tool is called if it prints such a line: a relative of the grammar's."""
    kind: str | None = None
    """What the execution is if it prints such a line: a build that runs tests."""
    urgent: bool = False
    """Such a finding explains others, whatever its code: a missing header."""

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """The literal, or all of them."""
        return (self.literal,) if isinstance(self.literal, str) else self.literal

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Where a match's groups are, counted from 0; -1 for those that the pattern lacks."""
        places = self.pattern.groupindex
        return tuple(places.get(name, 0) - 1 for name in _COLUMNS)

    @cached_property
    def file_group(self) -> int:
        """Number of the group that names the file; 0 if there is none."""
        return self.pattern.groupindex.get("file", 0)

    @cached_property
    def says(self) -> Callable[[re.Match[str]], object]:
        """What a match says but for its place; two that say the same are findings of one kind."""
        names = [name for name in _COLUMNS if name not in _PLACE]
        places = self.pattern.groupindex
        return methodcaller("group", *[places[name] for name in names if name in places] or [0])

    @cached_property
    def place(self) -> Place | None:
        """The place that the pattern begins with, where what it says depends on the rest alone."""
        return place_of(self.pattern.pattern)

    @cached_property
    def needed(self) -> frozenset[str]:
        """What a finding may have to wait for."""
        return frozenset(() if self.continues is None else self.continues.groupindex)

    @cached_property
    def needs_file(self) -> bool:
        """Whether it may have to wait for its file."""
        return "file" in self.needed

    @cached_property
    def blind(self) -> bool:
        """Whether ``pattern`` cannot tell one digit from another."""
        return blind(self.pattern.pattern)


@dataclass(frozen=True, kw_only=True, eq=False)
class Grammar:
    """One tool: how to recognise it, how to read it, what mends its findings."""

    name: str
    kind: str
    """``linter``, ``formatter``, ``types``, ``tests``, ``build``, ``packages``, ``deploy``,
    ``vcs``, ``log`` or ``crash``."""
    rules: tuple[Rule, ...]
    literals: tuple[str, ...] = ()
    """What a parser of its own wants to see besides the lines that the rules speak of."""
    aliases: tuple[str, ...] = ()
    """Other commands with the same output."""
    fix: str | None = None
    """The command that mends what the tool calls safely fixable."""
    urgent: Pattern | None = None
    """Codes whose findings explain others."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Keys of ``Digest.counted`` for the tool's own words, in lower case, where the common ones
    (error, warning, note and their like) do not say it."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Keys of ``Digest.declared`` for the tool's own words in ``counts``, in lower case."""
    noun: str = "errors"
    """What its errors are called, where they are none: ``failed hooks``."""
    strict: bool = False
    """The tool complains of notes and warnings, too: it is green only where it has none."""
    distinct: bool = False
    """The tool may print any finding twice; it counts once."""
    at_once: bool = True
    """The tool prints everything together, so that a quiet stretch ends it."""
    closes: bool = True
    """It has a closing line, without which nobody knows how it went. Of a tool that has none
    warnings alone leave the word to the exit status."""
    resumes: bool = False
    """It goes on after another tool's lines even where it could have been over before them."""
    wraps: bool = False
    """It runs other programs: that one of them failed is not why it did."""
    opaque: bool = False
    """It shows other programs' output; nothing else is recognised until its trailer."""
    parser: Callable[["Grammar"], "Parser"] | None = None
    """Makes the parser, where the rules alone cannot say it; its rules then only open it."""

    def counts_as(self, rule: Rule, word: str | None) -> str:
        """Key of ``Digest.counted`` for a rule's finding with this word of severity."""
        return severity_key(word, self.severities, rule.counts_as)

    @cached_property
    def inherits(self) -> bool:
        """Whether findings without a file are in the one that a line above has named for them."""
        return any(map(_names_file_for_others, self.rules))

    @cached_property
    def remembers(self) -> bool:
        """Whether findings are remembered because a line may tell them again."""
        return self.distinct or any(one.again for one in self.rules)

    @cached_property
    def rows(self) -> tuple[Rule, ...]:
        """Rules that read a row above a closing count."""
        rows = (one for one in self.rules if one.does in {Does.FINDING, Does.FILE})
        return tuple(one for one in rows if one.before is None)

    @cached_property
    def plain(self) -> frozenset[Rule]:
        """Rules of findings that one line is enough for, so that many can be read in one go."""
        return frozenset(filter(_is_plain, self.rules))


def _names_file_for_others(rule: Rule) -> bool:
    names = () if rule.before is None else rule.before.groupindex
    return rule.does is Does.FILE or "file" in names


def _is_plain(rule: Rule) -> bool:
    """Whether a line is enough to read such a finding."""
    return (
        rule.does is Does.FINDING
        and rule.before is None
        and "times" not in rule.pattern.groupindex
        and not rule.needed - {"code", "file", "message"}
    )


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


@runtime_checkable
class Runner(Protocol):
    """A parser of an opaque grammar's that reads floods of like lines in one loop."""

    hot: bool
    """Whether the next lines are likely to be more of the same."""

    def run(self, texts: Iterable[str], hears: Callable[[str], bool], /) -> int:
        """Read lines from the first on, as ``take`` would, while it can; returns how many.

        What somebody ``hears`` is worth a closer look, unless it tells of nothing bad.
        """
