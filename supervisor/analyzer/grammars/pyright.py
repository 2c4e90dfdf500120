"""``pyright`` and basedpyright: findings below their file's name, and a count.

Source: microsoft/pyright, packages/pyright-internal/src/pyright.ts (logDiagnosticToConsole).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_COUNTS = (
    r"(?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?,"
    r" (?P<notes>\d+) (?:informations?|infos?|notes?) ?$"
)

GRAMMAR = Grammar(
    name="pyright",
    kind="types",
    aliases=("basedpyright",),
    urgent=Pattern(
        r"report(?:UndefinedVariable|MissingImports|MissingModuleSource|AttributeAccessIssue)"
    ),
    severities={"hint": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(" - error: ", " - warning: ", " - information: ", " - info: ", " - hint: "),
            pattern=Pattern(
                r"\s*(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+) - "
                r"(?P<severity>error|warning|information|info|hint): "
                r"(?:(?P<message>.+) \((?P<code>report\w+)\)|(?P<remark>.+))$"
            ),
            continues=Pattern(r".*\((?P<code>report\w+)\)\s*$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="0 errors, 0 warnings, 0 ",
            pattern=Pattern(rf"(?=0 errors, 0 warnings, ){_COUNTS}"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 error, 0 warning", "0 errors, 0 warning"),
            pattern=Pattern(_COUNTS),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("No source files found.", "No source files found"),
            pattern=Pattern(r"(?P<message>No source files found\b.*)"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=('" could not be read.', '" does not exist'),
            pattern=Pattern(
                r'(?P<message>Config file ".*" could not be read'
                r'|File or directory ".*" does not exist)'
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Completed in 0", "pyright 0."),
            pattern=Pattern(r"Completed in [\d.]+sec$|pyright [\d.]+$"),
            opens=False,
        ),
    ),
)
