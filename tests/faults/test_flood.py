"""Output without end: memory stays, and the store keeps its promise."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.supervised import Desk

_FLOOD = """
import os
block = b"".join(b"%09d INFO request %d took %d ms\\n" % (n, n * 7919 % 10007, n % 977)
    for n in range(20000))
left = {total}
while left > 0:
    left -= os.write(1, block[:left])
"""
MOST_RESIDENT_KB = 64 << 10


@pytest.mark.slow
def test_gigabyte_of_output_needs_no_memory(tmp_path: Path) -> None:
    """At most 64 MB resident; head and tail are given back, and the gap between is told."""
    total = 1_000_000_000
    desk = Desk(tmp_path)
    desk.write(
        [sys.executable, "-S", "-c", _FLOOD.format(total=total)], '[output]\nquota = "8MiB"\n'
    )
    with desk.running(stdout=subprocess.DEVNULL) as process:
        peak_kb = peak_resident_kb(process)
        assert process.wait() == 0
    (ended,) = desk.events("run-ended")
    shown = desk.run("show", ended["run"], timeout=120)

    assert peak_kb <= MOST_RESIDENT_KB
    assert ended["output_bytes"] == total
    assert len(shown.stdout) + ended["dropped_bytes"] == total
    assert shown.stdout.startswith("000000000 INFO")
    assert f"{ended['dropped_bytes']} bytes" in shown.stderr


_FINDINGS = """
import os
block = b"".join(b"src/module_%d.py:%d:1: F401 [*] `name_%d` imported but unused\\n" % (n, n, n * n)
    for n in range(10000))
times = {size} // len(block)
for _ in range(times):
    view = memoryview(block)
    while view:
        view = view[os.write(1, view):]
os.write(1, b"Found %d errors.\\n" % (times * 10000))
raise SystemExit(1)
"""


def test_what_comes_faster_than_it_is_read_is_counted(tmp_path: Path) -> None:
    """A flood of findings: how it went is told from its end, what was skipped is no secret."""
    size = 60_000_000
    desk = Desk(tmp_path)
    desk.write(
        [sys.executable, "-S", "-c", _FINDINGS.format(size=size)], "[restart]\nwhen = 'never'\n"
    )
    done = desk.run(desk.config)
    (ended,) = desk.events("run-ended")
    skipped = desk.events("analysis-skipped")
    (digest,) = (one["digest"] for one in desk.events("digest") if one["digest"]["tool"] == "ruff")
    shown = desk.run("show", ended["run"], "--grep", "^Found ")

    assert 0 < sum(one["skipped_bytes"] for one in skipped) < ended["output_bytes"]
    assert f"Found {digest['declared']['errors']} errors." in shown.stdout
    assert digest["counted"]["errors"] < digest["declared"]["errors"]
    assert digest["verdict"] == "failed"
    assert ended["dropped_bytes"] == 0
    assert "output not analyzed" in done.stdout


def peak_resident_kb(process: "subprocess.Popen[str]") -> int:
    """Watch a process to its end. What wait4(2) says counts who started it, so it is no use."""
    status = Path(f"/proc/{process.pid}/status")
    peak_kb = 0
    while process.poll() is None:
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        peak_kb = max(peak_kb, int(fields.get("VmHWM", "0 kB").split()[0]))
        time.sleep(0.02)
    return peak_kb
