"""``uv``: what it could not resolve, build or install. Success is told where argv names uv.

Source: astral-sh/uv, crates/uv/src/commands/diagnostics.rs and the errors of its crates.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_DID = (
    r"(?:Resolved|Prepared|Installed|Uninstalled|Audited|Checked|Downloaded|Built)"
    r" \d+ packages? in "
)
_ABOVE = Pattern(
    rf"{_DID}|Using (?:CPython|PyPy|GraalPy|Python) \d|Creating virtual environment |Building "
    r"|   Building |Activate with: "
)
_CAUSED = r"  (?:Caused by|cause): (?!Because )\S"
_BUILD = r"(?:build|download(?: and build)?|fetch|read|prepare|extract|inspect|query)"
_DO = (
    rf"{_BUILD}|install|uninstall|resolve|spawn|add dep|parse|generate|initialize|create|lock|sync"
    r"|locate|discover|unzip|determine|publish"
)
_SURE = (
    rf"Failed to (?:{_DO})\b(?! \S+:\d+:\d+: )",
    r"Distribution not found at: ",
    r"File not found: ",
    r"Couldn't parse requirement in ",
    r"The build backend returned an error",
    r"No interpreter found for ",
    r"No (?:virtual environment|download) found",
    r"Unable to find lockfile",
    r"Request failed after \d+ retr",
    r"Network connectivity is disabled",
    r"Hash(?: mismatch for |-checking is )",
    r"The (?:current Python|source distribution|wheel is invalid)\b",
    r"Could not connect, are you offline",
    r"Requirements contain conflicting",
    r"Git operation failed",
    r"Workspace member ",
    r"[A-Z][a-z][^`:]*`[^`]+`",
)

GRAMMAR = Grammar(
    name="uv",
    kind="packages",
    aliases=("uvx", "uv pip"),
    distinct=True,  # An error and its cause are two lines that both open an execution.
    rules=(
        Rule(
            does=Does.FINDING,
            literal="No solution found when resolving ",
            pattern=Pattern(r"(?:error:|  ×) (?P<code>No solution found) when resolving "),
            continues=Pattern(r"  (?:╰─▶|cause:|Caused by:) (?P<message>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="error: ",
            pattern=Pattern(rf"error: (?P<message>(?:{'|'.join(_SURE)}).*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="error: ",
            pattern=Pattern(r"error: (?P<message>\S.*)"),
            before=_ABOVE,
        ),
        Rule(
            does=Does.FINDING,
            literal="  × ",
            pattern=Pattern(rf"  × (?P<message>Failed to {_BUILD}\b.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("  Caused by: ", "  cause: "),
            pattern=Pattern(_CAUSED),
            before=Pattern(r"error: (?!No solution found )(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="The package `",
            pattern=Pattern(
                r"(?P<message>The package `.*` requires `.*`, but (?:`.*` is|it's not) installed)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="All installed packages are compatible",
            pattern=Pattern(r"All installed packages are compatible$"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("0 package in 0", "0 packages in 0"),
            pattern=Pattern(r"(?:Installed|Audited|Checked|Uninstalled) \d+ packages? in "),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="error: ",
            pattern=Pattern(
                r"error: (?P<message>(?:unexpected argument|unrecognized subcommand|invalid value"
                r"|the following required arguments|the argument ').*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="warning: ",
            pattern=Pattern(r"warning: (?P<message>[A-Z`].*)"),
            opens=False,
            counts_as="warnings",
        ),
        Rule(
            does=Does.TAIL,
            literal=("  Caused by: ", "  cause: ", "╰─▶ ", "├─▶ ", "hint: "),
            pattern=Pattern(rf"{_CAUSED}|\s*[╰├]─▶ (?!Because )|\s*hint: "),
            opens=False,
        ),
    ),
)
