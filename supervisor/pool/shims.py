"""A directory of programs that stand in for tools: first on PATH, each brings its call to the pool.

All are one small script of Python under the tools' names. What it executes has been compiled by us
before, and lies beside it, so that no call compiles or looks for anything.
"""

import marshal
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType

from supervisor.errors import StateError
from supervisor.pool import client
from supervisor.pool.client import SHELL_ENTRY, TOOL_VARIABLE, find_tool

_MOST_FIRST_LINE_BYTES = 127
"""What every kernel reads of it; Linux before 5.1 cut off the rest without a word."""
_PRIVATE = 0o700
_LOOK_EACH_S = 1.0
_PROGRAM, _CODE, _BASH_ENV = ".call", ".client", ".bash_env"


class Shims:
    """The directory, while a run uses it."""

    def __init__(self, folder: Path, tools: Iterable[str]) -> None:
        self._folder = folder
        self._missing = set(tools)
        self._added_s = 0.0

    def add(self, path: str) -> None:
        """Make the shims that are missing of tools in ``path``; the others stay missing.

        Whoever looks for a tool that is not installed, to install it, must not find one.

        Raises:
            OSError: one cannot be made.
        """
        shims = str(self._folder)
        for tool in [tool for tool in self._missing if find_tool(tool, path, shims)]:
            self._missing.discard(tool)
            (self._folder / tool).symlink_to(_PROGRAM)

    def add_installed(self, path: str) -> None:
        """The same after a call that may have installed some, at most once a second."""
        if time.monotonic() - self._added_s >= _LOOK_EACH_S:
            self._added_s = time.monotonic()
            with suppress(OSError):  # A tool is called without a slot, which is all.
                self.add(path)

    def env(self, env: Mapping[str, str]) -> dict[str, str]:
        """What of a program's environment becomes different, so that it finds the shims.

        A variable that holds the shell entry's name, such as an agent's own for the shell that it
        should use, gets its path: bash looks it up with a PATH that is not ours.
        """
        shell = str(self._folder / SHELL_ENTRY)
        named = {name: shell for name, value in env.items() if value == SHELL_ENTRY}
        path = f"{self._folder}:{env.get('PATH', os.defpath)}"
        return {**named, "PATH": path, "BASH_ENV": str(self._folder / _BASH_ENV)}


@contextmanager
def open_shims(
    folder: Path, socket: Path, tools: Iterable[str], env: Mapping[str, str]
) -> Iterator[Shims]:
    """Make the directory anew, for a program that would be started with ``env``; gone afterwards.

    Raises:
        StateError: it cannot be written.
    """
    shims = Shims(folder, tools)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=_PRIVATE)
        (folder / _CODE).write_bytes(marshal.dumps(_compiled()))
        _write(folder / _PROGRAM, _render_program(folder, socket))
        _write(folder / _BASH_ENV, _render_bash_env(folder, env))
        (folder / SHELL_ENTRY).symlink_to(_PROGRAM)
        shims.add(env.get("PATH", os.defpath))
    except OSError as error:
        raise StateError(f"{folder}: cannot keep shims here: {error.strerror}") from error
    try:
        yield shims
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compiled() -> CodeType:
    source = Path(client.__file__).read_bytes()
    return compile(source, client.__file__, "exec", optimize=2)


def _write(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8", errors="surrogateescape")
    place.chmod(_PRIVATE)


def _render_program(folder: Path, socket: Path) -> str:
    """The script that every shim is.

    By its first line the kernel finds the interpreter, if its path is short and without blanks;
    else a shell has to.
    """
    # Not that of our environment, whose settings cost time to be found and say nothing to us.
    python = os.path.realpath(sys.executable)
    scope = {"__name__": client.__name__}
    body = (
        "import marshal, sys\n"
        f"scope = {scope!r}\n"
        f"with open({str(folder / _CODE)!a}, 'rb') as file:\n"
        "    exec(marshal.loads(file.read()), scope)\n"
        f"scope['stand_in']({str(socket)!a}, {str(folder)!a}, sys.argv[WORDS:])\n"
    )
    first_line = f"#!{python} -IS\n"
    if " " not in python and len(os.fsencode(first_line)) <= _MOST_FIRST_LINE_BYTES:
        return first_line + body.replace("WORDS", "0")
    words = ["exec", shlex.quote(python), "-IS", "-c", shlex.quote(body.replace("WORDS", "1"))]
    return f'#!/bin/sh\n{" ".join(words)} "$0" "$@"\n'


def _render_bash_env(folder: Path, env: Mapping[str, str]) -> str:
    """What bash reads before a script or a command line, ``bash -lc`` last: our PATH once more.

    The user's own such file comes first; bash expands its name as if it stood in double quotes.
    Below a tool there are no shims. Nothing of ours is traced by ``bash -x``.
    Source: run_startup_files in bash's shell.c.
    """
    ours = "'" + str(folder).replace("'", "'\\''") + "'"
    users = shlex.quote(env.get("BASH_ENV", ""))
    name = "SUPERVISE_USERS_BASH_ENV"
    source = (
        f'{{ {name}={users}; eval "{name}=\\"${name}\\""; }} 2>/dev/null\n'
        f'if [ -r "${name}" ]; then . "${name}"; fi\n'
        f"unset {name}\n"
    )
    first = (
        f"{{ case ${{{TOOL_VARIABLE}-}}:${{PATH-}} in (1:*|:{ours}:*) ;;"
        f" (*) PATH=${{PATH-}}; PATH={ours}:${{PATH//:{ours}/}} ;; esac; }} 2>/dev/null\n"
    )
    return (source if env.get("BASH_ENV") else "") + first
