"""``coverage report``: only what it complains of; the table itself says nothing about success.

Source: nedbat/coveragepy, coverage/cmdline.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="coverage",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="Coverage failure: ",
            pattern=Pattern(r"Coverage failure: (?P<message>total of .+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("No data to report", "No data to combine", "No data was collected"),
            pattern=Pattern(
                r"(?:Coverage\.py warning: )?"
                r"(?P<message>No data (?:to report|to combine|was collected))\b"
            ),
        ),
    ),
)
