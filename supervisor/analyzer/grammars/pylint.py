"""``pylint``: the text, parseable and msvs formats of all releases, and the rating below.

Source: pylint-dev/pylint, pylint/reporters/text.py and pylint/lint/pylinter.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"
_CODE = r"(?=(?P<severity>[CEFIRW]))(?P<code>[CEFIRW]\d{4})"
_SURE = r"(?=[^\[]*(?:\.pyi?:|\[[A-Z]\d+[(,]))"  # Others have such codes for other languages.
_SYMBOL = r"\([a-z][a-z0-9-]*\)"

GRAMMAR = Grammar(
    name="pylint",
    kind="linter",
    strict=True,
    urgent=Pattern(r"E000[1-3]|E0[46]\d\d|E1101|F\d{4}"),
    severities={"c": "warnings", "r": "warnings", "i": "notes"},
    rules=(
        Rule(
            does=Does.FILE,
            literal="************* Module ",
            pattern=Pattern(r"\*{13} Module (?P<file>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f": {letter}0" for letter in "CEFIRW"),
            pattern=Pattern(
                rf"{_FILE}:(?P<line>\d+):(?P<column>-?\d+): {_CODE}"
                rf"(?:: (?P<message>.+) {_SYMBOL}| {_SYMBOL} (?P<remark>.+))$"
            ),
        ),
        Rule(  # --output-format=parseable
            does=Does.FINDING,
            literal=tuple(f": [{letter}0" for letter in "CEFIRW"),
            pattern=Pattern(
                rf"{_SURE}{_FILE}:(?P<line>\d+)(?::-?\d+)?: \[{_CODE}[^\]]*\] (?P<message>\S.*)"
            ),
        ),
        Rule(  # --output-format=msvs
            does=Does.FINDING,
            literal=tuple(f": [{letter}0" for letter in "CEFIRW"),
            pattern=Pattern(
                r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:(][^:(]*)\((?P<line>\d+)\): "
                rf"\[{_CODE}[^\]]*\] (?P<message>\S.*)"
            ),
        ),
        Rule(  # The parseable format of the first releases names the category only.
            does=Does.FINDING,
            literal=tuple(f": [{letter}{end}" for letter in "CEFIRW" for end in "],"),
            pattern=Pattern(
                rf"{_FILE}:(?P<line>\d+): \[(?P<severity>[CEFIRW])(?:, [^\]]*)?\] (?P<message>\S.*)"
            ),
        ),
        Rule(  # Below the module's name, before there were paths.
            does=Does.FINDING,
            pattern=Pattern(
                r"(?P<severity>[CEFIRW])(?P<code>\d{4})?: *(?P<line>\d+)(?:, ?(?P<column>\d+))?: "
                rf"(?:(?P<message>.+) {_SYMBOL}|(?P<remark>.+))$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="Your code has been rated at ",
            pattern=Pattern(r"Your code has been (?P<remark>rated at 10\.00/10)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Your code has been rated at ",
            pattern=Pattern(r"Your code has been (?P<remark>rated at -?[\d.]+/10)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="pylint: error: ",
            pattern=Pattern(r"pylint: error: (?P<message>.+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="No files to lint: exiting",
            pattern=Pattern(r"(?P<message>No files to lint): exiting"),
        ),
    ),
)
