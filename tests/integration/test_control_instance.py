"""One supervisor for each config, between real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.control.instance import hold_instance
from supervisor.errors import BusyError, StateError

REPOSITORY = Path(__file__).parents[2]
_HOLDER = """
import sys, time
from pathlib import Path
from supervisor.control.instance import hold_instance
with hold_instance(Path(sys.argv[1]), Path("autopilot.toml")):
    print("up", flush=True)
    time.sleep(60)
"""
CONFIG = Path("autopilot.toml")


def test_second_instance_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    """The message names the holder; a kill -9 leaves nothing to clean up."""
    lock = tmp_path / "run" / "lock"
    argv = [sys.executable, "-B", "-c", _HOLDER, str(lock)]
    with subprocess.Popen(argv, cwd=REPOSITORY, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"up\n"
        expected = rf"autopilot\.toml is already supervised by pid {holder.pid} since 20"
        with pytest.raises(BusyError, match=expected), hold_instance(lock, CONFIG):
            pass
        holder.kill()
    with hold_instance(lock, CONFIG):
        pass


def test_instance_may_follow_another(tmp_path: Path) -> None:
    """Leaving the block releases the lock; inside it, even we ourselves are refused."""
    for _ in range(2):
        with (
            hold_instance(tmp_path / "lock", CONFIG),
            pytest.raises(BusyError),
            hold_instance(tmp_path / "lock", CONFIG),
        ):
            pass


def test_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the directory should be."""
    (tmp_path / "run").touch()
    refused = pytest.raises(StateError, match=r"run/lock: cannot be made")
    with refused, hold_instance(tmp_path / "run" / "lock", CONFIG):
        pass
