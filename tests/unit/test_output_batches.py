"""Captured chunks gathered into batches."""

from supervisor.output.batches import Batches


def test_neighbours_of_one_stream_are_one_part() -> None:
    """Small writes do not lengthen a frame's header; a change of stream does."""
    batches = Batches(100)
    for stream, piece in ((1, b"ab"), (1, b"c"), (2, b"d"), (1, b"e")):
        batches.add(stream, memoryview(piece), 0, now=0)
    batches.seal()

    batch = batches.pop()

    assert (bytes(batch.raw), batch.parts) == (b"abcde", [(1, 3), (2, 1), (1, 1)])


def test_full_queue_takes_nothing() -> None:
    """Eight sealed batches and a full one are all that is ever held."""
    batches = Batches(10)
    taken = [batches.add(1, memoryview(b"x" * 10), 0, now=0)[0] for _ in range(11)]

    assert taken == [10] * 9 + [0, 0]


def test_batch_begins_where_the_skipped_output_ended() -> None:
    """Offsets and lines count what was dropped, so the gap can be told from them."""
    batches = Batches(10)
    batches.add(1, memoryview(b"a\n"), 1, now=0)
    batches.skip(1000, lines=7)
    batches.add(1, memoryview(b"b\n"), 1, now=0)
    batches.seal()

    first, second = batches.pop(), batches.pop()

    assert (first.offset, second.offset, second.skipped_lines) == (0, 1002, 7)


def test_turns_between_streams_are_bounded() -> None:
    """A program that alternates its streams byte by byte makes more frames, not long headers."""
    batches = Batches(1600)
    for turn in range(250):
        batches.add(1 + turn % 2, memoryview(b"x"), 0, now=0)

    assert [len(batches.pop().parts) for _ in range(batches.waiting)] == [100, 100]


def test_trickle_ripens_after_a_quiet_second_or_five() -> None:
    """What waits is written after a second of quiet, and after five whatever happens."""
    batches = Batches(100)
    assert batches.ripe_in_s(0) is None
    batches.add(1, memoryview(b"x"), 0, now=10)
    quiet = batches.ripe_in_s(10)
    batches.add(1, memoryview(b"x"), 0, now=14.5)

    assert (quiet, batches.ripe_in_s(14.5)) == (1.0, 0.5)


def test_piece_that_is_cut_is_counted_by_its_lines() -> None:
    """What goes into this batch and what is left for the next have their own newlines."""
    batches = Batches(10)

    taken = batches.add(1, memoryview(b"a\nb\nc\nd\ne\nf\ng\n"), 7, now=0)

    assert (taken, batches.pop().lines) == ((10, 5), 5)
