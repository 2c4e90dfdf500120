"""``autoflake --check``: which files have imports or variables that it would remove.

Source: PyCQA/autoflake, autoflake.py (fix_file).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="autoflake",
    kind="formatter",
    noun="unclean files",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="nused imports/variables detected",
            pattern=Pattern(
                r"(?:(?P<file>\S.*): )?(?P<message>Unused imports/variables detected)\.?$"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal="No issues detected!",
            pattern=Pattern(r"(?:\S.*: )?No issues detected!$"),
            opens=False,
        ),
    ),
)
