"""A disk that fails under our feet: what it does not take is counted, and nobody waits."""

from pathlib import Path

import pytest

from tests.small_disk import on_failing_disk

pytestmark = pytest.mark.slow

BREAKS_THE_DISK = """
import json, os, pathlib, sys, time
from supervisor.events import StayedDown
from supervisor.output.frames import compress
from supervisor.output.store import RawStore
from supervisor.telemetry.writer import Telemetry, TelemetryLimits
disk = pathlib.Path(sys.argv[1])
losses, longest = [], 0.0

def timed(call, *arguments):
    global longest
    begun = time.monotonic()
    call(*arguments)
    longest = max(longest, time.monotonic() - begun)

def problem_of_writing():
    try:
        with (disk / "probe").open("wb", buffering=0) as probe:
            probe.write(bytes(1 << 20))
            os.fsync(probe.fileno())
    except OSError as error:
        return error.strerror
    return None

limits = TelemetryLimits(rotate_bytes=30_000)
with Telemetry.open(disk / "t", limits, compress) as telemetry, RawStore.open(
    disk / "run", 1 << 30, lambda *loss: losses.append(loss)
) as store:
    telemetry.emit(StayedDown(run="0123abcd", why="before", failures=0))
    problems = set()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        timed(store.put, 1, os.urandom(1 << 18), 0)
        for number in range(50):
            timed(telemetry.emit, StayedDown(run="0123abcd", why="x" * 300, failures=number))
        problems.add(problem_of_writing())
        time.sleep(0.02)
    kept = store.close()
print(json.dumps({
    "longest_s": longest,
    "problems": sorted(map(str, problems)),
    "losses": sorted({problem for _, _, problem in losses}),
    "lost": sum(size for size, _, _ in losses),
    "dropped": kept.dropped_bytes,
    "output": kept.output_bytes,
}))
"""


def test_disk_that_fails_costs_only_what_it_does_not_take(tmp_path: Path) -> None:
    """EIO, and a file system that turns read-only for it: all is counted, and the work goes on."""
    result = on_failing_disk(BREAKS_THE_DISK, tmp_path / "disk")
    print(result)
    assert set(result["problems"]) & {"Input/output error", "Read-only file system"}
    assert set(result["losses"]) <= {"Input/output error", "Read-only file system", ""}
    assert result["lost"] == result["dropped"] > 0
    assert result["longest_s"] < 0.8
