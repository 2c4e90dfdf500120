"""A run's directory on a real disk: made, measured, removed."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.errors import StateError
from supervisor.scratch.scratch import Scratch
from supervisor.scratch.usage import Usage
from tests.hostile_tree import plant_deep


def test_directory_is_private_and_new(tmp_path: Path) -> None:
    """Nobody else may enter it, and it never is one that was there before."""
    with Scratch.open(tmp_path / "base", "run") as scratch:
        assert stat.S_IMODE(scratch.path.stat().st_mode) == 0o700
        assert stat.S_IMODE(scratch.path.parent.stat().st_mode) == 0o700
        with pytest.raises(StateError, match="File exists"):
            Scratch.open(tmp_path / "base", "run")
    assert os.listdir(tmp_path / "base") == []


def test_directory_of_somebody_else_is_not_adopted(tmp_path: Path) -> None:
    """What stood where the directory should be is untouched, and no sweep is invited to it."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "precious").touch()
    with pytest.raises(StateError):
        Scratch.open(tmp_path, "run")
    assert sorted(os.listdir(tmp_path)) == ["run"]
    assert (tmp_path / "run" / "precious").exists()


def test_every_variable_names_it(tmp_path: Path) -> None:
    """Those that nearly all programs know, and those that were named besides."""
    with Scratch.open(tmp_path, "run") as scratch:
        env = scratch.env(["BUN_TMPDIR", "TMP"])
        assert env == dict.fromkeys(["TMPDIR", "TMP", "TEMP", "BUN_TMPDIR"], str(scratch.path))


def test_programs_find_it(tmp_path: Path) -> None:
    """mktemp(1) and Python's tempfile put their files there."""
    with Scratch.open(tmp_path, "run") as scratch:
        env = os.environ | scratch.env()
        python = [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())"]
        for argv in (["mktemp"], python):
            made = subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout
            assert Path(made.strip()).parent == scratch.path


@pytest.mark.parametrize("trouble", ["link", "writable", "file"])
def test_unsafe_base_is_refused(tmp_path: Path, trouble: str) -> None:
    """A base that others control is an error that names it and says what to do."""
    base = tmp_path / "base"
    match trouble:
        case "link":
            (tmp_path / "elsewhere").mkdir()
            base.symlink_to(tmp_path / "elsewhere")
        case "writable":
            base.mkdir()
            base.chmod(0o777)
        case "file":
            base.touch()
    with pytest.raises(StateError, match=r"base: scratch cannot be kept here: .*scratch\.base"):
        Scratch.open(base, "run")


@pytest.mark.skipif(os.geteuid() != 0, reason="NEEDS ROOT TO GIVE A DIRECTORY AWAY")
def test_base_of_another_user_is_refused(tmp_path: Path) -> None:
    """Its owner could read and replace everything below."""
    (tmp_path / "base").mkdir()
    os.chown(tmp_path / "base", 12345, 12345)
    with pytest.raises(StateError, match="belongs to uid 12345"):
        Scratch.open(tmp_path / "base", "run")


def test_blocks_are_measured_not_lengths(tmp_path: Path) -> None:
    """A sparse file counts what it occupies, a hard link nothing, a link not its target."""
    with Scratch.open(tmp_path, "run") as scratch:
        with (scratch.path / "sparse").open("wb") as file:
            file.truncate(1 << 30)
        (scratch.path / "data").write_bytes(os.urandom(1 << 20))
        os.link(scratch.path / "data", scratch.path / "again")
        (scratch.path / "link").symlink_to("/usr")
        usage = scratch.measure()
        assert usage.files == 3
        assert 1 << 20 <= usage.bytes < 2 << 20


def test_missing_directory_holds_nothing(tmp_path: Path) -> None:
    """A run that deletes its own TMPDIR breaks neither measuring nor removing."""
    with Scratch.open(tmp_path, "run") as scratch:
        scratch.path.rmdir()
        assert scratch.measure() == Usage(0, 0)
        assert scratch.remove().left == 0
    assert os.listdir(tmp_path) == []


