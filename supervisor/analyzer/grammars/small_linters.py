"""Small linters and compilers, of one or two kinds of line each.

Source: their formatters; puppetlabs/puppet, fish-shell, lua, htacg/tidy-html5, purcell/sqlint,
phpmd, PowerShell, yoheimuta/protolint, bufbuild/buf, systemd, desktop-file-utils,
markdownlint/markdownlint, crate-ci/typos, client9/misspell, dotenv-linter, aquasecurity/tfsec,
elixir-lang/elixir.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = r":(?P<line>\d+):(?P<column>\d+)"


def _linter(
    name: str, literal: str | tuple[str, ...], pattern: str, *rules: Rule, counts_as: str = "errors"
) -> Grammar:
    """A linter with one kind of line for its findings."""
    finding = Rule(
        does=Does.FINDING, literal=literal, pattern=Pattern(pattern), counts_as=counts_as
    )
    return Grammar(
        name=name,
        kind="linter",
        severities={"hint": "notes", "suggestion": "notes"},
        rules=(finding, *rules),
    )


PUPPET = _linter(
    "puppet",
    ("Could not parse for environment", "Evaluation Error: "),
    r"(?:Error|err): (?P<message>(?:Could not parse for environment|Evaluation Error: |.*Evaluation"
    r" Error: ).*?)(?: at (?P<file>/[^\s:]+):(?P<line>\d+)(?::(?P<column>\d+))?.*"
    r"| \(file: (?P<code>[^,]+), line: .*|)$",
)
FISH = _linter(
    "fish",
    ".fish (line 0): ",
    r"(?P<file>[^\s:]+\.fish) \(line (?P<line>\d+)\): (?P<message>\S.*)",
)
LUA = _linter(
    "lua",
    ("lua: ", "luac: ", "luajit: "),
    r"(?:lua|luac|luajit): (?P<file>[^\s:]+):(?P<line>\d+): (?P<message>\S.*)",
)
TIDY = _linter(
    "tidy",
    " column 0 - ",
    r"line (?P<line>\d+) column (?P<column>\d+) - (?P<severity>Error|Warning|Info):"
    r" (?P<message>.*)",
    Rule(
        does=Does.GREEN,
        literal="No warnings or errors were found",
        pattern=Pattern(r"No warnings or errors were found\."),
    ),
    Rule(
        does=Does.TRAILER,
        literal="Tidy found 0",
        pattern=Pattern(r"Tidy found (?P<warnings>\d+) warnings? and (?P<errors>\d+) errors?!"),
    ),
)
SQLINT = _linter(
    "sqlint",
    (".sql:0:0:ERROR", ".sql:0:0:WARNING", "stdin:0:0:ERROR", "stdin:0:0:WARNING"),
    rf"(?P<file>\S*\.sql|stdin){_PLACE}:(?P<severity>ERROR|WARNING) (?P<message>.*)",
)
PHPMD = _linter(
    "phpmd",
    ".php:0",
    r"(?P<file>\S.*\.php):(?P<line>\d+)(?:\t| {2,})(?:(?P<code>[A-Z]\w+)(?:\t| {2,}))?"
    r"(?P<message>[A-Z]\S* \S.*)",
    counts_as="warnings",
)
POWERSHELL = Grammar(
    name="powershell",
    kind="build",
    aliases=("pwsh",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".ps1:0 char:0", ".psm1:0 char:0"),
            pattern=Pattern(r"At (?P<file>\S.*\.psm?1):(?P<line>\d+) char:(?P<column>\d+)$"),
            continues=Pattern(r"(?P<message>[^\s+].*)"),
        ),
    ),
)
PROTOLINT = _linter(
    "protolint",
    ".proto:0:0] ",
    rf"\[(?P<file>\S+\.proto){_PLACE}\] (?P<message>.*)",
)
BUF = _linter(
    "buf",
    ".proto:0:0:",
    rf"(?P<file>\S+\.proto){_PLACE}:(?! |error|warning)(?P<message>\S.*)",
)
_UNITS = ("service", "socket", "timer", "target", "mount", "path", "slice")
SYSTEMD_ANALYZE = _linter(
    "systemd-analyze",
    tuple(f".{unit}:0: " for unit in _UNITS),
    rf"(?P<file>\S+\.(?:{'|'.join(_UNITS)})):(?P<line>\d+): (?P<message>.*)",
)
DESKTOP_FILE_VALIDATE = _linter(
    "desktop-file-validate",
    (".desktop: error: ", ".desktop: warning: ", ".desktop: hint: "),
    r"(?P<file>\S.*\.desktop): (?P<severity>error|warning|hint): (?P<message>.*)",
)
MDL = _linter(
    "mdl",
    ":0: MD0",
    r"(?P<file>[^\s:][^:]*):(?P<line>\d+): (?P<code>MD\d{3}) (?P<message>.*)",
    Rule(
        does=Does.TAIL,
        literal="A detailed description of the rules",
        pattern=Pattern(r"A detailed description of the rules"),
        opens=False,
    ),
    counts_as="warnings",
)
TYPOS = Grammar(
    name="typos",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="should be `",
            pattern=Pattern(r"error: (?P<message>`\S+` should be `.*`)$"),
            continues=Pattern(r"\s*(?:-->|╭▸) (?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+)$"),
        ),
    ),
)
MISSPELL = _linter(
    "misspell",
    " is a misspelling of ",
    rf"(?P<file>[^\s:][^:]*){_PLACE}: (?P<message>\"\S+\" is a misspelling of \".*\")",
)
DOTENV_LINTER = _linter(
    "dotenv-linter",
    ".env",
    r"(?P<file>\S*\.env[\w.-]*):(?P<line>\d+) (?P<code>[A-Z]\w+): (?P<message>.*)",
    Rule(
        does=Does.GREEN,
        literal="No problems found",
        pattern=Pattern(r"No problems found$"),
        opens=False,
    ),
    Rule(
        does=Does.TRAILER,
        literal=("Found 0 problem", "Found 0 problems"),
        pattern=Pattern(r"Found (?P<errors>\d+) problems?$"),
        opens=False,
    ),
)
TFSEC = _linter(
    "tfsec",
    "Result #0 ",
    r"\s*Result #\d+ (?P<severity>CRITICAL|HIGH|MEDIUM|LOW) (?P<message>.*)",
    Rule(
        does=Does.TRAILER,
        literal="potential problem",
        pattern=Pattern(
            r"\s*(?P<passed>\d+) passed,(?: \d+ ignored,)? (?P<errors>\d+) potential problem"
        ),
    ),
    Rule(
        does=Does.GREEN,
        literal="No problems detected!",
        pattern=Pattern(r"\s*No problems detected!"),
    ),
)
EXUNIT = Grammar(
    name="mix",
    kind="tests",
    aliases=("exunit", "elixir"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=") test ",
            pattern=Pattern(r"\s+\d+\) test (?P<name>\S.*)"),
            continues=Pattern(r"\s+(?P<file>\S+\.exs?):(?P<line>\d+)$"),
            counts_as="failed",
        ),
        Rule(
            does=Does.GREEN,
            literal="tests, 0 failures",
            pattern=Pattern(
                r"(?:\d+ (?:doctests?|propert(?:y|ies)), )*(?P<total>[1-9]\d*) tests,"
                r" (?P<failed>0) failures(?: \(\d+ excluded\))?(?:, \d+ excluded)?"
                r"(?:, (?P<skipped>\d+) skipped)?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("test, 0 failure", "tests, 0 failure"),
            pattern=Pattern(
                r"(?:\d+ (?:doctests?|propert(?:y|ies)), )*(?P<total>\d+) tests?, "
                r"(?P<failed>\d+) failures?(?: \(\d+ excluded\))?(?:, \d+ excluded)?"
                r"(?:, (?P<invalid>\d+) invalid)?(?:, (?P<skipped>\d+) skipped)?$"
            ),
        ),
    ),
)

SMALL_LINTERS = (
    *(PUPPET, FISH, LUA, TIDY, SQLINT, PHPMD, POWERSHELL, PROTOLINT, BUF, SYSTEMD_ANALYZE),
    *(DESKTOP_FILE_VALIDATE, MDL, TYPOS, MISSPELL, DOTENV_LINTER, TFSEC, EXUNIT),
)
