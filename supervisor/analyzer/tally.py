"""What one segment of output has shown so far; bounded however long it is."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from supervisor.analyzer.fingerprint import normal
from supervisor.analyzer.pattern import Pattern
from supervisor.digests import Diagnostic, Fixable

_MOST_KEYS = 2000
_MOST_KINDS = 20_000
_MOST_IDENTITIES = 2000
_MOST_FILES = 20_000
_MESSAGE_CHARS = 400
_MOST_REMARKS = 8
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
_NUMBER_WORDS = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
)
"""As scalac counts its errors."""
HARM = _ERRORS, _FAILED = "errors", "failed"
"""Keys of what is counted that are failures."""
_NO_FINDING = frozenset({"passed", "skipped"})
"""What is counted and no more: a test's line that names no problem."""
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
    urgent: bool = False
    """It explains others, whatever its code."""

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
    """A tool's number, with thousands' commas or as a word; 0 where it wrote none.

    >>> number("1,024"), number("two"), number("no"), number(None)
    (1024, 2, 0, 0)
    """
    if digits is None:
        return 0
    plain = digits.replace(",", "")
    if plain.isdecimal():
        return int(plain) if len(plain) < 16 else 0  # noqa: PLR2004
    return _NUMBER_WORDS.index(digits) if digits in _NUMBER_WORDS else 0


def severity_key(
    word: str | None, own: Mapping[str, str] = MappingProxyType({}), default: str | None = None
) -> str:
    """Key of ``Digest.counted`` for a tool's word; ``own`` are the tool's words besides ours.

    >>> severity_key("Warning"), severity_key(None), severity_key("C", {"c": "notes"})
    ('warnings', 'errors', 'notes')
    """
    if not word:
        return default or "errors"
    word = word.lower()
    return own.get(word) or _SEVERITIES.get(word) or default or "errors"


