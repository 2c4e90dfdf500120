"""Asking a running supervisor over a real Unix socket."""

import json
import os
import shutil
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from supervisor.control import client
from supervisor.control.server import serve_control
from supervisor.errors import ExitCode, StateError
from supervisor.unix_sockets import listening

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def serving(path: Path, time_limit_s: float = 10.0) -> AsyncIterator[list[str]]:
    """A server with the hall's two routes; yields what it was told to do."""
    told: list[str] = []

    def stop() -> dict[str, Any]:
        told.append("stop")
        return {"stopping": True}

    routes = {"/status": {"GET": lambda: {"run": "cafe", "pid": 1}}, "/stop": {"POST": stop}}
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:

            async def serve(*, task_status: anyio.abc.TaskStatus[None]) -> None:
                await serve_control(
                    path, routes, time_limit_s=time_limit_s, task_status=task_status
                )

            await tasks.start(serve)
            yield told
            tasks.cancel_scope.cancel()


def talk(path: Path, data: bytes, *, hang_up: bool = False) -> bytes:
    """Send bytes, read until the server closes or 5 s have passed."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(str(path))
        sock.sendall(data)
        if hang_up:
            sock.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := sock.recv(1 << 16):
            received += chunk
        return received


async def test_status_and_stop(tmp_path: Path) -> None:
    """A question gets its answer, and an order is carried out."""
    path = tmp_path / "run" / "socket"
    async with serving(path) as told:
        status = await to_thread.run_sync(client.get, path, "/status")
        assert status == {"run": "cafe", "pid": 1}
        assert await to_thread.run_sync(client.post, path, "/stop") == {"stopping": True}
        assert told == ["stop"]


async def test_socket_is_private_and_goes_with_the_server(tmp_path: Path) -> None:
    """Only its owner may connect; nothing is left when the server ends."""
    path = tmp_path / "run" / "socket"
    async with serving(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == []


async def test_long_path_works(tmp_path: Path) -> None:
    """A socket address holds 107 bytes; a state directory may lie deeper."""
    path = tmp_path / ("deep" * 20) / ("er" * 40) / "socket"
    assert len(str(path)) > 160
    async with serving(path):
        assert (await to_thread.run_sync(client.get, path, "/status"))["run"] == "cafe"
    assert not path.exists()


async def test_socket_of_a_dead_process_is_replaced(tmp_path: Path) -> None:
    """A kill -9 leaves the socket's file behind; the next start needs no help."""
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with serving(path):
        assert (await to_thread.run_sync(client.get, path, "/status"))["pid"] == 1


async def test_file_in_the_way_is_kept(tmp_path: Path) -> None:
    """What is no socket is not ours to remove."""
    (tmp_path / "socket").write_text("precious")
    with pytest.raises(StateError, match="cannot listen here"), listening(tmp_path / "socket"):
        pass
    assert (tmp_path / "socket").read_text() == "precious"


async def test_nobody_listening_is_said_in_one_line(tmp_path: Path) -> None:
    """A missing socket and one of a dead process mean the same."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))
    for name in ("none", "dead"):
        with pytest.raises(client.NotRunningError, match="the autopilot is not running") as caught:
            client.get(tmp_path / name, "/status")
        assert caught.value.exit_code == ExitCode.NO_INPUT


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /none HTTP/1.1", b"404"),
        (b"GET /status?x=1 HTTP/1.1", b"200"),
        (b"POST /status HTTP/1.1", b"405"),
        (b"HEAD /status HTTP/1.1", b"405"),
        (b"GET /status HTTP/9.9 extra", b"400"),
    ],
)
async def test_status_codes(tmp_path: Path, request_line: bytes, status: bytes) -> None:
    """What was wrong with a request shows in its status."""
    head = request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with serving(tmp_path / "socket"):
        answer = await to_thread.run_sync(talk, tmp_path / "socket", head)
    assert answer.split()[1] == status
    assert (b"Allow: " in answer) == (status == b"405")


async def test_several_requests_share_a_connection(tmp_path: Path) -> None:
    """Requests sent at once are answered in order; the last one closes."""
    one = b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with serving(tmp_path / "socket"):
        answer = await to_thread.run_sync(talk, tmp_path / "socket", one + one + last)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.count(b"HTTP/1.1 404") == 1


async def test_curl_works(tmp_path: Path) -> None:
    """No client of ours is needed."""
    if not shutil.which("curl"):
        pytest.skip("NO curl(1) HERE")
    path = tmp_path / "socket"
    async with serving(path) as told:
        curl = ["curl", "-sS", "--unix-socket", str(path)]
        status = await anyio.run_process([*curl, "http://x/status"])
        assert json.loads(status.stdout)["run"] == "cafe"
        await anyio.run_process(
            [*curl, "-d", "x" * 2000, "-H", "Expect: 100-continue", "http://x/stop"]
        )
        assert told == ["stop"]
