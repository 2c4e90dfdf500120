"""What a running supervisor answers: HTTP/1.1 with JSON over its Unix socket, so curl works."""

import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import anyio
import h11
from anyio.abc import TaskStatus

from supervisor.accepting import accept_next
from supervisor.unix_sockets import listening

Routes = Mapping[str, Mapping[str, Callable[[], Mapping[str, object]]]]
"""Path to method to what makes the answer; called in the event loop, so it must not block."""

_MOST_CONNECTIONS = 64
_MOST_BYTES = 64 << 10
"""For a request's head, and for its body."""
_READ_BYTES = 16 << 10
_TIME_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    body: Mapping[str, object]
    allow: str = ""
    """Methods that the path knows, where another was used."""


async def serve_control(
    path: Path,
    routes: Routes,
    *,
    time_limit_s: float = _TIME_LIMIT_S,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """Answer requests at ``path`` until cancelled; reports as started when it listens.

    Only our own user is answered, at most 64 connections at once; more wait. A peer that takes
    longer than the time limit to send a request or to take its answer is dropped.

    Raises:
        StateError: the socket cannot be made.
    """
    with listening(path) as listener:
        task_status.started()
        free = anyio.Semaphore(_MOST_CONNECTIONS)

        async def converse(connection: socket.socket) -> None:
            try:
                await _Conversation(connection, routes, time_limit_s).hold()
            finally:
                connection.close()
                free.release()

        async with anyio.create_task_group() as tasks:
            while True:
                await free.acquire()
                tasks.start_soon(converse, await accept_next(listener))


class _Conversation:
    """One connection: requests and answers in turn."""

    def __init__(self, connection: socket.socket, routes: Routes, time_limit_s: float) -> None:
        self._socket = connection
        self._routes = routes
        self._time_limit_s = time_limit_s
        self._bodiless = False
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_BYTES)

    async def hold(self) -> None:
        """Answer until the peer has no more requests, or is not worth waiting for."""
        try:
            while True:
                with anyio.fail_after(self._time_limit_s):
                    answer = await self._hear()
                    if answer is None:
                        return
                    await self._send(answer)
                if (self._http.our_state, self._http.their_state) != (h11.DONE, h11.DONE):
                    return
                self._http.start_next_cycle()
        except (OSError, TimeoutError):
            return  # The peer is gone, or as good as gone.

    async def _hear(self) -> _Answer | None:
        """Take in one request; None: there is no other."""
        try:
            request = await self._next_event()
            if not isinstance(request, h11.Request):
                return None
            self._bodiless = request.method == b"HEAD"
            taken = 0
            while isinstance(event := await self._next_event(), h11.Data):
                taken += len(event.data)
                if taken > _MOST_BYTES:
                    return _refuse(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {_MOST_BYTES} bytes"
                    )
        except h11.RemoteProtocolError as error:
            return _refuse(HTTPStatus(error.error_status_hint), str(error))
        return _answer(self._routes, request)

    async def _next_event(self) -> object:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=HTTPStatus.CONTINUE, headers=[])
                await self._write(self._http.send(go_on))
            self._http.receive_data(await self._read())

    async def _send(self, answer: _Answer) -> None:
        body = json.dumps(answer.body).encode() + b"\n"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        if answer.allow:
            headers.append(("Allow", answer.allow))
        if self._http.their_state is not h11.DONE:  # We do not read what is left of its request.
            headers.append(("Connection", "close"))
        head = h11.Response(status_code=answer.status, headers=headers)
        data = h11.Data(b"" if self._bodiless else body)
        parts = [self._http.send(event) for event in (head, data, h11.EndOfMessage())]
        await self._write(b"".join(part or b"" for part in parts))

    async def _read(self) -> bytes:
        while True:
            await anyio.wait_readable(self._socket)
            try:
                return self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                continue

    async def _write(self, data: bytes | None) -> None:
        rest = memoryview(data or b"")
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                await anyio.wait_writable(self._socket)


def _answer(routes: Routes, request: h11.Request) -> _Answer:
    path = request.target.partition(b"?")[0].decode("ascii", "replace")
    methods = routes.get(path)
    if methods is None:
        return _refuse(HTTPStatus.NOT_FOUND, f"no such path: {path}; there are {', '.join(routes)}")
    make = methods.get(request.method.decode("ascii"))
    if make is None:
        allow = ", ".join(methods)
        body = {"error": f"{path} takes {allow}"}
        return _Answer(HTTPStatus.METHOD_NOT_ALLOWED, body, allow)
    return _Answer(HTTPStatus.OK, make())


def _refuse(status: HTTPStatus, problem: str) -> _Answer:
    return _Answer(status, {"error": problem})
