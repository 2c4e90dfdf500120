"""Regular expressions of JavaScript's and .NET's kind as Python's, with names for their groups."""

from collections.abc import Mapping, Sequence

from supervisor.analyzer.fixed_text import alternatives, class_end

_FLAGS = ("(?i)", "(?m)", "(?s)", "(?im)", "(?mi)", "(?is)")
_SETS = "[&~|"
"""What looks like an operation on sets in a class of Python's."""
_ESCAPES = {"\\/": "/", "\\e": "\\x1b", "\\z": "\\Z"}
_OPENERS = ("(?:", "(?=", "(?!", "(?<=", "(?<!")


def python_regex(source: str, names: Mapping[int, Sequence[str]]) -> str:
    r"""The same expression, to be matched from the start of a line; 0 is the whole of it.

    >>> python_regex(r"^(.+):(\d+)$", {1: ["file"], 2: ["line"]})
    '^(?P<file>.+):(?P<line>\\d+)$'
    >>> python_regex(r"a (?<x>b)|c", {0: ["message"]})
    '.*?(?P<message>a (b)|c)'

    Raises:
        ValueError: it has no such group, or something that Python's do not know.
    """
    flags = next((flag for flag in _FLAGS if source.startswith(flag)), "")
    body, groups = _translated(source[len(flags) :], names)
    beyond = max(names, default=0)
    if beyond > groups:
        raise ValueError(f"has no group {beyond}")
    whole = names.get(0, ())
    if whole:
        body = "".join(f"(?P<{name}>" for name in whole) + body + ")" * len(whole)
    if flags:
        body = f"(?{flags.strip('(?)')}:{body})"
    anchored = source[len(flags) :].startswith("^") and len(alternatives(source)) == 1
    return body if anchored else f".*?{body if whole or flags else f'(?:{body})'}"


def _translated(source: str, names: Mapping[int, Sequence[str]]) -> tuple[str, int]:
    parts: list[str] = []
    closers: list[int] = []
    groups = place = 0
    while place < len(source):
        char = source[place]
        if char == "\\":
            parts.append(_escape(source[place : place + 2]))
            place += 2
        elif char == "[":
            end = class_end(source, place)
            parts.append(_class(source[place:end]))
            place = end
        elif char == "(":
            opened, place = _group_start(source, place)
            if opened:
                parts.append(opened)
                closers.append(1)
            else:
                groups += 1
                named = names.get(groups, ())
                parts.append("".join(f"(?P<{name}>" for name in named) or "(")
                closers.append(len(named) or 1)
        else:
            if char == ")" and closers:
                char = ")" * closers.pop()
            parts.append(char)
            place += 1
    return "".join(parts), groups


def _group_start(source: str, place: int) -> tuple[str, int]:
    """How a group begins that captures nothing, empty for others; and where its inside begins."""
    opener = next((one for one in _OPENERS if source.startswith(one, place)), "")
    if opener:
        return opener, place + len(opener)
    if not source.startswith("(?", place):
        return "", place + 1
    end = source.find(">", place)
    if source.startswith("(?<", place) and source[place + 3 : end].isidentifier():
        return "", end + 1
    raise ValueError(f"{source[place : place + 4]}… is not supported")


def _escape(escaped: str) -> str:
    if escaped == "\\k":
        raise ValueError("references by name are not supported")
    return _ESCAPES.get(escaped, escaped)


def _class(text: str) -> str:
    parts: list[str] = []
    place = 1
    while place < len(text) - 1:
        wide = 2 if text[place] == "\\" else 1
        part = text[place : place + wide]
        parts.append("\\" + part if part in _SETS else _ESCAPES.get(part, part))
        place += wide
    return f"[{''.join(parts)}]"
