"""Telemetry: takes events at once, writes them in one thread, never stalls and never throws."""

import datetime as dt
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from supervisor.errors import BusyError, StateError
from supervisor.events import Event
from supervisor.telemetry.journal import Journal
from supervisor.telemetry.record import stamp, to_record
from supervisor.telemetry.retention import TelemetryLimits
from supervisor.telemetry.ring import BYTES_MOST, ENTRIES_MOST, Entry, Ring

__all__ = ["Telemetry", "TelemetryLimits", "encode"]  # Who opens the one needs the other.

_FLUSH_S = 0.5
_RETRY_S = 1.0
_CLOSE_S = 5.0
_PATIENCE_S = 0.05
_TIDY_EACH = dt.timedelta(hours=1)


def encode(record: dict[str, object]) -> bytes:
    """One JSON line; what is no Unicode (lone surrogates) stays as an escape."""
    try:
        # A copy: what orjson gives keeps the kilobyte that it was written into.
        return orjson.dumps(record) + b"\n"
    except orjson.JSONEncodeError:
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace") + b"\n"


class Telemetry:
    """Writes the events of one state directory.

    What waits is bounded (a thousand entries, 1 MiB). Where more comes than that, a caller waits
    for the writing thread, once at most 50 ms; from then on, while the disk takes nothing, the
    oldest of the least severe are dropped, and the first line after says how many.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._line_most_bytes = journal.line_most_bytes
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._ring = Ring()
        self._clock = _Clock()
        self._seq = 0
        self._closed = False
        self._losing_since: dt.datetime | None = None
        self._reported = 0
        self._tidied = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._bug: Exception | None = None
        self._tidier: threading.Thread | None = None
        self._patient = True
        """Whether it is the callers that are too fast, and not the disk that is too slow."""
        self._writer = threading.Thread(target=self._write, name="telemetry", daemon=True)

    @classmethod
    def open(
        cls, directory: Path, limits: TelemetryLimits, compress: Callable[[Path, Path], None]
    ) -> Self:
        """Telemetry in ``directory``; ``compress(plain, archive)`` must verify what it writes.

        Raises:
            BusyError: another writer has the directory.
            StateError: the directory cannot be made or written.
        """
        try:
            journal = Journal(directory, limits, compress)
        except BlockingIOError as error:
            raise BusyError(f"{directory}: another supervise writes its telemetry here") from error
        except OSError as error:
            raise StateError(f"{directory}: {error.strerror}") from error
        telemetry = cls(journal)
        telemetry._writer.start()
        return telemetry

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def waiting_bytes(self) -> int:
        """What is accepted and not yet written."""
        return self._ring.bytes_held

    def emit(self, event: Event) -> None:
        """Have ``event`` written within half a second; never waits for the disk.

        Raises:
            RuntimeError: the telemetry is closed.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError(f"event {event.kind} after the telemetry was closed")
            self._seq += 1
            line = encode(to_record(event, self._clock.stamp(), self._seq))
            entry = Entry(self._seq, event.level, line)
            ring = self._ring
            was_idle = not ring
            if len(line) > self._line_most_bytes:
                ring.dropped += 1
            else:
                if self._patient and not ring.has_room(entry):
                    self._wait_for_room(entry)
                ring.add(entry)
            if ring.dropped > self._reported:
                self._losing_since = self._losing_since or dt.datetime.now(dt.UTC)
            if was_idle or self._is_pressing():
                self._changed.notify()

    def close(self) -> None:
        """Write what waits and end; a disk that takes nothing for five seconds is left alone.

        Raises:
            Exception: the writing thread met a defect of ours.
        """
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._writer.join(_CLOSE_S)
        if self._bug is not None:
            raise self._bug

    def _wait_for_room(self, entry: Entry) -> None:
        self._changed.notify()
        self._patient = self._changed.wait_for(
            lambda: self._closed or self._ring.has_room(entry), _PATIENCE_S
        )

    def _is_pressing(self) -> bool:
        return len(self._ring) >= ENTRIES_MOST // 2 or self._ring.bytes_held >= BYTES_MOST // 2

    def _write(self) -> None:
        try:
            while not self._closed:
                self._tidy_aside()
                self._wait_for_entries()
                if not self._flush():
                    self._wait_for_close(_RETRY_S)
            self._flush()
            if self._tidier is not None:
                self._tidier.join()
            self._tidy()
        except Exception as bug:  # noqa: BLE001 - close() raises it; emit() goes on, counting
            self._bug = bug
        finally:
            self._journal.close()

    def _wait_for_entries(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ring)
            self._changed.wait_for(lambda: self._closed or self._is_pressing(), _FLUSH_S)

    def _wait_for_close(self, most_s: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed, most_s)

    def _tidy_aside(self) -> None:
        """Have a thread of its own compress what was closed, which takes longer than a write."""
        if self._tidier is not None and self._tidier.is_alive():
            return
        if self._journal.untidy or dt.datetime.now(dt.UTC) - self._tidied > _TIDY_EACH:
            tidier = threading.Thread(target=self._tidy, name="telemetry archive", daemon=True)
            with suppress(RuntimeError):  # There is no thread to be had now; later is soon enough.
                tidier.start()
                self._tidier = tidier

    def _tidy(self) -> None:
        try:
            self._tidied = dt.datetime.now(dt.UTC)
            self._journal.tidy(self._tidied)
        except Exception as bug:  # noqa: BLE001 - as in the writing thread
            self._bug = bug

    def _flush(self) -> bool:
        """Write what waits; False: the disk did not take all of it."""
        with self._changed:
            now = dt.datetime.now(dt.UTC)
            entries = self._ring.take()
            self._changed.notify_all()
            dropped, since = self._ring.dropped - self._reported, self._losing_since
        notice = _notice(dropped, since or now, now) if dropped else None
        waiting = [notice, *entries] if notice else entries
        try:
            self._journal.append(waiting, now)
        except OSError:  # What was not taken is still in the list, and the caller tries again.
            failed = True
        else:
            failed = False
        with self._changed:
            if notice is not None and notice not in waiting:
                self._reported += dropped
            self._ring.put_back([entry for entry in waiting if entry is not notice])
            if failed:
                self._losing_since = self._losing_since or now
            else:
                self._patient = True
                if self._ring.dropped == self._reported:
                    self._losing_since = None
        return not failed


class _Clock:
    """Writes each millisecond out once: that takes a tenth of an event's time."""

    def __init__(self) -> None:
        self._ms = 0
        self._text = ""

    def stamp(self) -> str:
        """The time now, as records have it."""
        ms = time.time_ns() // 1_000_000
        if ms != self._ms:
            self._ms, self._text = ms, stamp(dt.datetime.fromtimestamp(ms / 1000, dt.UTC))
        return self._text


def _notice(dropped: int, since: dt.datetime, now: dt.datetime) -> Entry:
    """The line that stands where ``dropped`` entries are missing; it has no number of its own."""
    record: dict[str, object] = {
        "time": stamp(now),
        "seq": None,
        "kind": "telemetry-dropped",
        "level": "warning",
        "run": None,
        "dropped": dropped,
        # The clock may have been set back meanwhile.
        "for_s": round(max(0.0, (now - since).total_seconds()), 3),
    }
    return Entry(0, "warning", encode(record))
