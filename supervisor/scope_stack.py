"""What a scope holds, in the order in which it came, and how it is released in the reverse one."""

import inspect
import io
import socket
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from supervisor.scope_values import (
    Allowances,
    Kind,
    Leak,
    LeakError,
    NotReleased,
    ScopeEvent,
)
from supervisor.threads import run_apart

Release = Callable[[], Awaitable[object]]


class Tracked:
    """One thing that a scope releases, unless somebody does so before."""

    def __init__(self, stack: "Stack", kind: Kind, name: str, release: Release) -> None:
        self.kind = kind
        self.name = name
        self.since = time.monotonic()
        self.release_s = stack.release_s
        """Longest that a release may take."""
        self._stack = stack
        self._release = release
        self._begun = False
        self._over = anyio.Event()

    async def release(self) -> None:
        """Release it now; returns when that is over. Further calls only wait for that.

        A cancellation waits until it is over, which takes at most ``release_s``; only asyncio's own
        cancel() of the task that asks for it interrupts it.

        Raises:
            TimeoutError: it took too long, and was cancelled.
            Exception: what the release itself raises. In either case it is not tried again.
        """
        if self._begun:
            await self._over.wait()
            return
        self._begun = True
        try:
            with anyio.CancelScope(shield=True):
                await self._release_in_time()
        finally:
            self.forget()

    async def _release_in_time(self) -> None:
        with anyio.move_on_after(self.release_s) as clock:
            await self._release()
        if clock.cancelled_caught:
            raise TimeoutError(f"not released within {self.release_s:g} s")

    def forget(self) -> None:
        """It has been released, or never came to be."""
        self._begun = True
        self._over.set()
        self._stack.drop(self)


class Stack:
    """Everything that a scope holds, oldest first."""

    def __init__(
        self, allowances: Allowances, release_s: float, tell: Callable[[ScopeEvent], object]
    ) -> None:
        self.release_s = release_s
        self._allowances = allowances
        self._tell = tell
        self.failures: list[NotReleased] = []
        """What could not be released without anybody having asked for it."""
        self._tracked: dict[Tracked, None] = {}
        self._alike: defaultdict[Kind, dict[Tracked, None]] = defaultdict(dict)
        self._closed = False

    def count(self, kind: Kind) -> int:
        """How many of one kind there are."""
        return len(self._alike[kind])

    async def track(self, kind: Kind, name: str, release: Release) -> Tracked:
        """Take in one thing before it comes to be; ``release`` must do with one that never did.

        Raises:
            LeakError: there are as many as allowed, and one more is an error.
            ClosedResourceError: the scope has ended.
        """
        await self._make_room(kind)
        if self._closed:
            raise anyio.ClosedResourceError
        tracked = Tracked(self, kind, name, release)
        self._tracked[tracked] = self._alike[kind][tracked] = None
        return tracked

    def drop(self, tracked: Tracked) -> None:
        """Take one out that needs no release any more."""
        self._tracked.pop(tracked, None)
        self._alike[tracked.kind].pop(tracked, None)

    async def _make_room(self, kind: Kind) -> None:
        allowance = self._allowances.of(kind)
        alike = self._alike[kind]
        while len(alike) >= allowance.count:
            oldest = next(iter(alike), None)
            if allowance.action != "warn" or len(alike) == allowance.count:
                leak = Leak(
                    kind=kind,
                    count=len(alike) + 1,
                    allowed=allowance.count,
                    action=allowance.action,
                    oldest="" if oldest is None else oldest.name,
                    oldest_s=0.0 if oldest is None else time.monotonic() - oldest.since,
                )
                self._tell(leak)
                if allowance.action == "error":
                    raise LeakError(leak)
            if allowance.action == "warn" or oldest is None:
                return
            await self._release(oldest)

    async def release_all(self) -> None:
        """Release everything, newest first, whatever fails."""
        while self._tracked:
            await self._release(next(reversed(self._tracked)))
        self._closed = True

    async def _release(self, tracked: Tracked) -> None:
        try:
            await tracked.release()
        except Exception as error:  # noqa: BLE001 - a release may raise anything, and the rest goes on
            self.note(NotReleased(tracked.kind, tracked.name, error))

    def note(self, failure: NotReleased) -> None:
        """Tell of a failure, and keep it for the scope's end."""
        self.failures.append(failure)
        try:
            self._tell(failure)
        except Exception as error:  # noqa: BLE001 - who listens must not keep us from the rest
            self.failures.append(NotReleased("listener", name_of(self._tell), error))


def name_of(thing: object) -> str:
    """What a person recognises a thing by, at most 200 characters.

    >>> name_of(print), name_of(io.StringIO())[:21]
    ('print', '<_io.StringIO object ')
    """
    return str(getattr(thing, "__qualname__", None) or repr(thing))[:200]


async def call(function: Callable[..., object], *arguments: object) -> None:
    """Call a function, plain or async, in the task that asks for it."""
    outcome = function(*arguments)
    if inspect.isawaitable(outcome):
        await outcome


async def close(stream: Any) -> None:
    """Close a stream, whichever way its kind has."""
    if (aclose := getattr(stream, "aclose", None)) is not None:
        await aclose()
    elif isinstance(stream, io.IOBase | socket.socket):
        await run_apart(stream.close)  # It may have to write first, to whoever does not read.
    else:
        await call(stream.close)
