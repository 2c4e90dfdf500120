"""``yarn``, classic and berry, and ``pnpm``: why they gave up, and that a script failed.

Source: yarnpkg/yarn, src/reporters/console; yarnpkg/berry, packages/yarnpkg-core/sources
(MessageName, StreamReport); pnpm/pnpm, packages/default-reporter/src/reportError.ts.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_WARNINGS = (
    "0002 0003 0005 0006 0007 0008 0013 0014 0019 0025 0032 0042 0050 0051 0057 0058 0060 0061"
    " 0062 0066 0068 0069 0070 0071 0072 0073 0074 0076 0085 0086 0087 0088"
)
"""Codes of berry's messages that are notes or warnings."""
_GUTTER = r"[\u27a4>] "

YARN = Grammar(
    name="yarn",
    kind="packages",
    wraps=True,
    aliases=("yarnpkg",),
    urgent=Pattern(r"YN0028|YN0035|YN0082"),
    rules=(
        Rule(
            does=Does.START,
            literal=("yarn install v0", "yarn add v0", "yarn remove v0", "yarn upgrade v0"),
            pattern=Pattern(r"yarn (?:install|add|remove|upgrade) v\d+\.\d+\.\d+$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="Done in 0",
            pattern=Pattern(r"(?:\W+)?Done in [\d.]+s\.$"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="error SyntaxError: ",
            pattern=Pattern(r"error (?P<message>SyntaxError: \S*package\.json: .*)"),
        ),
        Rule(
            does=Does.RED,
            literal="error Command failed with exit code",
            pattern=Pattern(r"error (?P<message>Command failed with exit code \d+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("error Couldn't find", "error An unexpected error", "error Your lockfile"),
                *("error Received malformed", "error Integrity check", "error Failed to"),
                *("The engine ", "error Found incompatible", "error Incorrect integrity"),
            ),
            pattern=Pattern(
                r"error (?:\S[^\s@]*+@\S+: )?(?P<message>(?:Couldn't find|An unexpected error"
                r"|Your lockfile|Received malformed|Integrity check|Failed to|The engine \""
                r"|Found incompatible|Incorrect integrity).*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=" not found.",
            pattern=Pattern(r"error (?P<message>Command \"[^\"]+\" not found\.)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=": Command failed.",
            pattern=Pattern(r"error (?P<message>\S*node_modules\S*: Command failed\.)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="YN0000: ",
            pattern=Pattern(
                rf"{_GUTTER}(?P<code>YN(?!0000|{_WARNINGS.replace(' ', '|')})\d{{4}}): "
                r"(?:[│·└┌] )?(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.RED,
            literal="Failed with errors in",
            pattern=Pattern(rf"{_GUTTER}YN0000: (?:[│·└┌] )?(?P<message>Failed with errors)"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("YN0000: Done", "YN0000: · Done", "YN0000: └ Done"),
            pattern=Pattern(rf"{_GUTTER}YN0000: (?:[·] )?Done(?: with warnings)?(?: in |$)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Usage Error: ", "Internal Error: "),
            pattern=Pattern(r"(?P<message>(?:Usage|Internal) Error: .*)"),
        ),
    ),
)
PNPM = Grammar(
    name="pnpm",
    kind="packages",
    wraps=True,
    aliases=("pnpx",),
    urgent=Pattern(r"ERR_PNPM_(?:OUTDATED_LOCKFILE|NO_MATCHING_VERSION|FETCH_404)"),
    rules=(
        Rule(
            does=Does.RED,
            literal="elifecycle",
            pattern=Pattern(
                r"\W{0,3}ELIFECYCLE\W+(?P<message>(?:Command|Test) failed.*?)\.?(?: See above.*)?$"
            ),
        ),
        Rule(
            does=Does.RED,
            literal=("ERR_PNPM_RECURSIVE_RUN", "ERR_PNPM_RECURSIVE_EXEC"),
            pattern=Pattern(r"\W*ERR_PNPM_RECURSIVE_(?:RUN|EXEC)_FIRST_FAIL\W+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="err_pnpm_",
            pattern=Pattern(r"Error: (?P<code>ERR_PNPM_\w+)$"),
            continues=Pattern(
                r"\s+(?:×(?! (?:add|install|updat|remov)ing)|[├╰]─▶) (?P<message>\S.*)"
            ),
            gaps=1,
        ),
        Rule(
            does=Does.BROKEN,
            literal="err_pnpm_",
            pattern=Pattern(
                r"(?:\W++|ERROR(?=\]? ))*+(?P<code>ERR_PNPM_\w+)\]?\W\s*(?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="Done in 0",
            pattern=Pattern(r"Done in [\d.]+m?s using pnpm v\d"),
        ),
    ),
)
