"""What happened over all runs, in a database that answers at once and can be made anew.

The history is nothing but a reading of the telemetry: it notes how far it has read in the same
transaction as what it made of it. So a crash loses nothing that the telemetry has, no record counts
twice, and whoever opens it may bring it up to date.
"""

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from supervisor.errors import StateError
from supervisor.telemetry.reader import Position, read_events

VERSION = 2
_BUSY_S = 5.0
_BATCH = 2000
"""Records read in one transaction: what others wait for at most."""
_BOUNDS = (
    ("failures", "last, fingerprint", 5000),
    ("runs", "started, run", 20_000),
    ("kills", "time, pid", 20_000),
    ("flaky", "last, test", 5000),
    ("days", "day", 800),
)
"""Each table with what its rows are ordered by, oldest first, and how many it keeps."""
_BAD = ("failed", "error", "killed", "timeout")
_SCHEMA = """
CREATE TABLE progress (segment INTEGER NOT NULL, offset INTEGER NOT NULL, time TEXT NOT NULL);
INSERT INTO progress VALUES (0, 0, '');
CREATE TABLE runs (
    run TEXT PRIMARY KEY, started TEXT, ended TEXT, attempt INTEGER, argv TEXT, tier TEXT,
    ending TEXT, cause TEXT, wall_s REAL, cpu_s REAL, peak_memory_bytes INTEGER,
    peak_processes INTEGER, output_bytes INTEGER, kept_bytes INTEGER, dropped_bytes INTEGER,
    output_hash TEXT, seen INTEGER, survivors INTEGER
) WITHOUT ROWID;
CREATE INDEX runs_by_start ON runs (started);
CREATE INDEX runs_by_output ON runs (output_hash) WHERE output_hash IS NOT NULL;
CREATE TABLE failures (
    tool TEXT NOT NULL, fingerprint TEXT NOT NULL, kind TEXT, verdict TEXT, summary TEXT,
    place TEXT, fix TEXT, count INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    first_run TEXT, last_run TEXT, fixed TEXT,
    PRIMARY KEY (tool, fingerprint)
) WITHOUT ROWID;
CREATE INDEX failures_by_last ON failures (last);
CREATE TABLE sightings (
    run TEXT NOT NULL, tool TEXT NOT NULL, fingerprint TEXT NOT NULL, verdict TEXT NOT NULL,
    count INTEGER NOT NULL, last TEXT NOT NULL,
    PRIMARY KEY (run, tool, fingerprint)
) WITHOUT ROWID;
CREATE TABLE kills (time TEXT, run TEXT, pid INTEGER, argv TEXT, how TEXT, why TEXT);
CREATE INDEX kills_by_time ON kills (time);
CREATE TABLE flaky (
    tool TEXT NOT NULL, test TEXT NOT NULL, count INTEGER NOT NULL, first TEXT NOT NULL,
    last TEXT NOT NULL, last_run TEXT, tree TEXT,
    PRIMARY KEY (tool, test)
) WITHOUT ROWID;
CREATE INDEX flaky_by_last ON flaky (last);
CREATE TABLE days (
    day TEXT PRIMARY KEY, runs INTEGER NOT NULL DEFAULT 0, failed_runs INTEGER NOT NULL DEFAULT 0,
    digests INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    kills INTEGER NOT NULL DEFAULT 0, output_bytes INTEGER NOT NULL DEFAULT 0,
    kept_bytes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""

Record = Mapping[str, Any]


class History:
    """The database of one state directory; for one thread, and safe beside other processes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        """For reading."""

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """The history at ``path``; one that is damaged or of another version is made anew.

        Raises:
            StateError: it cannot be made or read.
        """
        try:
            connection = _connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StateError(f"{path}: cannot be opened: {error}") from error
            path.unlink(missing_ok=True)
            connection = _connect(path)
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
        while count := self._read_batch(telemetry, decompress):
            total += count
        if total:
            self._prune()
        return total

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
        elif digest["verdict"] == "ok":
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

    def _prune(self) -> None:
        """Keep every table within its bound; the oldest goes."""
        with self._writing():
            for table, age, most in _BOUNDS:
                newest_first = ", ".join(f"{one} DESC" for one in age.split(", "))
                self.connection.execute(
                    f"DELETE FROM {table} WHERE ({age}) <= (SELECT {age} FROM {table}"  # noqa: S608 - our own names
                    f" ORDER BY {newest_first} LIMIT 1 OFFSET ?)",
                    (most,),
                )
            self.connection.execute("DELETE FROM sightings WHERE run NOT IN (SELECT run FROM runs)")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that nobody else writes beside."""
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            yield


def _connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, to a database of our version."""
    try:
        # What SQLite makes beside it gets the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise sqlite3.OperationalError(error.strerror) from error
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            _create(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    """Our tables, in place of whatever is there; of two at once, the second finds them made."""
    connection.execute("BEGIN EXCLUSIVE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            connection.execute(f'DROP TABLE "{name}"')
        for statement in filter(str.strip, _SCHEMA.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _place(first: Record | None) -> str | None:
    """Where the finding of most consequence is."""
    if not first or not first.get("file"):
        return None
    return f"{first['file']}:{first['line']}" if first.get("line") else str(first["file"])
