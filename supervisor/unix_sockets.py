"""Unix stream sockets that only we ourselves may talk through; standard library only."""

import errno
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from supervisor.errors import StateError

_MOST_PATH_BYTES = 100
"""An address holds 108 bytes on Linux and 104 elsewhere (unix(7))."""
_BACKLOG = 1024
_CREDENTIALS = struct.Struct("3i")


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name for ``path`` that fits into a socket address, for as long as the block lasts.

    Raises:
        OSError: its directory cannot be opened.
    """
    if len(os.fsencode(path)) <= _MOST_PATH_BYTES:
        yield str(path)
        return
    fd = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{fd}/{path.name}"
    finally:
        os.close(fd)


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A listener at ``path`` that never blocks; the socket is 0600 and removed afterwards.

    Its directory is made if it is missing, for our user alone. A socket that a dead process left
    there is replaced; the caller knows that its owner is dead.

    Raises:
        StateError: the place is not ours alone, or cannot be written.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            _bind(sock, path)
        except OSError as error:
            raise StateError(
                f"{path}: cannot listen here: {error.strerror};"
                " its directory must be yours alone, and nothing but a socket may be in its place"
            ) from error
        sock.listen(_BACKLOG)
        sock.settimeout(0)
        try:
            yield sock
        finally:
            path.unlink(missing_ok=True)
    finally:
        sock.close()


def _bind(sock: socket.socket, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = path.parent.stat()
    if folder.st_uid != os.geteuid() or folder.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError(errno.EPERM, "others may write to the directory")
    if path.is_socket():
        path.unlink()
    with short_path(path) as name:
        sock.bind(name)
    # Until here the umask decided; whoever came in meanwhile is told apart by ``accept_ours``.
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def connect(path: Path, timeout_s: float) -> socket.socket:
    """Connect to the listener at ``path``; the timeout goes for all that follows, too.

    Raises:
        OSError: nobody listens there.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout_s)
    try:
        with short_path(path) as name:
            sock.connect(name)
    except OSError:
        sock.close()
        raise
    return sock


def accept_ours(listener: socket.socket) -> socket.socket | None:
    """The next connection if its other end is our own user; None: there is none, or not ours.

    Raises:
        OSError: descriptors or memory have run out.
    """
    try:
        connection, _ = listener.accept()
    except (BlockingIOError, ConnectionAbortedError):
        return None
    _, uid, _ = _credentials(connection)
    if uid != os.geteuid():
        connection.close()
        return None
    connection.settimeout(0)
    return connection


def peer_pid(connection: socket.socket) -> int:
    """The process at the other end, as we call it; it may have ended by now."""
    return _credentials(connection)[0]


def _credentials(connection: socket.socket) -> tuple[int, int, int]:
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, gid = _CREDENTIALS.unpack(packed)
    return pid, uid, gid
