"""What waits for the analyzer: in order, bounded, and told where it was too much."""

import threading
import time

from supervisor.output.backlog import QUIET, Backlog, Chunk, Missed
from supervisor.output.position import Position

LINES = b"a line\n" * 10_000


def drain(backlog: Backlog) -> list[Chunk | Missed]:
    """All that is there until the end."""
    backlog.end(patience_s=60)
    pieces: list[Chunk | Missed] = []
    while (taken := backlog.take()) is not None:
        pieces += [taken] if isinstance(taken, Missed) else taken
    return pieces


def test_chunks_come_out_as_they_went_in() -> None:
    """Streams, order and the marks of quiet moments survive."""
    backlog = Backlog()
    chunks = [(1 + place % 2, b"%d\n" % place * 900) for place in range(60)]
    for stream, data in chunks:
        backlog.put(stream, data, data.count(b"\n"))
        backlog.put(QUIET, b"", 0)

    assert drain(backlog) == [piece for chunk in chunks for piece in (chunk, (QUIET, b""))]


def test_newest_is_held_and_what_was_missed_has_its_place() -> None:
    """A megabyte is held; what came before it is told from where to where."""
    backlog = Backlog()
    backlog.put(1, b"taken\n", 1)
    backlog.take()
    for _ in range(200):
        backlog.put(1, LINES, 10_000)
    held = backlog.held_bytes
    backlog.put(2, b"the end\n", 1)
    missed, *chunks = drain(backlog)

    assert held <= 1 << 20
    assert len(chunks) >= 13
    count = 201 - len(chunks)
    begin = Position(6, 1)
    assert missed == Missed(begin, begin.after(count * len(LINES), count * 10_000))
    assert chunks[-1] == (2, b"the end\n")


def test_each_gap_is_told_once() -> None:
    """What comes after it is held again, and a second gap begins where the first chunks ended."""
    backlog = Backlog()
    pieces: list[Chunk | Missed] = []
    for _ in range(2):
        for _ in range(30):
            backlog.put(1, LINES, 10_000)
        missing_bytes = backlog.missing_bytes
        for _ in range(2):
            taken = backlog.take()
            assert taken is not None
            pieces += [taken] if isinstance(taken, Missed) else taken
        assert (missing_bytes > 0, backlog.missing_bytes) == (True, 0)

    place = Position()
    for piece in pieces:
        if isinstance(piece, Missed):
            assert piece.begin == place
            place = piece.end
        else:
            place = place.after(len(LINES), 10_000)
    assert place == Position(60 * len(LINES), 600_000)


def test_large_chunk_is_held_whole() -> None:
    """The newest chunk is there, whatever its size."""
    backlog = Backlog()
    chunk = (1, bytes(3 << 20))
    backlog.put(1, b"small", 0)
    backlog.put(*chunk, 0)

    assert drain(backlog) == [Missed(Position(), Position(5, 0)), chunk]


def test_many_small_chunks_are_bounded_too() -> None:
    """A byte at a time costs more than its byte, which counts."""
    backlog = Backlog()
    for _ in range(100_000):
        backlog.put(1, b"x", 0)
    chunks = drain(backlog)

    assert isinstance(chunks[0], Missed)
    assert len(chunks) < 10_000


def test_time_runs_out_behind_the_last_output() -> None:
    """The reader has its time after the end, not before."""
    backlog = Backlog()
    before = backlog.expired
    backlog.end(patience_s=60)
    during = backlog.expired
    backlog.end(patience_s=-1)

    assert (before, during, backlog.expired) == (False, False, True)


def test_reader_waits_for_what_comes() -> None:
    """``take`` sleeps until there is something, and ends with the backlog."""
    backlog, heard = Backlog(), list[bytes]()

    def read() -> None:
        while (taken := backlog.take()) is not None:
            assert not isinstance(taken, Missed)
            heard.extend(data for _, data in taken)

    thread = threading.Thread(target=read)
    thread.start()
    for data in (b"one\n", b"two\n"):
        backlog.put(1, data, 1)
        time.sleep(0.01)
    backlog.end(patience_s=5)
    thread.join(5)

    assert heard == [b"one\n", b"two\n"]
