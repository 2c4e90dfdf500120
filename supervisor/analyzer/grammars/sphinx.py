"""``sphinx-build`` and docutils: warnings with or without a place, and how the build ended.

Source: sphinx-doc/sphinx, sphinx/util/logging.py and sphinx/application.py; docutils,
docutils/utils/__init__.py (SystemMessage).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_PROGRESS = (
    r"(?:(?:checking consistency|reading sources|writing output)\.\.\. "
    r"(?:\[ *\d+%\] \S{1,60})?\s*)?"
)
_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"
_SEVERITY = r"(?P<severity>DEBUG|INFO|WARNING|ERROR|SEVERE|CRITICAL)"
_PLACE = rf"{_FILE}:(?:docstring of [^:]+:)?(?:(?P<line>\d+):)?"
_SAID = r"(?:(?P<message>.*\S) \[(?P<code>[a-z_]\w*(?:\.\w+)*)\]|(?P<remark>.*))$"
_STAGES = "Sphinx|Extension|Theme|Configuration|Application"
_SUFFIXES = (".rst:", ".md:", ".txt:", ".ipynb:", ":docstring of ")

GRAMMAR = Grammar(
    name="sphinx",
    kind="build",
    aliases=("sphinx-build", "docutils", "rst2html"),
    at_once=False,
    severities={"severe": "errors", "critical": "errors", "debug": "notes"},
    rules=(
        Rule(
            does=Does.START,
            literal="Running Sphinx v",
            pattern=Pattern(r"Running Sphinx v\d"),
        ),
        Rule(  # A traceback follows, up to the code or an empty line.
            does=Does.FINDING,
            literal="the following exception was raised",
            pattern=Pattern(
                rf"(?:{_PROGRESS}{_PLACE} )?(?P<severity>WARNING): "
                r"(?P<message>.*; the following exception was raised):$"
            ),
            continues=Pattern(r" \[(?P<code>[a-z_]\w*(?:\.\w+)*)\]$"),
            most_lines=200,
        ),
        Rule(
            does=Does.FINDING,
            literal=_SUFFIXES,
            pattern=Pattern(rf"{_PROGRESS}{_PLACE} {_SEVERITY}: {_SAID}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("(warning/0)", "(error/0)", "(severe/0)", "(info/0)"),
            pattern=Pattern(rf"{_FILE}:(?P<line>\d+): \({_SEVERITY}/\d\) (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(": WARNING: ", ": ERROR: ", ": CRITICAL: "),
            pattern=Pattern(rf"{_PROGRESS}{_PLACE} {_SEVERITY}: {_SAID}"),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal=("WARNING: ", "ERROR: ", "CRITICAL: "),
            pattern=Pattern(rf"{_SEVERITY}: {_SAID}"),
            opens=False,
        ),
        Rule(  # Before 8.1 --fail-on-warning stopped at the first.
            does=Does.FINDING,
            literal="Warning, treated as error:",
            pattern=Pattern(r"Warning, treated as error:$"),
            continues=Pattern(rf"(?:{_FILE}:(?:(?P<line>\d+):)? ?)?(?P<message>.+)"),
        ),
        Rule(  # -b linkcheck
            does=Does.FINDING,
            literal=(") broken    ", ") timeout   "),
            pattern=Pattern(
                r"\( *(?P<file>\S+): line +(?P<line>\d+)\) "
                r"(?P<code>broken|timeout) +(?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="build succeeded",
            pattern=Pattern(r"build succeeded(?:, (?P<warnings>\d+) warnings?)?\.$"),
        ),
        Rule(
            does=Does.RED,
            literal="build finished with problems",
            pattern=Pattern(
                r"build (?P<message>finished with problems)(?:, (?P<warnings>\d+) warnings?\b|\.$)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="sphinx.errors.",
            pattern=Pattern(r"\s*sphinx\.errors\.(?P<message>\w+: .+)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f"{kind} error:" for kind in _STAGES.split("|")),
            pattern=Pattern(rf"(?:{_STAGES}) error:$"),
            continues=Pattern(r"(?P<message>.+)"),
        ),
    ),
)
