"""The pipes of a scope's processes: what comes out is kept within bounds, what goes in is fed."""

import os
from contextlib import suppress

import anyio
from anyio.lowlevel import checkpoint

_READ_BYTES = 1 << 16
_LEAST_BYTES = 2


class KeptOutput:
    """The beginning and the end of a stream; takes at most one and a half times its limit."""

    def __init__(self, limit_bytes: int) -> None:
        self._half = max(limit_bytes, _LEAST_BYTES) // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._seen = 0

    def take(self, chunk: bytes) -> None:
        """Take in what came next."""
        self._seen += len(chunk)
        room = self._half - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[max(room, 0) :]
        if len(self._tail) > 2 * self._half:
            del self._tail[: -self._half]

    @property
    def dropped_bytes(self) -> int:
        """How much was left out of the middle."""
        return max(0, self._seen - 2 * self._half)

    def read(self) -> bytes:
        r"""What is kept; where something was left out, a line says how much.

        >>> kept = KeptOutput(8)
        >>> kept.take(b"abcd1234")
        >>> kept.read()
        b'abcd1234'
        >>> kept.take(b"5678")
        >>> kept.read()
        b'abcd\n[4 bytes left out]\n5678'
        """
        tail = self._tail[-self._half :]
        if not self.dropped_bytes:
            return bytes(self._head + tail)
        return bytes(self._head) + b"\n[%d bytes left out]\n" % self.dropped_bytes + tail


class Pipe:
    """Both ends of a pipe, each closed at most once; ours does not block."""

    def __init__(self, *, we_read: bool) -> None:
        reads, writes = os.pipe2(os.O_CLOEXEC)
        self.ours, self.theirs = (reads, writes) if we_read else (writes, reads)
        os.set_blocking(self.ours, False)

    def close_theirs(self) -> None:
        """The program has its own copy by now, or there is none."""
        self.theirs = _close(self.theirs)

    def close(self) -> None:
        """Close what is still open."""
        self.ours = _close(self.ours)
        self.close_theirs()


def _close(fd: int) -> int:
    if fd >= 0:
        os.close(fd)
    return -1


async def drain(pipe: Pipe, kept: KeptOutput) -> None:
    """Read until nobody can write to the pipe any more."""
    while True:
        try:
            chunk = os.read(pipe.ours, _READ_BYTES)
        except BlockingIOError:
            await anyio.wait_readable(pipe.ours)
            continue
        if not chunk:
            return
        kept.take(chunk)
        await checkpoint()


async def feed(pipe: Pipe, text: bytes) -> None:
    """Write until all is written, or nobody reads any more; then the reader sees the end."""
    rest = memoryview(text)
    with suppress(BrokenPipeError):
        while rest:
            try:
                rest = rest[os.write(pipe.ours, rest) :]
            except BlockingIOError:
                await anyio.wait_writable(pipe.ours)
    pipe.close()
