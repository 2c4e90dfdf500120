"""Tool calls that come in over a Unix socket: they wait for a slot, run, and hear how it went."""

import os
import resource
import secrets
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from errno import ENOENT
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2
from typing import Any, assert_never

import anyio
from anyio.abc import TaskStatus

from supervisor.accepting import accept_next
from supervisor.endings import (
    CallEnding,
    CallStopped,
    CallStopReason,
    Exited,
    Lost,
    NotStarted,
    Signaled,
)
from supervisor.errors import ExitCode, SupervisorError
from supervisor.pool.slots import Slots, Waiting
from supervisor.tool_names import tool_of
from supervisor.units import render_seconds
from supervisor.unix_sockets import listening, peer_pid
from supervisor.wire import Channel, Packet, WireError

SLOT_VARIABLE = "SUPERVISE_SLOT"
"""In the environment of a call and of everything below it: the slot that they share."""

_WHY: dict[CallStopReason, str] = {
    "wall": "it took too long (pool.wall)",
    "idle": "it did nothing for too long (pool.idle)",
    "memory": "it took too much memory (pool.memory)",
    "output": "it printed too much (pool.output)",
    "scratch": "it filled the scratch directory (scratch.quota)",
    "caller": "who called it is gone",
}
_MOST_CLIENTS = 1000
_TIME_LIMIT_S = 10.0
_STREAMS = 3
"""Descriptors that nearly every call comes with."""
_MOST_FD = 1 << 16
_FATAL = (SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2)
"""What ends a program that does not heed it."""
_RUNNING_FDS = 12
"""What a call that runs takes beside what its caller has handed over."""
_OTHER_FDS = 256
"""Descriptors that the rest of the supervisor needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One tool call that is to be run."""

    call_id: str
    caller: int
    """Pid of the client that asks for it; it may have ended."""
    argv: tuple[str, ...]
    path: str
    """What is to be executed, as the caller's eyes see it."""
    cwd: str
    env: Mapping[str, str]
    """The caller's, with the slot in it."""
    fds: tuple[int, ...]
    """What the caller has open; ours for as long as the call is being run."""
    streams: tuple[int, ...]
    """The number that each of them has at the caller's; of 0 to 2 those that are missing are closed
    there."""
    tool: str
    nested: bool
    """It shares the slot of a call above it, whose output its own is part of."""
    waited_s: float = 0.0
    """In the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """How calls are run. Whoever starts processes fills this in."""

    run: Callable[[CallRequest], Awaitable[CallEnding]]
    """Start the call and return when it has ended. Cancelled when the caller has died: then it
    ends what it started before it returns. A SupervisorError is told to the caller."""
    signal: Callable[[str, int], Awaitable[None]]
    """Send a signal to the call with this id."""
    slot_above: Callable[[int], str] = lambda _: ""
    """The slot of the call in whose tree a process is; "": it is in none's."""


