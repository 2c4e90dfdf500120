"""Grammars of Vim's ``errorformat``: single lines, several lines, files that stand above.

Source: vim/vim, src/quickfix.c (qf_parse_line, qf_parse_multiline_pfx) and
runtime/doc/quickfix.txt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from supervisor.analyzer.errorformat_syntax import GLOBAL_FILES, Format, formats
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.tally import Finding, Tally, number, severity_key

_SEVERITIES = {"e": "errors", "w": "warnings", "i": "notes", "n": "notes", "h": "notes"}
_STARTS = "AEWIN"
_PLAIN = ("", "G")
_MOST_LINES = 60
"""Of one problem."""
_MOST_FILES = 50
_MOST_BACK = 500
"""How far above a problem the line with its file may stand."""


@dataclass(slots=True)
class Entry:
    """A problem, as Vim's quickfix list has it."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    kind: str = ""
    """``E``, ``W``, ``I``, ``N`` or what the tool writes for it."""
    code: str | None = None
    texts: list[str] = field(default_factory=list)
    ignored: bool = False

    def merge(self, groups: dict[str, str | None], text: str | None) -> None:
        """Take what was missing from another of its lines."""
        self.file = self.file or groups.get("file")
        self.line = self.line or number(groups.get("line")) or None
        self.column = self.column or _column(groups)
        self.kind = self.kind or groups.get("severity") or ""
        self.code = self.code or groups.get("code")
        if text:
            self.texts.append(text)


class Scanner:
    """Reads lines one by one; ``entries`` are the problems that are complete."""

    def __init__(self, listed: Sequence[Format]) -> None:
        self._formats = listed
        self._open: Entry | None = None
        self._lines = 0
        self._files: list[str] = []
        self._directories: list[str] = []
        self.entries: list[Entry] = []

    @property
    def within(self) -> bool:
        """Whether the next line may belong to what was read before it."""
        return self._open is not None or bool(self._files)

    @property
    def needs_file(self) -> bool:
        """Whether files are named above problems and none is known."""
        return not self._files and any(one.prefix == "P" for one in self._formats)

    def take(self, text: str, *, again: bool = False) -> bool:
        """Read a line, or ``again`` the rest of one; whether it is one of a problem's."""
        for one in self._formats:
            if (one.prefix in {"C", "Z"} and self._open is None) or (
                again and one.prefix and one.prefix in GLOBAL_FILES
            ):
                continue
            match = one.pattern.match(text)
            if match is not None:
                return self._read(one, match.groupdict(), text)
        self.end()
        return False

    def names_file(self, text: str) -> bool | None:
        """Whether a line begins a file; None if it ends one."""
        for one in self._formats:
            if one.prefix not in {"C", "Z"} and one.pattern.match(text):
                return None if one.prefix == "Q" else one.prefix == "P"
        return False

    def end(self) -> None:
        """The open problem is complete."""
        if self._open is not None and not self._open.ignored:
            self.entries.append(self._open)
        self._open = None

    def _read(self, one: Format, groups: dict[str, str | None], text: str) -> bool:
        message = text if one.whole else groups.get("message")
        if one.prefix in {"C", "Z"}:
            return self._continue(one, groups, message)
        if one.prefix in {"D", "X"}:
            self._change_directory(one.prefix, groups.get("file"))
        elif one.prefix and one.prefix in GLOBAL_FILES:
            self._change_file(one.prefix, groups)
        elif one.prefix == "G" or (one.ignored and not one.prefix):
            self.end()  # Vim goes on, but ignores what continues.
            return False
        else:
            self._begin(one, groups, message)
        return True

    def _begin(self, one: Format, groups: dict[str, str | None], message: str | None) -> None:
        self.end()
        kind = one.prefix if one.prefix != "A" else ""
        entry = Entry(ignored=one.ignored, kind=groups.get("severity") or kind)
        entry.merge(groups, message)
        entry.file = self._path(entry.file) or (self._files[-1] if self._files else None)
        self._open, self._lines = entry, 0
        if one.prefix not in _STARTS or not one.prefix:
            self.end()

    def _continue(self, one: Format, groups: dict[str, str | None], message: str | None) -> bool:
        self._lines += 1
        if self._open is not None and not one.ignored:
            self._open.merge(groups, message)
        if one.prefix == "Z" or self._lines >= _MOST_LINES:
            self.end()
        return True

    def _change_file(self, prefix: str, groups: dict[str, str | None]) -> None:
        file, rest = groups.get("file"), groups.get("rest")
        if prefix == "P" and file and len(self._files) < _MOST_FILES:
            self._files.append(file)
        elif prefix == "Q" and self._files:
            self._files.pop()
        if rest and rest.strip():
            self.take(rest.lstrip(" \t"), again=True)

    def _change_directory(self, prefix: str, directory: str | None) -> None:
        if prefix == "D" and directory and len(self._directories) < _MOST_FILES:
            self._directories.append(directory)
        elif prefix == "X" and self._directories:
            self._directories.pop()

    def _path(self, file: str | None) -> str | None:
        if file is None or not self._directories or file.startswith(("/", "\\")):
            return file
        return f"{self._directories[-1].rstrip('/')}/{file}"


