"""What pytest's lines look like.

from supervisor.analyzer.pattern import Pattern
Source: pytest-dev/pytest, src/_pytest/terminal.py, main.py and config/__init__.py.
"""

from supervisor.analyzer.pattern import Pattern

START = Pattern(r"=+ test session starts(?: \(.*\))? =+$")
_COUNTS = (
    r"\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|(?:pytest-)?warnings?|errors?|reruns?"
    r"|subtests (?:passed|failed|skipped)|tests deselected|total)"
)
_COLLECTED_ONLY = (
    r"(?:\d+(?:/\d+)? tests? collected|no tests collected)"
    r"(?: \(\d+ deselected\))?(?:, \d+ errors?)?"
)
_TOOK = r"(?: in (?P<took>[\d.]+)(?:s| seconds)(?: \([\d:, a-z]+\))?)"
TRAILER = Pattern(
    rf"(?P<rule>=+ )?(?P<counts>{_COUNTS}(?:, {_COUNTS})*|no tests ran|{_COLLECTED_ONLY})"
    rf"{_TOOK}?(?: =+)?$"
)
FRAMED = Pattern(rf"=+ (?P<counts>\d+ [a-z][a-z -]*(?:, \d+ [a-z][a-z -]*)*){_TOOK} =+$")
"""A closing line between rules, with words of plugins that we have not heard of."""
LAST_WORDS = (
    *("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warning", "warnings"),
    *("error", "errors", "rerun", "reruns", "total", "no tests ran", "collected", "deselected)"),
)
SECTION = Pattern(
    r"=+ (?P<name>FAILURES|ERRORS|X?PASSES|XFAILURES|warnings summary.*|slowest .*"
    r"|short test summary info|rerun test summary info) =+$"
)
SECTION_WORDS = ("test summary info =", "passes =", "xfailures =", "warnings summary", "= slowest ")
CAPTURED = Pattern(r"-+ (?:Captured .+|live log .+) -+$")
BANG = Pattern(r"!+ (?P<what>.+?) !+$")
COLLECTED = Pattern(r"(?:collecting \.\.\. )?collected (?P<items>\d+) items?(?P<rest>.*)")
PLANNED = Pattern(r"(?:\d+ workers? |gw0 )\[(?P<items>\d+)(?: items?)?\]")
_OUTCOME = r"PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS"
_PROGRESS_END = r"(?:\[ *\d+%\]|\[ *\d+/\d+\]|[\d.]+(?:us|ms|s|m|h))?$"
PROGRESS = Pattern(
    rf"(?P<id>[^\s:]\S*?\.\w+::.+?) (?P<outcome>{_OUTCOME})(?: \(.*\))?\s*{_PROGRESS_END}"
)
XDIST = Pattern(rf"\[gw\d+\] (?:\[ *\d+%\] )?(?P<outcome>{_OUTCOME}) (?P<id>\S+?\.\w+::.+?)\s*$")
QUIET_PROGRESS = Pattern(
    r"(?:\[gw\d+\] (?:\[ *\d+%\] )?(PASSED) \S+\.py::\S+\s*"
    rf"|[^\s\[=!_-]\S*\.py::\S+ (?:(PASSED)\s*{_PROGRESS_END[:-1]})?)$"
)
"""A test that passed, with the word in a group, or one that a worker has begun; each of them holds
a literal of the grammar's, so that none is read here that would not be read otherwise."""
SUMMARY = Pattern(
    r"(?P<outcome>FAILED|ERROR) (?P<id>\S+?\.py(?:::[^\s\[]+(?:\[.*?\](?= - |$))?)?)"
    r"(?: - (?P<message>.*))?$"
)
LISTED = Pattern(
    r"(?P<outcome>FAIL(?:ED)?|ERROR|SUBFAIL(?:ED)?)(?P<sub>(?:\[.*?\])?(?: ?\([^()]*\))?) "
    r"(?P<id>[^\s:]\S*?(?:\[.*?\](?= - |$))?)(?: - (?P<message>.*))?$"
)
"""The same in its own section, where it may be of any file, a directory, or a part of a test."""
_USAGE = (
    r"usage: .*|file or directory not found.*|not found: .*|found no collectors.*"
    r"|unrecognized arguments.*|Missing required plugins.*|Error importing plugin .*"
    r"|Wrong expression passed to .*|Unknown marker\(s\) in .*|\S*(?:pytest\.ini|\.cfg|\.toml): .*"
)
BROKEN = Pattern(
    r"(?:INTERNALERROR> (?=[A-Za-z_])(?P<internal>[\w.]+(?:Error|Exception|Exit).*)"
    rf"|(?:ERROR|pytest\.PytestConfigWarning): (?P<usage>{_USAGE})"
    r"|(?:__main__|pytest|py\.test)(?:\.py)?: error: (?P<error>.*)"
    r"|(?P<conftest>[A-Za-z]\w*(?:Error|Exception) while loading conftest '.*'))"
)
FATAL = Pattern(r".*?(?P<what>Fatal Python error: .+)|\++ (?P<timeout>Timeout) \++$")
"""It ends a session without a closing line, unless it was a worker's."""
COVERAGE = Pattern(
    r"(?:FAIL|ERROR:?) (?P<what>Required test coverage of .*not reached.*|Coverage failure: .*)"
)
_COUNT = Pattern(r"(?<!\d)(\d++)(?:/\d++)? ([a-z][a-z -]*[a-z])")
_KEYS = {
    "error": "errors",
    "warning": "warnings",
    "pytest-warning": "warnings",
    "pytest-warnings": "warnings",
    "rerun": "reruns",
    "test collected": "collected",
    "tests collected": "collected",
    "tests deselected": "deselected",
    "subtests failed": "failed subtests",
}


def counts_of(said: str) -> dict[str, int]:
    """The numbers of a closing line.

    >>> counts_of("1 failed, 2 errors"), counts_of("3/5 tests collected (2 deselected)")
    ({'failed': 1, 'errors': 2}, {'collected': 3, 'deselected': 2})
    """
    return {_KEYS.get(word, word): int(count) for count, word in _COUNT.findall(said)}
