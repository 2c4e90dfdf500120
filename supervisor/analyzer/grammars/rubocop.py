"""``rubocop``: progress, clang, simple, emacs and offense-count output; and ``standardrb``.

Source: rubocop/rubocop, lib/rubocop/formatter; standardrb/standard, lib/standard/formatter.rb.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"
_SEVERITY = r"(?P<severity>[ICRWEF]): (?:\[Correctable\] )?"
_SAID = r"(?:(?P<code>[A-Z]\w*(?:/[A-Z]\w*)+): (?P<message>.*)|(?P<remark>.*))$"
_DEPARTMENTS = (
    *("Bundler", "Gemspec", "Layout", "Lint", "Metrics", "Naming", "Security", "Style"),
    *("Rails", "RSpec", "Performance"),
)
_COP = rf"(?P<code>(?:{'|'.join(_DEPARTMENTS)})(?:/[A-Z]\w*)+)"
_RUBY_FILES = (".rb", ".rake", ".ru", ".gemspec", "Gemfile", "Rakefile")
_RUBY_FILE = rf"\S.*(?:{'|'.join(map(re.escape, _RUBY_FILES))})"

RUBOCOP = Grammar(
    name="rubocop",
    kind="linter",
    fix="rubocop -a",
    urgent=Pattern(r"Lint/(?:Syntax|UndefinedVariable|Void|Duplicate\w+)"),
    severities={"c": "warnings", "r": "warnings", "e": "errors", "f": "errors", "i": "notes"},
    rules=(
        Rule(
            does=Does.TAIL,
            literal=(": [Corrected] ", ": [Todo] "),
            pattern=Pattern(r".*\b[ICRWEF]:(?: *\d+: *\d+:)? \[(?:Corrected|Todo)\] "),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f":0:0: {severity}: " for severity in "ICRWEF"),
            pattern=Pattern(rf"{_FILE}:(?P<line>\d+):(?P<column>\d+): {_SEVERITY}{_SAID}"),
        ),
        Rule(
            does=Does.FILE,
            literal=tuple(f"{name} ==" for name in _RUBY_FILES),
            pattern=Pattern(rf"== (?P<file>{_RUBY_FILE}) ==$"),
        ),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(
                r"(?P<severity>[ICRWEF]): *(?P<line>\d+): *(?P<column>\d+): "
                rf"(?:\[Correctable\] )?{_SAID}"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f" {name}/" for name in _DEPARTMENTS),
            pattern=Pattern(rf"(?P<times>\d+) +{_COP}(?: \[[\w ]+\])?$"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.TRAILER,
            literal="0  Total",
            pattern=Pattern(r"(?P<errors>\d+)  Total(?: in (?P<files>\d+) files?)?$"),
            before=Pattern(r"--$"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("inspected, no offenses", "inspected, no offences"),
            pattern=Pattern(r"(?P<inspected>[1-9]\d*) files? inspected, no offen[sc]es detected$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("file inspected, ", "files inspected, "),
            pattern=Pattern(
                r"(?P<inspected>\d+) files? inspected, (?:no|(?P<errors>\d+)) offen[sc]es? detected"
                r"(?:, (?P<mended>\d+) offen[sc]es? (?:auto-?)?corrected)?"
                r"(?:, (?P<safe>\d+) offenses? auto-?correctable"
                r"|, (?P<unsafe>\d+) more offenses? can be corrected with `?rubocop -A`?)?"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="An error occurred while ",
            pattern=Pattern(
                r"(?P<message>An error occurred while \S+ cop was inspecting \S+?)\.?$"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("unrecognized cop", "RuboCop found unknown", "RuboCop found unsupported"),
            pattern=Pattern(
                r"(?:Error: )?(?P<message>unrecognized cop.*"
                r"|RuboCop found un(?:known|supported).*)"
            ),
        ),
    ),
)

STANDARDRB = Grammar(
    name="standardrb",
    kind="linter",
    fix="standardrb --fix",
    aliases=("standard",),
    urgent=Pattern(r"Lint/(?:Syntax|UndefinedVariable|Void|Duplicate\w+)"),
    rules=(
        Rule(
            does=Does.START,
            literal="Use Ruby Standard Style",
            pattern=Pattern(r"standard: Use Ruby Standard Style"),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f": {name}/" for name in _DEPARTMENTS),
            pattern=Pattern(rf"  {_FILE}:(?P<line>\d+):(?P<column>\d+): {_COP}: (?P<message>.*)"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("standard: Run `standardrb", "standard: Notice: "),
            pattern=Pattern(r"standard: (?:Run `standardrb|Notice: )"),
            opens=False,
        ),
    ),
)
