"""Messages and descriptors over a Unix stream socket; standard library only.

Like every module that must start in milliseconds it does without dataclasses, whose import costs
as much as the interpreter's own start.

A message is a JSON object behind its length (4 bytes, big endian). Descriptors travel
with the first byte of their message, so they have arrived when the message has.
"""

import array
import json
import os
import socket
import struct
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

_LENGTH = struct.Struct(">I")
# Linux takes 6 MiB of arguments and environment; of a foreign byte JSON makes six.
_MOST_BYTES = 40 << 20
_MOST_FDS = 250
_READ_BYTES = 1 << 16


class WireError(Exception):
    """The peer broke the protocol; the connection is of no more use."""


class Packet(NamedTuple):
    """One message with the descriptors that came with it; the receiver owns them."""

    message: dict[str, Any]
    fds: tuple[int, ...] = ()


class _Unsent(NamedTuple):
    data: memoryview
    fds: tuple[int, ...] = ()


class Channel:
    """One end of a connection. Never blocks: what the peer does not take waits here."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(0)
        self._socket = sock
        self._unsent: deque[_Unsent] = deque()
        self._received = bytearray()
        self._fds: deque[int] = deque()

    def fileno(self) -> int:
        """Descriptor to poll."""
        return self._socket.fileno()

    @property
    def unsent(self) -> bool:
        """Whether ``flush`` has something to do once the peer takes more."""
        return bool(self._unsent)

    def send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """Queue a message and send what fits; ``fds`` must stay open until it is sent.

        Raises:
            OSError: the peer is gone.
        """
        # Lone surrogates, which os.fsdecode makes of foreign bytes, survive JSON's \\u escapes.
        body = json.dumps(message | {"fds": len(fds)}).encode()
        self._unsent.append(_Unsent(memoryview(_LENGTH.pack(len(body)) + body), tuple(fds)))
        self.flush()

    def flush(self) -> None:
        """Send what the peer takes now.

        Raises:
            OSError: the peer is gone.
        """
        while self._unsent:
            head = self._unsent[0]
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", head.fds))]
            try:
                sent = self._socket.sendmsg([head.data], rights if head.fds else [])
            except BlockingIOError:
                return
            if sent == len(head.data):
                self._unsent.popleft()
            else:
                self._unsent[0] = _Unsent(head.data[sent:])

    def receive(self) -> list[Packet]:
        """Messages that are complete by now; empty when none is.

        Raises:
            EOFError: the peer closed its end.
            WireError: a message that no peer of ours would send.
            OSError: the connection broke.
        """
        try:
            # Else what we start inherits them: a program would hold its own cgroup open.
            data, ancillary, _, _ = self._socket.recvmsg(
                _READ_BYTES,
                socket.CMSG_SPACE(_MOST_FDS * array.array("i").itemsize),
                socket.MSG_CMSG_CLOEXEC,
            )
        except BlockingIOError:
            return []
        for level, kind, rights in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds = array.array("i")
                fds.frombytes(rights[: len(rights) - len(rights) % fds.itemsize])
                self._fds.extend(fds)
        if len(self._fds) > _MOST_FDS:
            raise WireError("more descriptors than a message may bring")
        if not data:
            raise EOFError
        self._received += data
        return list(iter(self._next, None))

    def _next(self) -> Packet | None:
        if len(self._received) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._received)
        if length > _MOST_BYTES:
            raise WireError(f"a message of {length} bytes")
        end = _LENGTH.size + length
        if len(self._received) < end:
            return None
        try:
            message = json.loads(self._received[_LENGTH.size : end])
            count = message.pop("fds")
            packet = Packet(message, tuple(self._fds.popleft() for _ in range(count)))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise WireError(f"not a message of ours: {error}") from error
        del self._received[:end]
        return packet

    def close(self) -> None:
        """Close the socket and every descriptor that nobody took."""
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()
        self._socket.close()
