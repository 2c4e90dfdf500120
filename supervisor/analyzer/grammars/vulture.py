"""``vulture``: dead code with the confidence that it is dead; no trailer.

Source: jendrikseipp/vulture, vulture/core.py (Item.get_report).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*):(?P<line>\d+): "

GRAMMAR = Grammar(
    name="vulture",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="0% confidence",
            pattern=Pattern(
                rf"{_PLACE}(?P<message>(?P<code>un(?:used|reachable|satisfiable)(?: [a-z]+)?)\b.*)"
                r" \(\d+% confidence(?:, \d+ lines?)?\)$"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=' at "',
            pattern=Pattern(r'(?P<file>[^:]+\.pyi?):(?P<line>\d+): (?P<message>[^:]*) at ".*"$'),
        ),
    ),
)
