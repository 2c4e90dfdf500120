"""Words of a line: command lines, numbers, foreign text; pure, and quickly imported."""

import shlex
from collections.abc import Sequence

_ARGV_CHARACTERS = 60


def render_argv(argv: Sequence[str]) -> str:
    """A command line without control characters; where it gets long, paths lose their folders.

    >>> render_argv(["/usr/bin/python3", "/home/somebody/some/where/very/deep/inside/server.py"])
    'python3 server.py'
    """
    line = printable(shlex.join(argv))
    if len(line) > _ARGV_CHARACTERS:
        line = printable(shlex.join(map(_last_name, argv)))
    return clip(line)


def clip(line: str) -> str:
    """As much of a command line as there is room for."""
    return line if len(line) <= _ARGV_CHARACTERS else line[: _ARGV_CHARACTERS - 1] + "…"


def _last_name(word: str) -> str:
    is_path = word.startswith("/") and not any(letter.isspace() for letter in word)
    return word.rpartition("/")[2] or word if is_path else word


def printable(text: str) -> str:
    r"""Text that cannot move the cursor or change the terminal's colours.

    >>> printable("a\x1b[31mb\nc")
    'a?[31mb?c'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def count_of(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count_of(1, "failure"), count_of(2, "process")
    ('1 failure', '2 processes')
    """
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
