"""The caller's side of the pool: what stands in for a tool, and for a shell.

Every tool call starts it, so it imports next to nothing: ``socket``, ``signal``, ``json`` and
``typing`` take longer to import than Python takes to start. A run's shims execute it as it was
compiled, with ``python -I -S``; ``supervise exec`` imports it.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import _socket
import os
import sys
from _json import encode_basestring_ascii, scanstring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

    Answer = dict[str, int | str]

SHELL_ENTRY = "supervise-shell"
"""The shim that is no tool's, but runs a command line."""
TOOL_VARIABLE = "SUPERVISE_TOOL"
"""In the environment of a tool and of what it starts: they do without shims."""

_CONNECT_S = 0.05
_READ_BYTES = 1 << 16
_MOST_STREAMS = 240
"""What one message brings (SCM_MAX_FD), with room for what the supervisor adds."""
_PASSED_ON = ("INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "WINCH", "TSTP", "CONT")
_SHELLS = ("bash", "zsh", "sh", "dash", "ksh", "mksh")
"""Shells that read the command lines that agents write; others have a language of their own."""
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


class Entrance:
    """Where calls are taken to, and what stands in for tools there."""

    def __init__(self, socket_path: str, folder: str) -> None:
        self.socket_path = socket_path
        self.folder = folder
        """The shims' directory, in which no tool is looked up; "": there is none."""
        self.environ = _read_environ()
        self.path = self.environ.get("PATH", os.defpath)

    @property
    def environ_of_tool(self) -> dict[str, str]:
        """Ours without the shims: what a tool starts is its, and cmake looks itself up in PATH."""
        folders = [one for one in self.path.split(":") if one != self.folder]
        return self.environ | {"PATH": ":".join(folders) or os.defpath, TOOL_VARIABLE: "1"}

    def find(self, name: str) -> str | None:
        """The tool that a shell would execute if there were no shims."""
        return find_tool(name, self.path, self.folder)

    def tell_missing(self, tool: str, problem: str) -> None:
        """Say that the supervisor is missing, but once for all calls of a run."""
        try:
            if self.folder:
                flags = os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                os.close(os.open(f"{self.folder}/.told", flags, 0o600))
        except OSError:
            return
        _say(f"supervise: running {tool} without a slot: {problem}")


def find_tool(name: str, path: str, folder: str) -> str | None:
    """The program that a shell would execute, were it not for the shims in ``folder``."""
    if "/" in name:
        return name
    shim = _identity(f"{folder}/{SHELL_ENTRY}") if folder else None
    for one in path.split(":"):
        place = f"{one or '.'}/{name}"
        if os.access(place, os.X_OK) and not os.path.isdir(place) and _identity(place) != shim:  # noqa: PTH112 - pathlib takes longer than all of this
            return place
    return None


def stand_in(socket_path: str, folder: str, words: Sequence[str]) -> NoReturn:
    """Be the tool that we were called as, and end as it does; ``words`` are our own argv."""
    entrance = Entrance(socket_path, folder)
    name = words[0].rpartition("/")[2]
    if name == SHELL_ENTRY:
        code = run_shell(entrance, words[1:])
    else:
        code = run_tool(entrance, [name, *words[1:]])
    os._exit(code)  # Without the interpreter's clean-up: there is nothing to flush.


def run_tool(entrance: Entrance, argv: Sequence[str]) -> int:
    """Have the supervisor run a tool in a slot of its pool; returns its exit code."""
    return _run_call(entrance, argv, entrance.environ_of_tool)


def run_shell(entrance: Entrance, words: Sequence[str]) -> int:
    """Have the user's shell run a command line in a slot; returns its exit code.

    ``words`` are the line itself, or what a shell would be given, such as ``-lc LINE``. Without
    any line it is a shell like any other, which takes no slot: it may live as long as its agent.
    """
    environ = entrance.environ
    shell = environ.get("SHELL", "")
    if shell.rpartition("/")[2] not in _SHELLS:
        shell = entrance.find("bash") or "/bin/sh"
    if not words or words[0][:1] in {"-", "+"}:
        argv = [shell, *words]
        takes_slot = any("c" in word for word in words if word[:1] == "-" and word[:2] != "--")
    else:
        argv, takes_slot = [shell, "-c", " ".join(words)], True
    # Claude Code starts servers and hooks by its prefix, too, which are no tool calls: a server
    # would keep its slot for as long as the agent lives. Source: its documentation of CLAUDECODE.
    if "CLAUDE_CODE_SHELL_PREFIX" in environ and environ.get("CLAUDECODE") != "1":
        takes_slot = False
    return (_run_call if takes_slot else _execute)(entrance, argv, environ)


def _run_call(entrance: Entrance, argv: Sequence[str], env: dict[str, str]) -> int:
    """Run a command through the pool.

    It gets our descriptors and working directory, and the signals that are meant for it. When it
    dies of a signal, so do we. When no supervisor takes it, it runs all the same, in our place: a
    missing supervisor must not break the tools.
    """
    path = entrance.find(argv[0])
    if path is not None:
        try:
            return _end(_request_call(entrance.socket_path, path, argv, env))
        except _UntakenError as error:
            entrance.tell_missing(argv[0], str(error))
    return _execute(entrance, argv, env)


class _UntakenError(Exception):
    """No supervisor has taken the call; it has not begun."""


def _request_call(socket_path: str, path: str, argv: Sequence[str], env: dict[str, str]) -> Answer:
    """How the call has ended that the supervisor has run for us.

    Raises:
        _UntakenError: it has run none.
    """
    streams = _inherited()
    if len(streams) > _MOST_STREAMS:
        raise _UntakenError(f"{len(streams)} open descriptors are too many to be handed over")
    try:
        request = _render_request(path, argv, env, streams)
        call = _Call(_connect(socket_path))
    except OSError as error:
        raise _UntakenError(error.strerror or str(error)) from error
    answer = call.perform(request, streams)
    if answer is None and not call.started:
        raise _UntakenError("the supervisor did not take it")
    return answer or {"signal": 9, "problem": "the supervisor died meanwhile"}


class _Call:
    """One connection to the supervisor: one call, and with it the rest of our life."""

    def __init__(self, sock: _socket.socket) -> None:
        self._socket = sock
        self.started = False

    def perform(self, request: bytes, streams: Sequence[int]) -> Answer | None:
        """How the call ended; None: the supervisor is gone. Passes on what signals come."""
        passed_on = [getattr(_signal, f"SIG{name}") for name in _PASSED_ON]
        before = _signal.pthread_sigmask(_signal.SIG_BLOCK, passed_on)
        for signum in passed_on:
            # Who starts us with nohup(1) wants SIGHUP ignored.
            if _signal.getsignal(signum) != _signal.SIG_IGN:
                _signal.signal(signum, self._pass_on)
        try:
            self._send(request, streams)
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)
            return self._wait_ended()
        except OSError:
            return None
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)

    def _pass_on(self, signum: int, _: object) -> None:
        """The interpreter calls this between two steps of ours, so nothing is half sent."""
        try:
            self._send(_framed(f'{{"signal": {signum}, "fds": 0}}'))
        except OSError:
            return  # The supervisor is gone, which is seen when it is listened to.
        if signum == _signal.SIGTSTP:
            os.kill(os.getpid(), _signal.SIGSTOP)

    def _send(self, message: bytes, streams: Sequence[int] = ()) -> None:
        sent = 0
        if streams:
            rights = b"".join(fd.to_bytes(4, sys.byteorder) for fd in streams)
            ancillary = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)]
            sent = self._socket.sendmsg([message], ancillary)
        self._socket.sendall(memoryview(message)[sent:])

    def _wait_ended(self) -> Answer | None:
        for message in self._messages():
            if "code" in message or "signal" in message:
                return message
            self.started |= "started" in message
        return None

    def _messages(self) -> Iterator[Answer]:
        received = b""
        while data := self._socket.recv(_READ_BYTES):
            received += data
            while len(received) >= (end := 4 + int.from_bytes(received[:4], "big")) > 4:  # noqa: PLR2004 - the length itself
                yield _read_answer(received[4:end].decode())
                received = received[end:]


