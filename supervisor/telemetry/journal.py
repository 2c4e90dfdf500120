"""The telemetry files of one directory: appended to, rotated, compressed, retained."""

import datetime as dt
import errno
import fcntl
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from supervisor.telemetry.retention import (
    ARCHIVE_SUFFIX,
    LIVE_NAME,
    Closed,
    TelemetryLimits,
    parse_name,
    plan_deletions,
)
from supervisor.telemetry.ring import Entry

_PART_SUFFIX = ARCHIVE_SUFFIX + ".part"
_AGE_SHARE = 10
"""The live file closes after this share of the retention, so that age applies to it as well."""
_FIRST_LINE_MOST_BYTES = 1 << 16


def closed_files(directory: Path) -> list[Closed]:
    """The closed files in ``directory``, oldest first.

    Raises:
        OSError: the directory cannot be read.
    """
    found = []
    for path in directory.iterdir():
        with suppress(FileNotFoundError):  # Its owner compressed or deleted it meanwhile.
            closed = parse_name(path.name, path.lstat().st_size)
            if closed is not None:
                found.append(closed)
    return sorted(found)


class Journal:
    """One directory of telemetry, locked against a second writer.

    For one thread, but for ``tidy``, which another may call at the same time.
    """

    def __init__(
        self, directory: Path, limits: TelemetryLimits, compress: Callable[[Path, Path], None]
    ) -> None:
        """Lock the directory, which is made where it is missing, and open the live file.

        Raises:
            BlockingIOError: another writer has it.
            OSError: it cannot be made or written.
        """
        self._directory = directory
        self._limits = limits
        self._compress = compress
        self._lock: int | None = None
        self._live: int | None = None
        self._live_bytes = 0
        self._born = dt.datetime.now(dt.UTC)
        self.untidy = True
        """Whether a file was closed since it was last tidied up."""
        self._open()

    @property
    def line_most_bytes(self) -> int:
        """Longest line that can be kept."""
        return self._limits.live_bytes

    def append(self, entries: list[Entry], now: dt.datetime) -> None:
        """Write ``entries`` and take off the list what is written, whole lines only.

        Raises:
            OSError: the disk did not take what is left in ``entries``.
        """
        live = self._reopened()
        if (now - self._born).total_seconds() > self._limits.keep_for_s / _AGE_SHARE:
            live = self._rotate(live, now)
        while entries:
            count, block = self._block(entries)
            if count == 0:
                live = self._rotate(live, now)
                continue
            self._write(live, block)
            del entries[:count]

    def tidy(self, now: dt.datetime) -> None:
        """Compress closed files and delete what the limits let go; what fails is left for later."""
        self.untidy = False
        with suppress(OSError):
            self._retain(now)
            for closed in closed_files(self._directory):
                if not closed.compressed:
                    self._archive(self._directory / closed.name)
            self._retain(now)

    def _archive(self, plain: Path) -> None:
        """Compress a closed file; it goes only once the archive has been verified."""
        with suppress(OSError):
            self._compress(plain, plain.with_name(plain.name + ARCHIVE_SUFFIX))
            plain.unlink()

    def close(self) -> None:
        """Close the live file and give up the lock."""
        for fd in (self._live, self._lock):
            if fd is not None:
                os.close(fd)
        self._live = self._lock = None

    def _open(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._lock = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in self._directory.iterdir():
                if path.name.startswith("events-") and path.name.endswith(_PART_SUFFIX):
                    path.unlink()  # A crash left it; what it was made of is still there.
            self._open_live()
        except OSError:
            self.close()
            raise

    def _open_live(self) -> int:
        path = self._directory / LIVE_NAME
        live = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._live = live
        self._live_bytes = os.fstat(live).st_size
        self._born = _first_time(live) or dt.datetime.now(dt.UTC)
        if self._live_bytes and os.pread(live, 1, self._live_bytes - 1) != b"\n":
            self._write(live, b"\n")  # A crash tore the last line; ours must not join it.
        return live

    def _reopened(self) -> int:
        """The live file, anew where somebody deleted it or closing it had failed."""
        if self._live is not None and os.fstat(self._live).st_nlink > 0:
            return self._live
        self.close()
        self._open()
        if self._live is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), LIVE_NAME)
        return self._live

    def _block(self, entries: list[Entry]) -> tuple[int, bytes]:
        """As many lines as the live file has room for."""
        room_bytes = self._limits.live_bytes - self._live_bytes
        count = 0
        for entry in entries:
            if len(entry.line) > room_bytes:
                break
            room_bytes -= len(entry.line)
            count += 1
        return count, b"".join(entry.line for entry in entries[:count])

    def _write(self, live: int, block: bytes) -> None:
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[os.write(live, rest) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(live, self._live_bytes)
            raise
        self._live_bytes += len(block)

    def _rotate(self, live: int, now: dt.datetime) -> int:
        """Close the live file under a name of its own, and open the next."""
        written = dt.datetime.fromtimestamp(os.fstat(live).st_mtime, dt.UTC)
        seqs = [closed.seq for closed in closed_files(self._directory)]
        closed = Closed(max(seqs, default=0) + 1, compressed=False, written=written)
        (self._directory / LIVE_NAME).rename(self._directory / closed.name)
        self._live = None
        os.close(live)
        live = self._open_live()
        self.untidy = True
        with suppress(OSError):
            self._retain(now)
        return live

    def _retain(self, now: dt.datetime) -> None:
        for closed in plan_deletions(closed_files(self._directory), self._limits, now):
            (self._directory / closed.name).unlink(missing_ok=True)


def _first_time(live: int) -> dt.datetime | None:
    """When the first record of a file was written; None where that cannot be read."""
    line, _, _ = os.pread(live, _FIRST_LINE_MOST_BYTES, 0).partition(b"\n")
    try:
        time = dt.datetime.fromisoformat(json.loads(line)["time"])
    except (ValueError, TypeError, KeyError):
        return None
    return time if time.tzinfo is not None else None
