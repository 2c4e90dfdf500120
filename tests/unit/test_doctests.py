"""The examples in docstrings."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "supervisor").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
"""Modules with an example; the others need not be imported for this."""


@pytest.mark.parametrize("module", EXAMPLES)
def test_example_is_true(module: str) -> None:
    """What a docstring shows is what happens."""
    outcome = doctest.testmod(importlib.import_module(module))
    assert outcome.attempted > 0
    assert outcome.failed == 0
