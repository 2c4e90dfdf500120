"""``ty check``: the full and concise formats, and the count of diagnostics.

Source: astral-sh/ty and astral-sh/ruff, crates/ty and crates/ruff_db/src/diagnostic/render.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

_SEVERITY = r"(?P<severity>error|warning|info|fatal)"
_CODE = r"\[(?:lint:)?(?P<code>[a-z][a-z-]*[a-z])\]"
_PLACE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+)"

GRAMMAR = Grammar(
    name="ty",
    kind="types",
    urgent=re.compile(r"unresolved-(?:reference|import)|import-not-found|invalid-syntax"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=re.compile(rf"\s*--> {_PLACE}$"),
            before=re.compile(rf"{_SEVERITY}{_CODE}:? (?P<message>.+)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(": error[", ": warning[", ": info[", ": fatal["),
            pattern=re.compile(rf"{_PLACE}: {_SEVERITY}{_CODE}:? (?P<message>.+)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="[io]: ",
            pattern=re.compile(rf"{_SEVERITY}\[(?P<code>io)\]:? (?P<message>.+)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 diagnostic", "found 0 diagnostics"),
            pattern=re.compile(r"Found (?P<remark>(?P<diagnostics>\d+) diagnostics?)$"),
        ),
        Rule(  # ruff closes with the same words, so that argv has to say whose they are.
            does=Does.GREEN,
            literal="All checks passed!",
            pattern=re.compile(r"All checks passed!$"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="ty failed",
            pattern=re.compile(r"(?:error: )?(?P<message>ty failed)$"),
        ),
    ),
)
