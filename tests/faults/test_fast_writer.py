"""A writer of a gigabyte a second where only we look: it is stopped soon after its quota."""

import re
from pathlib import Path

import pytest

from tests.supervised import Desk

WRITER = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
block = bytes(8 << 20)
begun = time.monotonic()
with open(os.environ["TMPDIR"] + "/hog", "wb", buffering=0) as file:
    size = 0
    while True:
        size += file.write(block)
        time.sleep(max(0, begun + size / 1e9 - time.monotonic()))
"""
QUOTA = 512 << 20
OVERSHOOT = 256 << 20


@pytest.mark.slow
def test_fast_writer_is_stopped_soon_after_its_quota(tmp_path: Path) -> None:
    """At most 256 MB more than it may, grace and all, and the event says how much it was."""
    desk = Desk(tmp_path)
    more = f'[scratch]\nquota = "{QUOTA >> 20}MiB"\nbacking = "disk"\nkeep = "failed"\n'
    done = desk.run(desk.write(["python3", "-c", WRITER], more), timeout=120)
    told = desk.events("scratch-passed")[-1]
    (kept,) = desk.events("scratch-kept")
    written = Path(kept["path"], "hog").stat().st_size

    assert told["stopping"]
    assert told["used_bytes"] > QUOTA
    assert written <= QUOTA + OVERSHOOT
    assert re.search(r"MB in \d+ files: over its quota of 537 MB", done.stdout)
