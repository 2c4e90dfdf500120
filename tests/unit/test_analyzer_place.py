"""Places that patterns begin with, and what may be concluded from the text behind them."""

import re

import pytest

from supervisor.analyzer.place import place_of

_SEEN = r"(?P<file>[^:]+):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)"
_GREEDY = r"(?P<file>.+):(?P<line>\d+): (?P<message>[a-z].*)"


@pytest.mark.parametrize(
    ("pattern", "head"),
    [
        (_SEEN, r"(?P<file>[^:]+):(?P<line>\d+)(?::(?P<column>\d+))?"),
        (r" +(?P<line>\d+):(?P<column>\d+) +(?P<code>\w+)\b", r" +(?P<line>\d+):(?P<column>\d+)"),
        (r"in (?P<file>(?:[A-Z]:)?[^:]+): (?P<remark>.*)", r"in (?P<file>(?:[A-Z]:)?[^:]+)"),
    ],
)
def test_a_place_is_what_stands_before_all_else(pattern: str, head: str) -> None:
    place = place_of(pattern)
    assert place is not None
    assert place.head.pattern == head


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<message>.*)",
        r"(?P<file>\w+):(?P<line>\d+)|(?P<message>.*)",
        r"(?P<severity>[EW]):(?P<line>\d+): (?P<message>.*)",
        r"(?P<file>\w+):(?P<line>\d+): (?P<message>.*) in (?P=file)",
        r"(?P<file>\w+):(?P<line>\d+)(?<!:0): (?P<message>.*)",
        r"(?P<file>\w+):(?P<line>\d+)\b(?P<message>.*)",
        r"(?P<file>\w+)\((?P<line>\d+)(?:, *(?P<column>\d+))?\)?(?P<message>.*)\1",
        r"(?i)(?P<file>\w+):(?P<line>\d+): (?P<message>.*)",
        r"(?P<file>\w+)(?:-(?P<line>\d+)-)?(?P<message>.*)",
    ],
)
def test_there_is_none_where_what_is_said_depends_on_more(pattern: str) -> None:
    assert place_of(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "text", "settled"),
    [
        (_SEEN, "a:1:2: said", True),
        (_SEEN, "a:1: said", True),
        (_GREEDY, "a:1: said", True),
        (_GREEDY, "a:1: said at b:2: 3", False),
    ],
)
def test_a_match_settles_what_its_first_place_is_enough_for(
    pattern: str, text: str, *, settled: bool
) -> None:
    place, found = place_of(pattern), re.match(pattern, text)
    assert place is not None
    assert found is not None
    first = place.head.match(text)
    assert first is not None
    assert place.settles(found, first) is settled
