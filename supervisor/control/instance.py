"""One supervisor for each config."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from supervisor.errors import BusyError, StateError

_PAGE_BYTES = 4096
_SIGN_S = 1.0


@contextmanager
def hold_instance(lock: Path, config: Path) -> Iterator[None]:
    """Be the one supervisor of ``config`` for as long as the block lasts.

    The kernel releases the lock when we die, however that happens, so it is never stale; its
    file stays and names the holder.

    Raises:
        BusyError: another process holds it; the message names its pid.
        StateError: the lock's file cannot be made.
    """
    fd = _open(lock)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"{config} is already supervised by {_holder(fd)};"
                f" stop that one first: supervise stop {config}"
            ) from None
        _sign(fd)
        yield
    finally:
        os.close(fd)


def _open(lock: Path) -> int:
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateError(
            f"{lock}: cannot be made: {error.strerror};"
            " make its directory writable or set state.dir to another"
        ) from error


def _sign(fd: int) -> None:
    page = {"pid": os.getpid(), "started": time.strftime("%Y-%m-%dT%H:%M:%S%z")}
    os.ftruncate(fd, 0)
    os.pwrite(fd, json.dumps(page).encode(), 0)


def _holder(fd: int) -> str:
    """Who has the lock; a holder that has not signed yet is given a moment."""
    deadline = time.monotonic() + _SIGN_S
    while True:
        try:
            page = json.loads(os.pread(fd, _PAGE_BYTES, 0))
            return f"pid {page['pid']} since {page['started']}"
        except (ValueError, KeyError, TypeError):
            if time.monotonic() > deadline:
                return "another process"
        time.sleep(_SIGN_S / 50)
