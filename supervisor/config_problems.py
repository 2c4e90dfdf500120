"""Problems of a config in the words of its author: place, option, what is wrong, what to try."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from supervisor.toml_places import KeyPath, locate, nearest

_MOST_SHOWN = 60
_SAY = {
    "bool_type": "{shown} is neither true nor false",
    "dict_type": "{shown} is not a table",
    "extra_forbidden": "no such option",
    "finite_number": "{shown} is not a finite number",
    "float_type": "{shown} is not a number",
    "greater_than_equal": "{shown} is less than {ge:g}",
    "int_type": "{shown} is not a whole number",
    "less_than_equal": "{shown} is more than {le:g}",
    "literal_error": "{shown} is not {expected}",
    "missing": "is required",
    "model_type": "{shown} is not a table",
    "string_type": "{shown} is not a string in quotes",
    "too_short": "is an empty list",
    "tuple_type": "{shown} is not a list like {like}",
    "value_error": "{error}",
}
"""A sentence for each of pydantic's error types that our options can cause."""


def explain(errors: Iterable[Mapping[str, Any]], text: str, options: Sequence[str]) -> list[str]:
    """``line:column: option: problem`` for each error of pydantic's, in the order of ``text``.

    ``options`` are the dotted paths of all options, for suggestions.
    """
    places = locate(text)
    found = sorted(
        (nearest(places, error["loc"]), _problem(error, options))
        for error in errors
        # pydantic calls a list too short as well when all its elements are wrong.
        if error["type"] != "too_short" or not error["input"]
    )
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
        elif part != "[key]":  # How pydantic marks a mapping's key, which stands before it.
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            spelled += f".{part}" if bare else f".{json.dumps(part)}"
    return spelled.removeprefix(".")


def _problem(error: Mapping[str, Any], options: Sequence[str]) -> str:
    known: Mapping[str, Any] = error.get("ctx", {})
    value = error["input"]
    like = json.dumps(value.split() if isinstance(value, str) else [value], default=str)
    sentence = _SAY.get(error["type"], "{shown} does not belong here")
    problem = sentence.format(shown=_shown(value), like=like, **known)
    text = f"{_dotted(error['loc'])}: {problem}"
    if error["type"] == "extra_forbidden":
        return text + _did_you_mean(_alike(error["loc"], options))
    if error["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", known["expected"])
        return text + _did_you_mean(get_close_matches(str(value), choices, 1))
    return text


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


def _shown(value: object) -> str:
    """A value, shortened, as TOML spells it.

    >>> _shown(True), _shown("ten"), _shown([1, 2])
    ('true', "'ten'", 'a list')
    """
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            text = repr(value) if isinstance(value, str) else str(value)
            return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
