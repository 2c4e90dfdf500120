"""What happened over all runs, in a database that answers at once and can be made anew.

The history is nothing but a reading of the telemetry: it notes how far it has read in the same
transaction as what it made of it. So a crash loses nothing that the telemetry has, no record counts
twice, and whoever opens it may bring it up to date.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from supervisor.errors import StateError
from supervisor.telemetry.history_file import MOST_BYTES, connect
from supervisor.telemetry.reader import Position, read_events

_BATCH = 2000
"""Records read in one transaction: what others wait for at most."""
_BOUNDS = (
    ("failures", "last, fingerprint", 5000),
    ("runs", "started, run", 20_000),
    ("sightings", "last, run, tool, fingerprint", 50_000),
    ("kills", "time, pid", 20_000),
    ("flaky", "last, test", 5000),
    ("days", "day", 800),
)
"""Each table with what its rows are ordered by, oldest first, and how many it keeps."""
_BAD = ("failed", "error", "killed", "timeout")
Record = Mapping[str, Any]


class History:
    """The database of one state directory; for one thread, and safe beside other processes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        """For reading."""

    @classmethod
    @contextmanager
    def open(cls, path: Path, most_bytes: int = MOST_BYTES) -> Iterator[Self]:
        """The history at ``path``; one that is damaged or of another version is made anew.

        Raises:
            StateError: it cannot be made or read.
        """
        try:
            connection = connect(path, most_bytes)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StateError(f"{path}: cannot be opened: {error}") from error
            path.unlink(missing_ok=True)
            connection = connect(path, most_bytes)
        try:
            yield cls(connection)
        except sqlite3.Error as error:
            raise StateError(f"{path}: {error}; it can be made anew: supervise rebuild") from error
        finally:
            connection.close()

    def catch_up(self, telemetry: Path, decompress: Callable[[Path], Iterator[bytes]]) -> int:
        """Read what the telemetry has that was not read yet; returns how many records.

        Raises:
            OSError: the telemetry cannot be read.
        """
        total = 0
        while count := self._read_some(telemetry, decompress):
            total += count
        if total:
            self._prune()
        return total

    def _read_some(self, telemetry: Path, decompress: Callable[[Path], Iterator[bytes]]) -> int:
        """Read a batch; where the file is full, half of what it has goes, and half again."""
        while True:
            try:
                return self._read_batch(telemetry, decompress)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_FULL or not self._prune(half=True):
                    raise

    def reset(self) -> None:
        """Forget everything, so that the next ``catch_up`` reads all telemetry there is."""
        with self._writing():
            for table in ("runs", "failures", "sightings", "kills", "flaky", "days"):
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            self.connection.execute("UPDATE progress SET segment = 0, offset = 0, time = ''")

    def _read_batch(self, telemetry: Path, decompress: Callable[[Path], Iterator[bytes]]) -> int:
        # Locked before the position is read, so that nobody else reads the same records.
        with self._writing():
            segment, offset, seen = self.connection.execute("SELECT * FROM progress").fetchone()
            since = Position(segment, offset)
            count = 0
            at, time = since, seen
            for position, record in read_events(telemetry, decompress, since):
                at = position
                # Where numbering began anew, what was read before has an earlier time.
                if position >= since or str(record.get("time", "")) > seen:
                    time = max(time, str(record.get("time", "")))
                    self._apply(record)
                count += 1
                if count >= _BATCH:
                    break
            self.connection.execute(
                "UPDATE progress SET segment = ?, offset = ?, time = ?", (*at, time)
            )
            return count

    def _apply(self, record: Record) -> None:
        """Take in one record; one that lacks what it should have is passed over."""
        try:
            match record.get("kind"):
                case "run-started":
                    self._start(record)
                case "run-ended":
                    self._end(record)
                case "recovered":
                    self._lose(record)
                case "receipt":
                    self._count_kills(record)
                case "digest":
                    self._digest(record, record["digest"])
                case "repeated":
                    self._repeat(record)
                case "flaky":
                    self._note_flaky(record)
        except (KeyError, TypeError, AttributeError):
            return

    def _start(self, record: Record) -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO runs (run, started, attempt, argv, tier) VALUES (?, ?, ?, ?, ?)",
            (
                record["run"],
                record["time"],
                record["attempt"],
                json.dumps(record["argv"]),
                record["tier"],
            ),
        )
        self._add_to_day(record, runs=1)

    def _end(self, record: Record) -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO runs (run, started) VALUES (?, ?)",
            (record["run"], record["time"]),
        )
        self.connection.execute(
            "UPDATE runs SET ended = ?, ending = ?, cause = ?, wall_s = ?, cpu_s = ?,"
            " peak_memory_bytes = ?, peak_processes = ?, output_bytes = ?, kept_bytes = ?,"
            " dropped_bytes = ?, output_hash = ? WHERE run = ?",
            (
                record["time"],
                json.dumps(record["ending"]),
                *(record[key] for key in ("cause", "wall_s", "cpu_s", "peak_memory_bytes")),
                *(record[key] for key in ("peak_processes", "output_bytes", "kept_bytes")),
                *(record["dropped_bytes"], record.get("output_hash"), record["run"]),
            ),
        )
        self._add_to_day(
            record,
            failed_runs=int(record["cause"] not in {"ok", "operator"}),
            output_bytes=record["output_bytes"],
            kept_bytes=record["kept_bytes"],
        )

    def _lose(self, record: Record) -> None:
        self.connection.execute(
            "UPDATE runs SET ended = ?, cause = ? WHERE run = ? AND ended IS NULL",
            (record["time"], record["cause"], record["run"]),
        )
        self._add_to_day(record, failed_runs=1)
        self._note_kills(record, record["members"])

    def _count_kills(self, record: Record) -> None:
        self.connection.execute(
            "UPDATE runs SET seen = ?, survivors = ? WHERE run = ?",
            (record["seen"], len(record["survivors"]), record["run"]),
        )
        self._note_kills(record, (*record["ended"], *record["survivors"]))

    def _note_kills(self, record: Record, members: Any) -> None:
        rows = [
            (record["time"], record["run"], one["pid"], json.dumps(one["argv"]), one["how"])
            for one in members
        ]
        self.connection.executemany(
            "INSERT INTO kills (time, run, pid, argv, how) VALUES (?, ?, ?, ?, ?)", rows
        )
        self._add_to_day(record, kills=len(rows))

    def _digest(self, record: Record, digest: Record) -> None:
        bad = digest["verdict"] in _BAD
        self._add_to_day(record, digests=1, failures=int(bad))
        key = (digest["tool"], digest["fingerprint"])
        run, time = record["run"], record["time"]
        self.connection.execute(
            "INSERT INTO sightings VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (run, tool, fingerprint)"
            " DO UPDATE SET count = count + 1, last = excluded.last",
            (run, *key, digest["verdict"], time),
        )
        if bad:
            self.connection.execute(
                "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, NULL)"
                " ON CONFLICT (tool, fingerprint) DO UPDATE SET count = count + 1,"
                " last = excluded.last, last_run = excluded.last_run, fixed = NULL",
                (
                    *key,
                    *(digest["kind"], digest["verdict"], digest["summary"]),
                    *(_place(digest.get("first")), digest.get("fix")),
                    *(time, time, run, run),
                ),
            )
        elif digest["verdict"] == "ok" and not (digest["kind"] == "output" and digest.get("call")):
            self.connection.execute(
                "UPDATE failures SET fixed = ? WHERE tool = ? AND fixed IS NULL",
                (time, digest["tool"]),
            )

    def _repeat(self, record: Record) -> None:
        count, last, bad = record["count"], record["last"], record["verdict"] in _BAD
        self._add_to_day(record, digests=count, failures=count if bad else 0)
        key = (record["tool"], record["fingerprint"])
        self.connection.execute(
            "UPDATE sightings SET count = count + ?, last = ?"
            " WHERE run = ? AND tool = ? AND fingerprint = ?",
            (count, last, record["run"], *key),
        )
        self.connection.execute(
            "UPDATE failures SET count = count + ?, last = ? WHERE tool = ? AND fingerprint = ?",
            (count, last, *key),
        )

    def _note_flaky(self, record: Record) -> None:
        rows = [
            (record["tool"], test, record["time"], record["time"], record["run"], record["tree"])
            for test in record["tests"]
        ]
        self.connection.executemany(
            "INSERT INTO flaky VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT (tool, test) DO UPDATE SET"
            " count = count + 1, last = excluded.last, last_run = excluded.last_run,"
            " tree = excluded.tree",
            rows,
        )

    def _add_to_day(self, record: Record, **counts: int) -> None:
        """Add to the sums of the record's day, as the place that we are at counts days."""
        day = dt.datetime.fromisoformat(record["time"]).astimezone().date().isoformat()
        self.connection.execute("INSERT OR IGNORE INTO days (day) VALUES (?)", (day,))
        sums = ", ".join(f"{name} = {name} + ?" for name in counts)
        self.connection.execute(
            f"UPDATE days SET {sums} WHERE day = ?",  # noqa: S608 - our own names
            (*counts.values(), day),
        )

    def _prune(self, *, half: bool = False) -> int:
        """Keep every table within its bound, or ``half`` of it; returns how many rows went.

        The oldest go.
        """
        before = self.connection.total_changes
        with self._writing():
            for table, age, bound in _BOUNDS:
                most = bound
                if half:
                    count = f"SELECT count(*) / 2 FROM {table}"  # noqa: S608 - our own names
                    (most,) = self.connection.execute(count).fetchone()
                newest_first = ", ".join(f"{one} DESC" for one in age.split(", "))
                self.connection.execute(
                    f"DELETE FROM {table} WHERE ({age}) <= (SELECT {age} FROM {table}"  # noqa: S608 - our own names
                    f" ORDER BY {newest_first} LIMIT 1 OFFSET ?)",
                    (most,),
                )
            self.connection.execute("DELETE FROM sightings WHERE run NOT IN (SELECT run FROM runs)")
        return self.connection.total_changes - before

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that nobody else writes beside."""
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield


def catch_up(path: Path, telemetry: Path, decompress: Callable[[Path], Iterator[bytes]]) -> int:
    """Bring the history at ``path`` up to date; returns how many records that took.

    Raises:
        StateError: it cannot be made, read or written.
        OSError: the telemetry cannot be read.
    """
    with History.open(path) as history:
        return history.catch_up(telemetry, decompress)


def _place(first: Record | None) -> str | None:
    """Where the finding of most consequence is."""
    if not first or not first.get("file"):
        return None
    return f"{first['file']}:{first['line']}" if first.get("line") else str(first["file"])