def _connect(path: str) -> _socket.socket:
    """A connection to the supervisor.

    Raises:
        OSError: there is none.
    """
    sock = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    sock.settimeout(_CONNECT_S)
    folder, _, name = path.rpartition("/")
    # A whole path may be too long for an address.
    fd = os.open(folder or "/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sock.connect(f"/proc/self/fd/{fd}/{name}")
    finally:
        os.close(fd)
    sock.settimeout(None)
    return sock


def _read_environ() -> dict[str, str]:
    """The environment that we were started with.

    Python adds to its own: in the C locale it sets LC_CTYPE, even when isolated.
    """
    with open("/proc/self/environ", "rb") as file:  # noqa: PTH123 - as above
        entries = [_decoded(entry).partition("=") for entry in file.read().split(b"\0")]
    return {name: value for name, equals, value in entries if equals}


def _inherited() -> list[int]:
    """Descriptors that the tool would have inherited: all that are open, but for our own."""
    found = []
    for fd in sorted(map(int, os.listdir("/proc/self/fd"))):  # noqa: PTH208 - as above
        try:
            if os.get_inheritable(fd):
                found.append(fd)
        except OSError:  # That of the listing itself, which is closed by now.
            continue
    return found


def _identity(place: str) -> tuple[int, int] | None:
    try:
        found = os.stat(place)  # noqa: PTH116 - as above
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _decoded(word: bytes) -> str:
    return word.decode("utf-8", "surrogateescape")


def _render_request(
    path: str, argv: Sequence[str], env: dict[str, str], streams: Sequence[int]
) -> bytes:
    """The call, as ``wire`` has messages. Lone surrogates survive JSON's escapes."""
    quoted = encode_basestring_ascii
    words = ", ".join(quoted(_decoded(os.fsencode(word))) for word in argv)
    variables = ", ".join(f"{quoted(name)}: {quoted(value)}" for name, value in env.items())
    cwd = _decoded(os.getcwdb())  # noqa: PTH109 - as above
    return _framed(
        f'{{"argv": [{words}], "path": {quoted(_decoded(os.fsencode(path)))},'
        f' "cwd": {quoted(cwd)}, "env": {{{variables}}},'
        f' "streams": {list(streams)}, "fds": {len(streams)}}}'
    )


def _framed(body: str) -> bytes:
    data = body.encode()
    return len(data).to_bytes(4, "big") + data


def _read_answer(body: str) -> Answer:
    r"""What the supervisor says: a flat object of numbers, with a text at most.

    >>> _read_answer(r'{"code": 127, "problem": "no \"such\" file", "fds": 0}')
    {'code': 127, 'problem': 'no "such" file'}
    """
    answer: Answer = {}
    for key in ("code", "signal"):
        _, found, rest = body.partition(f'"{key}": ')
        if found:
            answer[key] = int(rest.partition(",")[0].partition("}")[0])
    before, found, _ = body.partition('"problem": "')
    if found:
        answer["problem"] = scanstring(body, len(before) + len(found))[0]
    if '"started": true' in body:
        answer["started"] = 1
    return answer


def _end(answer: Answer) -> int:
    """End as the call did."""
    if problem := answer.get("problem"):
        _say(f"supervise: {problem}")
    if "code" in answer:
        return int(answer["code"])
    import resource  # noqa: PLC0415 - few calls end like this

    signum = int(answer["signal"])
    # The call has dumped its core if there was one to dump.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if signum not in {_signal.SIGKILL, _signal.SIGSTOP}:
        _signal.signal(signum, _signal.SIG_DFL)
    os.kill(os.getpid(), signum)
    return 128 + signum  # As a shell has it.


def _execute(entrance: Entrance, argv: Sequence[str], env: dict[str, str]) -> int:
    """Become the command; returns only when that cannot be."""
    # Python ignores these two, and exec keeps that.
    for signum in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(signum, _signal.SIG_DFL)
    path = entrance.find(argv[0])
    try:
        if path is not None:
            os.execve(path, list(argv), env)  # noqa: S606 - no shell is the point
    except FileNotFoundError:
        path = None
    except OSError as error:
        _say(f"{argv[0]}: {error.strerror}")
        return _NOT_EXECUTABLE
    _say(f"{argv[0]}: command not found")
    return _NOT_FOUND


def _say(problem: str) -> None:
    try:
        os.write(2, f"{problem}\n".encode(errors="surrogateescape"))
    except OSError:
        return
