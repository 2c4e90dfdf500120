"""``eslint``: the stylish format, the older ones, and how it breaks.

Source: eslint/eslint, lib/cli-engine/formatters, bin/eslint.js and messages.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

_RULE = r"(?P<code>(?:@[\w.-]+/)?[a-z][\w.-]*(?:/[\w.-]+)*)"
_ROW = re.compile(
    r"\s+(?P<line>\d+):(?P<column>\d+)\s+(?P<severity>error|warning)\s+"
    rf"(?P<message>\S.*?)(?:\s{{2,}}{_RULE})?\s*$"
)
_LAST_LINE = re.compile(rf".*?\S\s{{2,}}{_RULE}\s*$")
_COUNTS = r"\d+ problems? \((?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?"

GRAMMAR = Grammar(
    name="eslint",
    kind="linter",
    fix="eslint --fix .",
    urgent=re.compile(r"no-undef|import/no-unresolved|import/named|constructor-super|no-dupe-\w+"),
    rules=(
        Rule(  # The first row below the file's name.
            does=Does.FINDING,
            literal=("  error", "  warning"),
            pattern=_ROW,
            before=re.compile(r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.\w+|<\w+>)\s*$"),
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
            pattern=re.compile(
                r"(?=.*/)(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)"
                rf" \[(?P<severity>Error|Warning)(?:/{_RULE})?\]$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="Parsing error: ",
            pattern=re.compile(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+):"
                r" (?P<message>Parsing error: .*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=": line 0, col 0, ",
            pattern=re.compile(
                r"(?P<file>[^\s:][^:]*): line (?P<line>\d+), col (?P<column>\d+),"
                rf" (?P<severity>Error|Warning) - (?P<message>.*?)(?: \({_RULE}\))?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=" problem",
            pattern=re.compile(rf"[^\w\s] {_COUNTS}\)"),
        ),
        Rule(  # visualstudio
            does=Does.FINDING,
            literal=("): error ", "): warning "),
            pattern=re.compile(
                r"(?P<file>[^\s(].*?\.(?:[cm]?[jt]sx?|vue))\((?P<line>\d+),(?P<column>\d+)\): "
                rf"(?P<severity>error|warning) {_RULE} : (?P<message>.*)"
            ),
        ),
        Rule(  # codeframe
            does=Does.FINDING,
            literal=(") at ",),
            pattern=re.compile(
                rf"(?P<severity>error|warning): (?P<message>.*) \({_RULE}\) at "
                r"(?P<file>\S.*):(?P<line>\d+):(?P<column>\d+):?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("errors found.", "error found.", "warnings found.", "warning found."),
            pattern=re.compile(
                r"(?:(?P<errors>\d+) errors?)?(?: and )?(?:(?P<warnings>\d+) warnings?)? found\.$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 problems", "0 problem"),
            pattern=re.compile(r"(?P<total>\d+) problems?$"),
            opens=False,
        ),
        Rule(
            does=Does.RED,
            literal="ESLint found too many warnings",
            pattern=re.compile(r"ESLint found (?P<message>too many warnings \(maximum: \d+\))"),
        ),
        Rule(
            does=Does.FIXABLE,
            literal="potentially fixable with the",
            pattern=re.compile(
                r"\s+(?P<errors>\d+) errors? and (?P<warnings>\d+) warnings? potentially fixable"
            ),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="No ESLint warnings or errors",
            pattern=re.compile(r"\W*No ESLint warnings or errors"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Oops! Something went wrong!",
            pattern=re.compile(r"(?P<message>Oops! Something went wrong!)"),
            continues=re.compile(r"(?!ESLint: \d)(?P<message>\S.*)"),
            gaps=2,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("ESLint couldn't ", "Invalid option '", "no longer part of core ESLint"),
            pattern=re.compile(
                r"(?P<message>ESLint couldn't .*|Invalid option '.*"
                r"|The \w+ formatter is no longer part of core ESLint.*)"
            ),
        ),
    ),
)
