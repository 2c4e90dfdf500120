"""Callers that die or talk nonsense."""

import signal
import socket
import struct
import subprocess
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from supervisor.pool import calls
from supervisor.wire import Channel
from tests.children import alive, eventually
from tests.integration.test_pool_calls import serving

pytestmark = pytest.mark.anyio


async def test_killed_caller_ends_its_call(tmp_path: Path) -> None:
    """A call that nobody waits for is stopped, and its slot goes to the next."""
    async with serving(tmp_path, size=1) as hall, hall.client("sleep", "60") as first:
        await eventually(lambda: len(hall.running) == 1)
        (process,) = hall.running.values()
        async with hall.client("true") as second:
            await eventually(lambda: hall.slots.waiting == 1)
            first.send_signal(signal.SIGKILL)
            assert await to_thread.run_sync(second.wait) == 0
        assert not alive(process.pid)
        assert hall.cancelled == 1
        await eventually(lambda: hall.slots.held == 0)


async def test_killed_waiter_leaves_the_queue(tmp_path: Path) -> None:
    """A slot is not given to the dead."""
    async with serving(tmp_path, size=1) as hall, hall.client("sleep", "60"):
        await eventually(lambda: hall.slots.held == 1)
        async with hall.client("true"):
            await eventually(lambda: hall.slots.waiting == 1)
        await eventually(lambda: hall.slots.waiting == 0)
        assert hall.slots.held == 1


async def test_server_that_ends_ends_its_calls(tmp_path: Path) -> None:
    """Cancelling the pool stops what runs; the clients die as their calls did, and do not rerun."""
    async with AsyncExitStack() as stack:
        async with serving(tmp_path) as hall:
            client = await stack.enter_async_context(
                hall.client("sleep", "60", stderr=subprocess.PIPE)
            )
            await eventually(lambda: len(hall.running) == 1)
        _, said = await to_thread.run_sync(client.communicate)
    assert client.returncode == -signal.SIGKILL
    assert said == b"supervise: the supervisor died meanwhile\n"
    assert hall.cancelled == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\x00\x00\x00\x20" + b"\xa5" * 64,
        struct.pack(">I", 9 << 20) + b"x",
        struct.pack(">I", 4) + b"null",
        struct.pack(">I", 100) + b"half of it",
    ],
    ids=["nothing", "short", "garbage", "too long", "null", "half"],
)
async def test_nonsense_is_dropped(tmp_path: Path, data: bytes) -> None:
    """What is no message of ours ends its own connection and nothing else."""

    def send() -> bytes:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(5)
            sock.connect(str(tmp_path / "calls"))
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            return sock.recv(100)

    async with serving(tmp_path) as hall:
        with suppress(ConnectionResetError):
            assert await to_thread.run_sync(send) == b""
        assert (await hall.call("true")).returncode == 0


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"argv": [], "cwd": "/", "env": {}},
        {"argv": ["a\0b"], "cwd": "/", "env": {}},
        {"argv": [1], "cwd": "/", "env": {}},
        {"argv": ["true"], "cwd": "/", "env": {"A": 1}},
        {"argv": ["true"], "cwd": "/", "env": {}},
    ],
)
async def test_request_that_is_none_is_answered(tmp_path: Path, message: dict[str, object]) -> None:
    """A message without what a call needs is refused with the reason; its descriptors go."""
    async with serving(tmp_path):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(tmp_path / "calls"))
            channel = Channel(sock)
            channel.send(message, (0, 1))
            await anyio.wait_readable(channel)
            (packet,) = channel.receive()
            assert packet.message["code"] == 70
            assert packet.message["problem"]


async def test_descriptors_that_nobody_asked_for_are_closed(tmp_path: Path) -> None:
    """A caller that sends more of them than a call needs does not use ours up."""
    async with serving(tmp_path) as hall:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(tmp_path / "calls"))
            channel = Channel(sock)
            channel.send({"argv": ["true"], "cwd": "/", "env": {"PATH": "/bin"}}, (0, 0, 0))
            channel.send({"signal": 1}, (0, 0))
            channel.send({"signal": 1}, (0, 0, 0, 0))
            await eventually(lambda: hall.order == ["true"])


async def test_silent_caller_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who connects and asks for nothing does not keep its place."""
    monkeypatch.setattr(calls, "_TIME_LIMIT_S", 0.1)
    async with serving(tmp_path), await anyio.connect_unix(tmp_path / "calls") as stream:
        with pytest.raises(anyio.EndOfStream):
            await stream.receive()


async def test_more_callers_than_descriptors_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers beyond the bound are heard when others have ended; none runs without a slot."""
    monkeypatch.setattr(calls, "_MOST_CLIENTS", 3)
    async with serving(tmp_path, size=1) as hall, AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(hall.client("sleep", "0.01", stderr=subprocess.PIPE))
            for _ in range(10)
        ]
        for client in clients:
            _, said = await to_thread.run_sync(client.communicate)
            assert (client.returncode, said) == (0, b"")
    assert hall.most == 1
