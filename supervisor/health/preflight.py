"""What can be known to fail before anything is started."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from supervisor.errors import CommandNotExecutableError, CommandNotFoundError, ConfigError

_FIRST_LINE_BYTES = 256
"""What Linux reads of a script to find its interpreter (BINPRM_BUF_SIZE)."""


def check_command(argv: Sequence[str], cwd: Path, env_path: str) -> str:
    """Absolute path of the program that ``argv`` names, looked up as execvp(3) does in ``cwd``.

    Raises:
        ConfigError: ``cwd`` is no directory that we can enter.
        CommandNotFoundError: no such file, or nothing of this name in ``env_path``.
        CommandNotExecutableError: it is there and cannot be executed.
    """
    _check_cwd(cwd)
    places = list(_places(argv[0], cwd, env_path))
    found = [place for place in places if os.access(place, os.F_OK)]
    for place in found:
        if not _refusal(place):
            _check_interpreter(place, cwd)
            return str(place)
    if found:
        raise CommandNotExecutableError(f"{found[0]}: {_refusal(found[0])}")
    if "/" in argv[0]:
        raise CommandNotFoundError(f"{places[0]}: no such file; correct the path of the command")
    raise CommandNotFoundError(
        f"{argv[0]}: not found in PATH ({env_path}); install it or give the command's full path"
    )


def _check_cwd(cwd: Path) -> None:
    if not os.access(cwd, os.F_OK):
        problem = "does not exist"
    elif not cwd.is_dir():
        problem = "is not a directory"
    elif not os.access(cwd, os.X_OK):
        problem = "may not be entered by us"
    else:
        return
    raise ConfigError([f"autopilot.cwd: {cwd} {problem}; name a directory to work in"])


def _places(program: str, cwd: Path, env_path: str) -> Iterator[Path]:
    """Files that the kernel would try; an empty part of PATH is the working directory."""
    if "/" in program:
        yield cwd / program
        return
    for folder in env_path.split(":"):
        yield cwd / folder / program


def _refusal(place: Path) -> str | None:
    """Why the file cannot be executed, and what to do about it."""
    if stat.S_ISDIR(place.stat().st_mode):
        return "is a directory; name the program inside"
    if not os.access(place, os.X_OK):
        return f"may not be executed; chmod +x {place}"
    return None


def _check_interpreter(place: Path, cwd: Path) -> None:
    """Execution of a script whose interpreter is missing fails as if the script were missing."""
    try:
        with place.open("rb") as file:
            first_line = file.read(_FIRST_LINE_BYTES).partition(b"\n")[0]
    except OSError:  # Executable and not readable is allowed.
        return
    if not first_line.startswith(b"#!"):
        return
    # Only spaces and tabs end the name: the carriage return of a DOS file is part of it.
    interpreter = os.fsdecode(first_line[2:].replace(b"\t", b" ").strip(b" ").split(b" ")[0])
    if not os.access(cwd / interpreter, os.F_OK):
        raise CommandNotExecutableError(
            f"{place}: its interpreter {interpreter!r} does not exist;"
            " install it or correct the first line"
        )
