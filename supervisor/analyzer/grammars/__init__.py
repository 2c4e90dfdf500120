"""The tools that we know, one module each; the order decides where two could claim a line."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import eslint, flake8, mypy, pytest, python, ruff, tsc
from supervisor.analyzer.grammars.ansible import ANSIBLE_PLAYBOOK
from supervisor.analyzer.grammars.ci import GITHUB_ACTIONS
from supervisor.analyzer.grammars.cloud import AWS, FIREBASE
from supervisor.analyzer.grammars.composer import COMPOSER
from supervisor.analyzer.grammars.cucumber import CUCUMBER
from supervisor.analyzer.grammars.docker import DOCKER, DOCKER_COMPOSE
from supervisor.analyzer.grammars.elm_dart_nix import DART_ANALYZE, ELM, FLUTTER_TEST, NIX
from supervisor.analyzer.grammars.file_linters import (
    HADOLINT,
    LUACHECK,
    PSSCRIPTANALYZER,
    TFLINT,
    TYPECHECK,
    VINT,
    XMLLINT,
    YUI,
)
from supervisor.analyzer.grammars.git import GH, GIT
from supervisor.analyzer.grammars.haskell import GHC, HLINT
from supervisor.analyzer.grammars.kubernetes import HELM, KUBECTL
from supervisor.analyzer.grammars.minitest import MINITEST
from supervisor.analyzer.grammars.perl import PERL, PERLCRITIC
from supervisor.analyzer.grammars.php import PHP
from supervisor.analyzer.grammars.php_linters import PHP_CS_FIXER, PHPCS, PSALM
from supervisor.analyzer.grammars.php_run_tests import PHP_RUN_TESTS
from supervisor.analyzer.grammars.phpstan import PHPSTAN
from supervisor.analyzer.grammars.phpunit import PEST, PHPUNIT
from supervisor.analyzer.grammars.prove import PROVE
from supervisor.analyzer.grammars.rspec import RSPEC
from supervisor.analyzer.grammars.rubocop import RUBOCOP, STANDARDRB
from supervisor.analyzer.grammars.ruby import BUNDLER, RAKE, RUBY
from supervisor.analyzer.grammars.ruby_linters import (
    BRAKEMAN,
    ERB_LINT,
    HAML_LINT,
    PUPPET_LINT,
    REEK,
    SCSS_LINT,
    SLIM_LINT,
)
from supervisor.analyzer.grammars.shell import SHELL
from supervisor.analyzer.grammars.shell_linters import BASHATE, SHELLCHECK
from supervisor.analyzer.grammars.small_linters import SMALL_LINTERS
from supervisor.analyzer.grammars.terraform import TERRAFORM
from supervisor.analyzer.grammars.yaml_linters import ACTIONLINT, ANSIBLE_LINT, YAMLLINT

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    python.GRAMMAR,
    *(YAMLLINT, SHELLCHECK, BASHATE, HADOLINT, ACTIONLINT, ANSIBLE_LINT, VINT),
    ruff.GRAMMAR,
    flake8.GRAMMAR,
    mypy.GRAMMAR,
    tsc.GRAMMAR,
    eslint.GRAMMAR,
    *(RUBY, RAKE, BUNDLER),
    *(RSPEC, MINITEST, CUCUMBER, PHPUNIT, PEST, PHP_RUN_TESTS),
    *(PERLCRITIC, PROVE, PERL, SHELL, ANSIBLE_PLAYBOOK),
    *(LUACHECK, XMLLINT, PSSCRIPTANALYZER, TFLINT, YUI, TYPECHECK, HLINT, GHC),
    *(ELM, DART_ANALYZE, FLUTTER_TEST, NIX),
    *(TERRAFORM, DOCKER, DOCKER_COMPOSE, KUBECTL, HELM, FIREBASE, AWS, GH, GIT),
    GITHUB_ACTIONS,
    *SMALL_LINTERS,
    *(PHPSTAN, PSALM, PHPCS, PHP_CS_FIXER, COMPOSER, PHP),
    *(STANDARDRB, REEK, HAML_LINT, SLIM_LINT, SCSS_LINT, ERB_LINT, BRAKEMAN, PUPPET_LINT, RUBOCOP),
)
