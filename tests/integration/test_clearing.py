"""What a run leaves is deleted beside what comes next, and nothing waits for it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from supervisor import clearing, events
from supervisor.clearing import Clearing
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.sweep import find_dead, sweep
from tests.children import eventually
from tests.hostile_tree import plant_flat

pytestmark = pytest.mark.anyio
_FILES = 1_500


def filled(base: Path, run: str = "run") -> Scratch:
    scratch = Scratch.open(base, run)
    plant_flat(scratch.path, _FILES)
    (scratch.path / "data").write_bytes(bytes(1 << 20))
    return scratch


def die(scratch: Scratch) -> None:
    """Release the lock, as the kernel does."""
    scratch._close()


@pytest.fixture
def told() -> list[events.Event]:
    return []


@pytest.fixture
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is too much to be deleted at once."""
    monkeypatch.setattr(clearing, "_EAGER_S", -1.0)


async def test_what_is_little_is_gone_before_the_receipt(
    tmp_path: Path, told: list[events.Event]
) -> None:
    """Then there is nothing to be told of later."""
    one = Clearing(tmp_path, told.append)
    async with one.opened():
        scratch = Scratch.open(tmp_path, "run")
        (scratch.path / "file").touch()
        assert await one.remove(scratch) == 0
        assert os.listdir(tmp_path) == []
    assert (one.left, told) == (0, [])


@pytest.mark.usefixtures("in_no_time")
async def test_the_rest_is_deleted_beside_the_next_run(
    tmp_path: Path, told: list[events.Event]
) -> None:
    """The path is free at once, the next run's scratch stays, and the end of it is told."""
    one = Clearing(tmp_path, told.append)
    async with one.opened():
        await eventually(lambda: not one.busy)
        assert await one.remove(filled(tmp_path)) is None
        assert one.left > 0
        assert not (tmp_path / "run").exists()
        with Scratch.open(tmp_path, "next") as following:
            (following.path / "precious").touch()
            await eventually(lambda: one.left == 0, within_s=20)
            assert (following.path / "precious").exists()
            assert sorted(os.listdir(tmp_path)) == [".trash-next", "next", "next.lock"]
    (swept,) = told

    assert isinstance(swept, events.Swept)
    assert (swept.run, swept.directories, swept.left, one.left) == ("run", 1, 0, 0)
    assert swept.freed_bytes >= 1 << 20


@pytest.mark.usefixtures("in_no_time")
async def test_at_the_end_what_waits_is_deleted_in_haste(
    tmp_path: Path, told: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it would rest for hours between two slices."""
    monkeypatch.setattr(clearing, "_SHARE", 1e-6)
    one = Clearing(tmp_path, told.append)
    with anyio.fail_after(20):
        async with one.opened():
            await eventually(lambda: not one.busy)
            for number in range(3):
                assert await one.remove(filled(tmp_path, f"run{number}")) is None
    assert one.left == 0
    assert sorted(event.run or "" for event in told) == ["run0", "run1", "run2"]
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("in_no_time")
async def test_what_is_not_gone_in_time_is_reported_and_swept_later(
    tmp_path: Path, told: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """We leave when we have to; the lock says to the next start what there is to do."""
    monkeypatch.setattr(clearing, "_LAST_S", -1.0)
    one = Clearing(tmp_path, told.append)
    async with one.opened():
        await eventually(lambda: not one.busy)
        assert await one.remove(filled(tmp_path)) is None
    (swept,) = told

    assert isinstance(swept, events.Swept)
    assert swept.run == "run"
    assert swept.left == one.left > 0
    assert [(dead.run, dead.usage.files > _FILES) for dead in find_dead(tmp_path)] == [
        ("run", True)
    ]
    assert sweep(tmp_path).left == 0
    assert os.listdir(tmp_path) == []


async def test_dead_runs_are_swept_while_others_go_on(
    tmp_path: Path, told: list[events.Event]
) -> None:
    """Whatever they left, the first run need not wait for it."""
    for number in range(3):
        die(filled(tmp_path, f"dead{number}"))
    one = Clearing(tmp_path, told.append)
    async with one.opened():
        assert one.busy
        with Scratch.open(tmp_path, "first") as first:
            await eventually(lambda: not one.busy, within_s=20)
            assert first.path.exists()
    (swept,) = told

    assert isinstance(swept, events.Swept)
    assert (swept.run, swept.directories, swept.left) == (None, 3, 0)
    assert os.listdir(tmp_path) == []


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Scratch]:
    """A run's scratch that something is mounted in, which only root can do."""
    if os.geteuid() != 0:
        pytest.skip("NOT ROOT, SO NOTHING CAN BE MOUNTED INTO SCRATCH")
    scratch = Scratch.open(tmp_path, "run")
    place = scratch.path / "mounted"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", place], check=False).returncode:
        pytest.skip("MAY NOT MOUNT, SO NOTHING CAN BE MOUNTED INTO SCRATCH")
    yield scratch
    for point in mounts_below(tmp_path):
        subprocess.run(["umount", point], check=True)


def mounts_below(folder: Path) -> list[str]:
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [point for point in points if point.startswith(str(folder))]


async def test_what_was_in_the_way_is_tried_once_more(
    tmp_path: Path, told: list[events.Event], mounted: Scratch
) -> None:
    """It is reported first; when it is in the way no longer, it goes with us."""
    one = Clearing(tmp_path, told.append)
    async with one.opened():
        assert await one.remove(mounted) == 2
        assert one.left == 2
        (point,) = mounts_below(tmp_path)
        await anyio.run_process(["umount", point])
    assert one.left == 0
    assert [event.run for event in told] == ["run"]
    assert os.listdir(tmp_path) == []


async def test_base_that_is_not_safe_is_left_to_the_run_to_complain_of(
    tmp_path: Path, told: list[events.Event]
) -> None:
    """Nothing is removed there, and it is no defect."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base").chmod(0o777)
    async with Clearing(tmp_path / "base", told.append).opened():
        pass
    assert told == []
