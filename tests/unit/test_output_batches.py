"""Captured chunks gathered into batches."""

from supervisor.output.batches import Batches
from supervisor.output.frames import Encoded


def test_neighbours_of_one_stream_are_one_part() -> None:
    """Small writes do not lengthen a frame's header; a change of stream does."""
    batches = Batches(100)
    for stream, piece in ((1, b"ab"), (1, b"c"), (2, b"d"), (1, b"e")):
        batches.add(stream, piece, 0, now=0)
    batches.seal()

    batch = batches.pop()

    assert (bytes(batch.raw), batch.parts) == (b"abcde", [(1, 3), (2, 1), (1, 1)])


def test_full_queue_takes_nothing() -> None:
    """Eight sealed batches and a full one are all that is ever held."""
    batches = Batches(10)
    taken = [batches.add(1, b"x" * 10, 0, now=0) for _ in range(11)]

    assert taken == [True] * 9 + [False, False]


def test_batch_begins_where_the_skipped_output_ended() -> None:
    """Offsets and lines count what was dropped, so the gap can be told from them."""
    batches = Batches(10)
    batches.add(1, b"a\n", 1, now=0)
    batches.skip(1000, lines=7)
    batches.add(1, b"b\n", 1, now=0)
    batches.seal()

    first, second = batches.pop(), batches.pop()

    assert (first.offset, second.offset, second.skipped_lines) == (0, 1002, 7)


def test_turns_between_streams_are_bounded() -> None:
    """A program that alternates its streams byte by byte makes more frames, not long headers."""
    batches = Batches(1600)
    for turn in range(250):
        batches.add(1 + turn % 2, b"x", 0, now=0)

    assert [len(batches.pop().parts) for _ in range(batches.waiting)] == [100, 100]


def test_trickle_ripens_after_a_quiet_second_or_five() -> None:
    """What waits is written after a second of quiet, and after five whatever happens."""
    batches = Batches(100)
    assert batches.ripe_in_s(0) is None
    batches.add(1, b"x", 0, now=10)
    quiet = batches.ripe_in_s(10)
    batches.add(1, b"x", 0, now=14.5)

    assert (quiet, batches.ripe_in_s(14.5)) == (1.0, 0.5)


def test_chunk_that_does_not_fit_begins_the_next_batch() -> None:
    """A chunk is never cut, so its newlines are counted once."""
    batches = Batches(10)
    batches.add(1, b"a\nb\nc\n", 3, now=0)
    batches.add(1, b"d\ne\nf\n", 3, now=0)
    batches.seal()

    assert [(batch.raw, batch.lines) for batch in (batches.pop(), batches.pop())] == [
        (b"a\nb\nc\n", 3),
        (b"d\ne\nf\n", 3),
    ]


def test_batches_are_given_back_in_order() -> None:
    """Whoever is done first waits for those before him, and holds a frame instead of its bytes."""
    batches = Batches(1)
    for piece in (b"a", b"b", b"c"):
        batches.add(1, piece, 0, now=0)
    first, second, third = (batches.pop() for _ in range(3))
    frames = [Encoded(name, 1, "") for name in (b"first", b"second")]
    second.encode_as(frames[1])
    early = batches.take_ready()
    first.encode_as(frames[0])

    assert early is None
    assert [batches.take_ready() for _ in range(3)] == [
        (first, frames[0]),
        (second, frames[1]),
        None,
    ]
    assert (batches.under_way, first.raw, third.raw) == (1, b"", b"c")
