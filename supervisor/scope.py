"""An async scope for those who embed us: what is begun in it ends with it, whatever happens."""

import logging
import math
import os
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, Unpack

import anyio
from anyio.abc import TaskGroup

from supervisor.scope_guard import ScopeGuard, Tier
from supervisor.scope_home import ScopeHome, default_base, end_leftovers, new_name
from supervisor.scope_pool import Argv, Pool
from supervisor.scope_process import Plan, Process
from supervisor.scope_stack import Stack, Tracked, call, close, name_of
from supervisor.scope_values import (
    Allowances,
    CommandFailedError,
    CommandOptions,
    CommandTimedOutError,
    Finished,
    Kind,
    LeftoversEnded,
    NotReleased,
    NotReleasedError,
    ScopeEvent,
)
from supervisor.threads import run_in_thread

_GRACE_S = 5.0
_KILL_S = 35.0
"""Longest that the end of a process may take beyond its grace."""
_S = TypeVar("_S")
_log = logging.getLogger("supervisor.scope")


def _log_event(event: ScopeEvent) -> None:
    _log.warning("%s", event)


class Scope:
    """Processes, temp files, listeners and streams that end with a block, newest first.

    ``async with Scope() as scope`` works under asyncio and trio. The block's end, its error and its
    cancellation release everything; no release keeps the others from theirs, and each has
    ``grace_s``, after which it is cancelled, or a process killed. A cancellation waits for that.

    The block's own error stays what it is: releases that failed are notes on it. Where there is no
    error, or only a cancellation, they are raised as ``NotReleasedError``. Each is an event, too.
    """

    def __init__(
        self,
        *,
        grace_s: float = _GRACE_S,
        allowances: Allowances = Allowances(),  # noqa: B008 - frozen
        on_event: Callable[[ScopeEvent], object] = _log_event,
        base: Path | None = None,
        tier: Tier = "auto",
    ) -> None:
        """Nothing is begun yet.

        ``grace_s`` is what a process has between TERM and KILL, and what each other release may
        take. ``on_event`` hears of leaks and of failed releases; by default they are warnings of
        the logger ``supervisor.scope``. ``base`` is a private folder, the same one at each start of
        a program; by default one in $TMPDIR. ``tier`` says how processes are held; ``auto`` takes
        the strongest that works.
        """
        self._grace_s = grace_s
        self._tell = on_event
        self._base = default_base(os.environ) if base is None else base
        self._tier: Tier = tier
        self._cookie = secrets.token_hex(16)
        self._stack = Stack(allowances, grace_s, on_event)

    async def __aenter__(self) -> Self:
        """End what scopes have left whose programs were killed, then begin.

        Raises:
            StateError: ``base`` is not safe to use.
        """
        if self._base.exists():
            await self._end_leftovers()
        self._home = ScopeHome(self._base, self._cookie)
        self._tasks: TaskGroup = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._guard = ScopeGuard(self._home, self._cookie, self._tier, self._tasks)
        return self

    async def _end_leftovers(self) -> None:
        members = await run_in_thread(end_leftovers, self._base)
        if members:
            self._tell(LeftoversEnded(members))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release everything; see the class for what is raised."""
        cancelled = anyio.get_cancelled_exc_class()
        # In a task of its own, which nobody can cancel, not by asyncio's own means either.
        self._tasks.start_soon(self._close)
        try:
            await self._tasks.__aexit__(None, None, None)
        except cancelled:
            if error is None and not self._stack.failures:
                raise
        failures = self._stack.failures
        if failures and (error is None or isinstance(error, cancelled)):
            for failure in failures:
                failure.error.add_note(str(failure))
            raise NotReleasedError("not released", [failure.error for failure in failures])
        for failure in failures:
            assert error is not None  # noqa: S101 - else they were raised
            error.add_note(str(failure))

    async def _close(self) -> None:
        with anyio.CancelScope(shield=True):
            await self._stack.release_all()
            await self._finish("processes", self._guard.close(self._grace_s))
            await self._finish("directory", self._home.close(empty=self._guard.empty))

    async def _finish(self, name: str, step: Awaitable[None]) -> None:
        try:
            await step
        except Exception as error:  # noqa: BLE001 - whatever it is, the other step goes on
            self._stack.note(NotReleased("scope", name, error))

    @property
    def cookie(self) -> str:
        """128 random bits that every process of this scope carries in ``SUPERVISE_RUN``."""
        return self._cookie

    @property
    def tier(self) -> str | None:
        """What holds the processes; None: there was none yet."""
        return self._guard.tier

    @property
    def guardian_pid(self) -> int | None:
        """The process that starts and ends the others; None: there was none yet."""
        return self._guard.pid

    def count(self, kind: Kind) -> int:
        """How many of one kind the scope holds now."""
        return self._stack.count(kind)

    async def listen(
        self, add: Callable[..., object], remove: Callable[..., object], *arguments: object
    ) -> Tracked:
        """Call ``add(*arguments)`` now and ``remove(*arguments)`` at the end, async or not.

        ``await scope.listen(emitter.on, emitter.remove_listener, "data", callback)``

        Raises:
            LeakError: the scope has as many as it may.
        """
        return await self.on_release(partial(remove, *arguments), begin=partial(add, *arguments))

    async def on_release(
        self,
        release: Callable[[], object],
        *,
        begin: Callable[[], object] | None = None,
        name: str | None = None,
    ) -> Tracked:
        """Have ``release`` called at the end, async or not; for all that has such a function.

        ``begin`` is called now, if the scope may have one more; where it fails, nothing is tracked.
        A plain function is called in the event loop and should return at once.

        Raises:
            LeakError: the scope has as many as it may.
        """
        called = name or name_of(getattr(release, "func", release))
        tracked = await self._stack.track("listener", called, partial(call, release))
        if begin is not None:
            try:
                await call(begin)
            except BaseException:
                tracked.forget()
                raise
        return tracked

    async def stream(self, stream: _S) -> _S:
        """Have a socket, a file, a memory stream or its like closed at the end; returns it.

        It is closed by its ``aclose``, else by its ``close``. Where the scope does not take it, it
        is closed at once.

        Raises:
            LeakError: the scope has as many as it may.
        """
        try:
            await self._stack.track("stream", name_of(stream), partial(close, stream))
        except BaseException:
            with anyio.move_on_after(self._grace_s, shield=True):
                await close(stream)
            raise
        return stream

    async def file(self, content: bytes = b"", *, suffix: str = "") -> Path:
        """A new temp file, readable and writable by us alone, removed at the end.

        Raises:
            LeakError: the scope has as many as it may.
            StateError: there is no place for temp files.
            OSError: the file cannot be made or written.
        """
        return await self._create(new_name(suffix), content)

    async def directory(self, *, suffix: str = "") -> Path:
        """A new temp directory of the same kind, removed with whatever is in it.

        Raises:
            LeakError: the scope has as many as it may.
            StateError: there is no place for temp files.
            OSError: the directory cannot be made.
        """
        return await self._create(new_name(suffix), None)

    async def _create(self, name: str, content: bytes | None) -> Path:
        tracked = await self._stack.track("file", name, partial(self._home.remove, name))
        try:
            return await self._home.create(name, content)
        except Exception:
            tracked.forget()  # What there may be of it goes with the directory.
            raise

    async def start(self, argv: Argv, **options: Unpack[CommandOptions]) -> Process:
        """Start a process; with it, at the latest with the scope, its whole set ends.

        The set is whatever it starts, daemons and those who ignore TERM included.

        Raises:
            CommandNotFoundError: there is no such program.
            CommandNotExecutableError: it is there and cannot be executed.
            LeakError: the scope has as many processes as it may.
            GuardianError: nothing can be started here, or the guardian has died.
            OSError: another step failed; ``filename`` names it.
        """
        plan = Plan(tuple(os.fspath(word) for word in argv), self._cookie, **options)
        process = Process(self._guard, plan, self._grace_s)
        tracked = await self._stack.track("process", " ".join(process.argv)[:200], process.end)
        tracked.release_s = self._grace_s + _KILL_S
        process.tracked = tracked
        # In a task of its own: else asyncio's cancel() would lose what is between fork and exec.
        self._tasks.start_soon(process.live)
        try:
            await process.begun.wait()
        except BaseException:
            await tracked.release()
            raise
        if process.failure is not None:
            raise process.failure
        return process

    async def run(
        self,
        argv: Argv,
        *,
        timeout_s: float = math.inf,
        check: bool = False,
        **options: Unpack[CommandOptions],
    ) -> Finished:
        """Run a command to its end: exit code or signal, stdout and stderr.

        Nothing that it has started is left then. Cancelled, it is stopped first.

        Raises:
            CommandTimedOutError: it ran longer than ``timeout_s`` and was stopped.
            CommandFailedError: with ``check``, it did not exit with 0.
            SupervisorError: as ``start`` does.
        """
        process = await self.start(argv, **options)
        try:
            with anyio.move_on_after(timeout_s) as clock:
                await process.wait()
            if clock.cancelled_caught:
                process.reason = "wall"
        finally:
            finished = await process.stop()
        if clock.cancelled_caught:
            raise CommandTimedOutError(finished)
        if check and finished.code != 0:
            raise CommandFailedError(finished)
        return finished

    def pool(self, size: int) -> Pool:
        """A pool of ``size`` slots: no more commands of its ``run`` go on at once."""
        return Pool(size, self.run)
