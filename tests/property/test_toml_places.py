"""What holds for the place of a key in every document."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.toml_places import KeyPath, Place, locate

KEYS = st.sampled_from(["a", "b-c", "42", '"a b"', "'x.y'", '"q\\"uote"', '"#"', "'[t]'"])
VALUES = st.sampled_from(
    [
        "1",
        "-0.5e3",
        "true",
        "1979-05-27T07:32:00Z",
        "1979-05-27 07:32:00",
        '"plain"',
        '"# [x] = \\" \\\\"',
        "'lit\\'",
        '"""\n[t]\na = 1\n"""',
        '"""a""b"""""',
        "'''\n'x' ''a\n'''''",
        "[]",
        "[1, [2, '],'], ]",
        "[ # a ]\n  { k = 1, l.m = [ {}, ] }, # b\n]",
        "{}",
        "{ a = { b = '}' }, c = [1] }",
    ]
)
ENDS = st.sampled_from(["\n", " # x = [\n", "\n\n \t\n", "\r\n", "\n# '''\n"])
LINES = st.lists(st.tuples(KEYS, VALUES, ENDS), max_size=6, unique_by=lambda line: line[0])
HEADERS: list[tuple[str, KeyPath]] = [
    ("", ()),
    ("[t]", ("t",)),
    ("[ t . 'u v' ] # ]", ("t", "u v")),
    ("[['many']]", ("many", 0)),
    ("[many.inner]", ("many", 0, "inner")),
    ("[[ many ]]", ("many", 1)),
    ("[[many.deep]]", ("many", 1, "deep", 0)),
]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(LINES, min_size=len(HEADERS), max_size=len(HEADERS)))
def test_nothing_before_a_key_moves_it(tables: list[list[tuple[str, str, str]]]) -> None:
    """Whatever strings, comments and nested values precede it, a key is found at its line."""
    text, places = "", {}
    for (header, table), lines in zip(HEADERS, tables, strict=True):
        text += header + "\n"
        for key, value, end in lines:
            (name,) = tomllib.loads(f"{key} = 1")
            places[*table, name] = Place(text.count("\n") + 1, 1)
            text += f"{key} = {value}{end}"
    found = locate(text)

    assert tomllib.loads(text)
    assert {path: found.get(path) for path in places} == places
