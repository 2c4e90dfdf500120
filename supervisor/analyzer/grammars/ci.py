"""Annotations for GitHub Actions, which many tools print where CI runs them.

Source: actions/toolkit, packages/core/src/command.ts.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SEVERITY = r"(?P<severity>error|warning|notice)"


GITHUB_ACTIONS = Grammar(
    name="github-actions",
    kind="log",
    severities={"notice": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("::error ", "::warning ", "::notice "),
            pattern=Pattern(
                rf"::{_SEVERITY} (?=[^:]*=)(?>(?:file=(?P<file>[^,]+?)|line=(?P<line>\d+)"
                r"|col=(?P<column>\d+)|title=(?P<code>[^,]*?)|\w+=[^,]*?)(?:,|(?=::)))+"
                r"::(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("::error::", "::warning::", "::notice::"),
            pattern=Pattern(rf"::{_SEVERITY}::(?P<message>.*)"),
        ),
    ),
)