def test_removal_says_what_it_freed(tmp_path: Path) -> None:
    """Hard links free their blocks once; blocks with a link elsewhere are not freed."""
    scratch = Scratch.open(tmp_path / "base", "run")
    (scratch.path / "data").write_bytes(os.urandom(1 << 20))
    os.link(scratch.path / "data", scratch.path / "again")
    (scratch.path / "shared").write_bytes(os.urandom(1 << 20))
    os.link(scratch.path / "shared", tmp_path / "outside")
    removal = scratch.remove()
    assert removal.left == 0
    assert 1 << 20 <= removal.freed_bytes < (1 << 20) + (1 << 16)
    assert (tmp_path / "outside").stat().st_size == 1 << 20


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link to a home directory is removed, the home directory is not."""
    home = tmp_path / "home"
    (home / "deep").mkdir(parents=True)
    (home / "deep" / "precious").write_text("years of work")
    scratch = Scratch.open(tmp_path / "base", "run")
    (scratch.path / "home").symlink_to(home)
    (scratch.path / "sub").mkdir()
    (scratch.path / "sub" / "up").symlink_to("../../..")
    assert scratch.measure().files == 3
    assert scratch.remove().left == 0
    assert (home / "deep" / "precious").read_text() == "years of work"


def test_directory_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    """A run may replace its own TMPDIR; only the link goes."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious").touch()
    with Scratch.open(tmp_path / "base", "run") as scratch:
        scratch.path.rmdir()
        scratch.path.symlink_to(home)
        assert scratch.measure() == Usage(0, 0)
    assert (home / "precious").exists()
    assert os.listdir(tmp_path / "base") == []


def test_deep_tree_is_measured_and_removed(tmp_path: Path) -> None:
    """10,000 levels need no recursion, no long path and no descriptor each."""
    scratch = Scratch.open(tmp_path, "run")
    planted = plant_deep(scratch.path / "deep")
    assert scratch.measure().files == planted
    assert scratch.remove().left == 0
    assert os.listdir(tmp_path) == []


def test_read_only_directories_are_removed(tmp_path: Path) -> None:
    """Go's module cache denies its own owner to write."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("ROOT IGNORES MODES AND THERE IS NO setpriv(1) TO BE SOMEBODY ELSE")
    program = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from supervisor.scratch.scratch import Scratch
scratch = Scratch.open(Path(sys.argv[1]), "run")
for mode in (0o000, 0o100, 0o400, 0o500, 0o555):
    place = scratch.path / oct(mode) / "inner"
    place.mkdir(parents=True)
    (place / "file").write_text("x")
    place.chmod(mode)
    place.parent.chmod(mode)
scratch.path.chmod(0o500)
print(scratch.remove().left, os.listdir(sys.argv[1]))
"""
    prefix = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    # Below /tmp/pytest-of-… only the owner may go, so somebody else works elsewhere.
    with_root = os.geteuid() == 0
    base = Path(f"/tmp/test-scratch-{os.getpid()}") if with_root else tmp_path / "base"
    ran = subprocess.run(
        [*(prefix if with_root else []), sys.executable, "-B", "-c", program, str(base)],
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(base, ignore_errors=True)
    assert (ran.stdout, ran.stderr) == ("0 []\n", "")


def test_kept_directories_are_the_newest(tmp_path: Path) -> None:
    """What is put aside stays as it is, the oldest goes when there are too many."""
    for number in range(4):
        with Scratch.open(tmp_path, f"run{number}") as scratch:
            (scratch.path / "evidence").write_text(str(number))
            kept = scratch.keep(most=2)
    names = sorted(os.listdir(tmp_path / "kept"))

    assert os.listdir(tmp_path) == ["kept"]
    assert names == ["run2", "run3"]
    assert (kept / "evidence").read_text() == "3"


def test_what_is_deleted_and_held_open_counts(tmp_path: Path) -> None:
    """Its blocks stay taken until the last descriptor goes, and are counted once."""
    with Scratch.open(tmp_path, "run") as scratch:
        script = 'exec 3> "$0/f" 4>&3; head -c 300000 /dev/zero >&3; rm "$0/f"; echo; exec cat'
        with subprocess.Popen(
            ["sh", "-c", script, scratch.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # pytest's own is a file that was deleted.
        ) as holder:
            assert holder.stdout
            holder.stdout.read(1)
            unseen, held = scratch.measure(), scratch.measure_deleted([holder.pid])
            holder.communicate()
        after = scratch.measure_deleted([holder.pid])

    assert unseen == after == Usage(0, 0)
    assert 300_000 <= held.bytes < 400_000
    assert held.files == 1
