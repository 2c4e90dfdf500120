"""The caller's side of the pool; standard library only, since every tool call starts it."""

import os
import resource
import select
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from supervisor.unix_sockets import connect
from supervisor.wire import Channel, WireError

_CONNECT_S = 0.05
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHELL_SIGNAL_BASE = 128
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


def run_call(socket_path: str | Path, argv: Sequence[str]) -> int:
    """Have the supervisor run ``argv`` in a slot of its pool; returns the call's exit code.

    The call gets our standard streams, environment and working directory, and the signals that
    ask us to end. When it dies of a signal, so do we. When no supervisor takes the call, it runs
    all the same, in our place: a missing supervisor must not break the tools.
    """
    try:
        request = _request(argv)
        channel = Channel(connect(Path(socket_path), _CONNECT_S))
    except OSError as error:
        return _execute(argv, f"no supervisor at {socket_path!s}: {error.strerror or error}")
    call = _Call(channel)
    try:
        with _caught_signals() as signals:
            call.send(request, (0, 1, 2))
            answer = call.wait_ended(signals)
    finally:
        channel.close()
    if answer is None and not call.started:
        return _execute(argv, "the supervisor did not take the call")
    return _end(answer or {"signal": signal.SIGKILL, "problem": "the supervisor died meanwhile"})


class _Call:
    """One connection to the supervisor."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.started = False

    def send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """Send a message whole; a supervisor that is gone shows when it is listened to."""
        with suppress(OSError):
            self._channel.send(message, fds)
            while self._channel.unsent:
                select.select([], [self._channel.fileno()], [])
                self._channel.flush()

    def wait_ended(self, signals: int) -> dict[str, Any] | None:
        """How the call ended; None: the supervisor is gone. Passes on what ``signals`` brings."""
        ours = self._channel.fileno()
        while True:
            readable, _, _ = select.select([ours, signals], [], [])
            if signals in readable:
                for signum in os.read(signals, 64):
                    self.send({"signal": signum})
            if ours in readable:
                try:
                    packets = self._channel.receive()
                except (OSError, EOFError, WireError):
                    return None
                for packet in packets:
                    if "code" in packet.message or "signal" in packet.message:
                        return packet.message
                    self.started |= "started" in packet.message


def _request(argv: Sequence[str]) -> dict[str, Any]:
    return {"argv": list(argv), "cwd": str(Path.cwd()), "env": dict(os.environ)}


@contextmanager
def _caught_signals() -> Iterator[int]:
    """A descriptor that brings the numbers of signals, which do nothing else meanwhile."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    # Who starts us with nohup(1) wants SIGHUP ignored.
    heeded = [one for one in _FORWARDED if signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, lambda *_: None) for one in heeded}
    wakeup = signal.set_wakeup_fd(theirs.fileno())
    try:
        yield ours.fileno()
    finally:
        signal.set_wakeup_fd(wakeup)
        for one, action in before.items():
            signal.signal(one, action)
        ours.close()
        theirs.close()


def _end(answer: dict[str, Any]) -> int:
    """End as the call did."""
    if problem := answer.get("problem"):
        _say(problem)
    if "code" in answer:
        return int(answer["code"])
    signum = int(answer["signal"])
    # The call has dumped its core if there was one to dump.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if signum not in {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(signum, signal.SIG_DFL)
    os.kill(os.getpid(), signum)
    return _SHELL_SIGNAL_BASE + signum


def _execute(argv: Sequence[str], problem: str) -> int:
    """Become the command; returns only when there is no such command."""
    _say(f"running {argv[0]} without a slot: {problem}")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and exec keeps that.
    try:
        os.execvp(argv[0], list(argv))  # noqa: S606 - no shell is the point
    except FileNotFoundError:
        _say(f"{argv[0]}: not found")
        return _NOT_FOUND
    except OSError as error:
        _say(f"{argv[0]}: {error.strerror}")
        return _NOT_EXECUTABLE


def _say(problem: str) -> None:
    with suppress(OSError):
        os.write(2, f"supervise: {problem}\n".encode(errors="surrogateescape"))
