"""A tool's output on its way to its caller: passed on byte for byte, and seen by us."""

import fcntl
import os
import select
import socket
import stat
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

_READ_BYTES = 1 << 17
_PIPE_BYTES = 1 << 20
_QUIET_S = 0.3
_GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


class Target:
    """A descriptor of the caller's that is written to without ever waiting for who reads there."""

    def __init__(self, fd: int, kind: int) -> None:
        """``fd`` stays the caller's; ``kind`` is its ``S_IFMT``.

        Raises:
            OSError: nobody reads there any more.
        """
        self._socket = socket.socket(fileno=os.dup(fd)) if kind == stat.S_IFSOCK else None
        # Another description of the same pipe: not to wait must be ours alone, not its holders'.
        self._fd = (
            os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            if self._socket is None
            else self._socket.fileno()
        )

    def fileno(self) -> int:
        """What to poll."""
        return self._fd

    def write(self, data: memoryview) -> int:
        """How much it took; 0: it is full.

        Raises:
            OSError: nobody reads there any more.
        """
        try:
            if self._socket is not None:
                return self._socket.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        """Give our descriptor back."""
        if self._socket is not None:
            self._socket.close()
        else:
            os.close(self._fd)


class _Way:
    """From one pipe of the tool's to one descriptor of the caller's."""

    def __init__(self, stream: int, source: int, target: Target) -> None:
        self.stream = stream
        self.source = source
        self.target = target
        self.rest = memoryview(b"")
        """Read and not yet passed on."""
        self.ended = False
        """Nothing more comes from the tool."""

    @property
    def done(self) -> bool:
        return self.ended and not self.rest

    def close(self) -> None:
        os.close(self.source)
        self.target.close()


