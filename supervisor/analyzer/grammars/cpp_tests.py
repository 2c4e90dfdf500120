"""Catch2, doctest and Boost.Test.

Source: catchorg/Catch2, src/catch2/reporters/catch_reporter_console.cpp; doctest/doctest,
doctest/parts/doctest.cpp (ConsoleReporter); boostorg/test, compiler_log_formatter.ipp.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:(][^:(]*)"
_PLACE = rf"{_FILE}(?::(?P<line>\d+)|\(\d+\)): ?"
_CASES = r"test cases:\s+\d+ \| "

CATCH2 = Grammar(
    name="catch2",
    kind="tests",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(": failed:", "): failed: "),
            pattern=Pattern(rf"{_PLACE}(?:FAILED:|failed: (?P<message>\S.*))\s*$"),
            continues=Pattern(r"\s+(?P<message>\S.*)"),
            counts_as="failed",
        ),
        Rule(
            does=Does.TRAILER,
            literal=("test cases: 0 | ", "test cases:  0 | ", "test cases:   0 | "),
            pattern=Pattern(rf"{_CASES}(?P<counts>[^|]*(?:\|[^|]*)*)$"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("assertions: 0 | ", "assertions:  0 | ", "assertions: - none -"),
            pattern=Pattern(r"assertions:\s"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="all tests passed (",
            pattern=Pattern(
                r"All tests passed \((?P<assertions>\d+) assertions? in (?P<passed>\d+) test case"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="passed all 0 test case",
            pattern=Pattern(r"Passed all (?P<passed>\d+) test cases? with \d+ assertions?"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="failed 0 test case",
            pattern=Pattern(r"Failed (?P<failed>\d+) test cases?, failed \d+ assertion"),
        ),
    ),
)

DOCTEST = Grammar(
    name="doctest",
    kind="tests",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("error: check", "error: require", "error: test case ", "error: fail"),
            pattern=Pattern(
                rf"{_PLACE}(?:FATAL )?ERROR: (?P<message>(?:CHECK|REQUIRE|FAIL|test case ).*)"
            ),
            counts_as="failed",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="[doctest] test cases: ",
            pattern=Pattern(
                r"\[doctest\] test cases:\s+\d+\s*\|\s*(?P<passed>\d+) passed\s*"
                r"\|\s*(?P<failed>\d+) failed\s*\|\s*(?P<skipped>\d+) skipped"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal="[doctest] assertions: ",
            pattern=Pattern(r"\[doctest\] assertions: "),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="[doctest] status: failure!",
            pattern=Pattern(r"\[doctest\] Status: FAILURE!"),
        ),
        Rule(
            does=Does.GREEN,
            literal="[doctest] status: success!",
            pattern=Pattern(r"\[doctest\] Status: SUCCESS!"),
            opens=False,
        ),
    ),
)

BOOST_TEST = Grammar(
    name="boost-test",
    kind="tests",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=': error: in "',
            pattern=Pattern(
                rf"{_FILE}\((?P<line>\d+)\): (?:fatal )?error: in "
                r'"(?P<code>[^"]+)": (?P<message>.*)'
            ),
            counts_as="failed",
        ),
        Rule(
            does=Does.GREEN,
            literal="*** no errors detected",
            pattern=Pattern(r"\*\*\* No errors detected"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=(" detected in the test module", " detected in test suite"),
            pattern=Pattern(
                r"\*\*\* (?P<failed>\d+) failures? (?:is|are) detected in (?:the )?test "
            ),
        ),
    ),
)
