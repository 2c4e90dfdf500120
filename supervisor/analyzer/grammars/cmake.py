"""``cmake`` and the two linters of its files, ``cmake-lint`` and ``cmakelint``.

Source: Kitware/CMake, Source/cmMessenger.cxx (printMessagePreamble) and cmake.cxx;
cheshirekow/cmake_format, cmakelang/lint; cmake-lint/cmake-lint, cmakelint/main.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_HEAD = (
    r"\s*CMake (?:Internal |Deprecation |Author |Debug )?"
    r"(?P<severity>Error|Warning|Log)(?: \((?:dev|deprecated)\))?"
)
_BELOW = Pattern(r"\s+(?P<message>\S.*)")

CMAKE = Grammar(
    name="cmake",
    kind="build",
    aliases=("ccmake",),
    at_once=False,
    severities={"log": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("cmake error", "cmake warning", "cmake deprecation", "cmake internal"),
            pattern=Pattern(
                rf"{_HEAD} (?:at|in) (?P<file>[^:\s](?:[^:]|:(?=[\\/]))*?)"
                r"(?::(?P<line>\d+)(?: [^:]*)?)?:\s*(?P<message>\S.*)?$"
            ),
            continues=_BELOW,
        ),
        Rule(
            does=Does.FINDING,
            literal=("cmake error", "cmake warning", "cmake deprecation", "cmake internal"),
            pattern=Pattern(rf"{_HEAD}:\s*(?P<message>\S.*)?$"),
            continues=_BELOW,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("configuring incomplete, errors", "cmake generate step failed"),
            pattern=Pattern(
                r"-- Configuring incomplete, errors occurred!|CMake Generate step failed\."
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="-- build files have been written to: ",
            pattern=Pattern(r"-- Build files have been written to: "),
        ),
        Rule(
            does=Does.TAIL,
            literal=("this warning is for project dev", "see also", "this error is for project"),
            pattern=Pattern(r"This (?:warning|error) is for project dev|See also \""),
            opens=False,
        ),
    ),
)

CMAKE_LINT = Grammar(
    name="cmake-lint",
    kind="linter",
    severities={"c": "warnings", "r": "warnings", "e": "errors", "i": "notes"},
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(": [c0000] ", ": [e0000] ", ": [r0000] ", ": [w0000] ", ": [i0000] "),
            pattern=Pattern(
                r"(?P<file>(?:[^\s:][^:]*)?(?:CMakeLists\.txt|\.cmake)):(?P<line>\d+)"
                r"(?:,(?P<column>\d+))?: \[(?=(?P<severity>[A-Z]))(?P<code>[A-Z]\d{4})\] "
                r"(?P<message>.*)"
            ),
        ),
    ),
)

CMAKELINT = Grammar(
    name="cmakelint",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(
                *("[readability/", "[whitespace/", "[convention/", "[package/", "[linelength]"),
                "[syntax]",
            ),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+): (?P<message>.*) "
                r"\[(?P<code>(?:readability|whitespace|convention|package)/\w+|linelength|syntax)\]$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="total errors: ",
            pattern=Pattern(r"Total Errors: (?P<errors>\d+)$"),
        ),
    ),
)
