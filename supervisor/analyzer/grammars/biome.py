"""``biome``: check, lint, format and ci, in the default format and in its summary.

Source: biomejs/biome, crates/biome_console, biome_diagnostics and biome_cli/src/reporter.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_CATEGORY = r"(?P<code>[a-z][A-Za-z0-9]*(?:/[A-Za-z0-9_-]+)*)"
_TAGS = r"(?:  [A-Z]+(?: +[A-Z]+)* )?"
_RULE = r" +\u2501{2,}$"
# Glyphs without colours, and with them.
_SAID = Pattern(r"\s+(?P<severity>[×✖!\u26a0i\u2139]) (?P<message>.*)")
_FOUND = r"Found (?P<{0}>[\d,]+) {1}s?\.$"

GRAMMAR = Grammar(
    name="biome",
    kind="linter",
    aliases=("rome",),
    severities={
        "×": "errors",
        "✖": "errors",
        "!": "warnings",
        "\u26a0": "warnings",
        "i": "notes",
        "\u2139": "notes",
    },
    urgent=Pattern(
        r"parse|lint/correctness/(?:noUndeclared\w+|noUnresolvedImports|noConstAssign"
        r"|noInvalidConstructorSuper|noUnreachableSuper)|internalError/\w+"
    ),
    rules=(
        Rule(  # The last block says that there were errors before.
            does=Does.RED,
            literal=("check \u2501", "ci \u2501", "lint \u2501", "format \u2501"),
            pattern=Pattern(r"(?:check|ci|lint|format|search)" + _RULE),
        ),
        Rule(
            does=Does.TAIL,
            literal=("verbose", "reporter/", "configuration \u2501", "migrate \u2501"),
            pattern=Pattern(
                r"(?:\s*VERBOSE|reporter/\w+|configuration|migrate|init)\s+\u2501{2,}$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="\u2501\u2501\u2501",
            pattern=Pattern(
                r"(?P<file>[^\s:|\u2501](?:[^:|\u2501]|:(?=[\\/]))*?)"
                rf"(?::(?P<line>\d+):(?P<column>\d+))? {_CATEGORY}{_TAGS}{_RULE}"
            ),
            continues=_SAID,
            gaps=1,
        ),
        Rule(
            does=Does.FINDING,
            literal="\u2501\u2501\u2501",
            pattern=Pattern(rf"(?P<code>(?:internalError|flags|plugin|project)/\w+){_TAGS}{_RULE}"),
            continues=_SAID,
            gaps=1,
        ),
        Rule(
            does=Does.BROKEN,
            literal="Biome exited because",
            pattern=Pattern(r"\s+[×✖] (?P<message>Biome exited because .*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="No files were processed",
            pattern=Pattern(r"\s+[×✖] (?P<message>No files were processed .*)"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("Checked 0 files in 0", "Checked 0 file in 0", "Formatted 0 file"),
            pattern=Pattern(
                r"(?:Checked|Formatted) (?P<checked>[1-9][\d,]*) files? in [\d.]+ ?[mnµ]?s\."
                r"(?: (?:No fixes applied|Fixed (?P<fixed>[\d,]+) files?)\.)?(?: Skipped .*)?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors"),
            pattern=Pattern(_FOUND.format("errors", "error")),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 warning", "found 0 warnings"),
            pattern=Pattern(_FOUND.format("warnings", "warning")),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 info", "found 0 infos"),
            pattern=Pattern(_FOUND.format("notes", "info")),
            opens=False,
        ),
    ),
)
