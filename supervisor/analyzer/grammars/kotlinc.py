"""``kotlinc``: alone, and as Gradle's and Maven's plug-ins print its messages.

Source: JetBrains/kotlin, compiler/cli MessageRenderer.java (plain and Gradle styles) and
libraries/tools/kotlin-maven-plugin, MavenPluginLogMessageCollector.kt.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?:file://)?(?P<file>(?:/?[A-Za-z]:)?[^\s:\[(][^:\[(]*\.kts?)"
_LINE = r":(?P<line>\d+):(?P<column>\d+):?"
_OLD_LINE = r": ?[(\[](?P<line>\d+), ?(?P<column>\d+)[)\]]:?"
_SAID = r"(?:(?:error|warning): )?(?:\[(?P<code>[A-Z][A-Z_0-9]+)\] )?(?P<message>\S.*)"
_MARKS = (".kt:0:0", ".kts:0:0", ".kt: (0", ".kts: (0", ".kt: [0", ".kt:[0", ".kts: [0")

GRAMMAR = Grammar(
    name="kotlinc",
    kind="build",
    distinct=True,
    at_once=False,
    closes=False,
    severities={"e": "errors", "w": "warnings", "i": "notes"},
    urgent=Pattern(r"UNRESOLVED_\w+|SYNTAX"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_MARKS,
            pattern=Pattern(rf"(?P<severity>[ewi]): {_FILE}{_LINE} {_SAID}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_MARKS,
            pattern=Pattern(rf"(?P<severity>[ewi]): {_FILE}{_OLD_LINE} {_SAID}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_MARKS,
            pattern=Pattern(rf"\s*\[(?P<severity>ERROR|WARNING)\] {_FILE}{_OLD_LINE} {_SAID}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_MARKS,
            pattern=Pattern(rf"\s*\[(?P<severity>ERROR|WARNING)\] {_FILE}{_LINE} {_SAID}"),
        ),
        Rule(
            does=Does.FINDING,
            literal=_MARKS,
            pattern=Pattern(
                rf"{_FILE}:(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning): "
                r"(?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("e: java.lang.", "e: org.jetbrains.kotlin."),
            pattern=Pattern(r"e: (?P<message>(?:java\.lang|org\.jetbrains\.kotlin)\.\S+.*)"),
        ),
        Rule(  # On the compiler's own arguments.
            does=Does.FINDING,
            literal=("error: ", "e: "),
            pattern=Pattern(r"(?:e|(?P<severity>error)): (?P<message>\S.*)"),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"(?:w|warning): \S"), opens=False),
    ),
)
