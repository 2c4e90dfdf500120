"""A hundred thousand short children below one guardian leave no trace in it."""

import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from supervisor.errors import ExitCode
from tests.children import SHORT, SLEEP, alive, eventually_sync, unique_s
from tests.supervised import Desk

pytestmark = pytest.mark.slow

_BATCHES = 100
_WARM_UP = 20


def test_many_children(tmp_path: Path, tier: str) -> None:
    """Right exit codes, no zombie, descriptors and resident memory flat (1 MB) after warm-up."""
    desk = Desk(tmp_path, always=f'[containment]\ntier = "{tier}"\n')
    looks_so = (SLEEP, unique_s())
    if shutil.which("cc") is None:
        pytest.skip("NO C COMPILER, SO NOTHING FORKS FAST ENOUGH")
    (tmp_path / "short.c").write_text(SHORT)
    subprocess.run(["cc", "-O", "-o", tmp_path / "short", tmp_path / "short.c"], check=True)
    script = f"{' '.join(looks_so)} & exec {tmp_path}/short {_BATCHES} {tmp_path}"
    batch = tmp_path / "batch"

    def batches() -> int:
        return int(batch.read_text()) if batch.exists() else 0

    with desk.stranger(looks_so, tmp_path):
        desk.write(["sh", "-c", script])
        with desk.running() as process:
            leader = desk.started()["pid"]
            guardian = psutil.Process(leader).parent()
            assert guardian is not None
            assert guardian.pid != process.pid
            eventually_sync(lambda: batches() >= _WARM_UP or not alive(leader), within_s=60)
            warm_fds, warm_bytes = guardian.num_fds(), guardian.memory_info().rss
            eventually_sync(lambda: batches() == _BATCHES or not alive(leader), within_s=240)
            eventually_sync(lambda: not zombies(guardian))
            fds, resident_bytes = guardian.num_fds(), guardian.memory_info().rss
            (tmp_path / "go").touch()
            assert process.wait(10) == ExitCode.FAILED

    (ended,), (receipt,) = desk.events("run-ended"), desk.events("receipt")
    assert ended["ending"] == {"type": "Exited", "code": 42}
    assert receipt["seen"] >= 50_000
    assert receipt["survivors"] == []
    assert fds <= warm_fds
    assert abs(resident_bytes - warm_bytes) < 1 << 20


def zombies(process: psutil.Process) -> list[int]:
    """Dead children that it has not waited for."""
    return [one.pid for one in process.children() if one.status() == psutil.STATUS_ZOMBIE]
