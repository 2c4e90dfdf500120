"""The raw store on a real disk: readable by anybody's zstd, by line, by stream, bounded."""

import os
import subprocess
from pathlib import Path

import pytest

from supervisor.errors import NoInputError
from supervisor.output.frames import compress, decompress
from supervisor.output.position import Position
from supervisor.output.reader import Gap, Line, RawReader
from supervisor.output.runs import list_runs, prune
from supervisor.output.store import RawStore
from tests.children import eventually_sync

LINES = b"".join(b"line %06d of the run's output\n" % number for number in range(1, 200_001))


def no_drop(dropped_bytes: int, dropped_lines: int, problem: str) -> None:
    pytest.fail(f"dropped {dropped_bytes} bytes, {dropped_lines} lines: {problem}")


def write(directory: Path, data: bytes, quota_bytes: int = 1 << 30) -> None:
    with RawStore.open(directory, quota_bytes, no_drop) as store:
        for start in range(0, len(data), 65_536):
            chunk = data[start : start + 65_536]
            store.put(1, chunk, chunk.count(b"\n"))


def noise_lines(count: int) -> bytes:
    return b"".join(os.urandom(30).hex().encode() + b"\n" for _ in range(count))


def test_any_zstd_reads_it(tmp_path: Path) -> None:
    """`zstdcat *.zst` gives the kept bytes; the index is skipped by the format itself."""
    write(tmp_path / "run", LINES)
    segments = sorted(map(str, (tmp_path / "run").iterdir()))

    output = subprocess.run(["zstdcat", *segments], check=True, capture_output=True).stdout

    assert output == LINES


def test_files_are_private(tmp_path: Path) -> None:
    """An agent's output holds secrets: 0700 and 0600, whatever the umask."""
    write(tmp_path / "run", b"x")
    (segment,) = (tmp_path / "run").iterdir()

    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700
    assert segment.stat().st_mode & 0o777 == 0o600


def test_lines_are_found_by_number(tmp_path: Path) -> None:
    """Lines in the middle come back numbered, and only their frame is decoded."""
    write(tmp_path / "run", LINES)
    (segment,) = (tmp_path / "run").iterdir()
    with segment.open("r+b") as file:  # Damage in the first frame goes unseen from the last.
        file.seek(1000)
        file.write(b"damage")

    lines = list(RawReader(tmp_path / "run").lines(150_000, 150_001))

    assert lines == [
        Line(150_000, b"line 150000 of the run's output"),
        Line(150_001, b"line 150001 of the run's output"),
    ]
    with pytest.raises(NoInputError, match=r"000000\.zst"):
        list(RawReader(tmp_path / "run").chunks())


def test_quota_keeps_head_and_tail(tmp_path: Path) -> None:
    """Of a flood the first and the last half of the quota stay; the gap says what is gone."""
    data = noise_lines(100_000)
    with RawStore.open(tmp_path / "run", 1 << 20, no_drop) as store:
        store.put(1, data, data.count(b"\n"))
    kept = store.close()
    reader = RawReader(tmp_path / "run")

    raw = b"".join(reader.chunks())
    (gap,) = reader.gaps()

    assert kept.kept_bytes <= 1 << 20
    assert raw == data[: gap.after_offset] + data[gap.after_offset + gap.bytes :]
    assert 0.8 < gap.after_offset / (len(raw) - gap.after_offset) < 1.25
    gone = data[gap.after_offset : gap.after_offset + gap.bytes]
    assert gap == Gap(kept.dropped_bytes, kept.dropped_lines, gap.after_offset)
    assert gap.lines == gone.count(b"\n")
    assert next(reader.lines(99_999, 99_999)).data == data.splitlines()[99_998]


def test_trickle_is_on_disk_after_a_quiet_second(tmp_path: Path) -> None:
    """A kill -9 costs a quiet program nothing: its output is written within about a second."""
    with RawStore.open(tmp_path / "run", 1 << 20, no_drop) as store:
        store.put(2, b"half a line", 0)
        eventually_sync((tmp_path / "run" / "000000.zst").exists)
        eventually_sync(lambda: list(RawReader(tmp_path / "run").chunks(2)) == [b"half a line"])


