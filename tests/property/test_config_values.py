"""An editor that follows the JSON Schema and supervise agree on what a value is."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.config_values import DURATION, SIZE
from supervisor.units import parse_duration, parse_size

NUMBERS = st.from_regex(r"[0-9]{0,16}(\.[0-9]{0,2})?", fullmatch=True)
SIZES = ["B", "kB", "KB", "kb", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "kiB", "M"]
UNITS = st.sampled_from([*SIZES, "ms", "s", "m", "h", "d", "S", "min"])
TEXTS = st.lists(
    st.tuples(NUMBERS, st.sampled_from(["", " "]), UNITS, st.sampled_from(["", "", " "])),
    max_size=3,
).map(lambda parts: "".join(map("".join, parts)))


@pytest.mark.parametrize(
    ("schema", "parse"), [(SIZE, parse_size), (DURATION, parse_duration)], ids=["size", "duration"]
)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=TEXTS)
def test_pattern_matches_what_is_parsed(
    schema: dict[str, str], parse: Callable[[object], float], text: str
) -> None:
    """Neither accepts what the other rejects."""
    try:
        parse(text)
        parsed = True
    except ValueError:
        parsed = False
    assert bool(re.search(schema["pattern"], text)) == parsed
