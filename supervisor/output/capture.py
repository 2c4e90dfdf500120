"""A child's stdout and stderr: two pipes, drained by one thread whatever happens downstream."""

import fcntl
import os
import select
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from supervisor.events import Member
from supervisor.output.holders import holders

STDOUT = 1
STDERR = 2

_PIPE_BYTES = 1 << 20
_READ_BYTES = 1 << 18
_QUIET_S = 0.3
_INT_BYTES = 4


class Capture:
    """Two pipes and the thread that drains them.

    In order: enter the block, give ``child_fds`` to the spawn, ``close_child_fds``, ``start``.
    Leaving the block ends the reading, joins the thread and closes every descriptor.
    """

    def __init__(self) -> None:
        self._streams: dict[int, int] = {}
        self._child_fds: tuple[int, ...] = ()
        self._inodes: frozenset[int] = frozenset()
        self._wake: tuple[int, ...] = ()
        self._thread: threading.Thread | None = None
        self.failure: Exception | None = None
        """The first error that a callback raised; output was discarded from there on."""

    def __enter__(self) -> Self:
        try:
            for stream in (STDOUT, STDERR):
                read_end, write_end = os.pipe()
                self._streams[read_end] = stream
                self._child_fds += (write_end,)
            self._wake = os.pipe()
        except OSError:
            self._close()
            raise
        for read_end in self._streams:
            os.set_blocking(read_end, False)
            # Refused beyond a user's share of pipe memory; the default size works too.
            with suppress(OSError):
                fcntl.fcntl(read_end, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._inodes = frozenset(os.fstat(fd).st_ino for fd in self._streams)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self.stop()
            self._thread.join()
        self._close()

    @property
    def child_fds(self) -> tuple[int, ...]:
        """The write ends for the child's stdout and stderr; ours to close."""
        return self._child_fds

    def close_child_fds(self) -> None:
        """Close our copies of the write ends: the reader sees no end of file before."""
        for fd in self._child_fds:
            os.close(fd)
        self._child_fds = ()

    def start(
        self,
        sink: Callable[[int, bytes], None],
        on_end: Callable[[], None],
        on_quiet: Callable[[], None],
    ) -> None:
        """Read from now on, in a thread that calls all three.

        ``sink(stream, chunk)`` gets every chunk. ``on_quiet()`` comes once when nothing has
        followed output for 0.3 s. ``on_end()`` comes last, once, when both pipes have ended or
        ``stop`` was called.
        """
        self._thread = threading.Thread(
            target=self._read, args=(sink, on_end, on_quiet), name="capture", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Have the thread read what the pipes hold now, then end; does not wait for it."""
        os.write(self._wake[1], b"!")

    def holders(self) -> tuple[Member, ...]:
        """Who else still holds a write end of our pipes."""
        return holders(self._inodes)

    def _read(
        self,
        sink: Callable[[int, bytes], None],
        on_end: Callable[[], None],
        on_quiet: Callable[[], None],
    ) -> None:
        poller = select.poll()
        for fd in (*self._streams, self._wake[0]):
            poller.register(fd, select.POLLIN)
        noisy = False
        try:
            while self._streams:
                ready = [fd for fd, _ in poller.poll(_QUIET_S * 1000 if noisy else None)]
                if self._wake[0] in ready:
                    self._read_rest(sink)
                    return
                if not ready:
                    self._call(on_quiet)
                noisy = bool(ready)
                for fd in ready:
                    if not self._pass_on(fd, _READ_BYTES, sink):
                        poller.unregister(fd)
                        del self._streams[fd]
                        os.close(fd)
        finally:
            self._call(on_end, even_after_failure=True)

    def _pass_on(self, fd: int, most_bytes: int, sink: Callable[[int, bytes], None]) -> int:
        """Read once and hand it on; returns the bytes read, 0 at the end."""
        chunk = os.read(fd, most_bytes)
        if chunk:
            self._call(sink, self._streams[fd], chunk)
        return len(chunk)

    def _read_rest(self, sink: Callable[[int, bytes], None]) -> None:
        """Read what is in the pipes at this moment, though somebody may go on writing."""
        for fd in self._streams:
            held = fcntl.ioctl(fd, termios.FIONREAD, bytes(_INT_BYTES))
            left = int.from_bytes(held, sys.byteorder)
            while left > 0 and (got := self._pass_on(fd, min(left, _READ_BYTES), sink)):
                left -= got

    def _call(
        self, callback: Callable[..., None], *arguments: object, even_after_failure: bool = False
    ) -> None:
        """Call back; draining goes on whatever that raises, or the child would be blocked."""
        if self.failure is not None and not even_after_failure:
            return
        try:
            callback(*arguments)
        except Exception as error:  # noqa: BLE001 - recorded; the hall raises it
            self.failure = self.failure or error

    def _close(self) -> None:
        self.close_child_fds()
        for fd in (*self._streams, *self._wake):
            os.close(fd)
        self._streams, self._wake = {}, ()
