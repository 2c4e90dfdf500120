"""Lines of JSON that are too long to be held keep what their reader needs."""

import json
import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.analyzer.long_line import END_BYTES, LINE_BYTES, LongLine, pieces

HUGE = 3 * END_BYTES


def squeezed(line: bytes, step: int) -> bytes:
    """What is kept of a line that arrives in pieces of ``step`` bytes."""
    long_line = LongLine()
    for begin in range(0, len(line), step):
        long_line.feed(line[begin : begin + step])
    return long_line.close()


def test_short_strings_are_kept_as_they_are() -> None:
    """However many there are, and whatever is escaped in them."""
    line = json.dumps({"type": "x", "all": ['a"b\\', "ü\n", "\u0000", "\\u0041"] * 100}).encode()
    assert {squeezed(line, step) for step in (1, 2, 3, 7, 1000, len(line))} == {line}


def test_middle_of_a_long_string_is_counted_in_lines() -> None:
    """The parts and the newlines between them add up to the whole."""
    text = "".join(f"line {number}\n" for number in range(HUGE // 5))
    kept = json.loads(squeezed(json.dumps({"a": text, "b": 1}).encode(), 65_536))
    (head, none), (tail, missing) = pieces(kept["a"])
    assert (kept["b"], none) == (1, 0)
    assert text.startswith(head)
    assert text.endswith(tail)
    assert head.count("\n") + missing + tail.count("\n") == text.count("\n")
    assert len(head) + len(tail) < 2 * END_BYTES


@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    st.text(alphabet='a"\\\n\u0000üẞ😀\ud800', min_size=1, max_size=40),
    st.lists(st.integers(1, 300_000), min_size=1, max_size=6),
)
def test_cuts_are_json_and_depend_on_the_bytes_alone(unit: str, sizes: list[int]) -> None:
    """No escape is cut in two, wherever a piece or an end of the string lies."""
    for ascii_only in (True, False):
        text = unit * (HUGE // len(unit) + 1)
        line = json.dumps({"a": text}, ensure_ascii=ascii_only).encode("utf-8", "replace")
        long_line, place = LongLine(), 0
        for size in sizes:
            long_line.feed(line[place : place + size])
            place += size
        long_line.feed(line[place:])
        kept = long_line.close()
        assert kept == squeezed(line, len(line))
        (head, _), *_ = pieces(json.loads(kept.decode("utf-8", "replace"))["a"])
        assert text.encode("utf-8", "replace").startswith(head.encode("utf-8", "replace")[:-4])


def test_a_line_of_too_many_parts_keeps_its_kind() -> None:
    """A session's whole story at its end is not worth its room."""
    many = b'{"type":"agent_end","messages":[%s0]}' % (b"1234567," * (LINE_BYTES // 8 + 1))
    assert squeezed(many, 65_536) == b'{"type":"agent_end"}'
    assert squeezed(many[1:], 65_536) == b""


def test_memory_does_not_grow_with_a_string() -> None:
    """A hundred megabytes take as much as one."""
    piece = b"x" * 65_535 + b"\n"
    tracemalloc.start()
    try:
        long_line = LongLine()
        long_line.feed(b'{"type":"item.completed","output":"')
        for _ in range(1600):
            long_line.feed(piece)
        long_line.feed(b'"}')
        kept = long_line.close()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) < 3 * END_BYTES
    assert peak < 8 << 20
