"""Lines that make a regular expression slow, made of its own parts.

Wherever an expression repeats something, it is led there by what stands before, given as much of
that as a line holds, and then disappointed. Backtracking that costs the square of a line's length
or more shows in milliseconds.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from re import _constants as codes  # type: ignore[attr-defined] # there is no other parser
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from scripts.fuzzing.uses import Use
from supervisor.analyzer.lines import LINE_BYTES
from supervisor.analyzer.text import scrub

SLOW_S = 0.010
"""What no expression may take for a line."""
_LEAST_BYTES = 128
_LENGTHS = {
    **dict.fromkeys((16, 24, 32, 48, 64, 96, _LEAST_BYTES), SLOW_S),
    1024: SLOW_S / 100,
    LINE_BYTES: SLOW_S,
}
"""Of lines that are tried one after the other, and below what time a longer one need not be.

The short ones come in small steps: what doubles its time with each character would never end."""
_TYPICAL = "a0./ \t-:\\A_,\"'`()[]{}<>|=*#@~^+!?%$&;\\éx1"
_GENERAL = ("a ", "a:", "a.", "0 ", "0:", "0,", "0.", "a/", "a-", "a=", "'a' ", '"a" ', "(a", "[a]")
_SUFFIXES = ("", " \0x")
_MANY = 16
"""A repeat with a lower limit than this takes no time."""
_MOST_VARIANTS = 2
_MOST_CHARS = 6
MOST_ATTACKS = 48
"""A choice that finds what all would find, but for a few."""
_AGAIN = 2


@dataclass(frozen=True, slots=True)
class Attack:
    """A line in three parts; the middle one is repeated."""

    prefix: str
    pump: str
    suffix: str

    def line(self, size_bytes: int) -> str:
        """The line, at most that long."""
        room = size_bytes - len(self.prefix) - len(self.suffix)
        return self.prefix + self.pump * max(1, room // len(self.pump)) + self.suffix


@dataclass(frozen=True, slots=True)
class Slow:
    """An expression that took too long for a line."""

    use: Use
    attack: Attack
    size_bytes: int
    took_s: float

    def __str__(self) -> str:
        """What a reader needs to see it again."""
        attack, use = self.attack, self.use
        return (
            f"{use.where}: {1000 * self.took_s:.0f} ms to {use.method} {use.compiled.pattern!r} in"
            f" {attack.prefix!r} + {attack.pump!r} * n + {attack.suffix!r}, {self.size_bytes} bytes"
        )


def first_slow(use: Use, most: int = MOST_ATTACKS) -> Slow | None:
    """An attack that takes too long, if there is one among the first so many."""
    tried = islice(attacks(use), most)
    return next(filter(None, (_try(use, attack) for attack in tried)), None)


def _try(use: Use, attack: Attack) -> Slow | None:
    """Give ever longer lines, so that the first that is too slow does not take all day."""
    call = getattr(use.compiled, use.method)
    for size_bytes, harmless_s in _LENGTHS.items():
        line = as_read(attack.line(size_bytes))
        given = line if isinstance(use.compiled.pattern, str) else line.encode()
        args = (given[:0], given) if use.method == "sub" else (given,)
        took_s = _time(call, args)
        if took_s > harmless_s:  # Others may have had the processor's caches.
            took_s = min(took_s, *(_time(call, args) for _ in range(_AGAIN)))
        if took_s > SLOW_S:
            return Slow(use, attack, size_bytes, took_s)
        if took_s < harmless_s and size_bytes > _LEAST_BYTES:
            return None
    return None


def as_read(line: str) -> str:
    """A line as expressions get to see it."""
    return scrub(line.encode() + b"\n").decode().removesuffix("\n")


def _time(call: Any, args: Sequence[Any]) -> float:
    begun_s = time.thread_time()
    result = call(*args)
    if not isinstance(result, (str, bytes, list, re.Match, type(None))):
        list(result)
    return time.thread_time() - begun_s


def attacks(use: Use) -> Iterator[Attack]:
    """Lines that may be slow, most promising first."""
    pattern = use.compiled.pattern
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    tree = parser.parse(text, use.compiled.flags & ~re.UNICODE)
    seen: set[tuple[str, str]] = set()
    for prefix, pump in _pumps(tree, "", anchored=use.anchored):
        if pump and (prefix, pump) not in seen:
            seen.add((prefix, pump))
            yield from (Attack(prefix, pump, suffix) for suffix in _SUFFIXES)


def _pumps(tree: Any, before: str, *, anchored: bool) -> Iterator[tuple[str, str]]:
    whole = _sample(tree)
    yield "", whole
    yield from _repeats(tree, before)
    for start in range(1, len(whole)) if not anchored else ():
        yield "", whole[:start]
    for general in (*_TYPICAL, *_GENERAL):
        yield "", general


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """What leads to each repeat, and what it repeats."""
    for op, args in tree:
        if op in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            _, most, body = args
            if most >= _MANY:
                yield from ((before, pump) for pump in _bodies(body))
                yield from ((before + pump, pump + " ") for pump in _bodies(body))
            yield from _repeats(body, before)
        else:
            for inner in _inner(op, args):
                yield from _repeats(inner, before)
        before += _sample([(op, args)])


def _inner(op: Any, args: Any) -> Iterable[Any]:
    """The expressions that an element is made of."""
    if op is codes.SUBPATTERN:
        return (args[-1],)
    if op is codes.ATOMIC_GROUP:
        return (args,)
    if op is codes.BRANCH:
        return tuple(args[1])
    return (args[1],) if op in {codes.ASSERT, codes.ASSERT_NOT} else ()


def _bodies(body: Any) -> Iterator[str]:
    """Texts that a repeat's body matches."""
    if len(body) == 1:
        op, args = body[0]
        if op in {codes.IN, codes.ANY, codes.NOT_LITERAL, codes.CATEGORY}:
            fitting = [char for char in _TYPICAL if _holds(op, args, char)]
            yield from fitting[:_MOST_CHARS]
            yield from fitting[_MOST_CHARS :: max(1, len(fitting) // _MOST_CHARS)]
            return
    yield from dict.fromkeys(_sample(body, variant) for variant in range(_MOST_VARIANTS))


def _sample(tree: Any, variant: int = 0) -> str:
    """A text that the expression matches, but for what it looks ahead to."""
    return "".join(_one(op, args, variant) for op, args in tree)


def _one(op: Any, args: Any, variant: int) -> str:
    if op is codes.LITERAL:
        return chr(int(args))
    if op is codes.BRANCH:
        return _sample(args[1][variant % len(args[1])], variant)
    if op in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        least, most, body = args
        return _sample(body, variant) * int(max(least, min(variant, most)))
    if op in {codes.SUBPATTERN, codes.ATOMIC_GROUP}:
        return _sample(args[-1] if op is codes.SUBPATTERN else args, variant)
    if op in {codes.IN, codes.ANY, codes.NOT_LITERAL}:
        fitting = [char for char in _TYPICAL if _holds(op, args, char)]
        return fitting[variant % len(fitting)] if fitting else ""
    return ""


def _holds(op: Any, args: Any, char: str) -> bool:
    """Whether a class of characters has this one."""
    if op is codes.ANY:
        return True
    if op is codes.NOT_LITERAL:
        return ord(char) != int(args)
    if op is codes.CATEGORY:
        return _in_category(args, char)
    negated = bool(args) and args[0][0] is codes.NEGATE
    return negated ^ any(
        (inner is codes.LITERAL and value == ord(char))
        or (inner is codes.RANGE and value[0] <= ord(char) <= value[1])
        or (inner is codes.CATEGORY and _in_category(value, char))
        for inner, value in args
    )


def _in_category(category: Any, char: str) -> bool:
    word = char.isalnum() or char == "_"
    return {
        codes.CATEGORY_DIGIT: char.isdecimal(),
        codes.CATEGORY_NOT_DIGIT: not char.isdecimal(),
        codes.CATEGORY_SPACE: char.isspace(),
        codes.CATEGORY_NOT_SPACE: not char.isspace(),
        codes.CATEGORY_WORD: word,
        codes.CATEGORY_NOT_WORD: not word,
    }[category]
