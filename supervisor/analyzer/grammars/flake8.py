"""flake8, pycodestyle and pep8: one line for each finding and no trailer."""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

_FINDING = (
    r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+):"
    r" (?=(?P<severity>[A-Z]))(?P<code>[A-Z]{1,3}\d{3,4}):? "
)

GRAMMAR = Grammar(
    name="flake8",
    kind="linter",
    aliases=("pycodestyle", "pep8"),
    urgent=re.compile(r"F82[123]|F70\d|E9\d\d"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=":0:0: ",
            pattern=re.compile(
                rf"{_FINDING}(?P<message>[a-z'\"].*|SyntaxError.*|IndentationError.*)"
            ),
        ),
        Rule(  # --format=pylint
            does=Does.FINDING,
            literal=": [",
            pattern=re.compile(
                r"(?P<file>[^\s:][^:]*\.pyi?):(?P<line>\d+):"
                r" \[(?=(?P<severity>[A-Z]))(?P<code>[A-Z]{1,3}\d{3,4})\] (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=":0:0: ",
            pattern=re.compile(rf"{_FINDING}(?P<message>\S.*)"),
            opens=False,
        ),
    ),
)
