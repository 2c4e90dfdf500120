"""Runs that die, disks that are full, mounts in the way."""

import os
import random
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from supervisor.scratch.scratch import Scratch
from supervisor.scratch.sweep import SweepResult, sweep

REPOSITORY = Path(__file__).parents[2]
_HOLDER = """
import sys, time
from pathlib import Path
from supervisor.scratch.scratch import Scratch
scratch = Scratch.open(Path(sys.argv[1]), "dead")
(scratch.path / "file").write_bytes(bytes(100_000))
print("up", flush=True)
time.sleep(60)
"""


def start_holder(base: Path) -> "subprocess.Popen[bytes]":
    """A process whose run has a scratch directory with one file."""
    argv = [sys.executable, "-B", "-c", _HOLDER, str(base)]
    holder = subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"up\n"
    return holder


def run_unshared(script: str, place: Path) -> str:
    """Run Python in a mount namespace of its own, ``place`` as its argument."""
    if os.geteuid() != 0:
        pytest.skip("NEEDS ROOT TO MOUNT")
    argv = ["unshare", "-m", sys.executable, "-B", "-c", script, str(place)]
    ran = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if "unshare failed" in ran.stderr:
        pytest.skip("NEEDS A MOUNT NAMESPACE")
    assert ran.stderr == ""
    return ran.stdout


def test_killed_runs_scratch_is_swept_and_a_live_runs_is_not(tmp_path: Path) -> None:
    """The kernel releases the lock of a run that was killed -9; a live one keeps its own."""
    with start_holder(tmp_path) as holder, Scratch.open(tmp_path, "live") as live:
        (live.path / "file").touch()
        assert sweep(tmp_path) == SweepResult(0, 0, 0)
        assert (tmp_path / "dead" / "file").exists()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        swept = sweep(tmp_path)
        assert (swept.directories, swept.left) == (1, 0)
        assert swept.freed_bytes >= 100_000
        assert (live.path / "file").exists()
        assert not (tmp_path / "dead").exists()
    assert os.listdir(tmp_path) == []


def test_interrupted_removal_is_finished_by_the_sweep(tmp_path: Path) -> None:
    """What a killed removal had moved to the trash goes too."""
    with start_holder(tmp_path) as holder:
        (tmp_path / "dead" / "sub").mkdir()
        (tmp_path / "dead" / "sub" / "file").touch()
        (tmp_path / "dead").rename(tmp_path / ".trash-dead" / "7")
        (tmp_path / ".trash-dead" / "0").symlink_to("/usr")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert sweep(tmp_path).left == 0
    assert os.listdir(tmp_path) == []


def test_what_is_not_ours_is_not_swept(tmp_path: Path) -> None:
    """A directory is swept by a lock of ours, never because of its name."""
    for name in ("uv", "deadbeef", ".trash-1000"):
        (tmp_path / name).mkdir()
    (tmp_path / "uv.lock").write_text("version = 1\n")
    os.mkfifo(tmp_path / "deadbeef.lock")
    before = sorted(os.listdir(tmp_path))
    assert sweep(tmp_path) == SweepResult(0, 0, 0)
    assert sorted(os.listdir(tmp_path)) == before


def test_missing_base_needs_no_sweep(tmp_path: Path) -> None:
    """The first start of all finds nothing and makes nothing."""
    assert sweep(tmp_path / "none") == SweepResult(0, 0, 0)
    assert os.listdir(tmp_path) == []


_BIND = """
import os, subprocess, sys
from pathlib import Path
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.sweep import sweep
place = Path(sys.argv[1])
home = place / "home"
(home / "deep").mkdir(parents=True)
(home / "deep" / "precious").touch()
home.chmod(0o500)
scratch = Scratch.open(place / "base", "run")
(scratch.path / "sub" / "mnt").mkdir(parents=True)
mnt = scratch.path / "sub" / "mnt"
subprocess.run(["mount", "--bind", str(home), str(mnt)], check=True)
print(scratch.measure().files, scratch.remove().left)
print((home / "deep" / "precious").exists(), oct(home.stat().st_mode & 0o777))
mounts = Path("/proc/self/mountinfo").read_text().splitlines()
subprocess.run(["umount", [m.split()[4] for m in mounts if "/base/" in m][0]], check=True)
print(sweep(place / "base").left, os.listdir(place / "base"))
"""


def test_bind_mount_is_not_crossed(tmp_path: Path) -> None:
    """A home directory mounted into scratch survives; it is swept once it is unmounted.

    A bind mount of the same file system has the same device number as everything around it.
    """
    # Left: the mount point, and the directory that holds it.
    assert run_unshared(_BIND, tmp_path) == "2 2\nTrue 0o500\n0 []\n"


_FULL = """
import os, subprocess, sys
from pathlib import Path
from supervisor.scratch.scratch import Scratch
base = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M,nr_inodes=200", "none", base], check=True)
base.chmod(0o700)
scratch = Scratch.open(base, "run")
try:
    for number in range(300):
        (scratch.path / str(number % 7) / str(number)).mkdir(parents=True)
except OSError as error:
    print(error.strerror)
print(scratch.remove().left, os.listdir(base))
"""


def test_full_disk_is_cleared(tmp_path: Path) -> None:
    """Removal needs no room of its own, not even for one more inode."""
    assert run_unshared(_FULL, tmp_path) == "No space left on device\n0 []\n"


def run_until_killed(base: Path, name: str) -> None:
    """What a forked child does until it dies: make a run's scratch, fill and remove it, again."""
    for run in count():
        scratch = Scratch.open(base, f"{name}-{run}")
        for number in range(60):
            folder = scratch.path / str(number % 7)
            folder.mkdir(exist_ok=True)
            (folder / f"file{number}").write_bytes(b"x" * number * 80)
        scratch.discard()
        scratch.remove()


@pytest.mark.slow
def test_killed_at_any_moment_a_run_is_swept_and_a_live_one_is_not(tmp_path: Path) -> None:
    """A thousand kills, from before the lock to amid the removal: exactly the dead ones' goes."""
    chance = random.Random(11)  # noqa: S311 - a test's choice of moments
    swept = 0
    with Scratch.open(tmp_path, "live") as live:
        (live.path / "precious").write_text("mine")
        for number in range(1000):
            pid = os.fork()
            if pid == 0:
                try:
                    run_until_killed(tmp_path, f"run{number}")
                finally:
                    os._exit(1)
            time.sleep(chance.random() * 0.02)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            if number % 10 == 9:
                result = sweep(tmp_path)
                swept += result.directories
                assert result.left == 0
                assert sorted(os.listdir(tmp_path)) == [".trash-live", "live", "live.lock"]
        assert (live.path / "precious").read_text() == "mine"
    print(f"{swept} of 1000 left something")
    assert swept > 500
    assert os.listdir(tmp_path) == []
