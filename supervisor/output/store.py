"""What a run wrote, kept compressed and bounded on disk without ever holding up the reader."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from supervisor.output.batches import Batch, Batches
from supervisor.output.frames import FRAME_BYTES, Encoded, FrameEncoder, pack
from supervisor.output.segments import Held, Segments

_FRAME_LEAST_BYTES = 4096
_FRAMES_A_QUOTA = 64
_MANY_BATCHES = 2
_MOST_UNDER_WAY = 3
_RETRY_S = 1.0
_PATIENCE_S = 0.5
_LOOK_S = 0.05
_CLOSE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a store took in, and what it still has."""

    output_bytes: int
    output_lines: int
    kept_bytes: int
    """On disk: compressed, headers included."""
    kept_raw_bytes: int
    dropped_bytes: int
    """Not kept: the middle that the quota pushed out, and what the disk did not take."""
    dropped_lines: int
    output_hash: str
    """SHA-256 of all that was put, kept or not, in order; a hex string."""


class RawStore:
    """One run's output on disk: ``put`` from one thread, a second one compresses and writes.

    Where two frames wait, a third thread does the same: each compresses what is next, and one
    writes what is ready, in order. Holds at most twelve frames. ``put`` may wait for the
    compressors, which is bounded work, and for a disk at most half a second in a row; what the
    disk does not take is dropped by count and reported to ``on_dropped(bytes, lines, problem)``
    from a writing thread once the disk takes something again, or at the end.
    """

    def __init__(
        self, directory: Path, quota_bytes: int, on_dropped: Callable[[int, int, str], None]
    ) -> None:
        self.directory = directory
        self._segments = Segments(directory, quota_bytes)
        self._frame_bytes = min(
            FRAME_BYTES, max(_FRAME_LEAST_BYTES, quota_bytes // _FRAMES_A_QUOTA)
        )
        self._batches = Batches(self._frame_bytes)
        self._on_dropped = on_dropped
        self._disk = _DiskClock()
        self._loss = _Loss()
        self._hash = hashlib.sha256()
        lock = threading.Lock()
        self._changed = threading.Condition(lock)
        self._room = threading.Condition(lock)
        """Of its own, so that ``put`` is not woken by each frame that is written."""
        self._closing = False
        self._writing = False
        """Whether one of our threads writes what is ready."""
        self._line = 0
        self._retry_at = 0.0
        self._settled = 0
        """What stands before this offset was written, or never will be."""
        self._bug: Exception | None = None
        self._writer = threading.Thread(target=self._write, name="raw store", daemon=True)

    @classmethod
    def open(
        cls, directory: Path, quota_bytes: int, on_dropped: Callable[[int, int, str], None]
    ) -> Self:
        """A store in ``directory``, which is made with the first frame and is ours alone."""
        store = cls(directory, quota_bytes, on_dropped)
        store._writer.start()
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def put(self, stream: int, chunk: bytes, lines: int) -> None:
        """Keep ``chunk`` of ``stream`` (1 stdout, 2 stderr); no disk makes it raise.

        ``lines`` are the newlines in it, which the caller has counted already.
        """
        self._hash.update(chunk)
        if 0 < len(chunk) <= self._frame_bytes:
            self._put(stream, chunk, lines)
            return
        for start in range(0, len(chunk), self._frame_bytes):
            piece = chunk[start : start + self._frame_bytes]
            self._put(stream, piece, piece.count(b"\n"))

    def _put(self, stream: int, chunk: bytes, lines: int) -> None:
        with self._changed:
            asleep = self._batches.empty
            while not self._batches.add(stream, chunk, lines, time.monotonic()):
                if not self._wait_for_room():
                    self._skip(len(chunk), lines)
                    return
            if asleep or self._batches.waiting:
                self._changed.notify_all()

    def flush(self) -> None:
        """Have what was put so far written now; does not wait for it."""
        with self._changed:
            self._batches.seal()
            self._changed.notify_all()

    def settle(self, offset: int, patience_s: float) -> None:
        """Have what stands before ``offset`` written, and wait for that, but not for ever."""
        deadline = time.monotonic() + patience_s
        self.flush()
        with self._changed:
            while self._settled < offset and (left_s := deadline - time.monotonic()) > 0:
                self._changed.wait(left_s)

    def close(self) -> Kept:
        """Write the rest, end the store and say what it has; a second call says it again.

        A disk that takes nothing for five seconds is left to itself, with the thread on it.

        Raises:
            Exception: the writing thread met a defect of ours.
        """
        self.flush()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._writer.join(_CLOSE_S)
        if self._bug is not None:
            raise self._bug
        held, lines = self._segments.held, self._line
        return Kept(
            output_bytes=self._batches.offset,
            output_lines=lines,
            kept_bytes=held.disk_bytes,
            kept_raw_bytes=held.raw_bytes,
            dropped_bytes=self._batches.offset - held.raw_bytes,
            dropped_lines=lines - held.lines,
            output_hash=self._hash.hexdigest(),
        )

    def _wait_for_room(self) -> bool:
        """Wait a moment for the writer; False: it is the disk that keeps it, or it has ended."""
        if self._disk.lags() or self._closing or self._bug is not None:
            return False
        self._room.wait(_LOOK_S)
        return True

    def _skip(self, size_bytes: int, lines: int) -> None:
        self._batches.skip(size_bytes, lines)
        self._loss.add(size_bytes, lines, "the disk takes less than the output brings")

    def _write(self) -> None:
        """Keep what is put until the store closes, then end it."""
        helper = threading.Thread(target=self._help, name="raw store helper", daemon=True)
        try:
            encoder = FrameEncoder()
            while (batch := self._next(1)) is not None:
                if helper.ident is None and self._batches.waiting:
                    helper.start()
                self._done(batch, encoder.encode(batch.raw))
            if helper.ident is not None:
                helper.join()
            self._end()
        except Exception as bug:  # noqa: BLE001 - close() raises it; put() must not wait for us
            self._fail(bug)

    def _help(self) -> None:
        try:
            encoder = FrameEncoder()
            while (batch := self._next(_MANY_BATCHES)) is not None:
                self._done(batch, encoder.encode(batch.raw))
        except Exception as bug:  # noqa: BLE001 - close() raises it
            self._fail(bug)

    def _fail(self, bug: Exception) -> None:
        with self._changed:
            self._bug = bug
            self._changed.notify_all()
            self._room.notify_all()

    def _next(self, least: int) -> Batch | None:
        """Wait until so many batches wait, and take the oldest; None: no more will."""
        batches = self._batches
        with self._changed:
            while batches.waiting < least or batches.under_way == _MOST_UNDER_WAY:
                if self._bug is not None or (self._closing and batches.waiting < least):
                    return None
                self._changed.wait(self._seal_ripe() if least == 1 else None)
            self._room.notify_all()
            return batches.pop()

    def _seal_ripe(self) -> float | None:
        """Seal the batch that is being filled if it is time; seconds until then, None: never."""
        left_s = self._batches.ripe_in_s(time.monotonic())
        if left_s is None or left_s > 0:
            return left_s
        self._batches.seal()
        return 0

    def _done(self, batch: Batch, encoded: Encoded) -> None:
        """Write this batch and those behind it, if it is its turn and nobody is at it."""
        with self._changed:
            batch.encode_as(encoded)
            if self._writing:
                return
            self._writing = True
        while (ready := self._next_ready()) is not None:
            self._keep(*ready)

    def _next_ready(self) -> tuple[Batch, Encoded] | None:
        with self._changed:
            ready = self._batches.take_ready()
            self._writing = ready is not None
            self._changed.notify_all()
            return ready

    def _keep(self, batch: Batch, encoded: Encoded) -> None:
        self._line += batch.skipped_lines
        first_line = self._line
        self._line += batch.lines
        now = time.monotonic()
        if now < self._retry_at and not self._closing:
            self._lose(encoded.raw_bytes, batch.lines, "")
        else:
            pieces = pack(encoded, batch.parts, (batch.offset, first_line), batch.lines)
            try:
                with self._disk:
                    self._append(pieces, encoded.raw_bytes, batch.lines)
            except OSError as error:
                self._retry_at = now + _RETRY_S
                self._lose(encoded.raw_bytes, batch.lines, error.strerror or str(error))
            else:
                self._report()
        self._settled = batch.offset + encoded.raw_bytes

    def _append(self, pieces: Sequence[bytes], raw_bytes: int, lines: int) -> None:
        self._segments.append(pieces, Held(sum(map(len, pieces)), raw_bytes, lines))

    def _end(self) -> None:
        """Write the header that ends the store: it tells readers that nothing is missing after."""
        self._line += self._batches.take_skipped_lines()
        nothing = FrameEncoder().encode(b"")
        pieces = pack(nothing, (), (self._batches.offset, self._line), 0)
        with suppress(OSError):  # Without it the store reads like one that was killed.
            self._append(pieces, 0, 0)
        with suppress(OSError):  # What the disk had taken and then lost is not counted as held.
            self._segments.close()
        self._report()

    def _lose(self, size_bytes: int, lines: int, problem: str) -> None:
        with self._changed:
            self._loss.add(size_bytes, lines, problem)

    def _report(self) -> None:
        """Hand over what was lost so far, if anything was."""
        with self._changed:
            loss, self._loss = self._loss, _Loss()
        if loss.dropped_bytes:
            self._on_dropped(loss.dropped_bytes, loss.dropped_lines, loss.problem)


@dataclass(slots=True)
class _Loss:
    """What the disk did not take since the last report."""

    dropped_bytes: int = 0
    dropped_lines: int = 0
    problem: str = ""

    def add(self, size_bytes: int, lines: int, problem: str) -> None:
        self.dropped_bytes += size_bytes
        self.dropped_lines += lines
        self.problem = self.problem or problem


class _DiskClock:
    """Tells a disk that takes longer than everything else from one that keeps up."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._left_at = time.monotonic()
        self._lag_s = 0.0

    def __enter__(self) -> None:
        since = self._since = time.monotonic()
        self._lag_s = max(0.0, self._lag_s - (since - self._left_at))

    def __exit__(self, *exc: object) -> None:
        since, self._since = self._since, None
        self._left_at = time.monotonic()
        if since is not None:
            self._lag_s = min(2 * _PATIENCE_S, self._lag_s + self._left_at - since)

    def lags(self) -> bool:
        """Whether the disk has used up the patience that there is for it."""
        since = self._since
        running_s = 0.0 if since is None else time.monotonic() - since
        return self._lag_s + running_s > _PATIENCE_S
