"""Every regular expression of the analyzer, and how it is used."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
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
            for use in _of(f"{module.__name__.removeprefix('supervisor.analyzer.')}.{name}", value):
                key = (use.compiled.pattern, use.compiled.flags, use.method)
                found.setdefault(key, use)
    known = {use.compiled.pattern for use in found.values() if use.method}
    return [
        use if use.method else replace(use, method="search")
        for use in found.values()
        if use.method or use.compiled.pattern not in known
    ]


def _modules() -> Iterator[ModuleType]:
    package = supervisor.analyzer
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(one.name)


def _of(where: str, value: object) -> Iterator[Use]:
    """The uses of what stands in a module under a name, however deep in it."""
    match value:
        case Pattern() | re.Pattern():
            yield from (Use(where, _compiled(value), method) for method in _methods(where))
        case Grammar():
            for place, rule in enumerate(value.rules):
                yield from _of_rule(f"{value.name}'s rule {place}", rule)
            if value.urgent is not None:
                yield Use(f"{value.name}'s urgent codes", _compiled(value.urgent), "fullmatch")
        case Rule():
            yield from _of_rule(where, value)
        case Mapping():
            for inner in value.values():
                yield from _of(where, inner)
        case tuple() | list() | frozenset() | set():
            for inner in value:
                yield from _of(where, inner)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for one in fields(value):
                yield from _of(where, getattr(value, one.name))


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
    name = where.rpartition(".")[2]
    found = re.findall(rf"\b{re.escape(name)}\.({_METHODS})\b", _sources())
    return frozenset(found) or frozenset({""})


@cache
def _sources() -> str:
    root = Path(next(iter(supervisor.analyzer.__path__)))
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py")))
