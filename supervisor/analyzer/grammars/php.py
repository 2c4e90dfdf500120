"""PHP itself: errors of the compiler and of running programs, and ``php -l``.

Source: php/php-src, main/main.c (php_error_cb) and sapi/cli/php_cli.c.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FRONT = r"(?:\[[^\]]*\] ){0,4}(?:NOTICE: PHP message: )?(?:PHP )?"
_FATAL = r"(?P<name>(?:Recoverable |Catchable )?[Ff]atal error|Parse error)"
_OTHER = (
    r"(?P<name>(?P<severity>(?:Core|Compile) (?:error|warning)|Warning|Notice|Deprecated"
    r"|Strict Standards))"
)
_PLACE = r" in (?P<file>\S.*?)(?: on line |:)(?P<line>\d+)\s*$"


PHP = Grammar(
    name="php",
    kind="build",
    distinct=True,  # With display_errors and log_errors it says everything twice.
    urgent=Pattern(r"(?i)(?:parse|.*fatal) error"),
    severities={
        "notice": "notes",
        "deprecated": "notes",
        "strict standards": "notes",
        "core warning": "warnings",
        "compile warning": "warnings",
    },
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("Fatal error: ", "Parse error: "),
            pattern=Pattern(rf"{_FRONT}{_FATAL}: +(?P<message>\S.*?){_PLACE}"),
        ),
        Rule(  # An exception's message may have lines of its own.
            does=Does.FINDING,
            literal=("PHP Fatal error: ", "PHP Parse error: ", "Fatal error: Uncaught "),
            pattern=Pattern(
                rf"(?:{_FRONT}(?<=PHP ){_FATAL}: +|(?P<code>Fatal error): (?=Uncaught ))"
                r"(?P<message>\S.*)"
            ),
            continues=Pattern(r"(?:.* )?in (?P<file>\S.*?)(?: on line |:)(?P<line>\d+)\s*$"),
        ),
        Rule(
            does=Does.FINDING,
            literal=" on line 0",
            pattern=Pattern(
                rf"{_FRONT}{_OTHER}: +(?P<message>\S.*) in (?P<file>\S.*) on line (?P<line>\d+)\s*$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="No syntax errors detected in ",
            pattern=Pattern(r"No syntax errors detected in (?:\S.*)"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Errors parsing ", "Stack trace:", "  thrown in ", "PHP Stack trace:"),
            pattern=Pattern(r"Errors parsing |(?:PHP )?Stack trace:|.*  thrown in "),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal="Could not open input file: ",
            pattern=Pattern(r"(?P<message>Could not open input file: .*)"),
        ),
    ),
)
