"""``pydocstyle`` and pep257: where a docstring is missing or not as it should be, in two lines.

Source: PyCQA/pydocstyle, src/pydocstyle/violations.py and cli.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="pydocstyle",
    kind="linter",
    aliases=("pep257",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="        d0: ",
            pattern=Pattern(r"\s{2,}(?P<code>D\d{3}): (?P<message>.*)"),
            before=Pattern(r"(?=.*:$)(?P<file>\S.*):(?P<line>\d+) (?:at|in) "),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal="Error in file ",
            pattern=Pattern(
                r"(?:WARNING: )?Error in file (?P<file>[^:]+): "
                r"(?P<message>Cannot parse file\b.*|\[Errno .*)"
            ),
        ),
    ),
)
