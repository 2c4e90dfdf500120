"""Findings in a row, read in one loop where looking at each line for itself would be too slow."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from supervisor.analyzer.grammar import Rule
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.text import bare

Kind = tuple[str | None, str | None, str | None]
"""Code, message and severity of findings that may differ in their places."""
Where = tuple[str | None, ...]
"""File, line, column, code and message: what is the same where a finding is told again."""


@dataclass(slots=True)
class Alike:
    """Findings that differ in their places only."""

    first: re.Match[str]
    file: str | None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a streak begins with."""

    above: str
    """Text of the line above its first one."""
    file: str | None
    inherits: bool
    """Whether findings without a file are in the last one that was named."""
    rivals: tuple[Pattern, ...]
    """What must not stand above a line that is read here."""
    knows: Callable[[Where], bool] | None
    """Whether a finding was told before; from then on it was. None: nobody asks."""
    repeats: bool
    """Whether what was told before does not count."""


@dataclass(frozen=True, slots=True)
class Streak:
    """The lines that one rule has read."""

    length: int
    file: str | None
    """The last one that a line named."""
    alike: dict[Kind, Alike]
    places: Collection[tuple[str | None, Kind]]
    """Files, and what was found in them; in the order of the lines."""


def read_streak(rule: Rule, texts: Iterable[str], setting: Setting) -> Streak:
    """Read lines for as long as ``rule`` matches and needs nothing from those that follow."""
    match, file, above, rivals = rule.pattern.match, setting.file, setting.above, setting.rivals
    later = () if rule.continues is None else rule.continues.groupindex.keys()
    needs_code, needs_file, needs_message = (one in later for one in ("code", "file", "message"))
    a_file, a_code, a_name, a_message, a_remark, a_severity, a_warning, *at = rule.columns
    knows, inherits = setting.knows, setting.inherits
    alike: dict[Kind, Alike] = {}
    places: dict[tuple[str | None, Kind], None] = {}
    length = 0
    for raw in texts:
        text = bare(raw)
        found = match(text)
        if found is None or (rivals and any(rival.match(above) for rival in rivals)):
            break
        groups = (*found.groups(), None)  # The last one is for groups that there are not.
        code = groups[a_code] or groups[a_name]
        message = groups[a_message] or groups[a_remark]
        if (needs_code and not code) or (needs_file and not groups[a_file]):
            break
        if needs_message and not message:
            break
        length += 1
        file = groups[a_file] or (file if inherits else None)
        above = text
        if knows is not None:
            where = (
                file,
                groups[at[0]] or "0",
                groups[at[1]] or "0",
                code,
                (message or "").strip(),
            )
            if knows(where) and setting.repeats:
                continue
        kind = (code, message, groups[a_severity] or groups[a_warning])
        places[file, kind] = None
        known = alike.get(kind)
        if known is None:
            alike[kind] = Alike(found, file)
        else:
            known.times += 1
    return Streak(length, file, alike, places)
