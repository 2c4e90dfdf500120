"""Cucumber in Ruby, JavaScript and Java: failing scenarios and the closing counts.

Source: cucumber/cucumber-ruby, lib/cucumber/formatter/console*.rb; cucumber-js, summary formatter.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

_COUNT = r"\d+ (?:failed|flaky|ambiguous|undefined|pending|skipped|passed)"

CUCUMBER = Grammar(
    name="cucumber",
    kind="tests",
    aliases=("cucumber-js", "cucumber-jvm"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".feature:0 # ",
            pattern=re.compile(
                r"(?:cucumber (?:-\S+ \S+ )*|\S+://)?(?P<file>[^\s:]+\.feature):(?P<line>\d+)"
                r"\s+# (?:Scenario(?: Outline)?: )?(?P<name>.*)"
            ),
            counts_as="failed",
            before=re.compile(r"(?i)failing scenarios:|failed scenarios:|.*\.feature:\d+\s+# "),
        ),
        Rule(
            does=Does.GREEN,
            literal=("scenario (0 passed)", "scenarios (0 passed)"),
            pattern=re.compile(r"(?i)(?P<total>\d+) scenarios? \((?P<passed>[1-9]\d*) passed\)$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=(" scenario (0 ", " scenarios (0 "),
            pattern=re.compile(
                rf"(?i)(?P<total>\d+) scenarios? \((?P<counts>{_COUNT}(?:, {_COUNT})*)\)$"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=(" step (0 ", " steps (0 "),
            pattern=re.compile(r"\d+ steps? \("),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=re.compile(r"\d+m[\d.]+s"), opens=False),
    ),
)
