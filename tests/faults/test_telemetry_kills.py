"""Telemetry that is killed at any moment: amid a write, a rotation, a compression (TM-D8)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_disk import ROOT

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("SUPERVISE_KILLS", "60"))

KILLS_ITS_CHILDREN = """
import itertools, json, os, pathlib, random, signal, struct, sys, time
from supervisor.events import StayedDown
from supervisor.output import frames
from supervisor.output.frames import compress, decompress
from supervisor.telemetry.reader import read_events
from supervisor.telemetry.writer import Telemetry, TelemetryLimits

kills, directory = int(sys.argv[1]), pathlib.Path(sys.argv[2])
limits = TelemetryLimits(rotate_bytes=8_000, keep_files=10**6)
chance = random.Random(5)

def tell_for_ever(run, told):
    verify = frames._verify  # Slower, so that many a kill comes before an archive has its name.
    frames._verify = lambda part, written: time.sleep(0.005) or verify(part, written)
    with Telemetry.open(directory, limits, compress) as telemetry:
        for number in itertools.count():
            telemetry.emit(StayedDown(run=run, why="x", failures=number))
            os.pwrite(told, struct.pack("q", number + 1), 0)
            if number % 4 == 0:
                time.sleep(0.001)

worst, half_done, records = 0, 0, 0
for kill in range(kills):
    run = f"{kill:08x}"
    told = os.memfd_create("told")
    os.pwrite(told, struct.pack("q", 0), 0)
    child = os.fork()
    if child == 0:
        try:
            tell_for_ever(run, told)
        finally:
            os._exit(3)
    time.sleep(chance.uniform(0.0, 0.2))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status
    emitted = struct.unpack("q", os.pread(told, 8, 0))[0]
    os.close(told)
    half_done += any(directory.glob("*.part"))
    kept, damaged = [], 0
    for _, record in read_events(directory, decompress):
        assert record["kind"] == "stayed-down", record
        if record["run"] == run:
            kept.append(record["failures"])
    # One more may have been written than was noted.
    assert kept == list(range(len(kept))), (
        kill, len(kept), next((i, kept[i - 3 : i + 5]) for i, n in enumerate(kept) if i != n),
        sorted(path.name for path in directory.iterdir())[-8:],
    )
    assert len(kept) <= emitted + 1
    worst = max(worst, emitted - len(kept))
    records += len(kept)
    if kill % 20 == 19:
        # All that was kept of all of them is still there, once each, when it is tidied up.
        with Telemetry.open(directory, limits, compress) as telemetry:
            pass
        every = [(r["run"], r["failures"]) for _, r in read_events(directory, decompress)]
        assert len(every) == len(set(every)) == records, (len(every), len(set(every)), records)
        assert not list(directory.glob("*.part"))
        for path in directory.iterdir():
            path.unlink()
        records = 0
print(json.dumps({"worst": worst, "half_done": half_done}))
"""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Every archive can be read, nothing is there twice, and only what waited is lost."""
    done = subprocess.run(
        [sys.executable, "-c", KILLS_ITS_CHILDREN, str(KILLS), str(tmp_path / "t")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60 + KILLS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    print(result)
    assert result["worst"] <= 1000 + 1
    assert result["half_done"] > 0
