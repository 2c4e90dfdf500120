"""The raw store when the disk is full, stalls, is emptied, lies, or we are killed."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.errors import NoInputError
from supervisor.output.reader import LINE_MOST_BYTES, RawReader
from supervisor.output.store import RawStore
from tests.children import eventually_sync
from tests.small_disk import ROOT, on_ext4, on_tmpfs, run_python

WRITES_FOR_EVER = """
import itertools, os, pathlib, sys
from supervisor.output.store import RawStore
with RawStore.open(pathlib.Path(sys.argv[1]), 1 << 26, print) as store:
    for number in itertools.count(1):
        store.put(1, b"line %d %s\\n" % (number, os.urandom(500).hex().encode()), 1)
"""

FILLS_THE_DISK = """
import json, os, pathlib, sys, time
from supervisor.output.reader import RawReader
from supervisor.output.store import RawStore
disk = pathlib.Path(sys.argv[1])
(disk / "ballast").write_bytes(bytes(300_000))
losses, longest = [], 0.0
def put(data):
    global longest
    begun = time.monotonic()
    store.put(1, data, data.count(b"\\n"))
    longest = max(longest, time.monotonic() - begun)
with RawStore.open(disk / "run", 1 << 30, lambda *loss: losses.append(loss)) as store:
    for _ in range(30):
        put(os.urandom(100_000))
        store.flush()
    (disk / "ballast").unlink()
    deadline = time.monotonic() + 20
    while not losses and time.monotonic() < deadline:
        put(b"room again\\n")
        store.flush()
        time.sleep(0.05)
kept = store.close()
reader = RawReader(disk / "run")
read = b"".join(reader.chunks())
print(json.dumps({
    "longest_s": longest,
    "losses": losses,
    "missing": sum(gap.bytes for gap in reader.gaps()),
    "dropped": kept.dropped_bytes,
    "adds_up": len(read) == kept.kept_raw_bytes == kept.output_bytes - kept.dropped_bytes,
    "ends_well": read.endswith(b"room again\\n"),
}))
"""

STALLS_THE_DISK = """
import json, os, pathlib, subprocess, sys, time
from supervisor.output.reader import RawReader
from supervisor.output.store import RawStore
disk = sys.argv[1]
losses, longest = [], 0.0
with RawStore.open(pathlib.Path(disk, "run"), 1 << 30, lambda *loss: losses.append(loss)) as store:
    store.put(1, b"before\\n", 1)
    subprocess.run(["fsfreeze", "-f", disk], check=True)
    try:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            begun = time.monotonic()
            store.put(1, bytes(1 << 20), 0)
            longest = max(longest, time.monotonic() - begun)
            time.sleep(0.02)
    finally:
        subprocess.run(["fsfreeze", "-u", disk], check=True)
kept = store.close()
reader = RawReader(pathlib.Path(disk, "run"))
print(json.dumps({
    "longest_s": longest,
    "lost": sum(size for size, _, _ in losses),
    "dropped": kept.dropped_bytes,
    "missing": sum(gap.bytes for gap in reader.gaps()),
}))
"""

ONE_LONG_LINE = """
import json, pathlib, re, subprocess, sys, threading
from supervisor.output.capture import Capture
from supervisor.output.reader import RawReader
from supervisor.output.store import RawStore
directory = pathlib.Path(sys.argv[1])
ended = threading.Event()
with RawStore.open(directory, 1 << 30, print) as store, Capture() as capture:
    command = ["sh", "-c", "head -c 100000000 /dev/zero; echo; echo next"]
    with subprocess.Popen(command, stdout=capture.child_fds[0]):
        capture.close_child_fds()
        def keep(stream: int, chunk: bytes) -> None:
            store.put(stream, chunk, chunk.count(b"\\n"))

        capture.start(keep, ended.set, store.flush)
        ended.wait()
