"""Everything that makes removing a tree go wrong, at once and in numbers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from supervisor import events
from supervisor.clearing import Clearing
from supervisor.cli import _SWITCH_S
from supervisor.scratch.scratch import Scratch
from supervisor.threads import run_in_thread
from tests import hostile_tree
from tests.supervised import ROOT, Desk

_FILES = 100_000
_STALL_S = 0.05
_BEAT_S = 0.001
_TRIES = 3
_CONFIG = """
[limits]
wall = "2m"
[restart]
when = "on-failure"
backoff = ["1s"]
[scratch]
backing = "disk"
private_tmp = false  # A hard link leads to no other mount.
files = 1000000
"""
_SCRIPT = """
if [ "$SUPERVISE_ATTEMPT" = 1 ]; then
    {python} {tree} {files} {outside} {wish}
    exit 1
fi
ls -A "$TMPDIR/.."
while [ "$(ls -A "$TMPDIR/.." | wc -l)" -gt 3 ]; do sleep 0.1; done
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory: ext4 may take 17 s for 100,000 files where as many were just deleted."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="test-removal-") as name:
        yield Path(name)
        # Python's own removal ends at a depth of some hundred, should the test have failed.
        subprocess.run(["sh", "-c", 'rm -rf "$0"/*', name], check=True)


@pytest.mark.slow
def test_run_that_leaves_everything_leaves_nothing(place: Path) -> None:
    """Its path is free at once, the next run sees the rest go, and nobody else is touched."""
    desk = Desk(place)
    outside = place / "outside"
    hostile_tree.outside_of(outside)
    before = hostile_tree.listing(outside)
    desk.run("run", desk.write(["true"]))
    # In a namespace of its own the mount goes with the run; elsewhere it would be the host's.
    apart = desk.started()["tier"] in {"sealed", "namespaced"}
    shutil.rmtree(place / "state")
    wish = "bind" if apart and os.geteuid() == 0 else ""
    script = _SCRIPT.format(
        python=sys.executable,
        tree=hostile_tree.__file__,
        files=_FILES,
        outside=outside,
        wish=wish,
    )
    ran = desk.run("run", desk.write(["sh", "-c", script], _CONFIG), timeout=180)
    first, second = (event["run"] for event in desk.events("run-started"))
    seen = desk.run("show", second).stdout.split()
    made, bound = desk.run("show", first).stdout.split()
    late = [event for event in desk.events("swept") if event["run"] == first]

    assert ran.returncode == 0, ran.stdout
    assert int(made) > _FILES + hostile_tree.DEPTH
    assert bound == str(bool(wish))
    assert second in seen
    assert first not in seen
    assert [event["scratch_left"] for event in desk.events("receipt")] == [None, 0]
    assert [event["left"] for event in late] == [0]
    assert "scratch left 0" in ran.stdout
    assert desk.scratch() == []
    assert hostile_tree.listing(outside) == before


_DIRECT = """
import json, os, subprocess, sys
from pathlib import Path
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.sweep import sweep
from tests import hostile_tree
place, outside = Path(sys.argv[1]), Path(sys.argv[1]) / "outside"
home = hostile_tree.outside_of(outside)
before = hostile_tree.listing(outside)
scratch = Scratch.open(place / "base", "run")
made = hostile_tree.plant(scratch.path, int(sys.argv[2]), home, outside / "shared")
held = hostile_tree.hold_deleted(scratch.path)
bound = hostile_tree.bind(home, scratch.path)
counted = scratch.measure().files
scratch.discard()
found = scratch.path.exists()
left = scratch.remove().left
same = hostile_tree.listing(outside) == before
if bound:
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    subprocess.run(["umount", next(one for one in mounts if "/base/" in one)], check=True)
swept = sweep(place / "base").left
print(json.dumps({
    "bound": bound, "counted": counted - made, "found": found, "left": left, "same": same,
    "swept": swept, "held": os.fstat(held).st_size, "base": os.listdir(place / "base"),
    "still same": hostile_tree.listing(outside) == before,
}))
"""


@pytest.mark.parametrize("files", [2_000, pytest.param(_FILES, marks=pytest.mark.slow)])
def test_mount_amid_everything_is_all_that_stays(place: Path, files: int) -> None:
    """A home directory that is part of the tree is not entered; the rest is counted and gone."""
    if os.geteuid() != 0:
        pytest.skip("NOT ROOT, SO NOTHING CAN BE MOUNTED INTO SCRATCH")
    argv = ["unshare", "-m", sys.executable, "-B", "-c", _DIRECT, str(place), str(files)]
    ran = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if "unshare failed" in ran.stderr:
        pytest.skip("NO MOUNT NAMESPACE, SO NOTHING CAN BE MOUNTED INTO SCRATCH")
    assert ran.stderr == ""
    told = json.loads(ran.stdout)
    if not told["bound"]:
        pytest.skip("MAY NOT MOUNT, SO NOTHING IS MOUNTED INTO SCRATCH")

    # Counted: three folders that lead to the mount. Left: that, and the folder around it.
    assert told == {
        "bound": True,
        "counted": 3,
        "found": False,
        "left": 2,
        "same": True,
        "swept": 0,
        "held": 1 << 20,
        "base": [],
        "still same": True,
    }


@contextmanager
def switching_like_the_command() -> Iterator[None]:
    """Threads hand the interpreter over as soon as in a real run."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


async def longest_gap(work: Callable[[], Awaitable[None]]) -> float:
    """Seconds that the event loop was away at most, while ``work`` went on."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            begun = time.monotonic()
            await anyio.sleep(_BEAT_S)
            longest = max(longest, time.monotonic() - begun - _BEAT_S)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(beat)
        await work()
        tasks.cancel_scope.cancel()
    return longest


@pytest.mark.slow
@pytest.mark.anyio
async def test_event_loop_never_stalls(place: Path) -> None:
    """While a tree is measured, moved away, and removed beside a run and in haste at the end."""
    base, outside = place / "base", place / "outside"
    home = hostile_tree.outside_of(outside)
    before = hostile_tree.listing(outside)
    told: list[events.Event] = []
    gaps: dict[str, list[float]] = {"measured": [], "removed": []}

    for number in range(_TRIES):
        scratch = Scratch.open(base, f"run{number}")
        made = hostile_tree.plant(scratch.path, _FILES, home, outside / "shared")

        async def measure(scratch: Scratch = scratch, made: int = made) -> None:
            assert (await run_in_thread(scratch.measure)).files == made

        async def remove(scratch: Scratch = scratch) -> None:
            clearing = Clearing(base, told.append)
            async with clearing.opened():
                assert await clearing.remove(scratch) is None
                assert not scratch.path.exists()
                await anyio.sleep(0.5)
            assert clearing.left == 0

        with switching_like_the_command():
            gaps["measured"].append(await longest_gap(measure))
            gaps["removed"].append(await longest_gap(remove))
        assert os.listdir(base) == []

    print({what: [f"{1000 * gap:.1f} ms" for gap in each] for what, each in gaps.items()})
    assert hostile_tree.listing(outside) == before
    assert [event.run for event in told] == [f"run{number}" for number in range(_TRIES)]
    assert min(gaps["measured"]) < _STALL_S
    assert min(gaps["removed"]) < _STALL_S
