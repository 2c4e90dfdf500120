"""Directories of a run's tool calls: below the run's own, and gone when their call is over."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import anyio

from supervisor.scratch.removal import make_trash, remove_tree
from supervisor.threads import run_in_thread

_DIGITS = 8
"""Of a call's id; a socket's path in there has 107 bytes."""


class CallDirectories:
    """What the tool calls of one run have for their temporary files, each its own.

    Belongs to the event loop. ``stay``, then ``close``: what is there by then goes with the run.
    """

    def __init__(self, path: Path, fd: int, variables: Iterable[str]) -> None:
        """``path`` is the run's directory, ``fd`` the same as the run sees it, which we close.

        ``variables`` are those of the environment that may name it.
        """
        self._path = path
        self._fd = fd
        self._variables = tuple(variables)
        self._names: set[str] = set()
        self._staying = False
        self._removing = anyio.Lock()

    def make(self, call_id: str) -> Path | None:
        """A new directory for a call; None where none can be had, such as on a full disk."""
        name = call_id[:_DIGITS]
        try:
            os.mkdir(name, mode=0o700, dir_fd=self._fd)
            make_trash(self._fd, name)
        except OSError:
            return None
        self._names.add(name)
        return self._path / name

    async def remove(self, directory: Path) -> None:
        """Remove a directory that ``make`` made, with everything in it; never follows a link."""
        self._names.discard(directory.name)
        async with self._removing:
            if not self._staying:
                await run_in_thread(remove_tree, self._fd, directory.name)

    def stay(self) -> None:
        """From now on nothing is removed, so that what failed can be looked at."""
        self._staying = True

    async def close(self) -> None:
        """Return when no removal is under way; after this nothing is made."""
        self._staying = True
        async with self._removing:
            os.close(self._fd)
            self._fd = -1

    def env(self, callers: Mapping[str, str], directory: Path) -> dict[str, str]:
        """The caller's environment, with ``directory`` where it names the run's or another call's.

        What else a variable says is the caller's own choice and stays.
        """
        shared = {str(self._path), *(str(self._path / name) for name in self._names)}
        ours = [
            name for name in self._variables if os.path.normpath(callers.get(name, "")) in shared
        ]
        return {**callers, **dict.fromkeys(ours, str(directory))}
