"""``oxlint``: findings with their code frames, and a closing count.

Source: oxc-project/oxc, apps/oxlint/src/output_formatter/default.rs, and
crates/oxc_diagnostics/src/graphical_theme.rs.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = Pattern(r"\s+(?:,-|╭─)\[(?P<file>[^\]:]+):(?P<line>\d+):(?P<column>\d+)\]$")
_PLACES = (",-[", "╭─[")
_SIGN = r"\s+(?P<severity>[!⚠x×]) "

GRAMMAR = Grammar(
    name="oxlint",
    kind="linter",
    severities={"!": "warnings", "⚠": "warnings", "x": "errors", "×": "errors"},
    urgent=Pattern(r"eslint\(no-undef\)|import\(.*"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_PLACES,
            pattern=_PLACE,
            before=Pattern(_SIGN + r"(?P<code>[\w-]+\([\w/-]+\)): (?P<message>.*)"),
        ),
        Rule(  # What it cannot parse has no code.
            does=Does.FINDING,
            literal=_PLACES,
            pattern=_PLACE,
            before=Pattern(_SIGN + r"(?P<message>.*)"),
        ),
        Rule(
            does=Does.GREEN,
            literal="Found 0 warnings and 0 errors.",
            pattern=Pattern(r"Found (?P<warnings>0) warnings and (?P<errors>0) errors\.$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 warnings and 0 error", "0 warning and 0 error"),
            pattern=Pattern(r"Found (?P<warnings>\d+) warnings? and (?P<errors>\d+) errors?\.$"),
        ),
        Rule(
            does=Does.TAIL,
            literal=" files with 0 rules",
            pattern=Pattern(r"Finished in \S+ on \d+ files? with \d+ rules"),
            opens=False,
        ),
    ),
)
