"""``eslint``: the stylish format, the older ones, and how it breaks.

Source: eslint/eslint, lib/cli-engine/formatters, bin/eslint.js and messages.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_RULE = r"(?P<code>(?:@[\w.-]+/)?[a-z][\w.-]*(?:/[\w.-]+)*)"
_ROW = Pattern(
    r"\s+(?P<line>\d+):(?P<column>\d+)\s+(?P<severity>error|warning)\s+"
    rf"(?P<message>\S.*?)(?:\s{{2,}}{_RULE})?\s*$"
)
_LAST_LINE = Pattern(rf".*?\S\s{{2,}}{_RULE}\s*$")
_COUNTS = r"\d+ problems? \((?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?"

GRAMMAR = Grammar(
    name="eslint",
    kind="linter",
    fix="eslint --fix .",
    urgent=Pattern(r"no-undef|import/no-unresolved|import/named|constructor-super|no-dupe-\w+"),
    rules=(
        Rule(  # The first row below the file's name.
            does=Does.FINDING,
            literal=("  error", "  warning"),
            pattern=_ROW,
            before=Pattern(r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.\w+|<\w+>)\s*$"),
            continues=_LAST_LINE,
        ),
        Rule(
            does=Does.FINDING,
            literal=("  error", "  warning"),
            pattern=_ROW,
            opens=False,
            continues=_LAST_LINE,
        ),
        Rule(
            does=Does.FINDING,
            literal=("[error", "[warning"),
            pattern=Pattern(
                r"(?=.*/)(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)"
                rf" \[(?P<severity>Error|Warning)(?:/{_RULE})?\]$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="Parsing error: ",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+):"
                r" (?P<message>Parsing error: .*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=": line 0, col 0, ",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*): line (?P<line>\d+), col (?P<column>\d+),"
                rf" (?P<severity>Error|Warning) - (?P<message>.*?)(?: \({_RULE}\))?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=" problem",
            pattern=Pattern(rf"[^\w\s] {_COUNTS}\)"),
        ),
        Rule(  # visualstudio
            does=Does.FINDING,
            literal=("): error ", "): warning "),
            pattern=Pattern(
                r"(?P<file>[^\s(].*?\.(?:[cm]?[jt]sx?|vue))\((?P<line>\d+),(?P<column>\d+)\): "
                rf"(?P<severity>error|warning) {_RULE} : (?P<message>.*)"
            ),
        ),
        Rule(  # codeframe
            does=Does.FINDING,
            literal=(") at ",),
            pattern=Pattern(
                rf"(?P<severity>error|warning): (?=.*:\d+:?$)(?P<message>.*) \({_RULE}\) at "
                r"(?P<file>\S.*):(?P<line>\d+):(?P<column>\d+):?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("errors found.", "error found.", "warnings found.", "warning found."),
            pattern=Pattern(
                r"(?:(?P<errors>\d+) errors?)?(?: and )?(?:(?P<warnings>\d+) warnings?)? found\.$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 problems", "0 problem"),
            pattern=Pattern(r"(?P<total>\d+) problems?$"),
            opens=False,
        ),
        Rule(
            does=Does.RED,
            literal="ESLint found too many warnings",
            pattern=Pattern(r"ESLint found (?P<message>too many warnings \(maximum: \d+\))"),
        ),
        Rule(
            does=Does.FIXABLE,
            literal="potentially fixable with the",
            pattern=Pattern(
                r"\s+(?P<errors>\d+) errors? and (?P<warnings>\d+) warnings? potentially fixable"
            ),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="No ESLint warnings or errors",
            pattern=Pattern(r"\W*No ESLint warnings or errors"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Oops! Something went wrong!",
            pattern=Pattern(r"(?P<message>Oops! Something went wrong!)"),
            continues=Pattern(r"(?!ESLint: \d)(?P<message>\S.*)"),
            gaps=2,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("ESLint couldn't ", "Invalid option '", "no longer part of core ESLint"),
            pattern=Pattern(
                r"(?P<message>ESLint couldn't .*|Invalid option '.*"
                r"|The \w+ formatter is no longer part of core ESLint.*)"
            ),
        ),
    ),
)
