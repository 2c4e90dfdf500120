"""What a shell command runs, as far as its words say."""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import islice

_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh"})
_PYTHONS = frozenset({"python", "python3"})
_PREPARES = frozenset({"cd", "pushd", "export", "set", "unset", "source", ".", "ulimit", "umask"})
"""What comes before the program that a command is about."""
_WRAPPERS = _SHELLS | {
    *("sudo", "env", "command", "exec", "time", "timeout", "nice", "nohup", "stdbuf", "npx", "bunx")
}
_RUNNERS = frozenset(
    {
        *((python, "-m") for python in _PYTHONS),
        *(("uv", "run"), ("poetry", "run"), ("pipenv", "run"), ("hatch", "run"), ("pdm", "run")),
        *(("bundle", "exec"), ("npm", "exec"), ("pnpm", "exec"), ("yarn", "exec")),
    }
)
_SHELL_CALL = re.compile(rf"(?:\S*/)?(?:{'|'.join(_SHELLS)}) -[a-z]*c")
_OPERATOR = re.compile(r"[();<>|&]+")
_NO_PROGRAM = re.compile(r"[A-Za-z_]\w*\+?=.*|-.*|\d[\d.]*[smhd]?", re.DOTALL)
"""Variables, options of a wrapper's, and how long it waits."""
_PROGRAM = re.compile(r"[A-Za-z_][\w.+-]{0,39}")
_MOST_CHARS = 2000
_MOST_WORDS = 200


def unwrap(command: str) -> str:
    """The command that a shell was given as one word.

    >>> unwrap("/bin/bash -lc 'cd app && pytest -q'"), unwrap("ls -l")
    ('cd app && pytest -q', 'ls -l')
    """
    words = _split(command) if len(command) <= _MOST_CHARS else []
    if len(words) == len(("sh", "-c", "command")) and _SHELL_CALL.fullmatch(" ".join(words[:2])):
        return words[2]
    return command


def program_of(command: str) -> str | None:
    """The name of the program that a command is about; None if the words do not say.

    >>> [program_of(one) for one in ("cd app && FOO=1 uv run pytest -q | tail", "python3 -m mypy")]
    ['pytest', 'mypy']
    >>> program_of("cd app"), program_of("x='")
    ('cd', None)
    """
    names = [name for words in _simple_commands(command) if (name := _name(words))]
    return next((name for name in names if name not in _PREPARES), next(iter(names), None))


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # Quotes that are not closed.
        return []


def _simple_commands(command: str) -> Iterator[list[str]]:
    """The words of each command of a list or a pipe."""
    lexer = shlex.shlex(command[:_MOST_CHARS], posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        for word in islice(lexer, _MOST_WORDS):
            if _OPERATOR.fullmatch(word):
                yield words
                words = []
            else:
                words.append(word)
    except ValueError:
        return
    yield words


def _name(words: Sequence[str]) -> str | None:
    """Of one command's words the program's name, without what only starts it."""
    place = 0
    while place < len(words):
        word = words[place].rpartition("/")[2]
        if word in _WRAPPERS or _NO_PROGRAM.fullmatch(words[place]):
            place += 1
        elif (word, *words[place + 1 : place + 2]) in _RUNNERS:
            place += 2
        else:
            return word if _PROGRAM.fullmatch(word) else None
    return None
