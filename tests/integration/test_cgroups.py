"""Cgroups of our own on this machine: made, told apart, counted, and gone afterwards."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.containment import cgroupfs
from supervisor.containment.cgroups import Ground, Leaf, Limits, find_ground
from tests.children import eventually_sync

HOG = "x = bytearray(300_000_000)"


@pytest.fixture
def ground() -> Ground:
    found = find_ground([])
    if found is None:
        pytest.skip("NO CGROUP CAN BE MADE HERE")
    return found


@pytest.fixture
def leaf(ground: Ground) -> Iterator[Leaf]:
    """A leaf of 200 MB and 20 processes."""
    made = ground.make(
        f"supervise-test-{os.getpid()}", Limits(processes=20, memory_bytes=200 << 20)
    )
    yield made
    assert made.remove()


def spawn_into(leaf: Leaf, code: str) -> "subprocess.Popen[bytes]":
    """A Python program that becomes a member before it does anything."""
    join = f"import sys\nfor path in {leaf.joins!r}: open(path, 'w').write('0')\n"
    argv = [sys.executable, "-I", "-S", "-c", join + code]
    return subprocess.Popen(argv, stderr=subprocess.DEVNULL)


def test_limits_of_a_leaf_bind_all_below_it(leaf: Leaf) -> None:
    """A branch has none of its own; what it uses up counts for the run."""
    branch = leaf.branch("call", Limits(), whole=True)
    assert {"processes", "memory"} <= leaf.held
    assert spawn_into(branch, HOG).wait(20) == -9
    forks = "import os\nfor _ in range(40):\n    os.fork() or (__import__('time').sleep(9), exit())"
    with spawn_into(branch, forks) as forking:
        forking.wait(20)
    account = leaf.account()
    assert account.oom_kills == 1
    assert account.refused_forks >= 1
    for pid in cgroupfs.pids_below(next(iter(branch.directories.values()))):
        os.kill(pid, 9)
    eventually_sync(lambda: not any(map(cgroupfs.pids_below, branch.directories.values())))
    assert leaf.drop(branch)
    assert leaf.account().oom_kills == 1, "what a branch was charged with stays when it goes"


def test_stale_cgroups_are_swept_and_others_are_not(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty one of long ago goes; a young one, a strange one and one with members stay."""
    home = Path(next(iter(ground.homes.values())))
    made = {name: home / name for name in ("supervise-0badcafe", "supervise-0badbeef", "others")}
    for path in made.values():
        path.mkdir()
    try:
        with subprocess.Popen(["sleep", "60"]) as member:
            (made["supervise-0badbeef"] / "cgroup.procs").write_text(str(member.pid))
            ground.sweep()
            assert all(path.exists() for path in made.values())
            now = time.time()
            monkeypatch.setattr(time, "time", lambda: now + 3600)
            ground.sweep()
            member.kill()
        assert [name for name, path in made.items() if path.exists()] == [
            "supervise-0badbeef",
            "others",
        ]
    finally:
        for path in made.values():
            cgroupfs.remove(str(path))
