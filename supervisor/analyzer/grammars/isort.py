"""``isort --check``: files whose imports are out of order; nothing where all are well.

Source: PyCQA/isort, isort/api.py and isort/main.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="isort",
    kind="formatter",
    noun="unsorted files",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="Imports are incorrectly sorted",
            pattern=Pattern(
                r"ERROR: (?P<file>\S.*) (?P<message>Imports are incorrectly sorted\b.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="isort was told to sort imports within code that contains syntax err",
            pattern=Pattern(
                r"(?:ERROR: )?(?P<message>isort was told to sort imports within code that contains"
                r" syntax errors): (?P<file>\S.*?)\.?$"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="isort: error: ",
            pattern=Pattern(r"isort: error: (?P<message>.+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Broken 0 path",
            pattern=Pattern(r"(?P<message>Broken \d+ paths?)$"),
        ),
    ),
)
