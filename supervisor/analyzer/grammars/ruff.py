"""``ruff check``: concise, full, grouped and ``--statistics`` output.

Source: astral-sh/ruff, crates/ruff/src/printer.rs and the snapshots of its CLI tests.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_CODE = r"(?:(?P<code>[A-Z]{1,6}\d{3,4})|(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)+))"
_FIX = r"(?:\[[*\- ]\] )?"
_FLAKE8 = r"SyntaxError: invalid syntax|(?:Indentation|Token|Tab|FileNotFound|IO|Unicode\w*)Error"
_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"
_PLACE = r":(?P<line>\d+):(?P<column>\d+)"

GRAMMAR = Grammar(
    name="ruff",
    kind="linter",
    fix="ruff check --fix",
    urgent=Pattern(
        r"F82[123]|F70\d|F63[1-4]|E9\d\d|PLE\d+|undefined-(?:name|local|export)|invalid-syntax"
    ),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=Pattern(rf"\s*--> {_FILE}{_PLACE}$"),
            before=Pattern(rf"(?:{_CODE}:?|(?P<syntax>invalid-syntax):) {_FIX}(?P<message>\S.*)"),
        ),
        Rule(  # A message that begins in lower case is flake8's wording of the same code.
            does=Does.FINDING,
            literal=":0:0: ",
            pattern=Pattern(
                rf"{_FILE}{_PLACE}: {_CODE}:? {_FIX}(?!{_FLAKE8})(?P<message>[A-Z`\[].*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=":0:0: ",
            pattern=Pattern(
                rf"{_FILE}{_PLACE}: (?P<name>invalid-syntax|SyntaxError): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(
                r"  +(?P<line>\d+):(?P<column>\d+) +"
                rf"(?:{_CODE}|(?P<syntax>invalid-syntax)):? {_FIX}(?P<message>\S.*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            pattern=Pattern(
                r"\s*(?P<times>\d+)\t(?:<[^>]*>)?(?P<code>[A-Z]+\d+|)(?:</?[^>]*>)?\s*\t"
                r"(?:\[[*\- ]\] |\s*)(?P<rule>[a-z][\w-]*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FILE,
            pattern=Pattern(r"(?P<file>\S+\.(?:pyi?|ipynb|toml)):$"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal=" remaining).",
            pattern=Pattern(
                r"Found \d+ errors? \((?P<fixed>\d+) fixed, (?P<errors>\d+) remaining\)\.$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors."),
            pattern=Pattern(r"Found (?P<errors>\d+) errors?\.$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Would fix ",
            pattern=Pattern(r"Would fix (?P<errors>\d+) errors?\.?"),
        ),
        Rule(  # ruff format closes with it, even where it could not read a file.
            does=Does.TRAILER,
            literal=("already formatted", "left unchanged", "would be reformatted"),
            pattern=Pattern(
                r"\d+ files? (?:already formatted|left unchanged|would be reformatted)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="All checks passed!",
            pattern=Pattern(r"All checks passed!$"),
        ),
        Rule(
            does=Does.FIXABLE,
            literal=" fixable with ",
            pattern=Pattern(
                r"\[\*\] (?P<safe>\d+) (?:potentially )?fixable with (?:the )?`?--fix`?(?: option)?"
                r"(?: \((?P<unsafe>\d+) (?:hidden|unsafe) fix)?"
            ),
            opens=False,
        ),
        Rule(
            does=Does.FIXABLE,
            literal="No fixes available",
            pattern=Pattern(r"No fixes available \((?P<unsafe>\d+) (?:hidden|unsafe) fix"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="ruff failed",
            pattern=Pattern(r"(?:error: )?(?P<message>ruff failed)$"),
        ),
        Rule(
            does=Does.TAIL,
            literal="warning: ",
            pattern=Pattern(
                r"warning: (?:`|Rule |Unknown rule|The top-level|Invalid `|No Python|Failed to"
                r"|Encountered|Detected|Selection|The following)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TAIL,
            pattern=Pattern(r"  - '[\w.-]+' -> '"),
            opens=False,
        ),
    ),
)
