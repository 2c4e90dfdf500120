"""``nox``: how each session went; what failed in it is told by the tools it runs.

Source: wntrblm/nox, nox/sessions.py and nox/tasks.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

GRAMMAR = Grammar(
    name="nox",
    kind="build",
    noun="failed sessions",
    at_once=False,
    rules=(
        Rule(
            does=Does.START,
            literal="nox > Running session ",
            pattern=re.compile(r"nox > Running session \S"),
        ),
        Rule(
            does=Does.FINDING,
            literal="nox > Session ",
            pattern=re.compile(
                r"nox > Session (?P<code>\S+?)(?:\(.*\))? (?P<message>failed|aborted|interrupted)"
                r"(?: in .*)?(?:\.|: (?P<reason>.*))?$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="nox > Session ",
            pattern=re.compile(r"nox > Session \S.* was successful(?: in .*)?[.!]$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="nox > Error while ",
            pattern=re.compile(r"nox > (?P<message>Error while .*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="nox > ",
            pattern=re.compile(
                r"nox > (?P<message>(?:Sessions not found|Failed to load Noxfile|No sessions ).*)"
            ),
        ),
        Rule(does=Does.TAIL, literal="nox > ", pattern=re.compile(r"nox > "), opens=False),
    ),
)
