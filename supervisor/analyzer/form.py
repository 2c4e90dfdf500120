"""What a tool's document looks like: how to know it, where its findings are, what it declares.

Paths name keys from the root down, with dots between; ``*`` is any element of an array or any key
of a map. XML is read as if it were JSON (``xml_events.py``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from supervisor.analyzer.agents import Agent
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.tally import Finding, Tally

Context = Mapping[str, str]
"""What a document has said so far, under the names that its form gives to places in it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Items:
    """Where a document lists findings, and where in each what stands.

    ``a|b`` is what stands at a, else at b, and ``@`` the item itself.
    """

    at: str = ""
    file: str = ""
    """Where an item does not say, the context's ``file`` is taken."""
    line: str = ""
    column: str = ""
    from_zero: bool = False
    """The tool counts lines and columns from 0."""
    code: str = ""
    message: str = ""
    severity: str = ""
    """Or how a test went: those that passed or were skipped are only counted. Where an item does
    not say, the context's ``severity`` is taken."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Keys of ``Digest.counted`` for words, in lower case, besides the grammar's own."""
    counts_as: str | None = None
    """The key for items without a severity, or with one that nobody knows."""
    safe: str = ""
    """``path=value``; an item in which that stands is mended by the grammar's fix command."""
    unsafe: str = ""
    both_ends: bool = False
    """Long strings are wanted with their ends, as the output of a program is."""
    amend: Callable[[Finding, Any], Finding | None] | None = None
    """Changes what the fields say, for an item that needs more; None is no finding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Form:
    """The documents of one tool."""

    grammar: Grammar
    """Without rules: the tool's name, kind, fix command and severities."""
    signatures: tuple[tuple[str, ...], ...]
    """A document in which all paths of one are seen is the tool's; ``path=value`` is more exact.
    In a signature ``*`` is an element of an array."""
    items: tuple[Items, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    """Paths of what findings need besides themselves, by name; ``@`` at the end is a map's key."""
    scope: str | None = None
    """Path of the map that the context is about; findings in it wait for its end."""
    levels: Items | None = None
    """Where the severities of codes are listed: its ``code`` and ``severity``."""
    name: str = ""
    """Path of the name of the tool, where many write such documents."""
    declares: Mapping[str, str] = field(default_factory=dict)
    """Paths of numbers, which are added up, to keys of ``Digest.declared``; ``safe`` and
    ``unsafe`` are what the fix command mends."""
    proof: tuple[str, ...] = ()
    """Paths of what shows that something was looked at: a number that is not 0, anything else."""
    breaks: tuple[str, ...] = ()
    """Paths of strings that say how the tool itself failed."""
    loops: Mapping[str, str] = field(default_factory=dict)
    """Paths of what is built like something above it."""
    settle: Callable[[Tally, Context], None] | None = None
    """Has the last word on a complete document."""
    agent: Agent | None = None
    """Its items are an agent's events and no findings."""
    markup: bool = False
    """It is XML."""
