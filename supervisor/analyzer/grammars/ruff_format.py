"""``ruff format``: files that it would reformat, those that it cannot read, and the counts.

Source: astral-sh/ruff, crates/ruff/src/commands/format.rs.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"
_PLACE = r":(?P<line>\d+):(?P<column>\d+)"
_COUNT = r"\d+ files? (?:(?:would be )?reformatted|left unchanged|already formatted)"
_WORDS = {
    "would be reformatted": "errors",
    "reformatted": "reformatted",
    "left unchanged": "unchanged",
    "already formatted": "unchanged",
}

GRAMMAR = Grammar(
    name="ruff-format",
    kind="formatter",
    noun="unformatted files",
    aliases=("ruff format",),
    fix="ruff format",
    words={f"{noun} {word}": key for word, key in _WORDS.items() for noun in ("file", "files")},
    rules=(
        Rule(
            does=Does.FINDING,
            literal="Would reformat: ",
            pattern=Pattern(r"(?P<message>Would reformat): (?P<file>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=Pattern(rf"\s*--> {_FILE}{_PLACE}$"),
            before=Pattern(r"unformatted: (?P<message>File would be reformatted)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="unformatted: File would be",
            pattern=Pattern(
                rf"{_FILE}{_PLACE}: unformatted: (?P<message>File would be reformatted)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("error: Failed to parse ", "error: Failed to format "),
            pattern=Pattern(
                rf"error: (?P<message>Failed to (?:parse {_FILE}{_PLACE}: |format [^\s`][^:]*: ).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=Pattern(rf"\s*--> {_FILE}{_PLACE}$"),
            before=Pattern(r"(?P<code>invalid-syntax): (?P<message>.+)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="invalid-syntax: ",
            pattern=Pattern(rf"{_FILE}{_PLACE}: (?P<code>invalid-syntax): (?P<message>.+)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(
                r"  +(?P<line>\d+):(?P<column>\d+) +(?:unformatted|(?P<code>invalid-syntax)): "
                r"(?P<message>.+)"
            ),
            opens=False,
        ),
        Rule(does=Does.FILE, pattern=Pattern(r"(?P<file>\S+\.\w+):$"), opens=False),
        Rule(
            does=Does.TRAILER,
            literal=("0 file would be reformatted", "0 files would be reformatted"),
            pattern=Pattern(
                r"(?=(?P<safe>\d+) files? would be reformatted)"
                rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("left unchanged", "already formatted", "0 file reformatted", "0 files reform"),
            pattern=Pattern(rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)$"),
        ),
    ),
)
