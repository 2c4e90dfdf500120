"""``nox``: how each session went; what failed in it is told by the tools it runs.

Source: wntrblm/nox, nox/sessions.py and nox/tasks.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="nox",
    kind="build",
    noun="failed sessions",
    at_once=False,
    rules=(
        Rule(
            does=Does.START,
            literal="nox > Running session ",
            pattern=Pattern(r"nox > Running session \S"),
        ),
        Rule(
            does=Does.FINDING,
            literal="nox > Session ",
            pattern=Pattern(
                r"nox > Session (?P<code>[^\s(]++)(?:\(.*\))? "
                r"(?P<message>failed|aborted|interrupted)"
                r"(?: in .*)?(?:\.|: (?P<reason>.*))?$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="nox > Session ",
            pattern=Pattern(r"nox > Session \S.* was successful(?: in .*)?[.!]$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="nox > Error while ",
            pattern=Pattern(r"nox > (?P<message>Error while .*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="nox > ",
            pattern=Pattern(
                r"nox > (?P<message>(?:Sessions not found|Failed to load Noxfile|No sessions ).*)"
            ),
        ),
        Rule(does=Does.TAIL, literal="nox > ", pattern=Pattern(r"nox > "), opens=False),
    ),
)
