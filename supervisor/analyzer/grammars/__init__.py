"""The tools that we know, one module each; the order decides where two could claim a line."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import (
    eslint,
    flake8,
    mypy,
    nox,
    pre_commit,
    pytest,
    python,
    pyunit,
    ruff,
    tox,
    tsc,
)

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    pyunit.GRAMMAR,
    python.GRAMMAR,
    ruff.GRAMMAR,
    flake8.GRAMMAR,
    mypy.GRAMMAR,
    tox.GRAMMAR,
    nox.GRAMMAR,
    pre_commit.GRAMMAR,
    tsc.GRAMMAR,
    eslint.GRAMMAR,
)
