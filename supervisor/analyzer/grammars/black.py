"""``black``: the files that it would reformat, those that it cannot read, and the count of both.

Source: psf/black, src/black/report.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_COUNT = (
    r"\d+ files? (?:(?:would be )?(?:reformatted|left unchanged)"
    r"|(?:failed|would fail) to reformat)"
)
_WORDS = {
    "would be reformatted": "errors",
    "would fail to reformat": "errors",
    "failed to reformat": "errors",
    "would be left unchanged": "unchanged",
    "left unchanged": "unchanged",
    "reformatted": "reformatted",
}

GRAMMAR = Grammar(
    name="black",
    kind="formatter",
    noun="unformatted files",
    fix="black .",
    words={f"{noun} {word}": key for word, key in _WORDS.items() for noun in ("file", "files")},
    rules=(
        Rule(
            does=Does.FINDING,
            literal="would reformat ",
            pattern=Pattern(r"(?P<message>would reformat) (?P<file>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="error: cannot format ",
            pattern=Pattern(
                r"error: cannot format (?P<file>(?:[A-Za-z]:)?[^:]+): (?P<message>"
                r"(?:Cannot parse|cannot use)[^:]*: (?P<line>\d+):(?P<column>\d+).*|.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="error: cannot parse: ",
            pattern=Pattern(
                r"error: (?P<message>cannot parse): (?P<file>(?:[A-Za-z]:)?[^:]+)"
                r":(?P<line>\d+):(?P<column>\d+)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 file would be reformatted", "0 files would be reformatted"),
            pattern=Pattern(
                r"(?=(?P<safe>\d+) files? would be reformatted)"
                rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)\.$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("fail to reformat.", "failed to reformat."),
            pattern=Pattern(rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)(?<=to reformat)\.$"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("left unchanged.", "0 file reformatted.", "0 files reformatted."),
            pattern=Pattern(rf"(?P<counts>{_COUNT}(?:, {_COUNT})*)\.$"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("reformatted ", "All done! ", "Oh no! "),
            pattern=Pattern(r"reformatted \S|All done! \S|Oh no! \S"),
            opens=False,
        ),
    ),
)
