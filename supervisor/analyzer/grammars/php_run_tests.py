"""``run-tests.php``, the runner of PHP's own tests and of its extensions'.

Source: php/php-src, run-tests.php (show_result and get_summary).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_NAMED = r"(?P<message>.*) \[(?P<file>[^\]\s]+\.phpt)\]"
_COUNT = r"\s*(?P<{}>\d+) \("


def _count(words: str, key: str) -> Rule:
    return Rule(
        does=Does.SUBTOTAL,
        literal=f"{words}: ",
        pattern=Pattern(rf"{words}:{_COUNT.format(key)}"),
    )


PHP_RUN_TESTS = Grammar(
    name="php-run-tests",
    kind="tests",
    aliases=("run-tests.php",),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".phpt]",
            pattern=Pattern(rf"FAIL(?:&\w+)* {_NAMED}"),
            counts_as="failed",
        ),
        Rule(
            does=Does.FINDING,
            literal=".phpt]",
            pattern=Pattern(rf"(?:BORK|LEAK)(?:&\w+)* {_NAMED}"),
            counts_as="errors",
        ),
        Rule(
            does=Does.FINDING,
            literal=".phpt]",
            pattern=Pattern(rf"SKIP {_NAMED}"),
            counts_as="skipped",
        ),
        Rule(
            does=Does.FINDING,
            literal=".phpt]",
            pattern=Pattern(rf"PASS {_NAMED}"),
            counts_as="passed",
        ),
        Rule(
            does=Does.TAIL,
            literal=".phpt]",
            pattern=Pattern(r"(?:XFAIL|XLEAK|WARN)\b.*\.phpt\]"),
        ),
        _count("Tests borked    ", "errors"),
        _count("Tests skipped   ", "skipped"),
        _count("Tests warned    ", "warned"),
        _count("Tests failed    ", "failed"),
        _count("Expected fail   ", "xfailed"),
        _count("Tests leaked    ", "errors"),
        Rule(  # Of those that were run; what is rounded up to all was declared as failed above.
            does=Does.GREEN,
            literal="Tests passed    : ",
            pattern=Pattern(r"Tests passed    :\s*(?P<passed>[1-9]\d*) \([ \d.]+%\) \(100\.0%\)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="Tests passed    : ",
            pattern=Pattern(rf"Tests passed    :{_COUNT.format('passed')}"),
        ),
        Rule(
            does=Does.TAIL,
            literal="Time taken      : ",
            pattern=Pattern(r"Time taken      :\s*[\d.]+ seconds"),
            opens=False,
        ),
    ),
)
