"""``checkstyle``: its own log, and how Maven, Gradle and Ant show its findings.

Source: checkstyle/checkstyle, AuditEventDefaultFormatter.java and DefaultLogger.java;
apache/maven-checkstyle-plugin, CheckstyleViolationCheckMojo.java; gradle, CheckstyleInvoker.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_TASK = r"\s*(?:\[(?:ant:)?checkstyle\] )?"
_FILE = r"(?P<file>(?:/?[A-Za-z]:)?[^\s:\[][^:\[]*)"
_LEVEL = r"\[(?P<severity>ERROR|WARN|WARNING|INFO)\] "
_PLACE = r":(?P<line>\d+)(?::(?P<column>\d+))?: "
_SAID = r"(?P<message>\S.*)"
_KINDS = (
    *("java", "xml", "properties", "groovy", "kt", "gradle", "html", "js", "md", "sql", "txt"),
    *("yaml", "yml"),
)
_KNOWN_FILE = rf"(?P<file>(?:/?[A-Za-z]:)?[^\s:\[][^:\[]*\.(?:{'|'.join(_KINDS)}))"
_RULE = r"\[(?P<code>[A-Z]\w+)\]"

GRAMMAR = Grammar(
    name="checkstyle",
    kind="linter",
    at_once=False,
    closes=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal="[WARN] ",
            pattern=Pattern(rf"{_TASK}\[(?P<severity>WARN)\] {_FILE}{_PLACE}{_SAID} {_RULE}\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=tuple(f".{kind}:0" for kind in _KINDS),
            pattern=Pattern(rf"{_TASK}{_LEVEL}{_KNOWN_FILE}{_PLACE}{_SAID} {_RULE}\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(":[0,0] (", ":[0] ("),
            pattern=Pattern(
                rf"\s*{_LEVEL}{_FILE}:\[(?P<line>\d+)(?:,(?P<column>\d+))?\] \([a-z]+\)"
                r" (?P<code>[A-Z]\w+): (?P<message>.*)"
            ),
        ),
        Rule(  # Ant's task and Gradle's, older releases.
            does=Does.FINDING,
            literal=("[ant:checkstyle] ", "[checkstyle] "),
            pattern=Pattern(
                r"\s*\[(?:ant:)?checkstyle\] (?:\[(?P<severity>\w+)\] )?"
                rf"{_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?: (?:(?P<warning>warning|error): )?"
                r"(?P<message>\S.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".java:0:0: ",
            pattern=Pattern(
                r"(?P<file>[^\s:\[][^:\[]*\.java):(?P<line>\d+):(?P<column>\d+): "
                r"(?P<severity>error|warning): (?P<message>[A-Z'].*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".java:0",
            pattern=Pattern(
                rf"(?P<file>[^\s:\[][^:\[]*\.java){_PLACE}(?:(?P<severity>error|warning): )?{_SAID}"
            ),
            opens=False,
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="reported by Checkstyle",
            pattern=Pattern(
                r"(?:\[\w+\] )?There (?:is|are) (?P<errors>\d+) errors? reported by Checkstyle"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="You have 0 Checkstyle violations",
            pattern=Pattern(r"(?:\[INFO\] )?You have 0 Checkstyle violations\."),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Checkstyle violations by severity: [",
            pattern=Pattern(
                r"\s*Checkstyle violations by severity: \["
                r"(?:error:(?P<errors>\d+))?(?:, )?(?:warning:(?P<warnings>\d+))?"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Checkstyle ends with 0 errors",
            pattern=Pattern(r"Checkstyle ends with (?P<errors>\d+) errors\."),
        ),
        Rule(
            does=Does.START,
            literal="Starting audit...",
            pattern=Pattern(rf"{_TASK}(?:\[INFO\] )?Starting audit\.\.\."),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("checkstyle.api.CheckstyleException: ", "Must specify a config XML file"),
            pattern=Pattern(
                r"(?:Caused by: )?(?:\S*checkstyle\.api\.)?(?P<message>CheckstyleException: .*"
                r"|Must specify a config XML file.*)"
            ),
        ),
        Rule(does=Does.TAIL, pattern=Pattern(rf"{_TASK}Audit done\."), opens=False),
    ),
)
