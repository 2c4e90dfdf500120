"""The tools of Ruby, PHP, Perl, Lua, Haskell, Elm, Dart and Nix, in the order of asking."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars.composer import COMPOSER
from supervisor.analyzer.grammars.cucumber import CUCUMBER
from supervisor.analyzer.grammars.elm_dart_nix import DART_ANALYZE, ELM, FLUTTER_TEST, NIX
from supervisor.analyzer.grammars.file_linters import (
    LUACHECK,
    PSSCRIPTANALYZER,
    TFLINT,
    XMLLINT,
    YUI,
)
from supervisor.analyzer.grammars.haskell import GHC, HLINT
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

SCRIPTING: tuple[Grammar, ...] = (
    *(RUBY, RAKE, BUNDLER),
    *(RSPEC, MINITEST, CUCUMBER, PHPUNIT, PEST, PHP_RUN_TESTS),
    *(PERLCRITIC, PROVE, PERL),
    *(LUACHECK, XMLLINT, PSSCRIPTANALYZER, TFLINT, YUI, HLINT, GHC),
    *(ELM, DART_ANALYZE, FLUTTER_TEST, NIX),
    *(PHPSTAN, PSALM, PHPCS, PHP_CS_FIXER, COMPOSER, PHP),
    *(STANDARDRB, REEK, HAML_LINT, SLIM_LINT, SCSS_LINT, ERB_LINT, BRAKEMAN, PUPPET_LINT, RUBOCOP),
)
