"""Asking a running supervisor; standard library only, since ``status`` must start quickly."""

import json
import socket
from pathlib import Path
from typing import Any

from supervisor.errors import ExitCode, SupervisorError
from supervisor.unix_sockets import connect

_TIME_LIMIT_S = 5.0
_MOST_BYTES = 8 << 20
_READ_BYTES = 1 << 16
_OK = 200
# Our own server has answers of a length that it knows; http.client takes longer than all of this.
_REQUEST = b"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class NotRunningError(SupervisorError):
    """Nobody supervises this config now."""

    exit_code = ExitCode.NO_INPUT


class NoAnswerError(SupervisorError):
    """A supervisor is there and does not answer as it should."""

    exit_code = ExitCode.FAILED


def get(path: Path, target: str) -> dict[str, Any]:
    """What the supervisor that listens at ``path`` says about ``target``, such as ``/status``.

    Raises:
        NotRunningError: nobody listens there.
        NoAnswerError: it did not answer within 5 s, or refused.
    """
    return _ask(path, "GET", target)


def post(path: Path, target: str) -> dict[str, Any]:
    """Have the supervisor do something, such as ``/stop``; returns its answer.

    Raises:
        NotRunningError: nobody listens there.
        NoAnswerError: it did not answer within 5 s, or refused.
    """
    return _ask(path, "POST", target)


def _ask(path: Path, method: str, target: str) -> dict[str, Any]:
    try:
        sock = connect(path, _TIME_LIMIT_S)
    except OSError as error:
        raise NotRunningError(
            f"the autopilot is not running: nobody listens at {path} ({error.strerror or error})"
        ) from error
    try:
        with sock:
            sock.sendall(_REQUEST % (method.encode(), target.encode()))
            head, _, body = _read_all(sock).partition(b"\r\n\r\n")
        status, answer = int(head.split(b" ")[1]), json.loads(body)
    except (OSError, ValueError, IndexError) as error:
        raise NoAnswerError(
            f"{path}: no answer to {method} {target}: {str(error) or type(error).__name__};"
            " look whether the supervisor hangs"
        ) from error
    if status != _OK or not isinstance(answer, dict):
        raise NoAnswerError(f"{path}: {method} {target} was refused: {status} {answer}")
    return answer


def _read_all(sock: socket.socket) -> bytes:
    """The whole answer, which ends with the connection."""
    received = bytearray()
    while len(received) < _MOST_BYTES and (data := sock.recv(_READ_BYTES)):
        received += data
    return bytes(received)
