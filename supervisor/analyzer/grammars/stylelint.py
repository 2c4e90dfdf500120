"""``stylelint``: the string, verbose, compact and unix formatters.

Source: stylelint/stylelint, lib/formatters.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_RULE = r"(?P<code>(?:[\w@.-]+/)*[a-zA-Z][\w-]*)"
_STYLED = r"[^\s:][^:]*\.(?:css|scss|sass|less|styl|vue|html?|svelte|[cm]?[jt]sx?|md|astro)"
_ROW = Pattern(
    r"\s+(?P<line>\d+):(?P<column>\d+)\s+(?P<severity>[✖×\u26a0\u2139])\s+"
    rf"(?P<message>\S.*?)(?:\s{{2,}}{_RULE})?\s*$"
)
_LAST_LINE = Pattern(rf"\s.*?\S\s{{2,}}{_RULE}\s*$")
_LITERALS = ("  ✖  ", "  ×  ", "  \u26a0  ", "  \u2139  ")

GRAMMAR = Grammar(
    name="stylelint",
    kind="linter",
    fix="stylelint --fix",
    severities={"✖": "errors", "×": "errors", "\u26a0": "warnings", "\u2139": "notes"},
    urgent=Pattern(r"CssSyntaxError|no-invalid-\w+|\w+-no-unknown"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_LITERALS,
            pattern=_ROW,
            before=Pattern(rf"(?P<file>{_STYLED})\s*$"),
            continues=_LAST_LINE,
        ),
        Rule(does=Does.FINDING, literal=_LITERALS, pattern=_ROW, opens=False, continues=_LAST_LINE),
        Rule(
            does=Does.FINDING,
            literal=": line 0, col 0, ",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*): line (?P<line>\d+), col (?P<column>\d+),"
                rf" (?P<severity>error|warning) - (?P<message>.*?)(?: \({_RULE}\))?$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(") [error]", ") [warning]"),
            pattern=Pattern(
                rf"(?P<file>{_STYLED}):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)"
                rf" \({_RULE}\) \[(?P<severity>error|warning)\]$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("problems (", "problem ("),
            pattern=Pattern(
                r"(?:[✖×] )?\d+ problems? \((?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?\)$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FIXABLE,
            literal="potentially fixable with the",
            pattern=Pattern(
                r"\s+(?P<errors>\d+) errors?(?: and (?P<warnings>\d+) warnings?)? potentially"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FIXABLE,
            literal="potentially fixable with the",
            pattern=Pattern(r"\s+(?P<warnings>\d+) warnings? potentially"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("No configuration provided for", "NoFilesFoundError", "AllFilesIgnoredError"),
                *('Could not find "stylelint', "Error: Undefined rule "),
            ),
            pattern=Pattern(
                r"(?:Error|ConfigurationError|NoFilesFoundError|AllFilesIgnoredError): (?P<message>"
                r"(?:No configuration provided for|No files matching the pattern"
                r"|All input files were|Could not find \"stylelint|Undefined rule ).*)"
            ),
        ),
    ),
)
