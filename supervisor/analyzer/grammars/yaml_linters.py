"""Linters of YAML and what is written in it: yamllint, actionlint, ansible-lint.

Source: adrienverge/yamllint, yamllint/cli.py; rhysd/actionlint, error.go and linter.go;
ansible/ansible-lint, src/ansiblelint/formatters and app.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_YAML = r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.ya?ml)"
_ROW = Pattern(
    r"\s+(?P<line>\d+):(?P<column>\d+)\s+(?P<severity>error(?=   )|warning(?=  ))\s+"
    r"(?P<message>\S.*)\s\((?P<code>[a-z][\w-]*)\)\s*$"
)

YAMLLINT = Grammar(
    name="yamllint",
    kind="linter",
    urgent=Pattern(r"syntax|key-duplicates"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(": [error] ", ": [warning] "),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+):"
                r" \[(?P<severity>error|warning)\] (?P<message>.*) \((?P<code>[a-z][\w-]*)\)$"
            ),
        ),
        Rule(  # The first row below the file's name.
            does=Does.FINDING,
            literal=("error   ", "warning  "),
            pattern=_ROW,
            before=Pattern(r"(?P<file>[^\s:][^:]*)\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("error   ", "warning  "),
            pattern=_ROW,
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="invalid config: ",
            pattern=Pattern(r"(?P<message>invalid config: .*)"),
        ),
    ),
)

ACTIONLINT = Grammar(
    name="actionlint",
    kind="linter",
    urgent=Pattern(r"syntax-check|expression|action"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".yml:0:0: ", ".yaml:0:0: "),
            pattern=Pattern(
                rf"{_YAML}:(?P<line>\d+):(?P<column>\d+): (?P<message>.*) \[(?P<code>[a-z-]+)\]$"
            ),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="verbose: Found total 0",
            pattern=Pattern(r"verbose: Found total (?P<errors>\d+) errors? in \d+ files?"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="fatal error while checking",
            pattern=Pattern(r"(?P<message>fatal error while checking.*)"),
        ),
    ),
)

_TAGGED = r"[a-z]+(?:-[a-z]+)*\[[\w-]+\]"
_RULE = rf"(?P<name>{_TAGGED}|[a-z]+(?:-[a-z]+)+)"
_WARNING = r"(?: \((?P<severity>warning)\))?$"

ANSIBLE_LINT = Grammar(
    name="ansible-lint",
    kind="linter",
    urgent=Pattern(r"syntax-check.*|load-failure.*|parser-error|internal-error"),
    rules=(
        Rule(  # flake8 prints its codes likewise.
            does=Does.FINDING,
            literal=(":0: [E", ":0: [ANSIBLE"),
            pattern=Pattern(
                r"(?!\S+\.pyi?:)(?P<file>[^\s:][^:]*):(?P<line>\d+): "
                r"\[(?P<code>E\d+|E?ANSIBLE\d+)\] (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".yml:0", ".yaml:0"),
            pattern=Pattern(
                rf"{_YAML}:(?P<line>\d+)(?::(?P<column>\d+))?: {_RULE}:? (?P<message>[A-Z`].*?)"
                rf"{_WARNING}"
            ),
        ),
        Rule(  # The full format: the rule and its message stand above the place.
            does=Does.FINDING,
            literal=(".yml:0", ".yaml:0"),
            pattern=Pattern(rf"{_YAML}:(?P<line>\d+)(?::(?P<column>\d+))?(?: .*)?$"),
            before=Pattern(rf"{_RULE}: (?P<message>[A-Z`].*?){_WARNING}"),
        ),
        Rule(
            does=Does.GREEN,
            literal="Passed: 0 failure(s)",
            pattern=Pattern(
                r"Passed: (?P<errors>0) failure\(s\), (?P<warnings>\d+) warning\(s\)"
                r"(?: in \d+ files processed of \d+ encountered| on (?P<checked>[1-9]\d*) files)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="0 failure(s), 0 warning(s)",
            pattern=Pattern(
                r"(?:Failed|Passed|Finished with|Failed after):? (?P<errors>\d+) failure\(s\),"
                r" (?P<warnings>\d+) warning\(s\)"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Rule Violation Summary", "Listing 0 violation(s)"),
            pattern=Pattern(r"\s*Rule Violation Summary|(?:WARNING )?\s*Listing \d+ violation"),
            opens=False,
        ),
    ),
)
