"""What holds for every output, however it was cut into chunks and whatever the quota."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.output.reader import RawReader
from supervisor.output.store import Kept, RawStore

pieces = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.binary(max_size=40), st.integers(1, 400), st.booleans()),
    max_size=25,
)
"""Stream, a piece of it, how often it comes again, and whether a flush follows."""


def store(
    directory: Path, chunks: list[tuple[int, bytes, int, bool]], quota_bytes: int
) -> tuple[Kept, list[tuple[int, int, str]]]:
    dropped: list[tuple[int, int, str]] = []
    with RawStore.open(directory, quota_bytes, lambda *loss: dropped.append(loss)) as raw:
        for stream, piece, times, flush in chunks:
            chunk = piece * times
            raw.put(stream, chunk, chunk.count(b"\n"))
            if flush:
                raw.flush()
    return raw.close(), dropped


@settings(max_examples=30, deadline=None, derandomize=True)
@given(pieces)
def test_chunk_boundaries_do_not_show(chunks: list[tuple[int, bytes, int, bool]]) -> None:
    """What is read back is what was written, in order, as a whole and by stream."""
    with tempfile.TemporaryDirectory() as temp:
        kept, _ = store(Path(temp, "run"), chunks, quota_bytes=1 << 20)
        reader = RawReader(Path(temp, "run"))
        whole = b"".join(piece * times for _, piece, times, _ in chunks)

        assert b"".join(reader.chunks()) == whole
        for stream in (1, 2):
            own = b"".join(piece * times for of, piece, times, _ in chunks if of == stream)
            assert b"".join(reader.chunks(stream)) == own
        assert (kept.output_bytes, kept.output_lines) == (len(whole), whole.count(b"\n"))
        assert (kept.dropped_bytes, kept.dropped_lines, reader.gaps()) == (0, 0, ())
        lines = [line.data for line in reader.lines(1, 1 << 40)]
        assert lines == whole.split(b"\n")[: len(lines)]
        assert len(lines) == whole.count(b"\n") + (not whole.endswith(b"\n") and bool(whole))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.randoms(use_true_random=False)), max_size=30),
    st.integers(0, 200_000),
)
def test_no_quota_is_ever_exceeded(chunks: list[tuple[int, object]], quota_bytes: int) -> None:
    """The files never take more than the quota, and kept, gaps and output add up."""
    noise = [(s, r.randbytes(r.randrange(30_000)), 1, False) for s, r in chunks]  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as temp:
        directory = Path(temp, "run")
        kept, _ = store(directory, noise, quota_bytes)
        on_disk = sum(path.stat().st_size for path in directory.iterdir())

        assert on_disk == kept.kept_bytes <= quota_bytes
        assert kept.kept_raw_bytes + kept.dropped_bytes == kept.output_bytes
        if on_disk:
            reader = RawReader(directory)
            raw = b"".join(reader.chunks())
            assert len(raw) == kept.kept_raw_bytes
            whole = b"".join(piece for _, piece, _, _ in noise)
            assert (
                raw
                == _without(whole, [(g.after_offset, g.bytes) for g in reader.gaps()])[: len(raw)]
            )


def _without(whole: bytes, gaps: list[tuple[int, int]]) -> bytes:
    for offset, size in reversed(gaps):
        whole = whole[:offset] + whole[offset + size :]
    return whole
