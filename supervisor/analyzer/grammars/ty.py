"""``ty check``: the full and concise formats, and the count of diagnostics.

Source: astral-sh/ty and astral-sh/ruff, crates/ty and crates/ruff_db/src/diagnostic/render.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SEVERITY = r"(?P<severity>error|warning|info|fatal)"
_CODE = r"\[(?:lint:)?(?P<code>[a-z][a-z-]*[a-z])\]"
_PLACE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+)"

GRAMMAR = Grammar(
    name="ty",
    kind="types",
    urgent=Pattern(r"unresolved-(?:reference|import)|import-not-found|invalid-syntax"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=Pattern(rf"\s*--> {_PLACE}$"),
            before=Pattern(rf"{_SEVERITY}{_CODE}:? (?P<message>.+)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(": error[", ": warning[", ": info[", ": fatal["),
            pattern=Pattern(rf"{_PLACE}: {_SEVERITY}{_CODE}:? (?P<message>.+)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="[io]: ",
            pattern=Pattern(rf"{_SEVERITY}\[(?P<code>io)\]:? (?P<message>.+)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 diagnostic", "found 0 diagnostics"),
            pattern=Pattern(r"Found (?P<remark>(?P<diagnostics>\d+) diagnostics?)$"),
        ),
        Rule(  # ruff closes with the same words, so that argv has to say whose they are.
            does=Does.GREEN,
            literal="All checks passed!",
            pattern=Pattern(r"All checks passed!$"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="ty failed",
            pattern=Pattern(r"(?:error: )?(?P<message>ty failed)$"),
        ),
    ),
)
