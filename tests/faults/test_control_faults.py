"""Peers of the control socket that are broken, slow or hostile."""

import os
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio import to_thread

from supervisor.control import client
from tests.children import eventually
from tests.integration.test_control_socket import serving, talk

pytestmark = pytest.mark.anyio

_ASK = b"GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (bytes(range(11, 256)) * 16 + b"\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * (128 << 10), b"431"),
        (b"POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (
            b"POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + b"a" * 70000,
            b"413",
        ),
    ],
)
async def test_nonsense_is_refused(tmp_path: Path, data: bytes, status: bytes) -> None:
    """Garbage and requests out of bounds get an error, carry out nothing, and harm nobody."""
    path = tmp_path / "socket"

    def send() -> bytes:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(5)
            sock.connect(str(path))
            try:
                sock.sendall(data)
                return sock.recv(1 << 16)
            except ConnectionError:
                return sock.recv(1 << 16)

    async with serving(path) as told:
        answer = await to_thread.run_sync(send)
        assert answer.split()[1] == status
        assert told == []
        assert b" 200 " in await to_thread.run_sync(talk, path, _ASK)


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"GET /sta",
        _ASK[:-2],
        b"POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
    ],
)
async def test_half_a_request_is_dropped(tmp_path: Path, part: bytes) -> None:
    """A peer that hangs up early, or never sends the rest, is let go; nothing was ordered."""
    async with serving(tmp_path / "socket", time_limit_s=0.2) as told:
        await to_thread.run_sync(talk, tmp_path / "socket", part)
        await to_thread.run_sync(partial(talk, tmp_path / "socket", part, hang_up=True))
        assert told == []


async def test_dripping_request_runs_into_the_time_limit(tmp_path: Path) -> None:
    """The limit is for the whole request: a byte now and then does not extend it."""
    path = tmp_path / "socket"
    async with serving(path, time_limit_s=0.3), await anyio.connect_unix(path) as stream:

        async def drip() -> None:
            for byte in _ASK * 10:
                await stream.send(bytes([byte]))
                with anyio.move_on_after(0.02):
                    await stream.receive()

        with pytest.raises((anyio.BrokenResourceError, anyio.EndOfStream)):
            await drip()


async def test_peer_that_does_not_read_is_dropped(tmp_path: Path) -> None:
    """Answers that nobody takes fill a socket, not our memory, and not for ever."""
    async with serving(tmp_path / "socket", time_limit_s=0.3):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(tmp_path / "socket"))
            sock.settimeout(0)
            ask = _ASK.replace(b"Connection: close\r\n", b"") * 100

            def refused() -> bool:
                try:
                    sock.send(ask)
                except BlockingIOError:
                    return False
                except OSError:
                    return True
                return False

            await eventually(refused)


async def test_crowd_is_served_in_turn(tmp_path: Path) -> None:
    """More connections than the bound wait for the idle ones to be dropped."""
    path = tmp_path / "socket"
    async with serving(path, time_limit_s=0.5):
        crowd = [socket.socket(socket.AF_UNIX) for _ in range(100)]
        for sock in crowd:
            sock.connect(str(path))
        assert b" 200 " in await to_thread.run_sync(talk, path, _ASK)
        for sock in crowd:
            sock.close()


async def test_another_user_is_not_answered(tmp_path: Path) -> None:
    """Even who may open the socket's file is checked by the kernel's word for who it is."""
    if os.geteuid() != 0:
        pytest.skip("NEEDS ROOT TO BE SOMEBODY ELSE")
    program = (
        "import os, socket, sys\n"
        "sock = socket.socket(socket.AF_UNIX)\n"
        "os.chdir(sys.argv[1])\n"
        "os.setuid(12345)\n"
        "sock.connect('socket')\n"
        f"sock.send({_ASK!r})\n"
        "print(sock.recv(100))\n"
    )
    path = tmp_path / "socket"
    async with serving(path):
        os.chmod(path, 0o777)  # noqa: S103 - the open door that the claim is about
        os.chmod(tmp_path, 0o755)  # noqa: S103
        argv = [sys.executable, "-c", program, str(tmp_path)]
        ran = await anyio.run_process(argv, check=False, stderr=subprocess.PIPE)
        assert b" 200 " not in ran.stdout
        assert ran.stdout == b"b''\n" or b"BrokenPipe" in ran.stderr or b"Reset" in ran.stderr


async def test_silent_supervisor_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was stopped with SIGSTOP still has a listening socket."""
    monkeypatch.setattr(client, "_TIME_LIMIT_S", 0.1)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        listener.listen()
        with pytest.raises(client.NoAnswerError, match="no answer to GET /status"):
            client.get(tmp_path / "socket", "/status")
