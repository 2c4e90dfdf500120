"""A disk that fills up beside a run: it waits until there is room, or is stopped in time."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.children import eventually_sync
from tests.supervised import Desk

DISK_BYTES = 20 << 20
FULL = """[health]
disk_pause = 0.7
disk_stop = 0.95
"""
SCRIPT = "i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo $i > beat; sleep 0.05; done; echo through"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, which only root can make."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("NEEDS ROOT TO MOUNT")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(place)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("NEEDS TO BE ALLOWED TO MOUNT")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def desk_on(disk: Path, tmp_path: Path, *, script: str = SCRIPT) -> Desk:
    desk = Desk(tmp_path)
    desk.write(["sh", "-c", script], FULL)
    text = desk.config.read_text()
    desk.config.write_text(
        text.replace("[autopilot]", f"[autopilot]\ncwd = {json.dumps(str(disk))}")
    )
    return desk


def pressed(desk: Desk) -> list[str]:
    return [one["then"] for one in desk.events("disk-pressed")]


def test_run_waits_until_there_is_room(disk: Path, tmp_path: Path) -> None:
    """What somebody else fills, it does not fill further; when he has cleaned up it goes on."""
    desk = desk_on(disk, tmp_path)
    with desk.running() as process:
        eventually_sync((disk / "beat").exists)
        hog = disk / "hog"
        hog.write_bytes(bytes(DISK_BYTES * 8 // 10))
        eventually_sync(lambda: pressed(desk) == ["paused"], within_s=10)
        eventually_sync(lambda: stands_still(disk / "beat"), within_s=10)
        hog.unlink()
        eventually_sync(lambda: pressed(desk) == ["paused", "resumed"], within_s=10)
        assert process.wait(60) == 0

    assert (disk / "beat").read_text() == "200\n"


def stands_still(path: Path) -> bool:
    before = path.read_text()
    time.sleep(0.5)
    return path.read_text() == before


def test_run_is_stopped_before_the_disk_is_full(disk: Path, tmp_path: Path) -> None:
    """Past the last threshold nothing is waited for, though the program would go on."""
    desk = desk_on(disk, tmp_path)
    with desk.running() as process:
        eventually_sync((disk / "beat").exists)
        (disk / "hog").write_bytes(bytes(DISK_BYTES * 97 // 100))
        code = process.wait(30)
    (ended,) = desk.events("run-ended")

    assert code == 1
    assert pressed(desk)[-1] == "stopped"
    assert (ended["ending"], ended["cause"]) == ({"type": "Stopped", "reason": "disk"}, "disk")


def test_stop_of_a_paused_run_has_its_grace(disk: Path, tmp_path: Path) -> None:
    """Who is asked to leave while he is held still is let go first."""
    script = f"trap 'echo bye; exit 0' TERM; {SCRIPT}"
    desk = desk_on(disk, tmp_path, script=script)
    with desk.running() as process:
        eventually_sync((disk / "beat").exists)
        (disk / "hog").write_bytes(bytes(DISK_BYTES * 8 // 10))
        eventually_sync(lambda: pressed(desk) == ["paused"], within_s=10)
        process.terminate()
        assert process.wait(30) == 143
    shown = desk.run("show", desk.started()["run"]).stdout

    assert "bye\n" in shown


def test_run_waits_for_the_room_that_a_dead_ones_scratch_takes(disk: Path, tmp_path: Path) -> None:
    """What is swept at the start has filled the disk: the run begins when there is room again."""
    base = disk / "base"
    base.mkdir(mode=0o700)
    (base / "0123abcd").mkdir()
    (base / "0123abcd.lock").write_bytes(b"scratch of supervise\n")
    try:
        for number in range(DISK_BYTES // 4096):
            (base / "0123abcd" / str(number)).write_bytes(bytes(4096))
    except OSError:
        pass
    desk = Desk(tmp_path)
    ran = desk.run("run", desk.write(["true"], f'{FULL}[scratch]\nbase = "{base}"\n'))

    assert ran.returncode == 0, ran.stdout
    assert pressed(desk) == []
    assert [event["directories"] for event in desk.events("swept")] == [1]
    assert os.listdir(base) == []
