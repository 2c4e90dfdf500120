"""``groovyc`` and ``groovy``: compilation errors of several lines, and the count.

Source: apache/groovy, MultipleCompilationErrorsException.java, ErrorCollector.java (write) and
SyntaxErrorMessage.java.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FRONT = r"\s*(?:\[(?:groovyc|ERROR)\] +)?"

GRAMMAR = Grammar(
    name="groovyc",
    kind="build",
    aliases=("groovy",),
    at_once=False,
    distinct=True,
    rules=(
        Rule(
            does=Does.START,
            literal="MultipleCompilationErrorsException: startup failed",
            pattern=Pattern(r".*MultipleCompilationErrorsException: startup failed:"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".groovy: 0: ", ".gradle: 0: ", ".gvy: 0: "),
            pattern=Pattern(
                rf"{_FRONT}(?P<file>(?:[A-Za-z]:)?[^\s:\[][^:]*\.(?:groovy|gradle|gvy|java)):"
                r" (?P<line>\d+):"
                r" (?:(?P<message>.*\S) *@ line \d+, column (?P<column>\d+)\.|(?P<remark>.*))$"
            ),
            continues=Pattern(rf"{_FRONT} ?@ line \d+, column (?P<column>\d+)\."),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 error", "0 errors"),
            pattern=Pattern(rf"{_FRONT}(?P<errors>\d+) errors?\s*$"),
            opens=False,
        ),
    ),
)
