"""``javadoc``: the doclet's warnings and doclint's, alone, behind Ant's task name and in Maven.

Doclint's lines have javac's form; its messages tell them apart. Source: openjdk/jdk,
jdk.javadoc doclets/.../standard.properties, jdk.compiler/.../doclint.properties.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FRONT = r"\s*(?:\[(?:INFO|WARNING|ERROR|WARN)\] (?:Exit code: \d+ - )?|\[javadoc\] +)?"
_MAVEN = r"\s*\[(?P<level>INFO|WARNING|ERROR|WARN)\] (?:Exit code: \d+ - )?"
_FILE = r"(?P<file>(?:/?[A-Za-z]:)?[^\s:\[(][^:\[(]*\.(?:java|html))"
_KEY = r"(?:\[(?P<code>[a-z][\w-]*)\] )?"
_DOCLINT = (
    r"no (?:main description|comment|@param|@return|@throws|summary or caption)\b"
    r"|no description for|use of default constructor|malformed HTML|bad HTML entity"
    r"|unexpected (?:end tag|text)"
    r"|unknown tag|reference not found|invalid (?:use of|uri|end tag)|unterminated inline tag"
    r"|self-closing element|element not (?:closed|allowed)|tag not allowed|bad use of '>'"
    r"|empty <|exception not thrown|@\w+ (?:\S+ )?(?:name not found|has already been specified|tag)"
    r"|attribute (?:not supported|obsolete|\S+ not)|header used out of sequence|unknown element"
    r"|nested (?:tag|link)|heading used out|semicolon missing|@param \S+ has already"
    r"|unexpected heading|text not allowed|anchor already|type arguments not allowed"
)

GRAMMAR = Grammar(
    name="javadoc",
    kind="linter",
    distinct=True,  # Maven generates for a project and again for all; enum constants share a line.
    at_once=False,
    closes=False,
    urgent=Pattern("reference"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(": warning - ", ":warning - ", ": error - "),
            pattern=Pattern(
                rf"{_FRONT}{_FILE}:(?P<line>\d+): ?(?P<severity>warning|error) - (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("javadoc: warning - ", "javadoc: error - "),
            pattern=Pattern(rf"{_FRONT}javadoc: (?P<severity>warning|error) - (?P<message>.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=".java:0: ",
            pattern=Pattern(
                rf"(?:{_MAVEN}|\s*\[javadoc\] +)"
                rf"{_FILE}:(?P<line>\d+): ?(?P<severity>warning|error): {_KEY}(?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".java:0: ",
            pattern=Pattern(
                rf"{_FILE}:(?P<line>\d+): (?P<severity>warning|error): {_KEY}"
                rf"(?P<message>(?:{_DOCLINT}).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=("warning - ", "error - "),
            pattern=Pattern(
                r"\s*(?:\[javadoc\] +)?(?P<severity>warning|error) - (?P<message>\S.*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.START,
            literal=("Constructing Javadoc information", "Loading source file"),
            pattern=Pattern(
                rf"{_FRONT}(?:Constructing Javadoc information|Loading source files? )"
            ),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("0 error", "0 errors"),
            pattern=Pattern(rf"{_FRONT}(?P<errors>\d+) errors?\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.CLEAN,
            literal=("0 warning", "0 warnings"),
            pattern=Pattern(rf"{_FRONT}(?P<warnings>\d+) warnings?\s*$"),
            opens=False,
        ),
    ),
)
