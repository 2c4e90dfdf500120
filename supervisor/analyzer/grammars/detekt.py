"""``detekt``: findings by line, by file and by set of rules, and the closing line.

Source: detekt/detekt, detekt-core reporting/console LiteFindingsReport.kt and
AbstractIssuesReport.kt, config/MaxIssueCheck.kt.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.kts?):(?P<line>\d+):(?P<column>\d+)"

GRAMMAR = Grammar(
    name="detekt",
    kind="linter",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".kt:0:0: ", ".kts:0:0: "),
            pattern=Pattern(rf"\s*(?:[ewi]: )?{_PLACE}: (?P<message>\S.*) \[(?P<code>[A-Z]\w+)\]$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".kt:0:0", ".kts:0:0"),
            pattern=Pattern(
                rf"\s+(?P<code>[A-Z]\w+) - (?:\d+/\d+ - )?\[(?P<message>.*)\] at {_PLACE}"
            ),
        ),
        Rule(
            does=Does.RED,
            literal=("weighted issues", "Analysis failed with 0 issue"),
            pattern=Pattern(
                r"(?:> )?(?:Analysis|Build) failed with (?P<errors>\d+) (?:weighted )?issues?\b.*"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="Build succeeded with 0 weighted issues",
            pattern=Pattern(r"Build succeeded with (?P<warnings>\d+) weighted issues"),
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"Overall debt: |detekt finished in "), opens=False),
    ),
)
