"""What waits for the telemetry's writer (TM-06, TM-07)."""

from supervisor.events import Level
from supervisor.telemetry.ring import BYTES_MOST, ENTRIES_MOST, Entry, Ring


def entry(seq: int, level: Level = "info", size: int = 10) -> Entry:
    return Entry(seq, level, b"x" * size)


def test_entries_come_out_in_order() -> None:
    """Severity decides what goes first, not what comes out first."""
    ring = Ring()
    for seq, level in enumerate(("error", "debug", "warning", "debug")):
        ring.add(entry(seq, level))  # type: ignore[arg-type]

    assert [found.seq for found in ring.take()] == [0, 1, 2, 3]
    assert (len(ring), ring.bytes_held) == (0, 0)


def test_overflow_drops_the_oldest_of_the_least_severe() -> None:
    """An error outlives a flood of debug events, and every loss is counted."""
    ring = Ring()
    ring.add(entry(0, "error"))
    ring.add(entry(1, "info"))
    for seq in range(2, ENTRIES_MOST + 3):
        ring.add(entry(seq, "debug"))

    seqs = [found.seq for found in ring.take()]

    assert seqs == [0, 1, *range(5, ENTRIES_MOST + 3)]
    assert ring.dropped == 3


def test_bytes_are_bounded_too() -> None:
    """A few large records cannot hold more than 1 MiB."""
    ring = Ring()
    for seq in range(100):
        ring.add(entry(seq, size=30_000))

    assert ring.bytes_held <= BYTES_MOST
    assert len(ring) + ring.dropped == 100


def test_what_was_not_written_comes_first_again() -> None:
    """A failed write loses no order: what is put back stands before what came meanwhile."""
    ring = Ring()
    ring.add(entry(3))
    ring.put_back([entry(1), entry(2, "error")])

    assert [found.seq for found in ring.take()] == [1, 2, 3]
