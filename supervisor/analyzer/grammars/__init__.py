"""The tools that we know, one module each; the order decides where two could claim a line."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import eslint, flake8, mypy, pytest, python, ruff, tsc
from supervisor.analyzer.grammars.native import NATIVE

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    python.GRAMMAR,
    ruff.GRAMMAR,
    flake8.GRAMMAR,
    mypy.GRAMMAR,
    tsc.GRAMMAR,
    eslint.GRAMMAR,
    *NATIVE,
)
