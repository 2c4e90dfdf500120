"""``golint`` and ``revive``, ``staticcheck``, ``golangci-lint`` and ``go-consistent``.

Source: golang/lint, golint/golint.go; mgechev/revive, formatter; dominikh/go-tools,
lintcmd/format.go; golangci/golangci-lint, pkg/printers/text.go; quasilyte/go-consistent, main.go.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.go_places import CONSISTENT, GO_AT, GO_PLACE, GOLINT
from supervisor.analyzer.pattern import Pattern

_AT = (".go:0:0: ", ".go:0: ")
_PLAIN = Pattern(rf"{GO_AT}(?P<message>(?!.* \([\w-]+\)$).*)")

GOLINT_GRAMMAR = Grammar(
    name="golint",
    kind="linter",
    aliases=("revive",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_AT}(?!.* \(\w+\)$)(?:warning: )?(?P<message>(?:{GOLINT}).*)"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=_PLAIN,
            counts_as="warnings",
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(
                r"\s+\((?P<line>\d+), (?P<column>\d+)\)\s+\S*#(?P<code>[\w-]+)\s+(?P<message>.*)"
            ),
            counts_as="warnings",
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="https://revive.run/r#",
            pattern=Pattern(
                r"\s*(?:(?P<severity>✘)|\S+)\s+https://revive\.run/r#(?P<code>[\w-]+)\s+"
                r"(?P<message>.*)"
            ),
            continues=Pattern(r"\s+(?P<file>\S+\.go):(?P<line>\d+):(?P<column>\d+)$"),
            counts_as="warnings",
            tool="revive",
        ),
        Rule(does=Does.FILE, pattern=Pattern(r"(?P<file>\S+\.go)$"), opens=False),
        Rule(
            does=Does.TRAILER,
            literal=" problem",
            pattern=Pattern(
                r"\s*[✖✘⚠] \d+ problems? \((?P<errors>\d+) errors?(?:\) \(|, )"
                r"(?P<warnings>\d+) warnings?\)\s*$"
            ),
            tool="revive",
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=" lint suggestions; failing.",
            pattern=Pattern(r"Found (?P<warnings>\d+) lint suggestions; failing\."),
        ),
    ),
    severities={"✘": "errors"},
)

STATICCHECK = Grammar(
    name="staticcheck",
    kind="linter",
    urgent=Pattern(r"compile|config"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(
                rf"{GO_PLACE}(?P<message>.*) \((?P<code>(?:SA|ST|QF|S|U)\d{{4}}|compile|config)\)$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="-: ",
            pattern=Pattern(r"-: (?P<message>.*) \((?P<code>compile|config)\)$"),
        ),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(
                r"\s+\((?P<line>\d+), (?P<column>\d+)\)\s+(?P<code>[A-Z]{1,2}\d{4})\s+"
                r"(?P<message>.*)"
            ),
            opens=False,
        ),
        Rule(does=Does.FILE, pattern=Pattern(r"(?P<file>\S+\.go)$"), opens=False),
        Rule(
            does=Does.TRAILER,
            literal=" ignored)",
            pattern=Pattern(
                r"\s*✖ \d+ problems \((?P<errors>\d+) errors, (?P<warnings>\d+) warnings, "
                r"(?P<ignored>\d+) ignored\)$"
            ),
        ),
    ),
)

_LINTERS = (
    *("asasalint", "asciicheck", "bidichk", "bodyclose", "canonicalheader", "containedctx"),
    *("contextcheck", "copyloopvar", "cyclop", "deadcode", "decorder", "depguard", "dogsled"),
    *("dupl", "dupword", "durationcheck", "err113", "errcheck", "errchkjson", "errname"),
    *("errorlint", "exhaustive", "exhaustruct", "exportloopref", "exptostd", "fatcontext"),
    *("forbidigo", "forcetypeassert", "funcorder", "funlen", "gci", "ginkgolinter"),
    *("gocheckcompilerdirectives", "gochecknoglobals", "gochecknoinits", "gochecksumtype"),
    *("gocognit", "goconst", "gocritic", "gocyclo", "godot", "godox", "gofmt", "gofumpt"),
    *("goheader", "goimports", "golines", "golint", "gomnd", "gomoddirectives", "gomodguard"),
    *("goprintffuncname", "gosec", "gosimple", "gosmopolitan", "govet", "grouper", "iface"),
    *("importas", "inamedparam", "ineffassign", "interfacebloat", "intrange", "ireturn", "lll"),
    *("loggercheck", "maintidx", "makezero", "mirror", "misspell", "mnd", "musttag", "nakedret"),
    *("nestif", "nilerr", "nilnesserr", "nilnil", "nlreturn", "noctx", "noinlineerr", "nolintlint"),
    *("nonamedreturns", "nosprintfhostport", "paralleltest", "perfsprint", "prealloc"),
    *("predeclared", "promlinter", "protogetter", "reassign", "recvcheck", "revive"),
    *("rowserrcheck", "scopelint", "sloglint", "spancheck", "sqlclosecheck", "staticcheck"),
    *("structcheck", "stylecheck", "tagalign", "tagliatelle", "testableexamples", "testifylint"),
    *("testpackage", "thelper", "tparallel", "typecheck", "unconvert", "unparam", "unused"),
    *("usestdlibvars", "usetesting", "varcheck", "varnamelen", "wastedassign", "whitespace"),
    *("wrapcheck", "wsl", "wsl_v5", "zerologlint"),
)

GOLANGCI = Grammar(
    name="golangci-lint",
    kind="linter",
    urgent=Pattern(r"typecheck"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=tuple(f" ({name})" for name in _LINTERS),
            pattern=Pattern(
                rf"{GO_PLACE}(?:(?P<severity>error|warning|info): )?(?P<message>.*) "
                rf"\((?P<code>{'|'.join(_LINTERS)})\)\s*$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_PLACE}(?P<message>.*) \((?P<code>[a-z][\w-]+)\)$"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=": # ",
            pattern=Pattern(rf"{GO_PLACE}(?P<message># .*)"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="0 issues.",
            pattern=Pattern(r"(?P<errors>0) issues\.$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=" issues:",
            pattern=Pattern(r"(?P<errors>\d+) issues?:$"),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"\* [\w-]+: \d+$"), opens=False),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("level=error msg=", "can't load config", "the command is terminated due to an"),
                *("erro running error", "no go files to analyze"),
            ),
            pattern=Pattern(
                r"(?:.*level=error msg=\"?(?:\[[^\]]*\] )?|ERRO (?:\[[^\]]*\] )?|Error: )?"
                r"(?P<message>Running error: .*|can't load config.*|unsupported version .*"
                r"|The command is terminated due to an error: .*|.*no go files to analyze.*"
                r"|typechecking error: .*|.*failed prerequisites.*)"
            ),
        ),
    ),
)

CONSISTENT_GRAMMAR = Grammar(
    name="go-consistent",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_AT}(?=(?:{CONSISTENT}))(?P<code>[^:]+): (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_AT,
            pattern=Pattern(rf"{GO_AT}(?P<code>[a-z][\w -]+): (?P<message>(?:use|omit) .*)"),
            opens=False,
        ),
    ),
)
