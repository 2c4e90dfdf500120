"""Telemetry when the disk is full, is emptied, holds garbage, or we are killed (TM-D4, TM-D8)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from supervisor.events import StayedDown
from supervisor.output.frames import compress, decompress
from supervisor.telemetry.reader import read_events
from supervisor.telemetry.retention import LIVE_NAME, TelemetryLimits
from supervisor.telemetry.writer import Telemetry
from tests.children import eventually_sync
from tests.small_disk import ROOT, on_tmpfs

EMITS_FOR_EVER = """
import itertools, pathlib, sys, time
from supervisor.events import StayedDown
from supervisor.output.frames import compress
from supervisor.telemetry.writer import Telemetry, TelemetryLimits
limits = TelemetryLimits(rotate_bytes=30_000)
with Telemetry.open(pathlib.Path(sys.argv[1]), limits, compress) as telemetry:
    for number in itertools.count():
        telemetry.emit(StayedDown(run="0123abcd", why="x", failures=number))
        time.sleep(0.0005)
"""

FILLS_THE_DISK = """
import json, pathlib, sys, time
from supervisor.events import StayedDown
from supervisor.output.frames import compress, decompress
from supervisor.telemetry.reader import read_events
from supervisor.telemetry.writer import Telemetry, TelemetryLimits
disk = pathlib.Path(sys.argv[1])
longest, emitted = 0.0, 0
def emit(why):
    global longest, emitted
    begun = time.monotonic()
    telemetry.emit(StayedDown(run="0123abcd", why=why, failures=emitted))
    emitted += 1
    longest = max(longest, time.monotonic() - begun)
def kinds():
    return [record["kind"] for _, record in read_events(disk / "t", decompress)]
with Telemetry.open(disk / "t", TelemetryLimits(), compress) as telemetry:
    emit("before")
    while "stayed-down" not in kinds():
        time.sleep(0.01)
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(bytes(4096)):
                pass
        except OSError:
            pass
    for _ in range(5000):
        emit("x" * 300)
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        emit("during")
        time.sleep(0.01)
    (disk / "ballast").unlink()
    deadline = time.monotonic() + 20
    while "telemetry-dropped" not in kinds() and time.monotonic() < deadline:
        time.sleep(0.05)
records = [record for _, record in read_events(disk / "t", decompress)]
notices = [record for record in records if record["kind"] == "telemetry-dropped"]
print(json.dumps({
    "longest_s": longest,
    "notices": notices,
    "emitted": emitted,
    "kept": sum(record["kind"] == "stayed-down" for record in records),
    "last": records[-1].get("why"),
}))
"""


def event(number: int) -> StayedDown:
    return StayedDown(run="0123abcd", why="x", failures=number)


def failures(directory: Path) -> list[object]:
    return [record.get("failures") for _, record in read_events(directory, decompress)]


def test_kill_9_leaves_a_readable_log(tmp_path: Path) -> None:
    """SIGKILL amid rotations loses at most the end; the next start goes on after it."""
    directory = tmp_path / "t"
    with subprocess.Popen(
        [sys.executable, "-c", EMITS_FOR_EVER, str(directory)], cwd=ROOT
    ) as writer:
        try:
            eventually_sync(
                lambda: directory.exists() and len(list(directory.glob("*.zst"))) >= 3,
                within_s=20,
            )
        finally:
            writer.kill()
    survived = failures(directory)

    with Telemetry.open(directory, TelemetryLimits(), compress) as telemetry:
        telemetry.emit(event(-1))

    assert survived == list(range(len(survived)))
    assert len(survived) > 500
    assert failures(directory) == [*survived, -1]


def test_torn_last_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    """Half a line that a crash left is passed over; the first new record is whole."""
    with Telemetry.open(tmp_path / "t", TelemetryLimits(), compress) as telemetry:
        telemetry.emit(event(1))
    with (tmp_path / "t" / LIVE_NAME).open("ab") as live:
        live.write(b'{"time":"2026-11-24T02:1')
    assert failures(tmp_path / "t") == [1]

    with Telemetry.open(tmp_path / "t", TelemetryLimits(), compress) as telemetry:
        telemetry.emit(event(2))

    assert failures(tmp_path / "t") == [1, 2]


def test_garbage_is_passed_over(tmp_path: Path) -> None:
    """Bytes that are no records, a line without end among them, hide no record."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / LIVE_NAME).write_bytes(b"\0" * 3_000_000 + os.urandom(50_000) + b'\n[1]\n"')

    with Telemetry.open(tmp_path / "t", TelemetryLimits(), compress) as telemetry:
        telemetry.emit(event(1))

    assert failures(tmp_path / "t") == [1]


def test_deleted_directory_is_made_again(tmp_path: Path) -> None:
    """Somebody deletes the telemetry: events go on being kept, from the next one."""
    with Telemetry.open(tmp_path / "t", TelemetryLimits(), compress) as telemetry:
        telemetry.emit(event(1))
        eventually_sync(lambda: failures(tmp_path / "t") == [1])
        shutil.rmtree(tmp_path / "t")
        telemetry.emit(event(2))
        eventually_sync((tmp_path / "t" / LIVE_NAME).exists)
        telemetry.emit(event(3))

    assert failures(tmp_path / "t") == [2, 3]


def test_full_disk_blocks_nobody_and_is_counted(tmp_path: Path) -> None:
    """ENOSPC costs counted entries; the first line after it says how many and for how long."""
    result = on_tmpfs(FILLS_THE_DISK, tmp_path / "disk")
    dropped = sum(notice["dropped"] for notice in result["notices"])

    assert result["longest_s"] < 0.2
    assert result["kept"] + dropped == result["emitted"]
    assert dropped > 3000
    assert result["notices"][0]["for_s"] >= 0.9
    assert result["last"] == "during"
