"""flake8, pycodestyle and pep8: one line for each finding, and totals where they are asked for.

Source: PyCQA/flake8, src/flake8/style_guide.py and formatting/base.py; PyCQA/pycodestyle,
pycodestyle.py (StandardReport).
"""

from string import ascii_lowercase

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"
_CODE = r"(?=(?P<severity>[A-Z]))(?P<code>[A-Z]{1,3}\d{3,4})"
_FINDING = rf"{_FILE}:(?P<line>\d+):(?P<column>\d+): {_CODE}:? "
_MESSAGE = r"(?P<message>[a-z'\"].*|[A-Z][A-Za-z]*Error\b.*)"
_ERRORS = "CEFW"
"""Letters of the codes that come without plugins."""

GRAMMAR = Grammar(
    name="flake8",
    kind="linter",
    aliases=("pycodestyle", "pep8"),
    urgent=Pattern(r"F82[123]|F70\d|E9\d\d"),
    # Only E and F say what is wrong; complexity, names and the rest of the plugins give advice.
    severities={letter: "warnings" for letter in ascii_lowercase if letter not in "ef"},
    rules=(
        Rule(does=Does.FINDING, literal=":0:0: ", pattern=Pattern(rf"{_FINDING}{_MESSAGE}")),
        Rule(  # --format=pylint
            does=Does.FINDING,
            literal=": [",
            pattern=Pattern(
                rf"(?P<file>[^\s:][^:]*\.pyi?):(?P<line>\d+): \[{_CODE}\] (?P<message>.*)"
            ),
        ),
        Rule(  # Without columns
            does=Does.FINDING,
            literal=tuple(f":0: {letter}0 " for letter in _ERRORS),
            pattern=Pattern(rf"(?P<file>[^\s:][^:]*\.pyi?):(?P<line>\d+): {_CODE} {_MESSAGE}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=":0:0: ",
            pattern=Pattern(rf"{_FINDING}(?P<message>\S.*)"),
            opens=False,
        ),
        Rule(  # --statistics
            does=Does.SUBTOTAL,
            literal=tuple(f"     {letter}0 " for letter in _ERRORS),
            pattern=Pattern(r"(?:(?P<errors>\d+) +[EF]|(?P<warnings>\d+) +[A-Z]+)\d{3,4} \S"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("flake8: error: ", "pycodestyle: error: "),
            pattern=Pattern(r"(?:flake8|pycodestyle): error: (?P<message>.+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="during execution of Flake8:",
            pattern=Pattern(r"(?P<message>There was a critical error) during execution of Flake8:"),
        ),
    ),
)
