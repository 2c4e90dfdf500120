"""``phpstan``: tables, raw lines, grouped, and what it prints where an agent runs it (TOON).

Source: phpstan/phpstan-src, src/Command/ErrorFormatter.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

PHPSTAN = Grammar(
    name="phpstan",
    kind="types",
    aliases=("larastan",),
    urgent=Pattern(
        r"phpstan\.parse|class\.notFound|function\.notFound|method\.notFound|variable\.undefined"
        r"|(?:interface|trait|constant|attribute)\.notFound|classConstant\.notFound"
    ),
    rules=(
        Rule(
            does=Does.FILE,
            literal=" Line  ",
            pattern=Pattern(r"\s{1,3}Line\s{2,}(?P<file>\S.*?)(?: \(in context of .*\))?\s*$"),
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r" -{2,}(?: -{2,})?\s*$"), opens=False),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(r"\s{1,3}:?(?P<line>\d+|-)\s{2,}(?P<message>\S.*?)\s*$"),
            continues=Pattern(r"\s+🪪\s+(?P<code>[\w.]+)\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=".php:0:",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*\.php):(?P<line>\d+):(?=[A-Z@$])"
                r"(?:(?P<message>.*) \[identifier=(?P<code>[\w.]+)\]|(?P<remark>.*))$"
            ),
        ),
        Rule(  # --error-format=grouped
            does=Does.FINDING,
            literal="\t- ",
            pattern=Pattern(r"\t- (?P<file>\S.*?):(?P<line>\d+): (?P<message>.*)"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="[OK] No errors",
            pattern=Pattern(r"\s*\[OK\] No errors\s*$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("Found 0 error", "Found 0 errors"),
            pattern=Pattern(
                r"\s*\[(?:ERROR|WARNING)\] Found (?P<errors>\d+) errors?"
                r"(?: and (?P<warnings>\d+) warnings?)?\s*$"
            ),
        ),
        Rule(  # TOON: totals first
            does=Does.SUBTOTAL,
            literal="file_errors: 0",
            pattern=Pattern(r"  file_errors: (?P<errors>\d+)$"),
            before=Pattern(r"  errors: \d+$"),
        ),
        Rule(
            does=Does.FILE,
            literal=('.php":', ".php:"),
            pattern=Pattern(r'  "?(?P<file>\S.*\.php)"?:$'),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=(",true", ",false"),
            pattern=Pattern(
                r' {6}(?:"(?P<message>(?:[^"\\]|\\.)*)"|(?P<remark>[^",]*)),(?P<line>\d+|null),'
                r"(?:true|false)(?:,(?:.*,)?(?P<code>[A-Za-z]\w*(?:\.\w+)+))?"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="- message: ",
            pattern=Pattern(r' {6}- message: "?(?P<message>.*?)"?$'),
            continues=Pattern(r" {8}(?:line: (?P<line>\d+)|identifier: (?P<code>[\w.]+))$"),
            pieces=True,
            opens=False,
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="errors[0]:",
            pattern=Pattern(r"errors\[(?P<errors>[1-9]\d*)\]:"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="errors[0]:",
            pattern=Pattern(r"errors\[0\]:"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("PHPStan process crashed", "Child process error", "Invalid configuration:"),
            pattern=Pattern(
                r"\W*(?P<message>(?:PHPStan process crashed|Child process error"
                r"|Invalid configuration:).*)"
            ),
        ),
    ),
)
