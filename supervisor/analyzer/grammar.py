"""What a grammar is: data about one tool's output, and the parser that reads lines by it.

Adding a tool is one module in ``grammars`` whose ``GRAMMAR`` lists patterns. Only a tool whose
lines mean different things in different places brings a parser of its own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from supervisor.analyzer.line import Line
from supervisor.analyzer.shape import blind
from supervisor.analyzer.tally import Tally

_COLUMNS = ("file", "code", "name", "message", "remark", "severity", "warning")


class Does(Enum):
    """What a line that matches a rule means."""

    FINDING = auto()
    """One diagnostic, from the groups ``file line column code name message severity times``."""
    TRAILER = auto()
    """The tool's closing count. Every other group is a number that the tool declares, but for
    ``counts``, which holds several, each before its word: ``2 failed, 1 passed``."""
    SUBTOTAL = auto()
    """Numbers like a trailer's that add to those before; the execution goes on."""
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """A kind of line."""

    does: Does
    pattern: re.Pattern[str]
    """Matched at the start of the line."""
    literal: str | tuple[str, ...] = ()
    """Stands, or one of them does, in every line that ``pattern`` matches, but for case and with
    0 for each number. Lines without it are spared the pattern, so the rarer the better. Without
    one, the rule is only tried on what comes along: below a file's name, around a trailer."""
    before: re.Pattern[str] | None = None
    """Must match the line before; its groups count, too."""
    opens: bool = True
    """Such a line is proof enough that the tool is speaking."""
    continues: re.Pattern[str] | None = None
    """A finding that lacks one of this pattern's groups (``file line column code message``) goes
    on until a line that it matches, a blank one, or a dozen others."""
    counts_as: str | None = None
    """Key of ``Digest.counted`` for findings without a severity of their own: ``failed``, …"""
    relative: str | None = None
    """Such a line shows that it is this tool, which prints as the grammar's does."""
    urgent: bool = False
    """Such a finding explains others, whatever its code: a missing header."""
    literals: tuple[str, ...] = field(init=False)
    columns: tuple[int, ...] = field(init=False)
    """Where a match's groups file, code, name, message, remark, severity and warning are, counted
    from 0; -1 for those that the pattern does not have."""
    blind: bool = field(init=False)
    """Whether ``pattern`` cannot tell one digit from another."""

    def __post_init__(self) -> None:
        one = isinstance(self.literal, str)
        object.__setattr__(self, "literals", (self.literal,) if one else self.literal)
        places = self.pattern.groupindex
        columns = tuple(places.get(name, 0) - 1 for name in _COLUMNS)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "blind", blind(self.pattern))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
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
    urgent: re.Pattern[str] | None = None
    """Codes whose findings explain others."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Keys of ``Digest.counted`` for the tool's own words, in lower case, where the common ones
    (error, warning, note and their like) do not say it."""
    distinct: bool = False
    """The tool may print one finding twice; it counts once."""
    at_once: bool = True
    """The tool prints everything together, so that a quiet stretch ends it."""
    resumes: bool = False
    """It goes on after another tool's lines even where it could have been over before them."""
    opaque: bool = False
    """It shows other programs' output; nothing else is recognised until its trailer."""
    parser: Callable[["Grammar"], "Parser"] | None = None
    """Makes the parser, where the rules alone cannot say it; its rules then only open it."""


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
