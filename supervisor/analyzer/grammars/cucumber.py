"""Cucumber in Ruby, JavaScript and Java: failing scenarios and the closing counts.

Source: cucumber/cucumber-ruby, lib/cucumber/formatter/console*.rb; cucumber-js, summary formatter.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_COUNT = r"\d+ (?:failed|flaky|ambiguous|undefined|pending|skipped|passed)"

CUCUMBER = Grammar(
    name="cucumber",
    kind="tests",
    aliases=("cucumber-js", "cucumber-jvm"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".feature:0 # ",
            pattern=Pattern(
                r"(?:cucumber (?:-\S+ \S+ )*|\S+://)?(?P<file>[^\s:]+\.feature):(?P<line>\d+)"
                r"\s+# (?:Scenario(?: Outline)?: )?(?P<name>.*)"
            ),
            counts_as="failed",
            before=Pattern(r"(?i)failing scenarios:|failed scenarios:|.*\.feature:\d+\s+# "),
        ),
        Rule(
            does=Does.GREEN,
            literal=("scenario (0 passed)", "scenarios (0 passed)"),
            pattern=Pattern(r"(?i)(?P<total>\d+) scenarios? \((?P<passed>[1-9]\d*) passed\)$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=(" scenario (0 ", " scenarios (0 "),
            pattern=Pattern(
                rf"(?i)(?P<total>\d+) scenarios? \((?P<counts>{_COUNT}(?:, {_COUNT})*)\)$"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=(" step (0 ", " steps (0 "),
            pattern=Pattern(r"\d+ steps? \("),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"\d+m[\d.]+s"), opens=False),
    ),
)