@dataclass(slots=True)
class Tally:
    """Counts, the leading finding and identities of one segment."""

    urgent: Pattern | None = None
    """Codes whose findings explain others: undefined names, missing modules."""
    name: str | None = None
    """What the tool is called, where its output shows that it is a relative of the grammar's."""
    kind: str | None = None
    """What the execution is, where its output shows more than the grammar's kind: tests."""
    declared: dict[str, int] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    urgent_codes: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    identities: set[bytes] = field(default_factory=set)
    _exemplars: dict[str, str] = field(default_factory=dict)
    _identified: set[int] = field(default_factory=set)
    _kinds: dict[int, str] = field(default_factory=dict)
    """Code, message and severity of findings seen before, hashed; the cause they count for."""
    first: Diagnostic | None = None
    first_rank: int = 9
    fixable: Fixable | None = None
    fix: str | None = None
    """The command that mends what is fixable, where it is not the grammar's."""
    ended: bool = False
    """The tool's trailer was seen."""
    green: bool = False
    """The tool said in so many words that all is well."""
    red: bool = False
    """The tool said in so many words that something failed."""
    broken: str | None = None
    """How the tool itself failed, in its words."""
    remarks: list[str] = field(default_factory=list)
    """What a reader must know to read the counts: stopped early, 97 not run."""

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if it is of more consequence than the first."""
        code, message, counts_as = finding.code, finding.message, finding.counts_as
        self.place(finding.file, code, message, counts_as)
        if not self.count_again(code, message, counts_as, finding.times):
            self.add_kind(finding)

    def add_kind(self, finding: Finding) -> None:
        """Count a finding of a kind that was not counted yet, in a place that was noted."""
        self.counted[finding.counts_as] += finding.times
        if finding.counts_as not in _NO_FINDING:
            self._keep(finding)

    def remark(self, words: str | None) -> None:
        """Keep what a reader must know, once."""
        said = " ".join((words or "").split())
        if said and said not in self.remarks and len(self.remarks) < _MOST_REMARKS:
            self.remarks.append(said)

    def name_code(self, code: str | None, times: int = 1) -> None:
        """Count a code, or the name of a test."""
        if code is not None and (code in self.by_code or _room(self.by_code)):
            self.by_code[code] += times

    def count_again(self, code: str | None, message: str, counts_as: str, times: int) -> bool:
        """Count more findings like one that was added, wherever they are; False: there was none."""
        cause = self._kinds.get(hash((code, message, counts_as)))
        if cause is None:
            return False
        self.counted[counts_as] += times
        if code is not None and code in self.by_code:
            self.by_code[code] += times
        if cause:
            self.causes[cause] += times
        return True

    def place(self, file: str | None, code: str | None, message: str, counts_as: str) -> None:
        """Note where a finding stands."""
        if counts_as in _NO_FINDING:
            return
        if file is not None and len(self.files) < _MOST_FILES:
            self.files.add(file)
        if counts_as != "notes":
            self.identify(code, file, message)

    def blame(self, cause: str, times: int = 1) -> str:
        """Count a cause, and return the first sighting of it, which is the one that is shown.

        Empty if there are too many to keep another.
        """
        if not cause or not _room(self.causes):
            return ""
        shown = self._exemplars.setdefault(normal(cause[:_MESSAGE_CHARS]), cause[:_MESSAGE_CHARS])
        self.causes[shown] += times
        return shown

    def identify(self, *parts: str | None) -> None:
        """Make ``parts``, without their accidents, belong to the segment's identity."""
        if not self.identifies:
            return
        key = hash(parts)
        if key not in self._identified:
            self._identified.add(key)
            text = "\0".join([normal(part[:_MESSAGE_CHARS]) if part else "" for part in parts])
            self.identities.add(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())

    @property
    def identifies(self) -> bool:
        """Whether one more finding would change the identity."""
        return len(self._identified) < _MOST_IDENTITIES

    @property
    def told(self) -> bool:
        """Whether the segment is worth a digest."""
        said = self.green or self.red or self.broken or self.ended or self.remarks
        return bool(said or self.counted or self.declared)

    @property
    def silent(self) -> bool:
        """Whether the tool has said neither what is wrong nor how much."""
        return not (self.counted or self.declared or self.broken)

    @property
    def harm(self) -> tuple[int, bool, bool]:
        """What changes with each line that tells of something bad."""
        get = self.counted.get
        return get(_ERRORS, 0) + get(_FAILED, 0), self.red, self.broken is not None

    @property
    def problems(self) -> int:
        """Errors and failures, declared or counted, whichever says more."""
        return max(_sum(self.declared), _sum(self.counted))

    def _keep(self, finding: Finding) -> None:
        """Keep one of a new kind."""
        code, message, counts_as = finding.code, finding.message, finding.counts_as
        self.name_code(code, finding.times)
        cause = ""
        if counts_as != "notes":
            cause = self.blame(finding.cause or message, finding.times)
        rank = self._rank(finding)
        if rank <= URGENT_RANK and code is not None:
            self.urgent_codes.add(code)
        if rank < self.first_rank:
            self.first, self.first_rank = finding.diagnostic, rank
        if finding.cause is None and len(self._kinds) < _MOST_KINDS:
            self._kinds[hash((code, message, counts_as))] = cause

    def _rank(self, finding: Finding) -> int:
        rank = _RANK_OF.get(finding.counts_as, 3)
        if rank > _RANK_OF["errors"]:
            return rank
        code = finding.code
        if _breaks_syntax(f"{code}\n{finding.message}" if code else finding.message):
            return 0
        if finding.urgent or (self.urgent and code and self.urgent.fullmatch(code)):
            return URGENT_RANK
        return rank


def _breaks_syntax(text: str) -> bool:
    return any(map(text.__contains__, _SYNTAX_SIGNS)) and _SYNTAX.search(text) is not None


def _room(counter: Counter[str]) -> bool:
    return len(counter) < _MOST_KEYS


def _sum(counts: dict[str, int]) -> int:
    return counts.get(_ERRORS, 0) + counts.get(_FAILED, 0)
