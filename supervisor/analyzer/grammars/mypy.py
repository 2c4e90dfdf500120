"""``mypy``: one line for each error and note, and a trailer unless it was switched off.

Source: python/mypy, mypy/util.py (FancyFormatter) and mypy/errors.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PLACE = (
    r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*\.(?:pyi?|ipynb)(?::cell_\d+)?"
    r"|<string>|\.?(?:mypy|setup|pyproject)\.(?:ini|cfg|toml))"
    r":(?P<line>\d+)(?::(?P<column>\d+))?(?::\d+:\d+)?: "
)
# A lazy match before an optional code would take seven times as long.
_SAID = r"(?:(?P<message>.*)  \[(?P<code>[a-z][a-z0-9-]*)\]|(?P<remark>.*))$"

GRAMMAR = Grammar(
    name="mypy",
    kind="types",
    aliases=("dmypy",),
    at_once=False,  # It writes its cache between the findings and the trailer.
    urgent=Pattern(r"syntax|name-defined|import(?:-not-found)?|used-before-def"),
    rules=(
        Rule(
            does=Does.BROKEN,
            literal="error: INTERNAL ERROR",
            pattern=Pattern(r"(?:\S.*[\]:] )?error: (?P<message>INTERNAL ERROR.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=":0: error: ",
            pattern=Pattern(rf"{_PLACE}(?P<severity>error): {_SAID}"),
            continues=Pattern(r"(?:.*\s)?\[(?P<code>[a-z][a-z0-9-]*)\]\s*$"),  # --pretty wraps
        ),
        Rule(
            does=Does.FINDING,
            literal=":0: warning: ",
            pattern=Pattern(rf"{_PLACE}(?P<severity>warning): {_SAID}"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=":0: note: ",
            pattern=Pattern(rf"{_PLACE}(?P<severity>note): {_SAID}"),
            opens=False,
        ),
        Rule(
            does=Does.TAIL,
            literal=(": note: in ", ": note: at top"),
            pattern=Pattern(r"\S.*\.pyi?: note: (?:In |At top level)"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=": error: ",
            pattern=Pattern(
                r"(?:mypy|dmypy|mypy\.ini|setup\.cfg|pyproject\.toml|(?P<file>\S+\.pyi?)):"
                r" error: (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="mypy: ",
            pattern=Pattern(r"mypy: (?P<message>can't (?:read|find|decode).*)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("mypy-daemon: error: ", "Can't find package '", "There are no .py[i] files"),
            pattern=Pattern(
                r"(?:mypy-daemon: error: )?(?P<message>(?<=: ).+"
                r"|Can't find package '.*'|There are no \.py\[i\] files .*)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("error in 0", "errors in 0"),
            pattern=Pattern(
                r"Found (?P<errors>\d+) errors? in (?P<files>\d+) (?:source )?files?"
                r" \((?:checked (?P<checked>\d+) source files?"
                r"|errors prevented further checking)\)$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="Success: no issues found",
            pattern=Pattern(r"Success: no issues found in (?P<checked>\d+) source files?$"),
        ),
    ),
)
