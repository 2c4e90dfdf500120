"""One process of a scope, from the request to the proof that its set is empty."""

import os
import secrets
import time
from contextlib import ExitStack
from errno import ENOENT
from pathlib import Path
from typing import Unpack

import anyio

from supervisor.containment.child import Program
from supervisor.containment.client import Leader
from supervisor.containment.guardian import COOKIE_VARIABLE
from supervisor.endings import Stopped, StopReason
from supervisor.errors import CommandNotExecutableError, CommandNotFoundError
from supervisor.health.preflight import check_command
from supervisor.scope_guard import ScopeGuard
from supervisor.scope_output import KeptOutput, Pipe, drain, feed
from supervisor.scope_stack import Tracked
from supervisor.scope_values import CommandOptions, Finished

KEEP_BYTES = 1 << 20
_DRAIN_S = 2.0
"""How long the pipes are read after the set is empty: who holds them then is no process of ours."""


class Plan:
    """What is to be started; everything that can be known to fail has been checked."""

    def __init__(
        self, argv: tuple[str, ...], cookie: str, **options: Unpack[CommandOptions]
    ) -> None:
        """Look the program up.

        Raises:
            OSError: the working directory cannot be used.
            CommandNotFoundError: there is no such program.
            CommandNotExecutableError: it is there and cannot be executed.
            ValueError: a word or a variable has a NUL in it.
        """
        cwd = Path(options.get("cwd", ".")).absolute()
        os.close(os.open(f"{cwd}/.", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        env = dict(options.get("env", os.environ))
        if any("\0" in word for word in (*argv, *env, *env.values())):
            raise ValueError("a command's words and its environment hold no NUL")
        path = check_command(argv, cwd, env.get("PATH", os.defpath))
        self.spawn_id = secrets.token_hex(8)
        outer = os.environ.get(COOKIE_VARIABLE)
        marks = [*([outer] if outer else []), cookie, self.spawn_id]
        env[COOKIE_VARIABLE] = ":".join(marks)
        self.program = Program(path=path, argv=argv, env=env, cwd=str(cwd))
        self.options = options


class Process:
    """A process that runs in the background. Its set ends with it, and with the scope at last."""

    def __init__(self, guard: ScopeGuard, plan: Plan, grace_s: float) -> None:
        self.argv = tuple(plan.program.argv)
        self.pid = 0
        """As the host sees it."""
        self._guard = guard
        self._plan = plan
        self._grace_s = grace_s
        keep_bytes = plan.options.get("keep_bytes", KEEP_BYTES)
        self._kept = KeptOutput(keep_bytes), KeptOutput(keep_bytes)
        self._pipes: dict[int, Pipe] = {}
        self._leader: Leader | None = None
        self._begun = time.monotonic()
        self._over = anyio.Event()
        """It has ended, or is to be."""
        self._stopped = False
        self.reason: StopReason = "operator"
        """Why it is stopped, if it is."""
        self.begun = anyio.Event()
        self.failure: Exception | None = None
        """Why it could not be started."""
        self._gone = anyio.Event()
        self._finished: Finished | None = None
        self.tracked: Tracked | None = None
        """How the scope holds it."""

    @property
    def stdout(self) -> bytes:
        """What it has printed so far, as far as that is kept."""
        return self._kept[0].read()

    @property
    def stderr(self) -> bytes:
        """The same of its stderr."""
        return self._kept[1].read()

    @property
    def finished(self) -> Finished | None:
        """How it went; None: it runs."""
        return self._finished

    async def wait(self) -> Finished:
        """How it went, once it has ended and nothing that it started is left.

        Cancelled, it goes on.
        """
        await self._gone.wait()
        assert self._finished is not None  # noqa: S101 - set before the event is
        return self._finished

    async def stop(self, grace_s: float | None = None) -> Finished:
        """TERM to its whole set, KILL after the grace, the scope's by default; how it went.

        Raises:
            TimeoutError: even the kernel's kill has not ended it in time.
        """
        assert self.tracked is not None  # noqa: S101 - nobody has it before it is tracked
        if grace_s is not None:
            self.tracked.release_s += max(0.0, grace_s - self._grace_s)
            self._grace_s = grace_s
        await self.tracked.release()
        return await self.wait()

    async def signal(self, signum: int) -> None:
        """Send one signal to it alone, and never to another that has got its pid since.

        Raises:
            GuardianError: the scope's guardian has died.
        """
        if self._leader is not None and not self._gone.is_set():
            await self._guard.signal(self._leader, signum)

    async def end(self) -> None:
        """Be stopped; for the scope that holds it. Returns when it is gone."""
        self._stopped = not self._over.is_set()
        self._over.set()
        await self._gone.wait()

    async def live(self) -> None:
        """Be started and served until nothing is left, for the scope; never to be cancelled.

        ``begun`` is set when it runs or has failed to; nothing is left of one that has.
        """
        with anyio.CancelScope(shield=True):
            try:
                leader = await self._spawn()
            except Exception as error:  # noqa: BLE001 - whoever waits for the start gets it
                self.failure = error
                self._gone.set()
            else:
                self.begun.set()
                await self._attend(leader)
                self._finish(leader)
            self.begun.set()
            assert self.tracked is not None  # noqa: S101 - before it is started
            self.tracked.forget()

    async def _spawn(self) -> Leader:
        try:
            with ExitStack() as lent, ExitStack() as pipes:
                fds = self._open_streams(lent, pipes)
                leader = await self._guard.spawn(self._plan.spawn_id, self._plan.program, fds)
                self._leader, self.pid = leader, leader.pid
                for pipe in self._pipes.values():
                    pipe.close_theirs()
                pipes.pop_all()
        except OSError as error:
            raise self._explain(error) from error
        return leader

    def _open_streams(self, lent: ExitStack, pipes: ExitStack) -> list[int]:
        """Descriptors for the program: pipes to us, or what it was given."""
        options = self._plan.options
        fds = []
        if "stdin" in options:
            fds.append(self._open_pipe(0, pipes))
        else:
            fds.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
            lent.callback(os.close, fds[0])
        for number, given in (1, options.get("stdout")), (2, options.get("stderr")):
            if given is None:
                fds.append(self._open_pipe(number, pipes))
            else:
                fds.append(given if isinstance(given, int) else given.fileno())
        return fds

    def _open_pipe(self, number: int, pipes: ExitStack) -> int:
        pipe = self._pipes[number] = Pipe(we_read=number != 0)
        pipes.callback(pipe.close)
        return pipe.theirs

    def _explain(self, error: OSError) -> Exception:
        if error.filename != self._plan.program.path:
            return error
        kind = CommandNotFoundError if error.errno == ENOENT else CommandNotExecutableError
        return kind(f"{error.filename}: {error.strerror}")

    async def _attend(self, leader: Leader) -> None:
        async with anyio.create_task_group() as streams:
            for number, pipe in self._pipes.items():
                if number == 0:
                    streams.start_soon(feed, pipe, self._plan.options["stdin"])
                else:
                    streams.start_soon(drain, pipe, self._kept[number - 1])
            streams.start_soon(self._heed, leader)
            await self._over.wait()
            await self._guard.stop(leader, self._grace_s)
            streams.cancel_scope.deadline = anyio.current_time() + _DRAIN_S
        for pipe in self._pipes.values():
            pipe.close()

    async def _heed(self, leader: Leader) -> None:
        await leader.ended.wait()
        self._over.set()

    def _finish(self, leader: Leader) -> None:
        ending = Stopped(self.reason) if self._stopped else leader.ending
        self._finished = Finished(
            argv=self.argv,
            ending=ending,
            stdout=self.stdout,
            stderr=self.stderr,
            dropped_bytes=sum(kept.dropped_bytes for kept in self._kept),
            wall_s=time.monotonic() - self._begun,
        )
        self._gone.set()
