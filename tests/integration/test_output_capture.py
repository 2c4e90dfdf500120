"""Capturing real children through real pipes (complaints 12, 13 and 16)."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from supervisor.output.capture import STDERR, STDOUT, Capture

WITHIN_S = 10.0


class Heard:
    """A sink that remembers what it was given, and when what happened."""

    def __init__(self) -> None:
        self.chunks: list[tuple[int, bytes]] = []
        self.ended = threading.Event()
        self.quiet = threading.Event()
        self.quiets = 0

    def sink(self, stream: int, chunk: bytes) -> None:
        self.chunks.append((stream, chunk))

    def on_quiet(self) -> None:
        self.quiets += 1
        self.quiet.set()

    def text(self, stream: int) -> bytes:
        return b"".join(chunk for of, chunk in self.chunks if of == stream)


@contextmanager
def capturing(
    argv: list[str], heard: Heard, sink: Callable[[int, bytes], None] | None = None
) -> Iterator[tuple[Capture, subprocess.Popen[bytes]]]:
    """Start ``argv`` with its output captured; it is killed and reaped in the end."""
    with Capture() as capture:
        out, err = capture.child_fds
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err) as child:
            try:
                capture.close_child_fds()
                capture.start(sink or heard.sink, heard.ended.set, heard.on_quiet)
                yield capture, child
            finally:
                child.kill()


def test_streams_come_apart_and_whole() -> None:
    """Every byte of stdout and stderr arrives under its own name; then the end is announced."""
    heard = Heard()
    with capturing(["sh", "-c", "printf out; printf err >&2; printf more"], heard):
        assert heard.ended.wait(WITHIN_S)

    assert (heard.text(STDOUT), heard.text(STDERR)) == (b"outmore", b"err")


def test_large_output_arrives_complete() -> None:
    """50 MB come through unchanged in length and order."""
    heard = Heard()
    size = 0

    def count(stream: int, chunk: bytes) -> None:
        nonlocal size
        size += len(chunk)
        assert stream == STDOUT

    with capturing(["head", "-c", "50000000", "/dev/zero"], heard, count) as (capture, _):
        assert heard.ended.wait(WITHIN_S)
        assert capture.failure is None

    assert size == 50_000_000


def test_child_is_never_blocked_by_a_failing_sink() -> None:
    """A sink that raises is recorded once; the pipe is drained all the same."""
    heard = Heard()

    def fail(stream: int, chunk: bytes) -> None:
        raise ZeroDivisionError(stream, len(chunk))

    with capturing(["head", "-c", "20000000", "/dev/zero"], heard, fail) as (capture, child):
        assert heard.ended.wait(WITHIN_S)
        assert child.wait(WITHIN_S) == 0
        assert isinstance(capture.failure, ZeroDivisionError)


def test_quiet_is_announced_once_after_output() -> None:
    """Silence after output is told once, not again and again."""
    heard = Heard()
    with capturing(["sh", "-c", "echo prompt; exec sleep 60"], heard) as (_, child):
        assert heard.quiet.wait(WITHIN_S)
        heard.quiet.clear()
        again = heard.quiet.wait(0.8)
        child.kill()
        assert heard.ended.wait(WITHIN_S)

    assert (again, heard.quiets, heard.text(STDOUT)) == (False, 1, b"prompt\n")


def test_inherited_pipe_is_named_and_left() -> None:
    """A `sleep` that holds the pipe after the leader is named; stopping does not wait for it."""
    heard = Heard()
    script = "sleep 1000 & echo $!; printf last"
    with capturing(["sh", "-c", script], heard) as (capture, child):
        child.wait(WITHIN_S)
        assert heard.quiet.wait(WITHIN_S)
        assert not heard.ended.is_set()
        (holder,) = capture.holders()
        os.kill(holder.pid, signal.SIGSTOP)  # It cannot help by ending.
        capture.stop()
        assert heard.ended.wait(WITHIN_S)
        os.kill(holder.pid, signal.SIGKILL)

    assert holder.argv == ("sleep", "1000")
    assert heard.text(STDOUT) == b"%d\nlast" % holder.pid


def test_stop_ends_although_somebody_floods() -> None:
    """Stopping reads what is in the pipe, not what comes meanwhile."""
    heard = Heard()
    seen = threading.Event()

    def see(_stream: int, _chunk: bytes) -> None:
        seen.set()

    with capturing(["yes"], heard, see) as (capture, child):
        assert seen.wait(WITHIN_S)
        capture.stop()
        assert heard.ended.wait(WITHIN_S)
    assert child.returncode in {-signal.SIGKILL, -signal.SIGPIPE}


def test_what_was_never_started_leaves_nothing() -> None:
    """A spawn that failed leaves no descriptor (the fixture looks)."""
    with Capture() as capture:
        assert len(capture.child_fds) == 2


def test_child_inherits_only_its_own_ends() -> None:
    """No end of the pipes leaks into a child by accident: all are close-on-exec."""
    heard = Heard()
    listing = "import os; print(*(os.readlink(f'/proc/self/fd/{fd}') for fd in (0, 1, 2)),"
    listing += " sum(os.path.exists(f'/proc/self/fd/{fd}') for fd in range(3, 64)))"
    with capturing([sys.executable, "-I", "-S", "-c", listing], heard):
        assert heard.ended.wait(WITHIN_S)

    assert heard.text(STDOUT).endswith(b" 0\n")
