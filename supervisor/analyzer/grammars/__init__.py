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
from supervisor.analyzer.grammars.jvm import JVM
from supervisor.analyzer.grammars.native import NATIVE
from supervisor.analyzer.grammars.operations import OPERATIONS
from supervisor.analyzer.grammars.python_tools import PYTHON
from supervisor.analyzer.grammars.script_linters import SCRIPT_LINTERS
from supervisor.analyzer.grammars.scripting import SCRIPTING

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    *JAVASCRIPT,
    *PYTHON,
    python.GRAMMAR,
    *SCRIPT_LINTERS,
    ruff.GRAMMAR,
    flake8.GRAMMAR,
    mypy.GRAMMAR,
    tsc.GRAMMAR,
    eslint.GRAMMAR,
    *JVM,
    *NATIVE,
    *SCRIPTING,
    *OPERATIONS,
    cargo_json.GRAMMAR,
    go_test_json.GRAMMAR,
    libtest_json.GRAMMAR,
    terraform_json.GRAMMAR,
    json_lines.MYPY,
    json_lines.RUFF,
    logs.GRAMMAR,
)
