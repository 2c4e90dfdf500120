"""``scalastyle``: the command line and the sbt plug-in, which leaves the findings to sbt's log.

Source: scalastyle/scalastyle, Output.scala (TextOutput) and Main.scala; scalastyle-sbt-plugin,
ScalastylePlugin.scala.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_SBT = r"\[(?:error|warn|info)\] scalastyle "

GRAMMAR = Grammar(
    name="scalastyle",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("error file=", "warning file=", "info file="),
            pattern=Pattern(
                r"(?:\[\w+\] )?(?P<severity>error|warning|info) file=(?P<file>.+?) message="
                r"(?:(?P<message>.*) line=(?P<line>\d+)(?: column=(?P<column>\d+))?"
                r"|(?P<remark>.*))$"
            ),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="scalastyle Found 0 errors",
            pattern=Pattern(rf"{_SBT}Found (?P<errors>\d+) errors$"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("Found 0 errors", "Found 0 warnings"),
            pattern=Pattern(
                rf"(?:{_SBT})?Found (?:(?P<errors>\d+) errors|(?P<warnings>\d+) warnings)$"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="Finished in 0 ms",
            pattern=Pattern(rf"(?:{_SBT})?Finished in \d+ ms"),
            opens=False,
        ),
    ),
)
