"""Findings in a row, read in one loop where looking at each line for itself would be too slow."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from supervisor.analyzer.grammar import Rule
from supervisor.analyzer.text import bare

CHECKED = frozenset({"code", "file"})
"""What a finding may lack for the loop to notice."""


@dataclass(slots=True)
class Alike:
    """Findings that differ in their places only."""

    first: re.Match[str]
    file: str | None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Streak:
    """The lines that one rule has read."""

    length: int
    file: str | None
    """The last one that a line named."""
    alike: Collection[Alike]
    places: Collection[tuple[str | None, str | None, str | None]]
    """Code, file and message."""


def read_streak(rule: Rule, texts: Iterable[str], file: str | None) -> Streak:
    """Read lines for as long as ``rule`` matches and needs nothing from those that follow."""
    match = rule.pattern.match
    later = () if rule.continues is None else rule.continues.groupindex.keys()
    needs_code, needs_file = "code" in later, "file" in later
    a_file, a_code, a_name, a_message, a_remark, a_severity, a_warning = rule.columns
    alike: dict[tuple[str | None, ...], Alike] = {}
    places: set[tuple[str | None, str | None, str | None]] = set()
    length = 0
    for text in texts:
        found = match(bare(text))
        if found is None:
            break
        groups = (*found.groups(), None)  # The last one is for groups that there are not.
        code = groups[a_code] or groups[a_name]
        if (needs_code and not code) or (needs_file and not groups[a_file]):
            break
        length += 1
        file = groups[a_file] or file
        message = groups[a_message] or groups[a_remark]
        kind = (code, message, groups[a_severity] or groups[a_warning])
        places.add((code, file, message))
        known = alike.get(kind)
        if known is None:
            alike[kind] = Alike(found, file)
        else:
            known.times += 1
    return Streak(length, file, alike.values(), places)
