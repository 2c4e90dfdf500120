"""Patterns that begin with a place: file, line and column; what is said stands behind it.

In a flood the places differ, and what is said repeats: where it is known, the whole pattern need
not be tried.
"""

import re
from dataclasses import dataclass

from supervisor.analyzer.fixed_text import alternatives, group_end, repeated

_PLACE = re.compile(r"\(\?P<(file|line|column)>")
_OTHER = re.compile(r"\(\?(?:P<(?!file>|line>|column>)|[aiLmsux]+\))")
"""A name that is no place's, and a flag, which is for all of a pattern."""
_OPTIONAL = re.compile(r"\(\?:[^()|]*\(\?P<(file|line|column)>[^()|]*\)\)\?")
_LOOKS_FAR = re.compile(r"\(\?(?:<[=!]|P=|\()|\\[1-9]")
_LOOKS_NEXT = re.compile(r"\\[AbB]|(?<!\[)\^")
_CHARACTER = re.compile(r"(?:[^\\\[(.^$]|\\\W)(?![?*{])")


@dataclass(frozen=True, slots=True)
class Place:
    """The part of a pattern that reads the place."""

    head: re.Pattern[str]
    _ends: tuple[int, ...]
    """It ends where the first of these groups does that took part."""

    def settles(self, found: re.Match[str], place: re.Match[str]) -> bool:
        """Whether the whole pattern has ``found`` what it did by the first place in the text.

        If so it reads alike all texts that have the same behind their first place, because that
        is what it tries first, and what comes then does not see what stands before.
        """
        for group in self._ends:
            if (end := found.end(group)) >= 0:
                return end == place.end()
        return False


def place_of(pattern: str) -> Place | None:
    r"""The place that a pattern begins with; None if what it says depends on more than the rest.

    >>> place_of(r"(?P<file>[^:]+):(?P<line>\d+): (?P<code>[A-Z]+) (?P<message>.*)").head.pattern
    '(?P<file>[^:]+):(?P<line>\\d+)'
    >>> place_of(r"(?P<message>.*) at (?P<file>.*)")
    """
    if len(alternatives(pattern)) > 1:
        return None
    parts = [pattern[begin:end] for begin, end in repeated(pattern)]
    count = max((count for count, part in enumerate(parts, 1) if _PLACE.search(part)), default=0)
    head, tail = "".join(parts[:count]), "".join(parts[count:])
    ends = _ends(parts[:count])
    nearby = _LOOKS_NEXT.search(tail) and not _CHARACTER.match(tail)
    if not ends or _OTHER.search(head) or _LOOKS_FAR.search(tail) or nearby:
        return None
    try:
        first = re.compile(head)
    except re.error:  # It is a user's, and something else was taken for a part.
        return None
    return Place(first, tuple(first.groupindex[name] for name in ends))


def _ends(parts: list[str]) -> tuple[str, ...]:
    """Groups of which the first that takes part in a match ends where these parts do."""
    if not parts:
        return ()
    name = _PLACE.match(parts[-1])
    if name is not None:
        return (name[1],) if group_end(parts[-1], 0) == len(parts[-1]) else ()
    maybe = _OPTIONAL.fullmatch(parts[-1])
    rest = _ends(parts[:-1])
    return (maybe[1], *rest) if maybe is not None and rest else ()
