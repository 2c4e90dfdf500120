"""``ruff format``: files that it would reformat, those that it cannot read, and the counts.

Source: astral-sh/ruff, crates/ruff/src/commands/format.rs.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule

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
            pattern=re.compile(r"(?P<message>Would reformat): (?P<file>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=re.compile(rf"\s*--> {_FILE}{_PLACE}$"),
            before=re.compile(r"unformatted: (?P<message>File would be reformatted)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="unformatted: File would be",
            pattern=re.compile(
                rf"{_FILE}{_PLACE}: unformatted: (?P<message>File would be reformatted)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("error: Failed to parse ", "error: Failed to format "),
            pattern=re.compile(
                rf"error: (?P<message>Failed to (?:parse {_FILE}{_PLACE}: |format [^\s`][^:]*: ).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=re.compile(rf"\s*--> {_FILE}{_PLACE}$"),
            before=re.compile(r"(?P<code>invalid-syntax): (?P<message>.+)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="invalid-syntax: ",
            pattern=re.compile(rf"{_FILE}{_PLACE}: (?P<code>invalid-syntax): (?P<message>.+)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            pattern=re.compile(
                r"  +(?P<line>\d+):(?P<column>\d+) +(?:unformatted|(?P<code>invalid-syntax)): "
                r"(?P<message>.+)"
            ),
            opens=False,
        ),
        Rule(does=Does.FILE, pattern=re.compile(r"(?P<file>\S+\.\w+):$"), opens=False),
        Rule(
            does=Does.TRAILER,
            literal=("0 file would be reformatted", "0 files would be reformatted"),
            pattern=re.compile(
                r"(?=(?P<safe>\d+) files? would be reformatted)"
                rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("left unchanged", "already formatted", "0 file reformatted", "0 files reform"),
            pattern=re.compile(rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)$"),
        ),
    ),
)
