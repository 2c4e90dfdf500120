"""Linters of scripts and configuration; asked before those that print codes like theirs."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars.file_linters import HADOLINT, VINT
from supervisor.analyzer.grammars.shell_linters import BASHATE, SHELLCHECK
from supervisor.analyzer.grammars.yaml_linters import ACTIONLINT, ANSIBLE_LINT, YAMLLINT

SCRIPT_LINTERS: tuple[Grammar, ...] = (
    *(YAMLLINT, SHELLCHECK, BASHATE, HADOLINT, ACTIONLINT, ANSIBLE_LINT, VINT),
)
