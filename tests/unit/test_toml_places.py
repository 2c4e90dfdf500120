"""Where each key of a TOML document stands."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supervisor.toml_places import KeyPath, Place, locate, nearest

ROOT = Path(__file__).resolve().parents[2]

EVERYTHING = r'''
top = 1 # [not] = "a table"
"quoted key" = "x = 1"
'literal.key' = '[x]'
"\u0061\"b" = 1
dotted . "k.e.y" = "\"]"
text = """
[no.table]
no = "key" """
text2 = """ends in two quotes"""""
text3 = \'\'\'
x = '' #\'\'\'
list = [ 1, # one, two ]
  [2, "]"], { a = "}", b.c = [3] },
]
when = 1979-05-27 07:32:00
[table]
key = 1
[ table . 'sub' ]
key = 2
[[many]]
key = 3
[many.inner]
key = 4
[[many]]
key = 5
[[many.deep]]
key = 6
[[many.deep]]
'''.replace("\\'", "'")


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Every key path of a parsed document."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from paths(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def after(text: str, place: Place) -> str:
    """What stands at ``place``, to the end of its line."""
    return text.split("\n")[place.line - 1][place.column - 1 :]


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("top",), 2, 1),
        (("quoted key",), 3, 1),
        (("literal.key",), 4, 1),
        (('a"b',), 5, 1),
        (("dotted",), 6, 1),
        (("dotted", "k.e.y"), 6, 10),
        (("text3",), 11, 1),
        (("list", 0), 13, 10),
        (("list", 1), 14, 3),
        (("list", 1, 1), 14, 7),
        (("list", 2), 14, 13),
        (("list", 2, "b"), 14, 24),
        (("list", 2, "b", "c", 0), 14, 31),
        (("table",), 17, 2),
        (("table", "sub"), 19, 11),
        (("table", "sub", "key"), 20, 1),
        (("many",), 21, 3),
        (("many", 0, "inner", "key"), 24, 1),
        (("many", 1), 25, 3),
        (("many", 1, "deep", 0, "key"), 28, 1),
        (("many", 1, "deep", 1), 29, 8),
    ],
)
def test_key_stands_where_it_is_written(path: KeyPath, line: int, column: int) -> None:
    """In every form that TOML has, whatever the strings and comments before it look like."""
    assert locate(EVERYTHING)[path] == Place(line, column)


@pytest.mark.parametrize(
    "text",
    [
        EVERYTHING,
        EVERYTHING.replace("\n", "\r\n"),
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        (ROOT / "uv.lock").read_text(encoding="utf-8"),
    ],
    ids=["everything", "crlf", "pyproject", "lock"],
)
def test_every_key_is_found_and_no_other(text: str) -> None:
    """What a parser sees and what is located are the same set, and a name stands at its place."""
    places = locate(text)

    assert set(places) == set(paths(tomllib.loads(text)))
    for path, place in places.items():
        if isinstance(path[-1], str) and path[-1].isidentifier():
            assert path[-1] in after(text, place)[: len(path[-1]) + 1]


def test_missing_key_is_shown_at_what_is_around_it() -> None:
    """An option that nobody wrote belongs to its table, or to the whole file."""
    places = locate("[pool]\n[restart]\nbackoff = []")

    assert nearest(places, ("restart", "attempts")) == Place(2, 2)
    assert nearest(places, ("restart", "backoff", 3)) == Place(3, 1)
    assert nearest(places, ("autopilot", "command")) == Place(1, 1)