def errorformat(name: str, patterns: str | Sequence[str], kind: str = "linter") -> Grammar:
    """The grammar of a tool whose problems an ``errorformat`` describes.

    Raises:
        ValueError: what is wrong, and in which pattern.
    """
    listed = formats(patterns)
    openers = [one for one in listed if _opens(one)]
    if not openers:
        raise ValueError("errorformat: no pattern has fixed text that its lines can be known by")
    if all(one.prefix in _PLAIN and not one.whole for one in listed):
        rules = tuple(_rule(one) for one in listed if one.literals)
        return Grammar(name=name, kind=kind, severities=_SEVERITIES, rules=rules)
    return Grammar(
        name=name,
        kind=kind,
        severities=_SEVERITIES,
        rules=tuple(
            Rule(does=Does.START, literal=one.literals, pattern=one.pattern) for one in openers
        ),
        parser=lambda grammar: _Parser(grammar, Scanner(listed)),
    )


def _opens(one: Format) -> bool:
    return bool(one.literals) and not one.ignored and (not one.prefix or one.prefix in _STARTS)


def _rule(one: Format) -> Rule:
    does = Does.TAIL if one.ignored or one.prefix else Does.FINDING
    return Rule(
        does=does,
        literal=one.literals,
        pattern=one.pattern,
        opens=does is Does.FINDING,
    )


class _Parser:
    """Gives the lines of a tool to a scanner, and its entries to the tally."""

    done = False

    def __init__(self, grammar: Grammar, scanner: Scanner) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._scanner = scanner

    @property
    def attentive(self) -> bool:
        """Within a problem of several lines, and below a file's name."""
        return self._scanner.within

    def take(self, line: Line) -> bool:
        """Read a line."""
        if self._scanner.needs_file:
            self._look_back(line)
        taken = self._scanner.take(line.text)
        self._add_entries()
        return taken

    def close(self) -> None:
        """Count the last problem."""
        self._scanner.end()
        self._add_entries()

    def _look_back(self, line: Line) -> None:
        """Find the line above a problem that names its file, and that no literal could tell."""
        if self._scanner.names_file(line.text) is not False:
            return
        for text in islice(line.above(), _MOST_BACK):
            names_file = self._scanner.names_file(text)
            if names_file:
                self._scanner.take(text)
            if names_file is not False:
                return

    def _add_entries(self) -> None:
        for entry in self._scanner.entries:
            self.tally.add(
                Finding(
                    file=entry.file,
                    line=entry.line,
                    column=entry.column,
                    code=entry.code,
                    message=" ".join(text.strip() for text in entry.texts).strip(),
                    counts_as=severity_key(entry.kind, _SEVERITIES),
                )
            )
        self._scanner.entries.clear()


def _column(groups: dict[str, str | None]) -> int | None:
    """The column in digits, or where a pointer points to."""
    pointer = groups.get("pointer")
    if pointer is not None:
        return len(pointer.expandtabs(8)) + 1
    return number(groups.get("column")) or None
