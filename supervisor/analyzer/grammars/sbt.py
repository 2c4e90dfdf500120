"""``sbt``: its log's levels in front of the compiler's findings and of the frameworks' counts.

Source: sbt/sbt, internal/inc/ManagedLoggedReporter.scala, TestResultLogger.scala and
main/EvaluateTask.scala; the compilers' lines as in scalac.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.scalac import COUNT
from supervisor.analyzer.pattern import Pattern

_LEVEL = r"\[(?P<severity>error|warn)\] "
_FILE = r"(?P<file>(?:[A-Za-z]:)?[^\s:\[][^:\[]*\.(?:scala|sc|sbt|java|scala\.\w+))"
_COUNTS = (
    r"Total (?P<total>\d+), Failed (?P<failed>\d+), Errors (?P<errors>\d+), Passed (?P<passed>\d+)"
    r"(?:, Skipped (?P<skipped>\d+))?(?:, Ignored (?P<ignored>\d+))?"
    r"(?:, Canceled (?P<canceled>\d+))?(?:, Pending (?P<pending>\d+))?"
)

GRAMMAR = Grammar(
    name="sbt",
    kind="build",
    at_once=False,
    urgent=Pattern("E006|E008"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".scala:0", ".sbt:0", ".java:0", ".html:0", ".sc:0"),
            pattern=Pattern(
                rf"{_LEVEL}{_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".scala:0:0 -",
            pattern=Pattern(
                rf"{_LEVEL}-- (?:\[(?P<code>E\d+)\] )?(?P<message>[A-Z][\w ]*):"
                rf" {_FILE}:(?P<line>\d+):(?P<column>\d+)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="*** FAILED ***",
            pattern=Pattern(r"\[info\] +(?:- )?(?P<message>\S.*?) \*\*\* FAILED \*\*\*"),
            counts_as="failed",
            kind="tests",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=": Total 0, Failed 0, Errors 0, ",
            pattern=Pattern(rf"\[(?:info|error)\] (?:Passed|Failed|Error): (?:: )?{_COUNTS}"),
            kind="tests",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("error found", "errors found"),
            pattern=Pattern(rf"\[error\] (?P<errors>{COUNT}) errors? found"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("warning found", "warnings found"),
            pattern=Pattern(rf"\[warn\] (?P<warnings>{COUNT}) warnings? found"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=(
                *(
                    "[error] Not a valid command: ",
                    "[error] Not a valid key: ",
                    "ResolveException: ",
                ),
                *("[error] (update)", "LoadFailedException", "coursier.error.Resolution"),
            ),
            pattern=Pattern(
                r"\[error\] (?P<message>Not a valid (?:command|key): .*|\(.*update\) .*"
                r"|.*(?:ResolveException|LoadFailedException|coursier\.error\.\w+): .*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="[success] Total time: ",
            pattern=Pattern(r"\[success\] Total time: .*"),
        ),
        Rule(
            does=Does.RED,
            literal="[error] Total time: ",
            pattern=Pattern(r"\[error\] Total time: .*"),
        ),
    ),
)
