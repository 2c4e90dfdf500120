"""``pmd`` and its ``cpd``: text, coloured text, CSV, and what Maven and Gradle say.

Source: pmd/pmd, renderers TextRenderer.java, TextColorRenderer.java and CSVRenderer.java;
apache/maven-pmd-plugin, AbstractPmdViolationCheckMojo.java.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_LEVEL = r"(?:\s*\[(?:INFO|WARNING|WARN|ERROR)\] )?"

GRAMMAR = Grammar(
    name="pmd",
    kind="linter",
    aliases=("cpd",),
    closes=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=":0:\t",
            pattern=Pattern(
                r"(?:\s*\[(?:ant:)?pmd\] )?(?P<file>(?:[A-Za-z]:)?[^\s:][^:\t]*):(?P<line>\d+):\t"
                r"(?:(?P<code>[A-Z]\w+):\t)?(?P<message>\S.*)"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal="PMD Failure: ",
            pattern=Pattern(
                rf"{_LEVEL}PMD Failure: (?P<file>\S+?):(?P<line>\d+) Rule:(?P<code>\S+)"
                r" Priority:\d+ (?P<message>.*)"
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.FINDING,
            literal="CPD Failure: Found 0 ",
            pattern=Pattern(rf"{_LEVEL}CPD Failure: (?P<message>Found \d+ lines .*)"),
            counts_as="warnings",
            tool="cpd",
        ),
        Rule(
            does=Does.FINDING,
            literal="Found a 0 line (",
            pattern=Pattern(r"(?P<message>Found a \d+ line \(\d+ tokens\) duplication .*)"),
            counts_as="warnings",
            tool="cpd",
        ),
        Rule(  # Coloured text: a block for each finding.
            does=Does.FINDING,
            literal="    rule: ",
            pattern=Pattern(r"    rule: (?P<code>\w+)$"),
            before=Pattern(r"    src:  (?P<file>\S.*?):(?P<line>\d+)(?::(?P<column>\d+))?$"),
            counts_as="warnings",
        ),
        Rule(
            does=Does.START,
            literal='"Problem","Package","File","Priority"',
            pattern=Pattern(r'"Problem","Package","File","Priority"'),
        ),
        Rule(
            does=Does.FINDING,
            literal='","0","0","',
            pattern=Pattern(
                r'"\d+","[^"]*","(?P<file>[^"]+)","\d","(?P<line>\d+)",'
                r'"(?P<message>(?:[^"]|"")*)","[^"]*","(?P<code>\w+)"'
            ),
            counts_as="warnings",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="PMD rule violation",
            pattern=Pattern(r"(?P<warnings>\d+) PMD rule violations? were found"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=(" PMD violation", " has found 0 violation"),
            pattern=Pattern(
                rf"{_LEVEL}(?:You have (?=\d+ PMD)|PMD \d\S* has found )(?P<warnings>\d+)"
                r" (?:PMD )?violation"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="No problems found!",
            pattern=Pattern(r"No problems found!$"),
            opens=False,
        ),
    ),
)
