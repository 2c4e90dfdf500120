"""``coverage report``: only what it complains of; the table itself says nothing about success.

Source: nedbat/coveragepy, coverage/cmdline.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

GRAMMAR = Grammar(
    name="coverage",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="Coverage failure: ",
            pattern=re.compile(r"Coverage failure: (?P<message>total of .+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("No data to report", "No data to combine", "No data was collected"),
            pattern=re.compile(
                r"(?:Coverage\.py warning: )?"
                r"(?P<message>No data (?:to report|to combine|was collected))\b"
            ),
        ),
    ),
)