def test_silent_run_has_a_readable_store(tmp_path: Path) -> None:
    """A run that said nothing reads as nothing, not as missing."""
    with RawStore.open(tmp_path / "run", 1 << 20, no_drop):
        pass

    assert list(RawReader(tmp_path / "run").chunks()) == []
    with pytest.raises(NoInputError, match="nowhere"):
        RawReader(tmp_path / "nowhere")


def test_oldest_runs_go_first(tmp_path: Path) -> None:
    """Pruning deletes whole runs, oldest first, never a live one, and counts what it freed."""
    for age, run in enumerate(("new", "mid", "live", "old")):
        write(tmp_path / run, noise_lines(1000))
        for segment in (tmp_path / run).iterdir():
            os.utime(segment, (1e9 - age, 1e9 - age))
    sizes = {run.run: run.disk_bytes for run in list_runs(tmp_path)}

    pruned = prune(tmp_path, sizes["new"] + sizes["live"], live={"live"})

    assert [run.run for run in list_runs(tmp_path)] == ["live", "new"]
    assert (pruned.directories, pruned.freed_bytes) == (2, sizes["old"] + sizes["mid"])


def test_pruning_follows_no_link_and_deletes_no_stranger(tmp_path: Path) -> None:
    """A link among the runs is left alone, and so is a file that we did not write."""
    precious = tmp_path / "precious"
    write(precious, b"keep me")
    raw = tmp_path / "raw"
    write(raw / "run", b"gone")
    (raw / "run" / "notes.txt").write_text("mine")
    (raw / "link").symlink_to(precious)

    pruned = prune(raw, 0, live=set())

    assert pruned.left == 1
    assert (raw / "run" / "notes.txt").read_text() == "mine"
    assert list(RawReader(precious).chunks()) == [b"keep me"]


def test_archive_gives_back_its_file(tmp_path: Path) -> None:
    """A compressed file reads back the same, is private, and leaves nothing half done."""
    (tmp_path / "plain").write_bytes(LINES)

    compress(tmp_path / "plain", tmp_path / "plain.zst")

    assert b"".join(decompress(tmp_path / "plain.zst")) == LINES
    assert (tmp_path / "plain.zst").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "plain.zst"]


def test_any_stretch_is_found_by_its_offsets(tmp_path: Path) -> None:
    """Whatever lies between two offsets comes back with its streams, and says where it stands."""
    rows = [(1 + number % 3 % 2, b"row %d\n" % number) for number in range(20_000)]
    with RawStore.open(tmp_path / "run", 1 << 30, no_drop) as store:
        for number, (stream, row) in enumerate(rows):
            store.put(stream, row, 1)
            if number % 3000 == 0:
                store.flush()
    whole = b"".join(row for _, row in rows)
    owners = b"".join(bytes([stream]) * len(row) for stream, row in rows)
    reader = RawReader(tmp_path / "run")
    for begin, end in ((0, len(whole)), (5, 6), (40_000, 140_003), (len(whole) - 1, 1 << 40)):
        place = Position(begin, whole.count(b"\n", 0, begin))
        read, owned = b"", b""
        for stretch in reader.stretches(begin, end):
            assert stretch.begin == place
            place = stretch.end
            for stream, data in stretch.chunks:
                read += data
                owned += bytes([stream]) * len(data)
        assert (read, owned) == (whole[begin:end], owners[begin:end])
        assert place == Position(begin + len(read), whole.count(b"\n", 0, begin + len(read)))


def test_live_store_has_what_was_settled(tmp_path: Path) -> None:
    """What stands before a settled offset can be read while the store goes on."""
    with RawStore.open(tmp_path / "run", 1 << 30, no_drop) as store:
        for turn in range(1, 6):
            store.put(1, LINES, LINES.count(b"\n"))
            store.settle(turn * len(LINES), patience_s=10)
            (*_, last) = RawReader(tmp_path / "run").stretches(0, 1 << 40)
            assert last.end == Position(turn * len(LINES), turn * 200_000)
