"""Option values as a config spells them, each with a sentence for what it is not."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from supervisor.units import Bytes, Seconds, parse_duration, parse_size

_T = TypeVar("_T")

_NONE = {"const": "none"}
SIZE: dict[str, Any] = {
    "pattern": r"^[0-9]{1,15}(\.[0-9]{1,9})?\s*([kKMGT]?B|[KMGT]iB)$",
    "type": "string",
}
"""JSON Schema of a size."""
DURATION: dict[str, Any] = {
    "pattern": r"^\s*([0-9]{1,15}(\.[0-9]{1,9})?\s*(ms|s|m|h|d)\s*)+$",
    "type": "string",
}
"""JSON Schema of a duration."""
SIZE_OR_NONE: dict[str, Any] = {"anyOf": [SIZE, _NONE]}
DURATION_OR_NONE: dict[str, Any] = {"anyOf": [DURATION, _NONE]}
DURATION_OR_AUTO: dict[str, Any] = {"anyOf": [DURATION, {"const": "auto"}]}
COUNT_OR_NONE: dict[str, Any] = {"anyOf": [{"minimum": 1, "type": "integer"}, _NONE]}
CORES_OR_NONE: dict[str, Any] = {"anyOf": [{"exclusiveMinimum": 0, "type": "number"}, _NONE]}
_MOST_WEIGHT = 10_000
WEIGHT_OR_NONE: dict[str, Any] = {
    "anyOf": [{"maximum": _MOST_WEIGHT, "minimum": 1, "type": "integer"}, _NONE]
}


def size(value: object) -> Bytes:
    """Bytes, at least one.

    Raises:
        ValueError: not a size, or nothing.
    """
    parsed = parse_size(value)
    if parsed < 1:
        raise ValueError(f"{value!r} is too small; a size starts at '1B'")
    return parsed


def interval(value: object) -> Seconds:
    """Seconds, more than none.

    Raises:
        ValueError: not a duration, or no time at all.
    """
    parsed = parse_duration(value)
    if parsed <= 0:
        raise ValueError(f"{value!r} is too short; it must be longer than '0s'")
    return parsed


def count(value: object) -> int:
    """A whole number from 1 up; TOML's ``true`` is not one.

    Raises:
        ValueError: anything else.
    """
    if type(value) is not int or value < 1:
        raise ValueError(f"{value!r} is not a whole number from 1 up")
    return value


def cores(value: object) -> float:
    """Processor cores, whole or not.

    Raises:
        ValueError: no number above 0; TOML's ``true`` is none.
    """
    if type(value) not in {int, float} or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number of cores like 2 or 1.5")
    if not 0 < value < math.inf:
        raise ValueError(f"{value!r} cores are none to run on: it must be more than 0")
    return float(value)


def weight(value: object) -> int:
    """A share of the processors, as cgroup v2 wants it.

    Raises:
        ValueError: not a whole number from 1 to 10000.
    """
    if type(value) is not int or not 1 <= value <= _MOST_WEIGHT:
        raise ValueError(f"{value!r} is not a weight from 1 to 10000; 100 is everybody's")
    return value


def place(value: object, folder: Path) -> Path:
    """Absolute path; a relative one starts at ``folder``, ``~`` at a home.

    Raises:
        ValueError: not a path, or the home of nobody.
    """
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"{value!r} is not a path")
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:
        raise ValueError(f"{value!r} starts at the home of a user who does not exist") from None


def place_or_default(value: object, folder: Path) -> Path | None:
    """The same, and None for ``""``.

    Raises:
        ValueError: not a path, or the home of nobody.
    """
    return None if value == "" else place(value, folder)


def stdin(value: object, folder: Path) -> Path | None:
    """The file to read from; ``"null"`` is one too, and None stands for ``"inherit"``.

    Raises:
        ValueError: not a path, or the home of nobody.
    """
    if value == "inherit":
        return None
    return Path(os.devnull) if value == "null" else place(value, folder)


def _or_word(parse: Callable[[object], _T], word: str) -> Callable[[object], _T | None]:
    """Let a word stand for None, because TOML has none for it."""

    def parse_unless_word(value: object) -> _T | None:
        if value == word:
            return None
        try:
            return parse(value)
        except ValueError as error:
            raise ValueError(f"{error}, nor {word!r}") from None

    return parse_unless_word


size_or_none = _or_word(size, "none")
interval_or_none = _or_word(interval, "none")
count_or_none = _or_word(count, "none")
cores_or_none = _or_word(cores, "none")
weight_or_none = _or_word(weight, "none")
duration_or_auto = _or_word(parse_duration, "auto")


def word(text: str) -> str:
    """Text that can be handed to a program.

    Raises:
        ValueError: it holds a NUL, at which C ends a string.
    """
    if "\0" in text:
        raise ValueError(f"{text!r} holds a NUL character, which no program can be given")
    return text


def variable(name: str) -> str:
    """Name of an environment variable.

    Raises:
        ValueError: empty, or it holds a NUL or an equals sign.
    """
    if not name or "=" in name:
        raise ValueError(f"{name!r} is not the name of an environment variable")
    return word(name)


def tool(name: str) -> str:
    """Name of a command.

    Raises:
        ValueError: it is no name of a file, or one that is ours.
    """
    if not name or "/" in name or name.startswith((".", "supervise-")):
        raise ValueError(f"{name!r} is not the name of a command, such as 'pytest'")
    return word(name)
