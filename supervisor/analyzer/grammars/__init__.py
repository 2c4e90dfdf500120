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
from supervisor.analyzer.grammars.javascript import JAVASCRIPT
from supervisor.analyzer.grammars.python_tools import PYTHON

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    *JAVASCRIPT,
    *PYTHON,
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
