"""Whatever tree a run leaves, it is counted right and goes away completely."""

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.scratch.scratch import Scratch

names = st.binary(min_size=1, max_size=12).filter(
    lambda name: name not in {b".", b".."} and not set(name) & set(b"/\0")
)
trees = st.recursive(
    st.sampled_from(["file", "link", "fifo"]),
    lambda inner: st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
Tree = object


def plant(place: bytes, tree: Tree) -> int:
    """Make the tree; returns how many inodes that took."""
    match tree:
        case "file":
            Path(os.fsdecode(place)).write_bytes(b"x" * 5000)
        case "link":
            os.symlink(b"/", place)
        case "fifo":
            os.mkfifo(place)
        case dict():
            os.mkdir(place)
            return 1 + sum(plant(place + b"/" + name, inner) for name, inner in tree.items())
    return 1


@given(st.dictionaries(names, trees, max_size=4))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_every_tree_is_counted_and_removed(tree: dict[bytes, Tree]) -> None:
    """Hostile names, links and pipes are entries like any other, and none is left."""
    with tempfile.TemporaryDirectory() as base:
        scratch = Scratch.open(Path(base), "run")
        planted = sum(
            plant(os.fsencode(scratch.path) + b"/" + name, inner) for name, inner in tree.items()
        )
        assert scratch.measure().files == planted
        assert scratch.remove().left == 0
        assert os.listdir(base) == []
