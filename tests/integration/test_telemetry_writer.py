"""Telemetry on a real disk: rotated, archived, retained, read back (TM-01, TM-08, TM-D2, TM-D8)."""

import datetime as dt
import json
import os
import subprocess
from pathlib import Path

import pytest

from supervisor.errors import BusyError, StateError
from supervisor.events import StayedDown
from supervisor.output.frames import compress, decompress
from supervisor.telemetry.reader import read_events
from supervisor.telemetry.retention import LIVE_NAME, TelemetryLimits
from supervisor.telemetry.writer import Telemetry
from tests.children import eventually_sync

LIMITS = TelemetryLimits()
TIGHT = TelemetryLimits(rotate_bytes=20_000, quota_bytes=100_000)


def event(number: int, why: str = "gave up") -> StayedDown:
    return StayedDown(run="0123abcd", why=why, failures=number)


def emit(directory: Path, numbers: range, limits: TelemetryLimits = LIMITS, why: str = "") -> None:
    """Write events in batches small enough that the ring never overflows."""
    for start in range(numbers.start, numbers.stop, 500):
        with Telemetry.open(directory, limits, compress) as telemetry:
            for number in range(start, min(start + 500, numbers.stop)):
                telemetry.emit(event(number, why))


def failures(directory: Path) -> list[object]:
    return [record["failures"] for _, record in read_events(directory, decompress)]


def used_bytes(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.iterdir())


def test_close_flushes(tmp_path: Path) -> None:
    """What was emitted is on disk after close, one JSON object a line, readable by us alone."""
    emit(tmp_path / "t", range(3))

    live = tmp_path / "t" / LIVE_NAME
    lines = live.read_bytes().splitlines()

    assert [json.loads(line)["failures"] for line in lines] == [0, 1, 2]
    assert live.stat().st_mode & 0o777 == 0o600


def test_event_is_on_disk_soon(tmp_path: Path) -> None:
    """Nobody has to close the telemetry to see what happened."""
    with Telemetry.open(tmp_path / "t", LIMITS, compress) as telemetry:
        telemetry.emit(event(1))
        eventually_sync(lambda: failures(tmp_path / "t") == [1])


def test_event_after_close_is_an_error(tmp_path: Path) -> None:
    """A late event is not swallowed (TM-D5)."""
    with Telemetry.open(tmp_path / "t", LIMITS, compress) as telemetry:
        pass

    with pytest.raises(RuntimeError, match="stayed-down"):
        telemetry.emit(event(1))


def test_rotation_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """2000 events over many rotations come back once each and in order."""
    limits = TelemetryLimits(rotate_bytes=20_000)
    emit(tmp_path / "t", range(2000), limits)

    names = sorted(path.name for path in (tmp_path / "t").iterdir())

    assert failures(tmp_path / "t") == list(range(2000))
    assert len(names) > 5
    assert all(name.endswith(".jsonl.zst") for name in names if name != LIVE_NAME)
    assert (tmp_path / "t" / LIVE_NAME).stat().st_size <= 20_000


def test_archives_are_readable_by_any_zstd(tmp_path: Path) -> None:
    """An archive is an ordinary .zst file."""
    emit(tmp_path / "t", range(300), TelemetryLimits(rotate_bytes=20_000))
    archive = min((tmp_path / "t").glob("*.zst"))

    text = subprocess.run(["zstdcat", str(archive)], check=True, capture_output=True).stdout

    assert json.loads(text.splitlines()[0])["failures"] == 0


def test_quota_covers_everything(tmp_path: Path) -> None:
    """All files together stay under the quota, and the newest events are what stays."""
    most = 0

    def watched(plain: Path, archive: Path) -> None:
        nonlocal most
        compress(plain, archive)
        most = max(most, used_bytes(tmp_path / "t"))

    for start in range(0, 4000, 500):
        with Telemetry.open(tmp_path / "t", TIGHT, watched) as telemetry:
            for number in range(start, start + 500):
                telemetry.emit(event(number, os.urandom(100).hex()))

    assert 50_000 < most <= TIGHT.quota_bytes
    assert failures(tmp_path / "t")[-1] == 3999


def test_foreign_files_stay(tmp_path: Path) -> None:
    """Retention deletes nothing that telemetry did not write."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "events-mine.jsonl").write_text("precious")
    emit(tmp_path / "t", range(1000), TelemetryLimits(rotate_bytes=500, quota_bytes=2000))

    assert (tmp_path / "t" / "events-mine.jsonl").read_text() == "precious"


def test_second_writer_is_refused(tmp_path: Path) -> None:
    """Two writers would tear each other's lines (TM-D8)."""
    with (
        Telemetry.open(tmp_path / "t", LIMITS, compress),
        pytest.raises(BusyError, match="another supervise"),
    ):
        Telemetry.open(tmp_path / "t", LIMITS, compress)


def test_unusable_directory_is_said_at_once(tmp_path: Path) -> None:
    """A state directory that cannot be made is the user's to mend before a run starts."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StateError, match="file/t: "):
        Telemetry.open(tmp_path / "file" / "t", LIMITS, compress)


@pytest.mark.parametrize("leftover", ["plain", "plain and archive", "part"])
def test_half_finished_rotation_is_finished(tmp_path: Path, leftover: str) -> None:
    """Wherever a crash hit a rotation, the next start ends it without loss or doubles."""
    directory = tmp_path / "t"
    emit(directory, range(10))
    plain = directory / "events-20261124T021500Z-000001.jsonl"
    (directory / LIVE_NAME).rename(plain)
    if leftover == "plain and archive":
        compress(plain, plain.with_name(plain.name + ".zst"))
    if leftover == "part":
        plain.with_name(plain.name + ".zst.part").write_bytes(b"half")
    assert failures(directory) == list(range(10))

    emit(directory, range(10, 12))

    assert failures(directory) == list(range(12))
    assert sorted(path.name for path in directory.iterdir()) == [plain.name + ".zst", LIVE_NAME]


def test_plain_file_stays_until_its_archive_is_verified(tmp_path: Path) -> None:
    """A compression that fails costs nothing but room."""

    def broken(plain: Path, archive: Path) -> None:
        raise OSError(5, "Input/output error", str(archive), None, str(plain))

    for start in (0, 500):
        with Telemetry.open(
            tmp_path / "t", TelemetryLimits(rotate_bytes=20_000), broken
        ) as telemetry:
            for number in range(start, start + 500):
                telemetry.emit(event(number))

    assert failures(tmp_path / "t") == list(range(1000))


def test_age_applies_to_the_live_file_too(tmp_path: Path) -> None:
    """A quiet program's old events do not stay for ever in a file that never fills."""
    directory = tmp_path / "t"
    emit(directory, range(1))
    record = json.loads((directory / LIVE_NAME).read_bytes())
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=31)
    (directory / LIVE_NAME).write_text(json.dumps(record | {"time": then.isoformat()}) + "\n")
    os.utime(directory / LIVE_NAME, (then.timestamp(), then.timestamp()))

    emit(directory, range(1, 2))

    assert failures(directory) == [1]


def test_damaged_archive_is_reported_in_its_place(tmp_path: Path) -> None:
    """One bad file hides neither itself nor what came after it."""
    emit(tmp_path / "t", range(400), TelemetryLimits(rotate_bytes=20_000))
    first = min((tmp_path / "t").glob("*.zst"))
    first.write_bytes(b"garbage")

    records = [record for _, record in read_events(tmp_path / "t", decompress)]

    assert (records[0]["kind"], records[0]["file"]) == ("telemetry-damaged", first.name)
    assert records[-1]["failures"] == 399
