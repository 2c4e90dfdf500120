"""Smaller checkers of JavaScript: ``tslint``, ``flow`` and ``typecheck``.

Source: palantir/tslint, src/formatters; facebook/flow, src/common/errors/error_utils.ml; and
dense-analysis/ale, ale_linters/typescript/typecheck.vim.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = (
    r"(?P<file>[^\s:\[(][^:\[(]*\.\w+)"
    r"(?::(?P<line>\d+):(?P<column>\d+)|\[(?P<row>\d+), (?P<place>\d+)\])"
)
_RULE = r"(?P<code>[a-z][\w-]*(?:/[\w-]+)*)"

TSLINT = Grammar(
    name="tslint",
    kind="linter",
    rules=(
        Rule(  # verbose
            does=Does.FINDING,
            literal=("error: (", "warning: ("),
            pattern=Pattern(
                rf"(?P<severity>ERROR|WARNING): \({_RULE}\) {_PLACE}(?: -|:) (?P<message>.*)"
            ),
        ),
        Rule(  # prose; psalm has a code and a dash in front of the place
            does=Does.FINDING,
            literal=(":0:0 - ", "[0, 0]: "),
            pattern=Pattern(
                rf"(?P<severity>ERROR|WARNING): (?!\w+ - ){_PLACE}(?: -|:) (?P<message>.*)"
            ),
        ),
        Rule(  # stylish
            does=Does.FINDING,
            literal=("error: 0:0 ", "warning: 0:0 "),
            pattern=Pattern(
                r"(?P<severity>ERROR|WARNING): (?P<line>\d+):(?P<column>\d+) +"
                rf"{_RULE} +(?P<message>\S.*)"
            ),
            before=Pattern(r"(?P<file>[^\s:][^:]*\.\w+)(?::\d+:\d+)?\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("error: 0:0 ", "warning: 0:0 "),
            pattern=Pattern(
                r"(?P<severity>ERROR|WARNING): (?P<line>\d+):(?P<column>\d+) +"
                rf"{_RULE} +(?P<message>\S.*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="Could not find implementations for the following rules",
            pattern=Pattern(r"(?P<message>Could not find implementations .*)"),
        ),
    ),
)
FLOW = Grammar(
    name="flow",
    kind="types",
    urgent=Pattern(r"cannot-resolve-(?:name|module)"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("Error --", "Error \u2508\u2508", "Warning --", "Warning \u2508\u2508"),
            pattern=Pattern(
                r"(?P<severity>Error|Warning) [-\u2508]{2,} "
                r"(?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+)$"
            ),
            continues=Pattern(r"(?P<message>\S.*?)(?: \[(?P<code>[a-z][a-z-]+)\])?$"),
            gaps=1,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors"),
            pattern=Pattern(r"Found (?P<errors>\d+) errors?$"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors"),
            pattern=Pattern(r"Found (?P<errors>\d+) errors? and (?P<warnings>\d+) warnings?$"),
        ),
        Rule(does=Does.GREEN, literal="No errors!", pattern=Pattern(r"No errors!$")),
    ),
)
TYPECHECK = Grammar(
    name="typecheck",
    kind="types",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".ts[0", ".tsx[0", ".js[0", ".jsx[0"),
            pattern=Pattern(
                r"(?P<file>[^\s:\[]+\.[jt]sx?)\[(?P<line>\d+), (?P<column>\d+)\]: (?P<message>\S.*)"
            ),
        ),
    ),
)
