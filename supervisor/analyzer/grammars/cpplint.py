"""``cpplint``: each finding with its category and how sure it is.

Source: cpplint/cpplint, cpplint.py (Error and _CppLintState).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_CATEGORIES = ("[whitespace/", "[build/", "[readability/", "[runtime/", "[legal/")
_FILE = r"\s*(?:# )?(?:\[\w+\] )?(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:(][^:(]*)"
_SAID = r"\s*(?P<message>\S.*?)\s+\[(?P<code>[a-z]+/[\w+./-]+)\] \[\d\]\s*$"

GRAMMAR = Grammar(
    name="cpplint",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_CATEGORIES,
            pattern=Pattern(rf"{_FILE}:(?P<line>\d+|None):(?: (?:warning|error):)? {_SAID}"),
        ),
        Rule(  # --output=vs7 of old
            does=Does.FINDING,
            literal=_CATEGORIES,
            pattern=Pattern(rf"{_FILE}\((?P<line>\d+)\): {_SAID}"),
        ),
        Rule(
            does=Does.FINDING,
            literal="): error cpplint: [",
            pattern=Pattern(
                rf"{_FILE}\((?P<line>\d+)\): error cpplint: \[(?P<code>[^\]]+)\] (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("done processing ", "errors found: "),
            pattern=Pattern(
                r"Done processing \S|Category '?[\w/+]+'? errors found: \d|Ignoring \S+;"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="total errors found: ",
            pattern=Pattern(r"Total errors found: (?P<errors>\d+)$"),
        ),
    ),
)
