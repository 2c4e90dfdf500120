"""Output without end: memory stays, and the store keeps its promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.supervised import ROOT, SUPERVISE, Desk

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
    process = subprocess.Popen(
        [*SUPERVISE, "run", str(desk.config)],
        env=desk.environment(),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    (ended,) = desk.events("run-ended")
    shown = desk.run("show", ended["run"], timeout=120)

    assert process.returncode == 0
    assert usage.ru_maxrss <= MOST_RESIDENT_KB
    assert ended["output_bytes"] == total
    assert len(shown.stdout) + ended["dropped_bytes"] == total
    assert shown.stdout.startswith("000000000 INFO")
    assert f"{ended['dropped_bytes']} bytes" in shown.stderr
