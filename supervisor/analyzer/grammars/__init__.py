"""The tools that we know, one module each; the order decides where two could claim a line."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import (
    cargo_json,
    eslint,
    flake8,
    go_test_json,
    json_lines,
    libtest_json,
    logs,
    mypy,
    pytest,
    python,
    ruff,
    terraform_json,
    tsc,
)

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    python.GRAMMAR,
    ruff.GRAMMAR,
    flake8.GRAMMAR,
    mypy.GRAMMAR,
    tsc.GRAMMAR,
    eslint.GRAMMAR,
    cargo_json.GRAMMAR,
    go_test_json.GRAMMAR,
    libtest_json.GRAMMAR,
    terraform_json.GRAMMAR,
    json_lines.MYPY,
    json_lines.RUFF,
    logs.GRAMMAR,
    logs.LOGFMT,
)
