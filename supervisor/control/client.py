"""Asking a running supervisor; standard library only, since ``status`` must start quickly."""

import http.client
import json
from pathlib import Path
from typing import Any

from supervisor.errors import ExitCode, SupervisorError
from supervisor.unix_sockets import connect

_TIME_LIMIT_S = 5.0
_MOST_BYTES = 8 << 20


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


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = connect(self._path, _TIME_LIMIT_S)


def _ask(path: Path, method: str, target: str) -> dict[str, Any]:
    connection = _Connection(path)
    try:
        connection.connect()
    except OSError as error:
        raise NotRunningError(
            f"the autopilot is not running: nobody listens at {path} ({error.strerror or error})"
        ) from error
    try:
        connection.request(method, target)
        response = connection.getresponse()
        answer = json.loads(response.read(_MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswerError(
            f"{path}: no answer to {method} {target}: {str(error) or type(error).__name__};"
            " look whether the supervisor hangs"
        ) from error
    finally:
        connection.close()
    if response.status != http.client.OK or not isinstance(answer, dict):
        raise NoAnswerError(f"{path}: {method} {target} was refused: {response.status} {answer}")
    return answer
