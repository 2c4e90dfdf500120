"""What an option's value may be: how it is read, and how JSON Schema describes it."""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
_W = TypeVar("_W", bound=str)
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document."""

    path: tuple[str | int, ...]
    """Where: keys and, inside lists, indexes from 0; below what was read."""
    problem: str
    written: str = ""
    choices: Sequence[str] | None = ()
    """What could stand there instead of ``written``; None: the name of another option."""


class FaultsError(ValueError):
    """A value is wrong in these places inside it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Kind(Generic[_T]):
    """The values that one option can have."""

    read: Callable[[object, Path], _T]
    """The value of what TOML holds, in a config of this folder.

    Raises ValueError with a sentence, or with Faults where it is wrong inside.
    """
    schema: Mapping[str, Any]
    """JSON Schema of what TOML holds, its words in alphabetical order."""


def faults_in(part: str | int, error: ValueError) -> list[Fault]:
    """What is wrong with one part, seen from what it is a part of."""
    if isinstance(error, FaultsError):
        return [replace(fault, path=(part, *fault.path)) for fault in error.faults]
    return [Fault((part,), str(error))]


def _read_each(parts: Iterable[tuple[str | int, Callable[[], _T]]]) -> list[_T]:
    """What all parts are, read one by one.

    Raises:
        FaultsError: with what is wrong in any of them.
    """
    values, faults = [], []
    for part, read in parts:
        try:
            values.append(read())
        except ValueError as error:
            faults += faults_in(part, error)
    if faults:
        raise FaultsError(faults)
    return values


def plain(parse: Callable[[object], _T], schema: Mapping[str, Any]) -> Kind[_T]:
    """What does not depend on where the config is."""
    return Kind(lambda value, _: parse(value), schema)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{shown(value)} is neither true nor false")
    return value


FLAG = plain(_flag, {"type": "boolean"})


def whole(least: int, most: int | None = None) -> Kind[int]:
    """A whole number; TOML's ``true`` is not one."""

    def parse(value: object) -> int:
        if type(value) is not int:
            raise ValueError(f"{shown(value)} is not a whole number")
        _check_between(value, least, most)
        return value

    upper = {} if most is None else {"maximum": most}
    return plain(parse, {**upper, "minimum": least, "type": "integer"})


def number(least: float, most: float) -> Kind[float]:
    """A number, whole or not."""

    def parse(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{shown(value)} is not a number")
        if not math.isfinite(value):
            raise ValueError(f"{shown(value)} is not a finite number")
        _check_between(value, least, most)
        return float(value)

    return plain(parse, {"maximum": most, "minimum": least, "type": "number"})


def _check_between(value: float, least: float, most: float | None) -> None:
    if value < least:
        raise ValueError(f"{shown(value)} is less than {least:g}")
    if most is not None and value > most:
        raise ValueError(f"{shown(value)} is more than {most:g}")


def one_of(*words: str) -> Kind[Any]:
    """One of these words."""

    def parse(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        *others, last = map(repr, words)
        problem = f"{shown(value)} is not {', '.join(others)} or {last}"
        raise FaultsError([Fault((), problem, str(value), words)])

    return plain(parse, {"enum": [*words], "type": "string"})


def or_word(word: _W, kind: Kind[_T]) -> Kind[_T | _W]:
    """What ``kind`` takes, or one word that stands for something else."""

    def read(value: object, folder: Path) -> _T | _W:
        return word if value == word else kind.read(value, folder)

    return Kind(read, {"anyOf": [kind.schema, {"const": word}]})


def text(check: Callable[[str], str]) -> Kind[str]:
    """A string that passes a check."""

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not a string in quotes")
        return check(value)

    return plain(parse, {"type": "string"})


def many(of: Kind[_T], least: int = 0) -> Kind[tuple[_T, ...]]:
    """A list, at least so long."""

    def read(value: object, folder: Path) -> tuple[_T, ...]:
        if not isinstance(value, list | tuple):
            like = json.dumps(value.split() if isinstance(value, str) else [value], default=str)
            raise ValueError(f"{shown(value)} is not a list like {like}")
        if len(value) < least:
            raise ValueError("is an empty list")
        return tuple(
            _read_each((index, partial(of.read, one, folder)) for index, one in enumerate(value))
        )

    lower = {"minItems": least} if least else {}
    return Kind(read, {"items": of.schema, **lower, "type": "array"})


def mapping(name: Callable[[str], str], of: Kind[_T]) -> Kind[Mapping[str, _T]]:
    """A table with names that the user chooses."""

    def read(value: object, folder: Path) -> Mapping[str, _T]:
        if not isinstance(value, Mapping):
            raise ValueError(f"{shown(value)} is not a table")
        # Their names in front, so that what is wrong with one does not hide what else is.
        parts: list[tuple[str, Callable[[], Any]]] = [(key, partial(name, key)) for key in value]
        parts += [(key, partial(of.read, one, folder)) for key, one in value.items()]
        return dict(zip(value, _read_each(parts)[len(value) :], strict=True))

    return Kind(read, {"additionalProperties": of.schema, "type": "object"})


def shown(value: object) -> str:
    """A value, shortened, as TOML spells it.

    >>> shown(True), shown("ten"), shown([1, 2])
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
