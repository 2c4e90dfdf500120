"""Every regular expression of the analyzer, and how it is used."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType

import supervisor.analyzer
from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.pattern import Pattern

Expression = Pattern | re.Pattern[str] | re.Pattern[bytes]
_ANCHORED = frozenset({"match", "fullmatch"})
_METHODS = r"(?:match|fullmatch|search|sub|findall|finditer|split)"


_PACKAGE = f"{supervisor.analyzer.__name__}."
_IN_LISTS = frozenset({"_SEVERE", "_BARE", "_DIAGNOSTICS"})
"""Used by the place they have in a list, and never for a search."""
_NOT_FOR_LINES = frozenset({"shape._ANY_DIGIT", "shape._DIGIT_OR_REFERENCE"})


@dataclass(frozen=True, slots=True)
class Use:
    """An expression in one of its uses."""

    where: str
    compiled: re.Pattern[str] | re.Pattern[bytes]
    method: str

    @property
    def anchored(self) -> bool:
        """Whether it is only tried at the start of a line."""
        return self.method in _ANCHORED


def uses() -> list[Use]:
    """All of them, each once."""
    found: dict[tuple[str | bytes, int, str], Use] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for use in _of(f"{module.__name__.removeprefix(_PACKAGE)}.{name}", value):
                key = (use.compiled.pattern, use.compiled.flags, use.method)
                found.setdefault(key, use)
    known = {use.compiled.pattern for use in found.values() if use.method}
    return [
        use if use.method else replace(use, method="search")
        for use in found.values()
        if use.method or use.compiled.pattern not in known
    ]


def _modules() -> Iterator[ModuleType]:
    for name in _names():
        yield importlib.import_module(_PACKAGE + name)


def _names() -> list[str]:
    """Modules, without the name of the package."""
    found = pkgutil.walk_packages(supervisor.analyzer.__path__, _PACKAGE)
    return [one.name.removeprefix(_PACKAGE) for one in found]


def _of(where: str, value: object) -> Iterator[Use]:
    """The uses of what stands in a module under a name, however deep in it."""
    match value:
        case Pattern() | re.Pattern() if where in _NOT_FOR_LINES:
            return
        case Pattern() | re.Pattern():
            yield from (Use(where, _compiled(value), method) for method in _methods(where))
        case Grammar():
            yield from _of_grammar(value)
        case Rule():
            yield from _of_rule(where, value)
        case _:
            for inner in _parts(value):
                yield from _of(where, inner)


def _parts(value: object) -> Iterable[object]:
    """What a value is made of, if it is a collection or a record."""
    match value:
        case Mapping():
            return value.values()
        case tuple() | list() | frozenset() | set():
            return value
        case _ if is_dataclass(value) and not isinstance(value, type):
            return [getattr(value, one.name) for one in fields(value)]
    return ()


def _of_grammar(grammar: Grammar) -> Iterator[Use]:
    for place, rule in enumerate(grammar.rules):
        yield from _of_rule(f"{grammar.name}'s rule {place}", rule)
    if grammar.urgent is not None:
        yield Use(f"{grammar.name}'s urgent codes", _compiled(grammar.urgent), "fullmatch")


def _of_rule(where: str, rule: Rule) -> Iterator[Use]:
    for part in (rule.pattern, rule.before, rule.continues):
        if part is not None:
            yield Use(where, _compiled(part), "match")


def _compiled(expression: Expression) -> re.Pattern[str] | re.Pattern[bytes]:
    if isinstance(expression, Pattern):
        return re.compile(expression.pattern)
    return expression


@cache
def _methods(where: str) -> frozenset[str]:
    """How the code uses what has this name; empty where nothing says it."""
    module, _, name = where.rpartition(".")
    if name in _IN_LISTS:
        return frozenset({"match"})
    # Other modules may have names of their own that are alike.
    source = _source(module) if name.startswith("_") else _sources()
    found = re.findall(rf"\b{re.escape(name)}\.({_METHODS})\b", source)
    return frozenset(found) or frozenset({""})


@cache
def _sources() -> str:
    return "\n".join(map(_source, sorted(_names())))


@cache
def _source(module: str) -> str:
    root = Path(next(iter(supervisor.analyzer.__path__)))
    path = root / module.replace(".", "/")
    file = path.with_suffix(".py")
    return file.read_text(encoding="utf-8") if file.exists() else ""
