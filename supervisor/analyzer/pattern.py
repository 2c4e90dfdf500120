"""Regular expressions that are compiled when they are first used."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

_METHODS = ("findall", "finditer", "fullmatch", "groupindex", "match", "search", "split", "sub")


class Pattern:
    r"""Like ``re.compile(pattern)``, but what no line ever needs costs nothing.

    Most tools never speak in a stream, and compiling what all of them could say takes a second.

    >>> Pattern(r"(?P<file>\w+):").match("a: b")["file"]
    'a'
    """

    __slots__ = (*_METHODS, "pattern")

    findall: Callable[..., list[Any]]
    finditer: Callable[..., Iterator[re.Match[str]]]
    fullmatch: Callable[..., re.Match[str] | None]
    groupindex: Mapping[str, int]
    match: Callable[..., re.Match[str] | None]
    search: Callable[..., re.Match[str] | None]
    split: Callable[..., list[str]]
    sub: Callable[..., str]

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        """Compile on the first use of a method; from then on they are attributes."""
        if name not in _METHODS:
            raise AttributeError(name)
        return getattr(self.checked(), name)

    def checked(self) -> Self:
        """The same, compiled now; raises ``re.error`` where it is none."""
        compiled = re.compile(self.pattern)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return self

    def __repr__(self) -> str:
        return f"Pattern({self.pattern!r})"
