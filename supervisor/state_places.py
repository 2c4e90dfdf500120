"""Where the state of a config is kept."""

import hashlib
import os
import pwd
import re
from collections.abc import Mapping
from pathlib import Path

from supervisor.errors import StateError


def state_home(environ: Mapping[str, str]) -> Path:
    """Directory that holds the state directories of all configs.

    Raises:
        StateError: ``environ`` names no home, and the user has none.
    """
    base = Path(environ.get("XDG_STATE_HOME", ""))
    # A relative one is to be ignored. Source: XDG Base Directory Specification.
    return (base if base.is_absolute() else _home(environ) / ".local" / "state") / "supervise"


def default_state_dir(config_path: Path, environ: Mapping[str, str]) -> Path:
    """Directory for a config's state: one for each real file, whatever leads to it.

    Raises:
        StateError: ``environ`` names no home, and the user has none.
    """
    real = Path(os.path.realpath(config_path))
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:6]
    # Short, because the path of a socket inside must fit into 107 bytes (unix(7)).
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", real.stem)[:32]
    return state_home(environ) / f"{stem}-{digest}"


def _home(environ: Mapping[str, str]) -> Path:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError as error:
        raise StateError("there is no home directory; set state.dir, or HOME") from error


def find_state_dir(config_path: Path, environ: Mapping[str, str]) -> Path | None:
    """The same, of what ``state.dir`` says and nothing else; None: read the config as a whole.

    Who only wants to reach a running supervisor does not wait for the check of every option.
    """
    try:
        text = config_path.read_text(encoding="utf-8-sig")
        named = _read_setting(text) if "state" in text else ""
        if named == "":
            return default_state_dir(config_path, environ)
        return config_path.absolute().parent / Path(named).expanduser()
    except (OSError, ValueError, TypeError, AttributeError, RuntimeError, StateError):
        return None


def _read_setting(text: str) -> str:
    import tomllib  # noqa: PLC0415 - most configs do not say where their state is

    named: str = tomllib.loads(text).get("state", {}).get("dir", "")
    return named
