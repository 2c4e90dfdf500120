"""``prettier``: ``--check``, and what it cannot read.

Source: prettier/prettier, src/cli/format.js.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PATH = r"(?P<file>(?:(?=\S[^\\/]*[\\/])\S.*|[^\s\\/]*)\.\w+)"

GRAMMAR = Grammar(
    name="prettier",
    kind="formatter",
    fix="prettier --write .",
    rules=(
        Rule(
            does=Does.START,
            literal="Checking formatting",
            pattern=Pattern(r"Checking formatting\.\.\.$"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="[error] ",
            pattern=Pattern(
                r"\[error\] (?P<message>No (?:files matching|parser|supported files|matching files)"
                r".*|Invalid (?:configuration|option).*|Couldn.t (?:resolve|find).*"
                r"|Cannot find (?:package|module).*|Explicitly specified .*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="[error] ",
            pattern=Pattern(
                rf"\[error\] {_PATH}: (?P<code>\w*Error): (?P<message>.*?)"
                r"(?: \((?P<line>\d+):(?P<column>\d+)\))?$"
            ),
        ),
        Rule(does=Does.TAIL, literal="[error] ", pattern=Pattern(r"\[error\] "), opens=False),
        Rule(
            does=Does.TRAILER,
            literal="Code style issues found in 0 files",
            pattern=Pattern(
                r"\[warn\] Code style issues found in (?=(?P<safe>\d+))(?P<errors>\d+) files"
            ),
        ),
        Rule(
            does=Does.RED,
            literal="Code style issues found in the above",
            pattern=Pattern(r"\[warn\] Code style issues found in the above file"),
        ),
        Rule(
            does=Does.RED,
            literal="Error occurred when checking code style",
            pattern=Pattern(r"Error occurred when checking code style in "),
        ),
        Rule(
            does=Does.GREEN,
            literal="All matched files use Prettier",
            pattern=Pattern(r"All matched files use Prettier code style!$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="[warn] ",
            pattern=Pattern(rf"\[warn\] {_PATH}$"),
            counts_as="errors",
        ),
        Rule(does=Does.TAIL, literal="[warn] ", pattern=Pattern(r"\[warn\] "), opens=False),
    ),
)
