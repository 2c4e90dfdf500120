"""Being a subreaper for a moment, in a program that has children of its own.

A guardian in a namespace begins as an orphan and must come to us. Afterwards other people's
orphans must not: nobody would wait for them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from supervisor.containment import linux

_lock = threading.Lock()
_holders: list[object] = []
_before: list[bool] = []


@contextmanager
def adopting() -> Iterator[None]:
    """Take in orphans for as long as this block, or another of any thread's, lasts."""
    holder = object()
    with _lock, suppress(OSError):  # Then the guardian is refused it, too, and says so.
        if not _holders:
            _before[:] = [linux.is_subreaper()]
        linux.set_subreaper(on=True)
        _holders.append(holder)
    try:
        yield
    finally:
        with _lock, suppress(OSError, ValueError):
            _holders.remove(holder)
            if not _holders:
                linux.set_subreaper(on=_before[0])
