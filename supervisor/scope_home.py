"""Where a scope's temp files and its ledger lie, and what dead scopes have left there."""

import os
import secrets
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import anyio

from supervisor.containment.ledger import Ledger, Page
from supervisor.errors import StateError
from supervisor.events import Member
from supervisor.scratch.removal import remove_tree
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.sweep import find_dead, sweep
from supervisor.threads import run_in_thread

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PAUSES_S = (0.0, 0.05, 0.5)
"""Before each attempt to remove something: who writes there is often about to end."""


def default_base(environ: Mapping[str, str]) -> Path:
    """Where scopes are at home that are not told another place; private, with a short path."""
    temp = Path(environ.get("TMPDIR") or "/tmp")  # noqa: S108 - ours alone, and verified
    return temp / f"supervise-scopes-{os.geteuid()}"


def end_leftovers(base: Path) -> tuple[Member, ...]:
    """End what dead scopes have left running, remove what they have left on disk.

    A scope is dead when its lock is free, which the kernel sees to, however its program died.

    Raises:
        StateError: the base is not safe to use.
    """
    ended: list[Member] = []

    def end(scope_id: str) -> bool:
        ledger = _ledger(base, scope_id)
        ended.extend(ledger.recover())
        return ledger.noted() is None

    sweep(base, end=end)
    return tuple(ended)


def find_leftovers(base: Path) -> tuple[Member, ...]:
    """Who would be ended; nobody is touched.

    Raises:
        StateError: the base is not safe to use.
    """
    ledgers = [_ledger(base, dead.run) for dead in find_dead(base)]
    return tuple(member for ledger in ledgers for member in ledger.leftovers())


class ScopeHome:
    """A scope's own directory below the base, its lock and its ledger; made when first needed."""

    def __init__(self, base: Path, cookie: str) -> None:
        self._base = base.absolute()
        self._cookie = cookie
        self._id = cookie[:16]
        self._scratch: Scratch | None = None
        self._opening = anyio.Lock()
        self.ledger = _ledger(self._base, self._id)

    async def open(self) -> Path:
        """The directory, with the scope's lock held.

        Raises:
            StateError: it cannot be made.
        """
        async with self._opening:
            return await run_in_thread(self._open)

    def _open(self) -> Path:
        if self._scratch is None:
            self._scratch = Scratch.open(self._base, self._id)
        return self._scratch.path

    async def note_processes(self) -> None:
        """Note on disk what our processes will be known by, before the first is started.

        Raises:
            StateError: the disk does not take it.
        """
        path = await self.open()
        try:
            await run_in_thread(self.ledger.record, Page(self._cookie))
        except OSError as error:
            raise StateError(f"{path}: a scope's ledger cannot be kept: {error}") from error

    async def close(self, *, empty: bool) -> None:
        """Remove the directory and whatever is in it, then give the lock back.

        ``empty``: no process of ours is left. Else the next scope here has to find them.

        Raises:
            StateError: something cannot be removed; the next scope here tries again.
        """
        if self._scratch is None:
            return
        if empty:
            await run_in_thread(self.ledger.clear)
        removal = await run_in_thread(partial(self._scratch.remove, keep_lock=not empty))
        if removal.left:
            raise _left(self._scratch.path, removal.left)

    async def create(self, name: str, content: bytes | None) -> Path:
        """A new file with this content, 0600, or without any a directory, 0700.

        Raises:
            OSError: it cannot be made; what there is of it goes with the directory.
        """
        return await run_in_thread(_create, await self.open() / name, content)

    async def remove(self, name: str) -> None:
        """Remove a file or a directory of ours, if it is there.

        Raises:
            StateError: it cannot be removed, not at the third attempt either.
        """
        if self._scratch is not None:
            await run_in_thread(_remove, self._scratch.path, name)


def new_name(suffix: str) -> str:
    """A name that nothing else has."""
    return secrets.token_hex(6) + suffix


def _ledger(base: Path, scope_id: str) -> Ledger:
    return Ledger(base / f"{scope_id}.json")


def _create(path: Path, content: bytes | None) -> Path:
    if content is None:
        path.mkdir(mode=0o700)
        return path
    with open(os.open(path, _NEW, 0o600), "wb") as file:  # noqa: PTH123 - O_EXCL and the mode
        file.write(content)
    return path


def _remove(folder: Path, name: str) -> None:
    left = 0
    for pause_s in _PAUSES_S:
        time.sleep(pause_s)
        fd = os.open(folder, _FOLDER)
        try:
            left = remove_tree(fd, name).left
        finally:
            os.close(fd)
        if not left:
            return
    raise _left(folder / name, left)


def _left(path: Path, count: int) -> StateError:
    return StateError(f"{path}: {count} files and directories could not be removed")
