"""The users' own patterns of output, from the files and strings that a config names."""

import json
from pathlib import Path

from supervisor.analyzer import Grammar, errorformat, problem_matchers
from supervisor.errors import ConfigError
from supervisor.options import Config

_MOST_BYTES = 1 << 20


def users_grammars(config: Config) -> tuple[Grammar, ...]:
    """Grammars of everything that the config's ``[analyzer]`` names, in its order.

    Raises:
        ConfigError: a file cannot be read, or a pattern cannot be used; with every problem.
    """
    grammars: list[Grammar] = []
    problems: list[str] = []
    for path in config.analyzer.problem_matchers:
        try:
            grammars += problem_matchers(_read(path))
        except (OSError, ValueError, RecursionError) as error:
            problems.append(f"{path}: not problem matchers that can be used: {error}")
    for name, strings in config.analyzer.errorformat.items():
        try:
            grammars.append(errorformat(name, strings))
        except ValueError as error:
            problems.append(f"{config.path}: analyzer.errorformat.{name}: {error}")
    if problems:
        raise ConfigError(problems)
    return tuple(grammars)


def _read(path: Path) -> object:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError("longer than 1 MiB")
    return json.loads(content)
