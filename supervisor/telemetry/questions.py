"""What people ask the history: rows as plain values, most telling first."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
_MOST_ROWS = 1000


def list_failures(database: sqlite3.Connection, since: str, *, new: bool) -> list[Row]:
    """Failures seen since a time (ISO 8601, UTC), most frequent first; ``new`` ones only if asked.

    A failure is new if it was never seen before that time.
    """
    return _rows(
        database,
        "SELECT tool, fingerprint, kind, verdict, summary, place, fix, count, first, last,"
        " first_run, last_run, fixed FROM failures WHERE last >= ? AND (NOT ? OR first >= ?)"
        " ORDER BY count DESC, last DESC LIMIT ?",
        (since, new, since, _MOST_ROWS),
    )


def list_flaky(database: sqlite3.Connection, since: str) -> list[Row]:
    """Tests that failed and passed on one tree since a time, most frequent first."""
    return _rows(
        database,
        "SELECT tool, test, count, first, last, last_run, tree FROM flaky WHERE last >= ?"
        " ORDER BY count DESC, last DESC LIMIT ?",
        (since, _MOST_ROWS),
    )


def find_run(database: sqlite3.Connection, prefix: str) -> list[Row]:
    """Runs whose id begins so, latest first; with no prefix the last run that failed."""
    columns = (
        "SELECT run, started, ended, attempt, argv, tier, ending, cause, wall_s, cpu_s,"
        " peak_memory_bytes, peak_processes, output_bytes, kept_bytes, dropped_bytes,"
        " output_hash, seen, survivors FROM runs"
    )
    if prefix:
        where = " WHERE substr(run, 1, ?) = ? ORDER BY started DESC LIMIT 10"
        found = _rows(database, columns + where, (len(prefix), prefix))
    else:
        # An ok run has nothing to explain; a run without a cause goes on, or was lost.
        where = " WHERE cause IS NULL OR cause NOT IN ('ok', 'operator')"
        found = _rows(database, f"{columns}{where} ORDER BY started DESC LIMIT 1", ())
    for row in found:
        row["argv"] = json.loads(row["argv"] or "[]")
        row["ending"] = json.loads(row["ending"] or "null")
    return found


def failures_of(database: sqlite3.Connection, run: str) -> list[Row]:
    """What failed in a run, latest first, each with when it was met first."""
    return _rows(
        database,
        "SELECT s.tool, s.fingerprint, s.count, s.last, f.kind, f.verdict, f.summary, f.place,"
        " f.fix, f.first, f.first_run, f.count AS ever FROM sightings s JOIN failures f"
        " USING (tool, fingerprint) WHERE s.run = ? AND s.verdict NOT IN ('ok', 'unknown')"
        " ORDER BY s.last DESC LIMIT ?",
        (run, _MOST_ROWS),
    )


def list_kills(database: sqlite3.Connection, since: str) -> list[Row]:
    """Processes that had to be ended since a time, latest first."""
    found = _rows(
        database,
        "SELECT time, run, pid, argv, how FROM kills WHERE time >= ? ORDER BY time DESC LIMIT ?",
        (since, _MOST_ROWS),
    )
    for row in found:
        row["argv"] = json.loads(row["argv"] or "[]")
    return found


def compare(database: sqlite3.Connection, before: str, after: str) -> dict[str, list[Row]]:
    """Failures of two runs: those gone, those that stayed, those that came."""
    then, now = (
        {(row["tool"], row["fingerprint"]): row for row in failures_of(database, run)}
        for run in (before, after)
    )
    return {
        "fixed": [row for key, row in then.items() if key not in now],
        "known": [row for key, row in now.items() if key in then],
        "new": [row for key, row in now.items() if key not in then],
    }


def _rows(database: sqlite3.Connection, statement: str, values: Sequence[object]) -> list[Row]:
    cursor = database.execute(statement, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
