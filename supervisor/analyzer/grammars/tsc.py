"""The TypeScript compiler and what prints as it does, plain and ``--pretty``.

Source: microsoft/TypeScript, src/compiler/program.ts (formatDiagnostic) and watch.ts.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

# Wrappers print warnings, which the compiler does not have; their codes are not its errors.
_CLOCK = r"(?:\[?\d+:\d+:\d+(?:\s[AP]M)?\]?(?: -)? )?"
"""What ``--watch`` writes in front, plain and ``--pretty``."""
_REST = (
    r"(?:(?P<severity>error) (?P<code>TS\d+): (?P<message>.*)"
    r"|(?P<warning>warning) (?P<remark>TS\d+: .*))"
)

GRAMMAR = Grammar(
    name="tsc",
    kind="types",
    aliases=("vue-tsc", "tsgo"),
    urgent=Pattern(r"TS1\d{3}|TS2304|TS2305|TS2307|TS2318|TS2503|TS2552|TS2580|TS18003|TS5\d{3}"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=" ts0",
            pattern=Pattern(
                r"\s*(?:\S+: (?:\[\S+\] )?)?(?P<file>[^\s(:].*?)"
                rf"\((?P<line>\d+),(?P<column>\d+)\): {_REST}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=" ts0",
            pattern=Pattern(rf"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+) - {_REST}"),
        ),
        Rule(does=Does.FINDING, literal=" ts0", pattern=Pattern(_REST)),
        Rule(
            does=Does.BROKEN,
            literal="This is not the tsc command",
            pattern=Pattern(r"\s*(?P<message>This is not the tsc command you are looking for)"),
        ),
        Rule(
            does=Does.GREEN,
            literal="Found 0 errors",
            pattern=Pattern(rf"{_CLOCK}Found (?P<errors>0) errors\. Watching for file changes"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors"),
            pattern=Pattern(
                rf"{_CLOCK}Found (?P<errors>\d+) errors?(?: in (?P<files>\d+) files"
                r"| in the same file, starting at: .*|\. Watching for file changes)\.?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors"),
            pattern=Pattern(r"Found (?P<errors>\d+) errors?(?: in \S+:\d+)?\.?$"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="uild failed with ",
            pattern=Pattern(r"\W*[Bb]uild failed with (?P<errors>\d+) errors?"),
            opens=False,
        ),
        Rule(
            does=Does.START,
            literal="ompilation",
            pattern=Pattern(
                rf"{_CLOCK}(?:Starting compilation in watch mode"
                r"|File change detected\. Starting incremental compilation)"
            ),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"Errors  Files$"), opens=False),
        Rule(does=Does.TAIL, pattern=Pattern(r"\s+\d+  \S+:\d+$"), opens=False),
    ),
)