class Relay:
    """Pipes in place of a caller's standard output and error, and the thread that empties them.

    In order: enter the block, give ``child_fds`` to the spawn, ``close_child_fds``, ``start``.
    What a terminal or a file takes goes there directly and is not seen: programs behave otherwise
    where they write to those. Where stdout and stderr are one they stay one, and count as stdout.
    When the caller reads no more, the tool hears of it as it would have without us.
    """

    def __init__(self, callers: Mapping[int, int]) -> None:
        """The caller's descriptors by stream, 1 or 2 or both, which are not ours to close."""
        self._ways: list[_Way] = []
        self._child_fds: dict[int, int] = {}
        self._wake: tuple[int, ...] = ()
        self._done: tuple[int, ...] = ()
        self._thread: threading.Thread | None = None
        self._callers = callers
        self.sees = False
        """Whether any output comes by here."""
        self.seen_bytes = 0
        """What the tool has written so far."""
        self.seen_at = time.monotonic()
        """When it wrote last."""
        self.failure: Exception | None = None
        """The first error that a callback raised; from there on output was only passed on."""

    def __enter__(self) -> Self:
        try:
            # Standard output first: the other may be the same.
            self._wake, self._done = os.pipe(), os.pipe()
            for stream, caller in sorted(self._callers.items()):
                if self._ways and _same(caller, self._callers[1]):
                    self._child_fds[stream] = os.dup(self._child_fds[1])
                else:
                    self._open_way(stream, caller)
            self.sees = bool(self._ways)
        except OSError:
            self._close()
            raise
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
    def child_fds(self) -> dict[int, int]:
        """What the tool writes to, by stream; ours to close."""
        return self._child_fds

    @property
    def ended_fd(self) -> int:
        """Becomes readable when everything was passed on that will be."""
        return self._done[0]

    @property
    def waits_for_caller(self) -> bool:
        """Whether there is something that the caller does not take."""
        return any(way.rest for way in self._ways)

    def close_child_fds(self) -> None:
        """Close our copies of what the tool writes to: there is no end of file before."""
        while self._child_fds:
            _, fd = self._child_fds.popitem()
            os.close(fd)

    def start(self, see: Callable[[int, bytes], bytes], on_quiet: Callable[[], None]) -> None:
        """Pass on from now on, in a thread that calls both.

        ``see(stream, chunk)`` gets every chunk and returns what of it the caller is to have.
        ``on_quiet()`` comes once when nothing has followed output for 0.3 s.
        """
        self._thread = threading.Thread(
            target=self._run, args=(see, on_quiet), name="relay", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End without waiting for the caller to read the rest, or for the tool to close its end."""
        os.write(self._wake[1], b"!")

    def _open_way(self, stream: int, caller: int) -> None:
        """A pipe of the tool's own, or the caller's descriptor itself."""
        try:
            target = _target(caller)
        except OSError:  # It will get its SIGPIPE as without us.
            target = None
        if target is None:
            self._child_fds[stream] = os.dup(caller)
            return
        try:
            source, sink = os.pipe()
        except OSError:
            target.close()
            raise
        os.set_blocking(source, False)
        # Refused beyond a user's share of pipe memory; the default size works too.
        with suppress(OSError):
            fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._child_fds[stream] = sink
        self._ways.append(_Way(stream, source, target))

    def _run(self, see: Callable[[int, bytes], bytes], on_quiet: Callable[[], None]) -> None:
        noisy = False
        try:
            while self._ways:
                ready = self._poll(_QUIET_S if noisy else None)
                if self._wake[0] in ready:
                    return
                if not ready:
                    self._call(on_quiet)
                noisy = bool(ready)
                for way in list(self._ways):
                    self._advance(way, ready, see)
        finally:
            os.close(self._done[1])

    def _poll(self, patience_s: float | None) -> dict[int, int]:
        poller = select.poll()
        poller.register(self._wake[0], select.POLLIN)
        for way in self._ways:
            poller.register(way.target, select.POLLOUT if way.rest else 0)
            if not way.rest and not way.ended:
                poller.register(way.source, select.POLLIN)
        return dict(poller.poll(None if patience_s is None else patience_s * 1000))

    def _advance(
        self, way: _Way, ready: dict[int, int], see: Callable[[int, bytes], bytes]
    ) -> None:
        try:
            if way.source in ready:
                self._read(way, see)
            if way.rest:
                way.rest = way.rest[way.target.write(way.rest) :]
            gone = bool(ready.get(way.target.fileno(), 0) & _GONE)
        except OSError:
            gone = True
        if gone or way.done:
            self._ways.remove(way)
            way.close()

    def _read(self, way: _Way, see: Callable[[int, bytes], bytes]) -> None:
        chunk = os.read(way.source, _READ_BYTES)
        way.ended = not chunk
        self.seen_bytes += len(chunk)
        self.seen_at = time.monotonic()
        shown = self._call(see, way.stream, chunk) if chunk else b""
        way.rest = memoryview(chunk if shown is None else shown)

    def _call(self, callback: Callable[..., bytes | None], *arguments: object) -> bytes | None:
        """Call back; passing on goes on whatever that raises."""
        if self.failure is None:
            try:
                return callback(*arguments)
            except Exception as error:  # noqa: BLE001 - recorded; the hall raises it
                self.failure = error
        return None

    def _close(self) -> None:
        self.close_child_fds()
        for way in self._ways:
            way.close()
        ends = self._done if self._thread is None else self._done[:1]
        for fd in (*self._wake, *ends):
            os.close(fd)
        self._ways, self._wake, self._done = [], (), ()


def pass_on(fd: int, data: bytes, patience_s: float) -> None:
    """Write to a caller's descriptor, as long as somebody reads there at all."""
    try:
        target = _target(fd)
        if target is None:
            os.write(fd, data)
            return
    except OSError:
        return
    rest, deadline = memoryview(data), time.monotonic() + patience_s
    poller = select.poll()
    poller.register(target, select.POLLOUT)
    try:
        while rest and (left_s := deadline - time.monotonic()) > 0:
            poller.poll(left_s * 1000)
            rest = rest[target.write(rest) :]
    except OSError:  # Nobody reads there any more.
        return
    finally:
        target.close()


def _target(fd: int) -> Target | None:
    """How a caller's descriptor is written to; None: the tool has to have it itself.

    Raises:
        OSError: nobody reads there any more.
    """
    if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        return None
    kind = stat.S_IFMT(os.fstat(fd).st_mode)
    stream = kind == stat.S_IFSOCK and _is_stream(fd)
    null = kind == stat.S_IFCHR and os.fstat(fd).st_rdev == os.stat(os.devnull).st_rdev  # noqa: PTH116 - no path of the user's
    return Target(fd, kind) if kind == stat.S_IFIFO or stream or null else None


def _is_stream(fd: int) -> bool:
    with socket.socket(fileno=os.dup(fd)) as its:
        return its.type == socket.SOCK_STREAM


def _same(one: int, other: int) -> bool:
    seen, also = os.fstat(one), os.fstat(other)
    return (seen.st_dev, seen.st_ino) == (also.st_dev, also.st_ino)