async def serve_calls(
    path: Path,
    slots: Slots,
    wait_s: float,
    calls: Calls,
    *,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """Run the calls that come in at ``path`` until cancelled; reports as started when it listens.

    A call waits at most ``wait_s`` for its slot, which is not part of its run time. A call from
    below a call that runs needs no slot, else parents would wait for children that wait for them.
    At most 1000 callers are heard at once, fewer under a low RLIMIT_NOFILE; more wait.

    Raises:
        StateError: the socket cannot be made.
    """
    with listening(path) as listener:
        task_status.started()
        free = anyio.Semaphore(_most_clients(slots.size))

        async def converse(connection: socket.socket) -> None:
            caller = _Caller(connection, slots, wait_s, calls)
            try:
                await caller.attend()
            finally:
                caller.close()
                free.release()

        async with anyio.create_task_group() as tasks:
            while True:
                await free.acquire()
                tasks.start_soon(converse, await accept_next(listener))


def _most_clients(size: int) -> int:
    """How many callers can be heard with the descriptors that we may hold, if so many run."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return _MOST_CLIENTS
    others = _OTHER_FDS + size * _RUNNING_FDS
    return max(1, min(_MOST_CLIENTS, (limit - others) // (1 + _STREAMS)))


class _Caller:
    """One connection: one call, from its request to its ending."""

    def __init__(self, sock: socket.socket, slots: Slots, wait_s: float, calls: Calls) -> None:
        self._caller = peer_pid(sock)
        self._channel = Channel(sock)
        self._slots = slots
        self._wait_s = wait_s
        self._calls = calls
        self._call_id = secrets.token_hex(8)
        self._packets: deque[Packet] = deque()
        self._begun = False

    async def attend(self) -> None:
        """Serve the call; a caller that dies or talks nonsense is dropped, and its call ended."""
        try:
            with anyio.fail_after(_TIME_LIMIT_S):
                first = await self._receive()
        except (OSError, EOFError, WireError, TimeoutError):
            return
        try:
            request = _read_request(first, self._caller, self._call_id, self._find_slot)
        except WireError as error:
            await self._tell({"code": ExitCode.BUG, "problem": str(error)})
            _close_all(first.fds)
            return
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._heed, tasks.cancel_scope)
                await self._tell(await self._perform(request))
                tasks.cancel_scope.cancel()
        finally:
            _close_all(request.fds)

    def close(self) -> None:
        """Hang up; descriptors that came and were not used are closed."""
        for packet in self._packets:
            _close_all(packet.fds)
        self._channel.close()

    def _find_slot(self, named: str) -> str | None:
        """The slot of the call that the caller belongs to; None: it belongs to none.

        It is in the environment, or where a tool has emptied that, known by who the caller is.
        """
        slots = (named, self._calls.slot_above(self._caller))
        return next((slot for slot in slots if self._slots.holds(slot)), None)

    async def _receive(self) -> Packet:
        while not self._packets:
            await anyio.wait_readable(self._channel)
            self._packets += self._channel.receive()
        return self._packets.popleft()

    async def _heed(self, scope: anyio.CancelScope) -> None:
        """Pass signals on; the end of the connection is the end of the call.

        In the queue they do to the caller what they would do to a tool that has just begun.
        """
        with suppress(OSError, EOFError, WireError):
            while True:
                packet = await self._receive()
                _close_all(packet.fds)
                if type(signum := packet.message.get("signal")) is not int:
                    break
                if not self._begun and signum in _FATAL:
                    await self._tell({"signal": signum})
                    break
                await self._calls.signal(self._call_id, signum)
        scope.cancel()

    async def _perform(self, request: CallRequest) -> dict[str, Any]:
        """Wait for a slot, run the call, and say how it went."""
        if request.nested:
            return await self._run(request)
        begun = time.monotonic()
        try:
            with anyio.move_on_after(self._wait_s) as waiting:
                await self._wait_granted(request.tool)
            if waiting.cancelled_caught:
                wait = render_seconds(self._wait_s)
                return {"code": ExitCode.BUSY, "problem": f"no slot became free within {wait}"}
            return await self._run(replace(request, waited_s=time.monotonic() - begun))
        finally:
            self._slots.release(self._call_id)

    async def _wait_granted(self, tool: str) -> None:
        granted = anyio.Event()
        answer = self._slots.request(self._call_id, granted.set, tool)
        if isinstance(answer, Waiting):
            await self._tell({"queued": answer.ahead})
            await granted.wait()

    async def _run(self, request: CallRequest) -> dict[str, Any]:
        self._begun = True
        await self._tell({"started": True})
        try:
            return _render(await self._calls.run(request))
        except SupervisorError as error:
            return {"code": error.exit_code, "problem": str(error)}

    async def _tell(self, message: dict[str, Any]) -> None:
        with suppress(OSError, TimeoutError), anyio.fail_after(_TIME_LIMIT_S):
            self._channel.send(message)
            while self._channel.unsent:
                await anyio.wait_writable(self._channel)
                self._channel.flush()


def _read_request(
    packet: Packet, caller: int, call_id: str, find_slot: Callable[[str], str | None]
) -> CallRequest:
    """The call that a message asks for; ``find_slot`` knows the slot of what is above it.

    Raises:
        WireError: it is no request of ours.
    """
    message = packet.message
    argv, cwd, env = message.get("argv"), message.get("cwd"), message.get("env")
    if not (isinstance(argv, list) and argv and isinstance(env, dict) and isinstance(cwd, str)):
        raise WireError("a call needs argv, cwd and env")
    path: Any = message.get("path", argv[0])
    words = (*argv, path, cwd, *env, *env.values())
    if not all(isinstance(word, str) and "\0" not in word for word in words):
        raise WireError("argv, path, cwd and env hold text without NUL")
    streams = message.get("streams", [0, 1, 2])
    if not _are_streams(streams) or len(packet.fds) != len(streams):
        raise WireError(f"a call says which are its descriptors, and came with {len(packet.fds)}")
    above = find_slot(env.get(SLOT_VARIABLE, ""))
    return CallRequest(
        call_id=call_id,
        caller=caller,
        argv=tuple(argv),
        path=path,
        cwd=cwd,
        env=env | {SLOT_VARIABLE: above or call_id},
        fds=packet.fds,
        streams=tuple(streams),
        tool=tool_of(argv),
        nested=bool(above),
    )


def _are_streams(streams: object) -> bool:
    """Whether this is a list of different descriptors."""
    return (
        isinstance(streams, list)
        and all(type(fd) is int and 0 <= fd < _MOST_FD for fd in streams)
        and len(set(streams)) == len(streams)
    )


def _render(ending: CallEnding) -> dict[str, Any]:
    """What the caller is told; it ends in the same way."""
    match ending:
        case Exited(code=code):
            return {"code": code}
        case Signaled(signum=signum):
            return {"signal": signum}
        case CallStopped(reason=reason):
            return {"signal": SIGTERM, "problem": f"the call was stopped: {_WHY[reason]}"}
        case NotStarted(errno=errno, problem=problem):
            missing = ExitCode.NOT_FOUND if errno == ENOENT else ExitCode.NOT_EXECUTABLE
            return {"code": missing, "problem": problem}
        case Lost():
            return {"signal": SIGKILL, "problem": "the call was lost with its guardian"}
        case _:
            assert_never(ending)


def _close_all(fds: tuple[int, ...]) -> None:
    for fd in fds:
        os.close(fd)
