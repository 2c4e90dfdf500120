"""``markdownlint`` and ``markdownlint-cli2``.

Source: DavidAnson/markdownlint, lib/markdownlint.mjs; markdownlint-cli2 and markdownlint-cli.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GRAMMAR = Grammar(
    name="markdownlint",
    kind="linter",
    aliases=("markdownlint-cli2",),
    rules=(
        Rule(
            does=Does.START,
            literal="markdownlint-cli2 v0",
            pattern=Pattern(r"markdownlint-cli2 v\d"),
        ),
        Rule(  # Where no name follows the code, mdl wrote it.
            does=Does.FINDING,
            literal=(" md0/", " md0 "),
            pattern=Pattern(
                r"(?!\S+:\d+: MD\d+ )(?P<file>[^\s:][^:]*): ?(?P<line>\d+)(?::(?P<column>\d+))?:?"
                r" (?:(?P<severity>error|warning) )?(?P<code>MD\d{3})(?:/[\w/-]+)? (?P<message>.*)"
            ),
        ),
        Rule(  # It goes to stdout, before what it counts.
            does=Does.SUBTOTAL,
            literal=("Summary: 0 error", "0 error(s), 0 warning", "Summary: 0 issue"),
            pattern=Pattern(
                r"Summary: (?:(?P<errors>[1-9]\d*) error\(s\)(?:, (?P<warnings>\d+) warning\(s\))?"
                r"|(?P<issues>[1-9]\d*) issues? in (?P<files>\d+) files?)$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("Summary: 0 error", "Summary: 0 issue"),
            pattern=Pattern(
                r"Summary: (?:(?P<errors>0) error\(s\)(?:, (?P<warnings>\d+) warning\(s\))?"
                r"|0 issues in 0 files)$"
            ),
            before=Pattern(r"Linting: (?P<checked>[1-9]\d*) file"),
        ),
    ),
)
