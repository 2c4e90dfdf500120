"""What one segment of output has shown so far; bounded however long it is."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from supervisor.analyzer.fingerprint import normal
from supervisor.digests import Diagnostic, Fixable

_MOST_KEYS = 2000
_MOST_IDENTITIES = 20_000
_MESSAGE_CHARS = 400
_SYNTAX = re.compile(
    r"invalid-syntax|SyntaxError|IndentationError|TabError|syntax error|invalid syntax"
    r"|[Pp]arsing error|Unexpected token|error: Failed to parse|\bE999\b|\bTS1\d{3}\b",
)
_SYNTAX_SIGNS = (
    *("yntax", "IndentationError", "TabError", "arsing error", "Unexpected token"),
    *("Failed to parse", "E999", "TS1"),
)
"""One of them stands in every text that the pattern finds; it is slow."""
_SEVERITIES = {
    "error": "errors",
    "fatal": "errors",
    "fatal error": "errors",
    "warning": "warnings",
    "warn": "warnings",
    "w": "warnings",
    "note": "notes",
    "info": "notes",
    "information": "notes",
    "help": "notes",
}
_RANK_OF = {"errors": 2, "failed": 2, "warnings": 3, "notes": 4}
URGENT_RANK = 1
"""A finding of this rank or a lower one explains others; it is shown first."""


@dataclass(slots=True, kw_only=True)
class Finding:
    """One diagnostic with what decides its place among the others."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    code: str | None = None
    message: str
    counts_as: str = "errors"
    """Key of ``Digest.counted``: ``errors``, ``warnings``, ``notes``, ``failed``, …"""
    times: int = 1
    cause: str | None = None
    """What findings of one cause have in common, if not their message."""

    @property
    def diagnostic(self) -> Diagnostic:
        """What people see of it."""
        return Diagnostic(
            file=self.file,
            line=self.line,
            column=self.column,
            code=self.code,
            message=self.message,
        )


def number(digits: str | None) -> int:
    """A tool's number, with or without thousands' commas; 0 where it wrote none.

    >>> number("1,024"), number("no"), number(None)
    (1024, 0, 0)
    """
    if digits is None:
        return 0
    plain = digits.replace(",", "")
    return int(plain) if plain.isdecimal() and len(plain) < 16 else 0  # noqa: PLR2004


def severity_key(word: str | None) -> str:
    """Key of ``Digest.counted`` for a tool's word; no word is an error.

    >>> severity_key("Warning"), severity_key(None)
    ('warnings', 'errors')
    """
    return _SEVERITIES.get((word or "error").lower(), "errors")


@dataclass(slots=True)
class Tally:
    """Counts, the leading finding and identities of one segment."""

    urgent: re.Pattern[str] | None = None
    """Codes whose findings explain others: undefined names, missing modules."""
    declared: dict[str, int] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    urgent_codes: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    identities: set[bytes] = field(default_factory=set)
    _exemplars: dict[str, str] = field(default_factory=dict)
    _identified: set[int] = field(default_factory=set)
    _ranks: dict[tuple[str | None, str, str], int] = field(default_factory=dict)
    first: Diagnostic | None = None
    first_rank: int = 9
    fixable: Fixable | None = None
    ended: bool = False
    """The tool's trailer was seen."""
    green: bool = False
    """The tool said in so many words that all is well."""
    broken: str | None = None
    """How the tool itself failed, in its words."""
    remarks: list[str] = field(default_factory=list)
    """What a reader must know to read the counts: stopped early, 97 not run."""

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if it is of more consequence than the first."""
        code, message, counts_as = finding.code, finding.message, finding.counts_as
        self.counted[counts_as] += finding.times
        kind = (code, message, counts_as)
        rank = self._ranks.get(kind)
        if rank is None:
            rank = self._rank(finding)
            if len(self._ranks) < _MOST_KEYS:
                self._ranks[kind] = rank
        if code is not None and (code in self.by_code or _room(self.by_code)):
            self.by_code[code] += finding.times
            if rank <= URGENT_RANK:
                self.urgent_codes.add(code)
        if finding.file is not None and len(self.files) < _MOST_IDENTITIES:
            self.files.add(finding.file)
        if counts_as != "notes":
            if cause := finding.cause or message:
                self.blame(cause, finding.times)
            self.identify(code, finding.file, message)
        if rank < self.first_rank:
            self.first, self.first_rank = finding.diagnostic, rank

    def blame(self, cause: str, times: int = 1) -> None:
        """Count a cause; the first sighting of it is the one that is shown."""
        kind = normal(cause[:_MESSAGE_CHARS])
        if kind in self._exemplars or _room(self.causes):
            self.causes[self._exemplars.setdefault(kind, cause[:_MESSAGE_CHARS])] += times

    def identify(self, *parts: str | None) -> None:
        """Make ``parts``, without their accidents, belong to the segment's identity."""
        if len(self._identified) >= _MOST_IDENTITIES:
            return
        key = hash(parts)
        if key not in self._identified:
            self._identified.add(key)
            text = "\0".join([normal(part[:_MESSAGE_CHARS]) if part else "" for part in parts])
            self.identities.add(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())

    @property
    def told(self) -> bool:
        """Whether the segment is worth a digest."""
        return bool(self.counted or self.declared or self.green or self.broken or self.ended)

    @property
    def problems(self) -> int:
        """Errors and failures, declared or counted, whichever says more."""
        return max(_sum(self.declared), _sum(self.counted))

    def _rank(self, finding: Finding) -> int:
        rank = _RANK_OF.get(finding.counts_as, 3)
        if rank > _RANK_OF["errors"]:
            return rank
        code = finding.code
        if _breaks_syntax(finding.message) or (code and _breaks_syntax(code)):
            return 0
        if self.urgent and code and self.urgent.fullmatch(code):
            return URGENT_RANK
        return rank


@lru_cache(maxsize=2048)
def _breaks_syntax(text: str) -> bool:
    return any(map(text.__contains__, _SYNTAX_SIGNS)) and _SYNTAX.search(text) is not None


def _room(counter: Counter[str]) -> bool:
    return len(counter) < _MOST_KEYS


def _sum(counts: dict[str, int]) -> int:
    return counts.get("errors", 0) + counts.get("failed", 0)
