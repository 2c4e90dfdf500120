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


def peak_resident_kb(process: "subprocess.Popen[str]") -> int:
    """Watch a process to its end. What wait4(2) says counts who started it, so it is no use."""
    status = Path(f"/proc/{process.pid}/status")
    peak_kb = 0
    while process.poll() is None:
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        peak_kb = max(peak_kb, int(fields.get("VmHWM", "0 kB").split()[0]))
        time.sleep(0.02)
    return peak_kb
