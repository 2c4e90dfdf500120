"""The file that the history is kept in: made, opened, and never larger than its bound."""

import os
import sqlite3
from pathlib import Path

VERSION = 2
MOST_BYTES = 64 << 20
_BUSY_S = 5.0
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


def connect(path: Path, most_bytes: int) -> sqlite3.Connection:
    """A connection in autocommit mode, to a database of our version.

    The file takes at most ``most_bytes``; what waits beside it to be merged, a few megabytes more.
    """
    try:
        # What SQLite makes beside it gets the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise sqlite3.OperationalError(error.strerror) from error
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA max_page_count = {most_bytes // page_bytes}")
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
