"""``spotbugs`` and ``findbugs``: text, and what Maven and Gradle say.

Source: spotbugs/spotbugs, TextUICommandLine and PrintingBugReporter.java;
spotbugs/spotbugs-maven-plugin, SpotbugsViolationCheckMojo.groovy.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_KINDS = ("java", "kt", "scala", "groovy")
_FILE = rf"(?P<file>[\w$./-]+\.(?:{'|'.join(_KINDS)})):\[lines? (?P<line>\d+)(?:-\d+)?\]"
_LINES = tuple(f".{kind}:[line" for kind in _KINDS)

GRAMMAR = Grammar(
    name="spotbugs",
    kind="linter",
    aliases=("findbugs",),
    at_once=False,
    closes=False,
    severities={
        "h": "errors",
        "high": "errors",
        "m": "warnings",
        "medium": "warnings",
        "l": "warnings",
        "low": "warnings",
    },
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_LINES,
            pattern=Pattern(
                r"(?P<severity>[HML]) [A-Z] (?P<code>[A-Za-z_0-9]{2,60}): (?P<message>.*?)  "
                rf"(?:At|In) {_FILE}"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=_LINES,
            pattern=Pattern(
                r"\[(?:ERROR|WARNING|INFO)\] (?P<severity>High|Medium|Low): (?P<message>.*?)"
                rf" \[[\w.$, ]+\] ?(?:[A-Z][a-z ]+ )?(?:At|In|at|in) {_FILE}"
                r".*? (?P<code>[A-Z][A-Z0-9_]+)\s*$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Warnings generated: 0",
            pattern=Pattern(r"\s*(?:\[\w+\] )?Warnings generated: (?P<warnings>\d+)$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="[INFO] Total bugs: 0",
            pattern=Pattern(r"\[INFO\] Total bugs: 0$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="[INFO] Total bugs: 0",
            pattern=Pattern(r"\[INFO\] Total bugs: (?P<warnings>\d+)$"),
        ),
        Rule(
            does=Does.GREEN,
            literal="[INFO] No errors/warnings found",
            pattern=Pattern(r"\[INFO\] No errors/warnings found"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="SpotBugs violations were found",
            pattern=Pattern(r"(?P<warnings>\d+) SpotBugs violations were found"),
        ),
    ),
)
