"""``autopilot.toml``: read once, checked once, trusted after."""

from collections.abc import Mapping
from pathlib import Path

import tomli

from supervisor.errors import ConfigError, NoInputError
from supervisor.option_kinds import FaultsError
from supervisor.option_tables import options_of
from supervisor.options import Config, tables, validate
from supervisor.state_places import default_state_dir

_MOST_BYTES = 1 << 20


def load(path: Path) -> Config:
    """Read and check the config at ``path``.

    Raises:
        NoInputError: it is missing, unreadable, too long, or not UTF-8.
        ConfigError: it is not TOML or asks for what cannot be; with every problem and its place.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise NoInputError(f"{path}: no such file; copy a preset from configs/") from None
    except IsADirectoryError:
        raise NoInputError(f"{path}: is a directory; name the file in it") from None
    except OSError as error:
        raise NoInputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise NoInputError(f"{path}: longer than 1 MiB, which no config is; name the right file")
    try:
        return read(content.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NoInputError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from error


def read(text: str, path: Path) -> Config:
    """Check ``text`` as the config at ``path``, which gives relative paths their start.

    Raises:
        ConfigError: it is not TOML or asks for what cannot be; with every problem and its place.
    """
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        at = f"{path}:{error.lineno}:{error.colno}"
        raise ConfigError([f"{at}: not TOML: {error.msg}"]) from error
    except (ValueError, RecursionError) as error:  # A number or a nesting beyond all reason.
        raise ConfigError([f"{path}:1:1: not TOML that can be read: {error}"]) from error
    try:
        return validate(document, path)
    except FaultsError as error:
        # Imported here, because every start would pay for what few need.
        from supervisor.config_problems import explain  # noqa: PLC0415

        options = [f"{table}.{name}" for table, of in tables().items() for name in options_of(of)]
        problems = explain(error.faults, text, options)
        raise ConfigError([f"{path}:{problem}" for problem in problems]) from error


def state_dir(config: Config, environ: Mapping[str, str]) -> Path:
    """Where a config's files are kept.

    Raises:
        StateError: neither the config nor ``environ`` leads to a directory.
    """
    return config.state.dir or default_state_dir(config.path, environ)