kept = store.close()
lines = list(RawReader(directory).lines(1, 2))
status = pathlib.Path("/proc/self/status").read_text()  # Not ru_maxrss: it survives exec.
print(json.dumps({
    "output": [kept.output_bytes, kept.output_lines, kept.dropped_bytes],
    "lines": [[line.number, len(line.data)] for line in lines],
    "peak_kib": int(re.search(r"VmHWM:\\s*(\\d+)", status)[1]),
}))
"""


def ignore(dropped_bytes: int, dropped_lines: int, problem: str) -> None:
    """Losses are not what these tests are about."""


def test_kill_9_loses_only_the_last_frames(tmp_path: Path) -> None:
    """After SIGKILL in full flight all finished frames read back, in sequence and checked."""
    command = [sys.executable, "-c", WRITES_FOR_EVER, str(tmp_path / "run")]
    with subprocess.Popen(command, cwd=ROOT) as writer:
        second = tmp_path / "run" / "000001.zst"
        try:
            eventually_sync(second.exists, within_s=20)
        finally:
            writer.kill()

    reader = RawReader(tmp_path / "run")
    lines = list(reader.lines(1, 4000))

    assert [line.number for line in lines] == list(range(1, 4001))
    assert all(line.data.startswith(b"line %d " % line.number) for line in lines)


@pytest.mark.parametrize("cut", [1, 7, 8, 100, 500])
def test_torn_last_frame_is_passed_over(tmp_path: Path, cut: int) -> None:
    """Wherever the last write was torn, what came before it is whole."""
    with RawStore.open(tmp_path / "run", 1 << 20, ignore) as store:
        store.put(1, b"first\n", 1)
        store.flush()
        store.put(1, os.urandom(700), 0)
        store.flush()
    segment = tmp_path / "run" / "000000.zst"
    os.truncate(segment, _end_of_data(segment) - cut)

    assert list(RawReader(tmp_path / "run").chunks()) == [b"first\n"]


def _end_of_data(segment: Path) -> int:
    """Where the header that ends the store begins."""
    return segment.read_bytes().rindex(b"\x50\x2a\x4d\x18")


def test_any_damage_is_noticed_and_said(tmp_path: Path) -> None:
    """A flipped byte anywhere gives a clear error or less output, never other output."""
    whole = os.urandom(5000).hex().encode()
    with RawStore.open(tmp_path / "run", 1 << 20, ignore) as store:
        store.put(1, whole, 0)
    segment = tmp_path / "run" / "000000.zst"
    good = segment.read_bytes()
    chance = random.Random(7)  # noqa: S311 - a test's choice of places
    for place in chance.sample(range(len(good)), 200):
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        segment.write_bytes(bad)
        try:
            read = b"".join(RawReader(tmp_path / "run").chunks())
        except NoInputError as error:
            assert "000000.zst" in str(error)  # noqa: PT017 - either outcome is right
        else:
            assert whole.startswith(read)


def test_deleted_directory_costs_only_what_was_in_it(tmp_path: Path) -> None:
    """Somebody deletes the run's directory: put goes on, and what comes later is kept anew."""
    losses: list[tuple[int, int, str]] = []
    directory = tmp_path / "raw" / "run"
    with RawStore.open(directory, 1 << 20, lambda *loss: losses.append(loss)) as store:
        store.put(1, b"gone\n", 1)
        store.flush()
        eventually_sync(directory.exists)
        shutil.rmtree(tmp_path / "raw")
        store.put(1, b"noticed\n", 1)
        store.flush()

        def kept_again() -> bool:
            store.put(1, b"kept\n", 1)
            store.flush()
            return directory.exists()

        eventually_sync(kept_again)
    kept = store.close()

    assert b"".join(RawReader(directory).chunks()).endswith(b"kept\n")
    assert kept.kept_raw_bytes < kept.output_bytes
    assert losses[0][2] == "No such file or directory"


def test_full_disk_blocks_nobody(tmp_path: Path) -> None:
    """ENOSPC drops by count; the reader is never held up; room again means kept again."""
    result = on_tmpfs(FILLS_THE_DISK, tmp_path / "disk")

    assert result["longest_s"] < 0.6
    assert result["losses"][0][2] == "No space left on device"
    assert sum(size for size, _, _ in result["losses"]) == result["dropped"] > 0
    assert result["missing"] == result["dropped"]
    assert result["adds_up"]
    assert result["ends_well"]


def test_stalled_disk_blocks_nobody_for_long(tmp_path: Path) -> None:
    """A disk that hangs for longer than half a second is no longer waited for."""
    result = on_ext4(STALLS_THE_DISK, tmp_path / "disk")

    assert result["longest_s"] < 0.8
    assert result["lost"] == result["dropped"] == result["missing"] > 0


def test_one_line_of_100_mb_is_a_line_with_a_cap(tmp_path: Path) -> None:
    """Memory stays constant, every byte is kept, and a line's text is cut where it is asked for."""
    result = run_python(ONE_LONG_LINE, str(tmp_path / "run"))

    assert result["output"] == [100_000_006, 2, 0]
    assert result["lines"] == [[1, LINE_MOST_BYTES], [2, 4]]
    assert result["peak_kib"] < 40 * 1024
