"""Findings in a row, read in one loop where looking at each line for itself would be too slow."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from supervisor.analyzer.grammar import Rule
from supervisor.analyzer.text import bare

Kind = tuple[Rule, str | None, str, str | None]
"""Rule, code, message and severity of findings that may differ in their places."""
Where = tuple[str | None, ...]
"""File, line, column, code and message: what is the same where a finding is told again."""


_Cells = tuple[str | None, str | None, str, str | None, str, str]
_Reading = tuple[Rule, re.Match[str]] | tuple[None, None]
_BLANK: _Reading = (None, None)


@dataclass(slots=True)
class Alike:
    """Findings that differ in their places only."""

    first: re.Match[str]
    file: str | None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a streak begins with."""

    rules: Sequence[Rule]
    """All that could read one of the lines, in their order."""
    plain: Collection[Rule]
    """Those that a line is enough for."""
    above: str
    """Text of the line above the first one."""
    file: str | None
    inherits: bool
    """Whether findings without a file are in the last one that was named."""
    knows: Callable[[Where], bool] | None
    """Whether a finding was told before; from then on it was. None: nobody asks."""
    distinct: bool
    """Whether no finding counts that was told before; else those of some rules do not."""
    ends: Callable[[Rule, str | None], bool] | None = None
    """Whether a line of a rule with a severity is worth a closer look, and not read here."""


@dataclass(frozen=True, slots=True)
class Streak:
    """The lines that were read."""

    length: int
    findings: int
    """How many of them were findings; the others are blank."""
    broken: bool
    """Whether there was another line, which is no finding or needs those that follow."""
    file: str | None
    """The last one that a line named."""
    alike: dict[Kind, Alike]
    places: Collection[tuple[str | None, Kind]]
    """Files, and what was found in them; in the order of the lines."""


def read_streak(texts: Iterable[str], setting: Setting) -> Streak:
    """Read lines as long as each is blank or a finding that needs nothing from what follows."""
    file, inherits, knows = setting.file, setting.inherits, setting.knows
    alike: dict[Kind, Alike] = {}
    places: dict[tuple[str | None, Kind], None] = {}
    length = blank = 0
    broken = False
    for reading in _read(texts, setting):
        if reading is None:
            broken = True
            break
        rule, found = reading
        if rule is None or found is None:
            blank += 1
            continue
        own_file, code, message, word, line, column = _cells(rule, found)
        if rule.needed and not _has(rule.needed, own_file, code, message):
            broken = True
            break
        kind = (rule, code, message, word)
        known = alike.get(kind)
        if known is None and setting.ends is not None and setting.ends(rule, word):
            break
        length += 1
        file = own_file or (file if inherits else None)
        told = knows is not None and knows((file, line, column, code, message))
        if told and (setting.distinct or rule.again):
            continue
        places[file, kind] = None
        if known is None:
            alike[kind] = Alike(found, file)
        else:
            known.times += 1
    return Streak(length + blank, length, broken, file, alike, places)


def _cells(rule: Rule, found: re.Match[str]) -> _Cells:
    """File, code, message, word of severity, line and column of a finding."""
    groups = (*found.groups(), None)  # The last one is for groups that there are not.
    file, code, name, message, remark, severity, warning, line, column = rule.columns
    return (
        groups[file],
        groups[code] or groups[name],
        (groups[message] or groups[remark] or "").strip(),
        groups[severity] or groups[warning],
        groups[line] or "0",
        groups[column] or "0",
    )


def _read(texts: Iterable[str], setting: Setting) -> Iterator[_Reading | None]:
    """The rule that reads a line, and its match; None for a line that no plain rule reads."""
    tries = [(rule.pattern.match, rule.before, rule) for rule in setting.rules]
    above = setting.above
    for raw in texts:
        text = bare(raw)
        if not text or text.isspace():
            # Rules without a literal are for what stands right below a file's name.
            tries = [one for one in tries if one[-1].literals]
            yield _BLANK
            above = text
            continue
        for match, before, rule in tries:  # noqa: B007 - read below the loop
            found = match(text)
            if found is not None and (before is None or before.match(above)):
                break
        else:
            yield None
            return
        yield (rule, found) if rule in setting.plain else None
        above = text


def _has(needed: Collection[str], file: str | None, code: str | None, message: str) -> bool:
    return bool(
        (file or "file" not in needed)
        and (code or "code" not in needed)
        and (message or "message" not in needed)
    )
