"""Which telemetry files must go (TM-D2)."""

import datetime as dt

import pytest

from supervisor.telemetry.retention import Closed, TelemetryLimits, parse_name, plan_deletions

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
WIDE = TelemetryLimits(rotate_bytes=10, keep_for_s=1000.0, keep_files=100, quota_bytes=1000)


def closed(seq: int, *, age_s: float = 0.0, size: int = 10) -> Closed:
    return Closed(seq, True, NOW - dt.timedelta(seconds=age_s), size)  # noqa: FBT003 - a field


def test_name_goes_there_and_back() -> None:
    """A closed file's name holds all that retention asks of it."""
    file = closed(12)

    assert parse_name(file.name, 10) == file


@pytest.mark.parametrize("name", ["events.jsonl", "notes.txt", "events-99999999T999999Z-1.jsonl"])
def test_foreign_name_is_none_of_ours(name: str) -> None:
    """What we did not write is never counted and never deleted."""
    assert parse_name(name) is None


def test_old_files_go() -> None:
    """Age is that of the last record, which stands in the name."""
    assert plan_deletions([closed(1, age_s=1001), closed(2, age_s=999)], WIDE, NOW) == [
        closed(1, age_s=1001)
    ]


def test_too_many_files_lose_the_oldest() -> None:
    """The count is bounded even where the files are tiny."""
    doomed = plan_deletions([closed(seq) for seq in range(103)], WIDE, NOW)

    assert [file.seq for file in doomed][:3] == [0, 1, 2]


def test_room_is_left_for_the_live_file_and_one_archive() -> None:
    """A full live file and an archive being written still fit into the quota."""
    doomed = plan_deletions([closed(seq, size=100) for seq in range(10)], WIDE, NOW)

    assert [file.seq for file in doomed] == [0]


def test_clock_that_jumped_does_not_reorder() -> None:
    """The number in the name decides what is oldest."""
    doomed = plan_deletions([closed(1, size=600), closed(2, age_s=500, size=600)], WIDE, NOW)

    assert [file.seq for file in doomed] == [1]
