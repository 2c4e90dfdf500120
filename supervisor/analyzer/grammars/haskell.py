"""GHC (cabal and stack show its output) and hlint.

Source: ghc, compiler/GHC/Utils/Error.hs; ndmitchell/hlint, src/Idea.hs and src/HLint.hs.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.(?:l?hs|hsc))"
_SPAN = r":(?:(?P<line>\d+):(?P<column>\d+)(?:-\d+)?|\((?P<from>\d+),\d+\)-\(\d+,\d+\))"
_HASKELL = (".hs:0:0", ".lhs:0:0", ".hs:(0", ".lhs:(0", ".hsc:0:0", ".hsc:(0")

GHC = Grammar(
    name="ghc",
    kind="build",
    aliases=("cabal", "stack", "runghc"),
    at_once=False,
    urgent=Pattern(r"GHC-(?:88464|76037|58481|87110|35235)"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_HASKELL,
            pattern=Pattern(
                rf"{_FILE}{_SPAN}: (?P<severity>error|warning):"
                r"(?: \[(?P<code>GHC-\d+|-W[\w-]+)[^\]]*\])?(?: \[[^\]]*\])*\s*(?P<message>.*)"
            ),
            continues=Pattern(r"\s+(?:[•*] )?(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="<no location info>: error",
            pattern=Pattern(r"<no location info>: (?P<severity>error):\s*(?P<message>.*)"),
            continues=Pattern(r"\s+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("ghc: panic!", "Could not resolve dependencies:"),
            pattern=Pattern(
                r"(?:Error: (?:\[\S+\] )?)?(?:cabal: )?(?P<message>ghc: panic!.*"
                r"|Could not resolve dependencies:)"
            ),
        ),
    ),
)

HLINT = Grammar(
    name="hlint",
    kind="linter",
    severities={"suggestion": "warnings"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_HASKELL,
            pattern=Pattern(
                rf"{_FILE}{_SPAN}: (?P<severity>Suggestion|Warning|Error): (?P<message>.*)"
            ),
        ),
        Rule(does=Does.GREEN, literal="No hints", pattern=Pattern(r"No hints$")),
        Rule(
            does=Does.TRAILER,
            literal=("0 hint", "0 hints"),
            pattern=Pattern(r"(?P<errors>\d+) hints?(?: \(.*\))?$"),
        ),
    ),
)
