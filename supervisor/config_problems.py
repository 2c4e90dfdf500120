"""Problems of a config in the words of its author: place, option, what is wrong, what to try."""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from supervisor.option_kinds import Fault
from supervisor.toml_places import KeyPath, locate, nearest


def explain(faults: Iterable[Fault], text: str, options: Sequence[str]) -> list[str]:
    """``line:column: option: problem`` for each fault, in the order of ``text``.

    ``options`` are the dotted paths of all options, for suggestions.
    """
    places = locate(text)
    found = sorted((nearest(places, fault.path), _problem(fault, options)) for fault in faults)
    return [f"{place.line}:{place.column}: {problem}" for place, problem in found]


def _dotted(path: KeyPath) -> str:
    """Path as TOML spells it.

    >>> _dotted(("restart", "backoff", 2)), _dotted(("autopilot", "env", "A B"))
    ('restart.backoff[2]', 'autopilot.env."A B"')
    """
    spelled = ""
    for part in path:
        if isinstance(part, int):
            spelled += f"[{part}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            spelled += f".{part}" if bare else f".{json.dumps(part)}"
    return spelled.removeprefix(".")


def _problem(fault: Fault, options: Sequence[str]) -> str:
    if fault.choices is None:
        suggestions = _alike(fault.path, options)
    else:
        suggestions = get_close_matches(fault.written, fault.choices, 1)
    return f"{_dotted(fault.path)}: {fault.problem}{_did_you_mean(suggestions)}"


def _alike(path: KeyPath, options: Sequence[str]) -> list[str]:
    """Options and tables that the author of ``path``, which does not exist, can have meant."""
    *parents, name = map(str, path)
    tables = {option.partition(".")[0]: option.partition(".")[0] for option in options}
    names = {option.rpartition(".")[2]: option for option in options} | tables
    exact = [known for known in (*tables, *options) if known.rpartition(".")[2] == name]
    if exact:
        return exact
    here = (
        {known: names[known] for known in names if f"{parents[0]}.{known}" in options}
        if parents
        else tables
    )
    for known in (here, names):
        for found in get_close_matches(name, known, 1):
            return [known[found]]
    return []


def _did_you_mean(suggestions: Sequence[str]) -> str:
    """The question, or nothing where nothing is alike.

    >>> _did_you_mean(["a", "b", "c"])
    ' (did you mean a, b or c?)'
    """
    if not suggestions:
        return ""
    *others, last = suggestions
    return f" (did you mean {', '.join(others)}{' or ' if others else ''}{last}?)"
