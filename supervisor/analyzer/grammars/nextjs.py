"""``next build`` and ``next lint``.

Source: vercel/next.js, packages/next/src/build (index.ts, output/index.ts, type-check.ts) and
packages/next/src/lib/eslint/customFormatter.ts.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = r"(?P<file>\.{1,2}/\S+?\.\w+)(?::(?P<line>\d+):(?P<column>\d+))?"
_RULE = r"(?P<code>(?:@[\w.-]+/)?[a-z][\w-]*(?:/[\w-]+)*)"
_LINTED = Pattern(
    r"(?P<line>\d+):(?P<column>\d+) +(?P<severity>Error|Warning): "
    rf"(?P<message>\S.*?)(?: {{2,}}{_RULE})?\s*$"
)

GRAMMAR = Grammar(
    name="next",
    kind="build",
    urgent=Pattern(r"Module not found|Type error|Syntax Error|TS2307|TS2304"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("Type error: ", "Module not found: ", "Syntax Error", "Error:   "),
            pattern=Pattern(
                r"(?:Error: +)?(?P<code>Type error|Module not found|Syntax Error)(?:: |$)"
                r"(?P<message>(?!Error: ).*)"
            ),
            before=Pattern(rf"{_PLACE}\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("  error: ", "  warning: "),
            pattern=_LINTED,
            before=Pattern(r"(?P<file>\.{1,2}/\S+?\.\w+)\s*$"),
        ),
        Rule(does=Does.FINDING, literal=("  error: ", "  warning: "), pattern=_LINTED, opens=False),
        Rule(  # What follows says why.
            does=Does.TAIL,
            literal="Failed to compile.",
            pattern=Pattern(r"\W*Failed to compile\.$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Turbopack build failed with 0",
            pattern=Pattern(r".*?Turbopack build failed with (?P<errors>\d+) errors?:"),
        ),
        Rule(
            does=Does.RED,
            literal=("Build error occurred", "build worker exited with code"),
            pattern=Pattern(
                r"\W*(?:Build error occurred|Next\.js build worker exited with code: [1-9])"
            ),
        ),
        Rule(
            does=Does.RED,
            literal="Export encountered ",
            pattern=Pattern(
                r"\W*(?P<message>Export encountered (?:errors on (?:following|\d+) paths?"
                r"|an error on [^,]+))"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Couldn't find any `pages`", "Could not find a production build"),
            pattern=Pattern(
                r".*?(?P<message>Couldn't find any `pages` or `app` directory"
                r"|Could not find a production build in .*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("route (app)", "route (pages)", "page   "),
            pattern=Pattern(r"(?:Route \((?:app|pages)\)|Page {10,}Size)(?:\s|$)"),
        ),
        Rule(
            does=Does.TAIL,
            literal="Compiled successfully",
            pattern=Pattern(r"\s*[✓√] Compiled successfully"),
            opens=False,
        ),
    ),
)
