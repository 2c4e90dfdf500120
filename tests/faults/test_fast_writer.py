"""A writer of a gigabyte a second where only we look: it is held soon after its quota."""

import re
from pathlib import Path

import pytest

from tests.supervised import Desk

WRITER = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in range(int(sys.argv[1])):
    open(os.environ["TMPDIR"] + f"/{number}", "x").close()
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
@pytest.mark.parametrize("files", [0, 45_000], ids=["alone", "among-many"])
def test_fast_writer_is_held_soon_after_its_quota(tmp_path: Path, files: int) -> None:
    """At most 256 MB more than it may, each time, and the events say how much it was.

    Also among so many files that a look takes longer than the writer needs for 256 MB.
    """
    desk = Desk(tmp_path)
    more = f'[scratch]\nquota = "{QUOTA >> 20}MiB"\nbacking = "disk"\nkeep = "failed"\n'
    done = desk.run(desk.write(["python3", "-c", WRITER, str(files)], more), timeout=120)
    told = desk.events("scratch-passed")[-1]
    steps = desk.events("scratch-relieved")
    (kept,) = desk.events("scratch-kept")
    left = Path(kept["path"], "hog").stat()

    assert told["used_bytes"] > QUOTA
    assert [one["step"] for one in steps] == ["frozen", "cut"] * 3 + ["frozen", "run-stopped"]
    assert max(one["file_bytes"] for one in steps) <= QUOTA + OVERSHOOT
    assert left.st_blocks * 512 <= QUOTA + OVERSHOOT
    assert left.st_size > 3 * QUOTA
    assert re.search(r"MB in \d+ files: over its quota of 537 MB", done.stdout)
