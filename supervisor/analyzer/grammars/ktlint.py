"""``ktlint``: the plain reporter, with and without the count of each rule.

Source: pinterest/ktlint, reporter/plain/PlainReporter.kt.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="ktlint",
    kind="linter",
    at_once=False,
    closes=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".kt:0:0", ".kts:0:0"),
            pattern=Pattern(
                r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+):?"
                r" (?P<message>[A-Z\"'`].*)"
                r" \((?P<code>(?:[a-z][\w-]*:)?[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\)(?: \(FATAL\))?$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="Lint error > [",
            pattern=Pattern(
                r"(?P<file>\S[^:]*\.kts?):(?P<line>\d+):(?P<column>\d+): Lint error > "
                r"\[(?P<code>[\w:-]+)\] (?P<message>.*)"
            ),
        ),
        Rule(  # Old releases name no rules unless they are asked to.
            does=Does.FINDING,
            literal=(".kt:0:0", ".kts:0:0"),
            pattern=Pattern(
                r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+):"
                r" (?P<message>[A-Z].*)"
            ),
        ),
        Rule(
            does=Does.START,
            literal="error count (descending) by rule",
            pattern=Pattern(r"Summary error count \(descending\) by rule:"),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"  [\w:-]+: \d+$"), opens=False),
    ),
)
