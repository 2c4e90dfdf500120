"""``scalac``: Scala 2 and 3, alone and as Maven's plug-in prints it; sbt has its own levels.

Source: scala/scala, reporters/PrintReporter.scala and internal/util/StringOps.scala
(countElementsAsString); scala/scala3, reporting/MessageRendering.scala.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen)"
FILE = r"(?P<file>(?:[A-Za-z]:)?[^\s:\[][^:\[]*\.(?:scala|sc))"
_MAVEN = r"(?:\[(?P<level>ERROR|WARNING|INFO)\] )?"

GRAMMAR = Grammar(
    name="scalac",
    kind="build",
    at_once=False,
    closes=False,
    urgent=Pattern("E006|E007|E008|E040"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(".scala:0: error: ", ".scala:0: warning: ", ".sc:0: error: "),
            pattern=Pattern(
                rf"{_MAVEN}{FILE}:(?P<line>\d+): (?P<severity>error|warning): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".scala:0:0: error: ", ".scala:0:0: warning: "),
            pattern=Pattern(
                rf"{_MAVEN}{FILE}:(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning): "
                r"(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".scala:0: ",
            pattern=Pattern(
                rf"\s*\[(?P<severity>ERROR|WARNING)\] {FILE}:(?P<line>\d+): (?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".scala:0:0 -",
            pattern=Pattern(
                r"-- (?:\[(?P<code>E\d+)\] )?(?=[\w ]*?(?P<severity>Error|Warning):)"
                rf"(?P<message>[A-Z][\w ]*): {FILE}:(?P<line>\d+):(?P<column>\d+) -"
            ),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("0 error", "error found", "errors found"),
            pattern=Pattern(rf"(?:\[ERROR\] )?(?P<errors>{COUNT}) errors?(?: found)?\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.CLEAN,
            literal=("0 warning", "warning found", "warnings found"),
            pattern=Pattern(rf"(?:\[WARNING\] )?(?P<warnings>{COUNT}) warnings?(?: found)?\s*$"),
            opens=False,
        ),
    ),
)
