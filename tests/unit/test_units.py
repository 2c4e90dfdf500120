"""Sizes and times, from text and to text."""

import pytest

from supervisor.units import parse_duration, parse_size, render_bytes, render_seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("1kB", 1000),
        ("1KB", 1000),
        ("10MB", 10_000_000),
        ("512MiB", 512 << 20),
        ("1.5GiB", 3 << 29),
        ("2 TB", 2 * 10**12),
        ("1TiB", 1 << 40),
    ],
)
def test_size_has_its_unit_written_out(text: str, size: int) -> None:
    """Decimal units are powers of 1000, binary ones of 1024."""
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "5", "MB", "5mb", "5M", "-1MB", "1e3B", "1MB1MB", " 1MB", ".5GB", "٣MB", 5, None]
)
def test_what_is_no_size_is_shown(text: object) -> None:
    """A number without a unit is an error too, and the message repeats what was given."""
    with pytest.raises(ValueError, match="is not a size like '512MiB'") as caught:
        parse_size(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("250ms", 0.25),
        ("90s", 90),
        ("1.5m", 90),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("30d", 2_592_000),
    ],
)
def test_duration_adds_up(text: str, seconds: float) -> None:
    """Parts may follow each other, from milliseconds to days."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "s", "-5s", "5 parrots", "1h30", "1.5.5s", "1h,30m", "5min", "5S", 5, True]
)
def test_what_is_no_duration_is_shown(text: object) -> None:
    """A number without a unit is an error too, and the message repeats what was given."""
    with pytest.raises(ValueError, match="is not a duration like '10s' or '5m'") as caught:
        parse_duration(text)
    assert repr(text) in str(caught.value)


def test_no_size_is_infinite() -> None:
    """More digits than a float holds are no number, and nothing overflows."""
    for parse, unit in ((parse_size, "TiB"), (parse_duration, "d")):
        with pytest.raises(ValueError, match="is not a"):
            parse("9" * 400 + unit)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456, "123 kB"), (5 * 10**15, "5000 TB")],
)
def test_bytes_are_rendered_in_three_digits(count: int, text: str) -> None:
    """The largest unit takes what is left."""
    assert render_bytes(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ms"), (1, "1.0 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (90_000, "25 h 0 min")],
)
def test_seconds_are_rendered_in_two_units(seconds: float, text: str) -> None:
    """What does not matter at that scale is left out."""
    assert render_seconds(seconds) == text
