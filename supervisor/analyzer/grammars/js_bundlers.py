"""``webpack``, ``rollup`` and ``esbuild``.

Source: webpack/webpack, lib/stats/DefaultStatsPrinterPlugin.js; rollup/rollup, cli/logging.ts;
evanw/esbuild, internal/logger/logger.go.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_URGENT = Pattern(r"UNRESOLVED_IMPORT|PARSE_ERROR|Module not found|TS2307|TS2304")
_WEBPACK_SAYS = Pattern(
    r"\s*(?:(?P<code>Module not found|TS\d+): )?(?:Error: )?(?P<message>(?!TS\d+: )\S.*)"
)

WEBPACK = Grammar(
    name="webpack",
    kind="build",
    aliases=("webpack-cli", "react-scripts", "vue-cli-service"),
    urgent=_URGENT,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("error in ", "warning in "),
            pattern=Pattern(
                r"(?P<severity>ERROR|WARNING) in (?P<file>\S.*?)"
                r"(?:[ :](?P<line>\d+):(?P<column>\d+)(?:-[\d:]+)?)?$"
            ),
            continues=_WEBPACK_SAYS,
            gaps=1,
        ),
        Rule(
            does=Does.FINDING,
            literal="Module not found: Error: ",
            pattern=Pattern(r"(?P<code>Module not found): Error: (?P<message>.*)"),
            before=Pattern(r"(?P<file>\.{1,2}/\S+)$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="compiled successfully",
            pattern=Pattern(
                r"(?:webpack \d\S* compiled|webpack compiled|Compiled|\S+ \(webpack \S+\) compiled)"
                r" successfully\b"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="compiled with 0 warning",
            pattern=Pattern(
                r"(?:\S+ \()?webpack(?: \d\S*)? compiled with (?P<warnings>\d+) warnings?(?! and)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("compiled with 0 error", "compiled with 0 warning"),
            pattern=Pattern(
                r"(?:\S+ \()?webpack(?: \d\S*)? compiled with (?:(?P<errors>\d+) errors?)?"
                r"(?: and )?(?:(?P<warnings>\d+) warnings?)?"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("[webpack-cli] ",),
            pattern=Pattern(
                r"\[webpack-cli\] (?:[✖×] )?(?P<message>Invalid configuration.*|Error: .*"
                r"|Failed to load .*|Unknown option.*|\w*Error: .*)"
            ),
        ),
    ),
)
ROLLUP = Grammar(
    name="rollup",
    kind="build",
    urgent=_URGENT,
    rules=(
        Rule(
            does=Does.FINDING,
            literal="[!] ",
            pattern=Pattern(
                r"\[!\] (?:\(plugin (?P<plugin>[\w:@/.-]+)\) )?(?:RollupError|Error|\w+Error): "
                r"(?:(?P<file>[^\s:()]+\.\w+) \((?P<line>\d+):(?P<column>\d+)\): )?(?P<message>.*)"
            ),
            continues=Pattern(
                r"(?P<file>[^\s:()]+\.\w+)(?: \((?P<line>\d+):(?P<column>\d+)\)|:\d+)?"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="created ",
            pattern=Pattern(r"created \S.* in (?:\d+(?:\.\d+)?m?s|\d+m)"),
        ),
    ),
)
ESBUILD = Grammar(
    name="esbuild",
    kind="build",
    urgent=_URGENT,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("[error] ", "[warning] "),
            pattern=Pattern(
                r"[✘\u25b2] \[(?P<severity>ERROR|WARNING)\] (?P<message>.*?)"
                r"(?: \[(?P<code>[a-z]+(?:-[a-z]+)+|plugin [\w-]+)\])?$"
            ),
            continues=Pattern(r"\s+(?P<file>[^\s:]\S*?):(?P<line>\d+):(?P<column>\d+):$"),
            gaps=1,
        ),
        Rule(
            does=Does.FINDING,
            literal=": error: ",
            pattern=Pattern(
                r"\s*> (?P<file>[^\s:]\S*?):(?P<line>\d+):(?P<column>\d+): "
                r"(?P<severity>error|warning): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 error", "0 errors"),
            pattern=Pattern(
                r"(?:(?P<warnings>\d+) warnings? and )?(?P<errors>\d+) errors?"
                r"(?: \(\d+ of \d+ errors shown.*)?$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="\u26a1 Done in",
            pattern=Pattern(r"\u26a1 Done in \d"),
        ),
    ),
)
