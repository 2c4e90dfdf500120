"""What a command is called by."""

import re
from collections.abc import Sequence
from pathlib import PurePath

_INTERPRETER = re.compile(r"(?:python|pypy)[\d.]*")
_RUNNERS = {
    ("uv", "run"),
    ("poetry", "run"),
    ("pdm", "run"),
    ("pipx", "run"),
    ("pnpm", "exec"),
    ("pnpm", "dlx"),
    ("npm", "exec"),
}
_ONLY_RUN = {"npx", "bunx", "uvx"}
"""Programs that run another one."""


def tool_of(argv: Sequence[str]) -> str:
    """The name of the tool that a command runs, whoever runs it.

    >>> tool_of(["/venv/bin/pytest", "-q"]), tool_of(["python3.12", "-m", "pytest"])
    ('pytest', 'pytest')
    >>> tool_of(["uv", "run", "ruff", "check"]), tool_of(["uv", "sync"])
    ('ruff', 'uv')
    """
    name = PurePath(argv[0]).name
    if _INTERPRETER.fullmatch(name) and "-m" in argv[1:-1]:
        return argv[argv.index("-m") + 1]
    words = list(argv[1:])
    if (name, *words[:1]) in _RUNNERS:
        del words[0]
    elif name not in _ONLY_RUN:
        return name
    return next((PurePath(word).name for word in words if not word.startswith("-")), name)
