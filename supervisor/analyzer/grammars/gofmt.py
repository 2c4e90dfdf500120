"""``gofmt -d``, ``goimports -d`` and ``gofumpt -d``: a diff for each file that is not formatted.

Source: golang/go, src/cmd/gofmt/gofmt.go.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="gofmt",
    kind="formatter",
    aliases=("goimports", "gofumpt"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".go.orig",
            pattern=Pattern(r"diff (?:-u )?\S+\.go\.orig (?P<file>\S+\.go)$"),
        ),
        Rule(
            does=Does.TAIL,
            literal=".go.orig",
            pattern=Pattern(r"(?:---|\+\+\+) \S+\.go(?:\.orig)?(?:\t|$)"),
            opens=False,
        ),
    ),
)
