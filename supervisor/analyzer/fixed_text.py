r"""What stands in every text that a regular expression matches, so that few lines need be tried."""

from collections.abc import Iterator

_NUMBER = "0"
_ZERO_WIDTH = "AbBZ"
_CLASSES = "wWsSD"
_CONTROLS = {"t": "\t", "f": "\f", "v": "\v", "r": "\r", "n": "\n"}


def fixed_text(pattern: str) -> tuple[str, ...]:
    r"""The rarest fixed text of each alternative, with 0 for a number; none if one has none.

    >>> fixed_text(r"(.+?):(\d+):(\d+): (?:error|warning) (?P<code>TS\d+): (.*)")
    (':0:0: ',)
    >>> fixed_text(r"error: (.*)|FAILED (.*)"), fixed_text(r"\s*(\S.*)")
    (('error: ', 'FAILED '), ())
    """
    found: list[str] = []
    for alternative in alternatives(pattern):
        runs = "".join(_tokens(alternative)).split("\0")
        best = max(runs, key=_rarity)
        if not best.strip():
            return ()
        found.append(best)
    return tuple(found)


def _rarity(text: str) -> float:
    """A rough measure of how few lines hold a text: parts of words stand everywhere."""
    return len(text) / 2 if text.strip().isalpha() else len(text)


def _tokens(pattern: str) -> Iterator[str]:
    """Characters that must stand, a zero for numbers, and a NUL where anything may."""
    place = 0
    while place < len(pattern):
        text, place = _atom(pattern, place)
        least, many, place = _quantifier(pattern, place)
        if least == 0:
            yield "\0"
        elif not many or text == _NUMBER:
            yield text
        else:
            yield f"{text}\0{text}" if len(text.strip("\0")) == 1 else f"{text}\0"


def _atom(pattern: str, place: int) -> tuple[str, int]:
    """What the atom at ``place`` requires, and where it ends."""
    char = pattern[place]
    match char:
        case "\\":
            return _escape(pattern[place + 1 : place + 2]), place + 2
        case "[":
            end = class_end(pattern, place)
            return (_NUMBER if pattern[place:end] == "[0-9]" else "\0"), end
        case "(":
            end = group_end(pattern, place)
            return _group(pattern[place + 1 : end - 1]), end
        case "." | "|":
            return "\0", place + 1
        case "^" | "$":
            return "", place + 1
        case _:
            return char, place + 1


def _escape(char: str) -> str:
    if char == "d":
        return _NUMBER
    if char in _ZERO_WIDTH:
        return ""
    if char in _CLASSES or char.isdigit() or char in "xuUNpPk":
        return "\0"
    return _CONTROLS.get(char, char)


def _group(inner: str) -> str:
    if inner.startswith("?"):
        if inner.startswith("?:"):
            inner = inner[2:]
        elif inner.startswith("?P<"):
            inner = inner.partition(">")[2]
        else:  # Assertions, flags, references.
            return "\0"
    return "\0" if len(alternatives(inner)) > 1 else "".join(_tokens(inner))


def _quantifier(pattern: str, place: int) -> tuple[int, bool, int]:
    """How often the atom before must stand, whether it may more often, and the end of both."""
    least, many = 1, False
    char = pattern[place : place + 1]
    if char in {"?", "*", "+"}:
        least, many = int(char == "+"), char != "?"
        place += 1
    elif char == "{" and (end := pattern.find("}", place)) > 0:
        digits, comma, _ = pattern[place + 1 : end].partition(",")
        least, many = (int(digits) if digits.isdecimal() else 0), bool(comma) or digits != "1"
        place = end + 1
    else:
        return least, many, place
    return least, many, place + (pattern[place : place + 1] in {"?", "+"})


def alternatives(pattern: str) -> list[str]:
    """What stands between the bars that are in no group.

    >>> alternatives(r"a(b|c)|[|]")
    ['a(b|c)', '[|]']
    """
    parts, begin, place = [], 0, 0
    while place < len(pattern):
        char = pattern[place]
        if char == "|":
            parts.append(pattern[begin:place])
            begin = place + 1
        place = _skip(pattern, place)
    return [*parts, pattern[begin:]]


def repeated(pattern: str) -> Iterator[tuple[int, int]]:
    r"""Where each part of an alternative begins and ends that a quantifier is for, with that.

    >>> [r"(a|b)?c\d{2}"[begin:end] for begin, end in repeated(r"(a|b)?c\d{2}")]
    ['(a|b)?', 'c', '\\d{2}']
    """
    place = 0
    while place < len(pattern):
        begin = place
        _, _, place = _quantifier(pattern, _skip(pattern, place))
        yield begin, place


def _skip(pattern: str, place: int) -> int:
    char = pattern[place]
    if char == "\\":
        return place + 2
    if char == "[":
        return class_end(pattern, place)
    return group_end(pattern, place) if char == "(" else place + 1


def class_end(pattern: str, place: int) -> int:
    r"""Where the character class that begins at ``place`` ends.

    >>> class_end(r"[^]\]a]b", 0)
    7
    """
    place += 2 if pattern[place + 1 : place + 2] == "^" else 1
    first = True
    while place < len(pattern) and (first or pattern[place] != "]"):
        place += 2 if pattern[place] == "\\" else 1
        first = False
    return min(place + 1, len(pattern))


def group_end(pattern: str, place: int) -> int:
    """Where the group that begins at ``place`` ends."""
    place += 1
    while place < len(pattern) and pattern[place] != ")":
        place = _skip(pattern, place)
    return min(place + 1, len(pattern))
