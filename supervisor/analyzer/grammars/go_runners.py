"""``gotestsum`` and ``ginkgo``.

Source: gotestyourself/gotestsum, testjson/summary.go; onsi/ginkgo, reporters/default_reporter.go.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

GOTESTSUM = Grammar(
    name="gotestsum",
    kind="tests",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal="=== fail: ",
            pattern=Pattern(r"=== FAIL: (?P<package>\S+) (?P<code>\S+) \((?:[\d.]+s|unknown)\)"),
            continues=Pattern(r"\s+(?P<file>[^\s:]+\.go):(?P<line>\d+): ?(?P<message>.*)"),
            counts_as="failed",
        ),
        Rule(
            does=Does.TRAILER,
            literal=(
                *(" tests in 0", " test in 0", " failures in 0", " failure in 0", " skipped in 0"),
                *(" error in 0", " errors in 0"),
            ),
            pattern=Pattern(
                r"DONE (?:(?P<runs>\d+) runs, )?(?P<total>\d+) tests?"
                r"(?:, (?P<skipped>\d+) skipped)?(?:, (?P<failed>\d+) failures?)?"
                r"(?:, (?P<errors>\d+) errors?)? in [\d.]+m?s"
            ),
        ),
    ),
)

_GINKGO_COUNTS = (
    r"(?P<passed>\d+) Passed \| (?P<failed>\d+) Failed \| (?:\d+ Flaked \| )?"
    r"(?P<pending>\d+) Pending \| (?P<skipped>\d+) Skipped"
)

GINKGO = Grammar(
    name="ginkgo",
    kind="tests",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal="[fail] ",
            pattern=Pattern(r"\s*\[(?:FAIL|Fail)\] (?P<code>\S.*?)\s*$"),
            continues=Pattern(r"\s*(?P<file>\S+\.go):(?P<line>\d+)\s*$"),
            opens=False,
            counts_as="failed",
        ),
        Rule(
            does=Does.TAIL,
            literal="summarizing 0 failure",
            pattern=Pattern(r"Summarizing \d+ Failures?:"),
        ),
        Rule(
            does=Does.START,
            literal=" of 0 specs in ",
            pattern=Pattern(r"Ran \d+ of \d+ Specs in [\d.]+ seconds"),
        ),
        Rule(
            does=Does.GREEN,
            literal="success! -- ",
            pattern=Pattern(rf"SUCCESS! -- {_GINKGO_COUNTS}"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="fail! -- ",
            pattern=Pattern(rf"FAIL! -- {_GINKGO_COUNTS}"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="fail! - ",
            pattern=Pattern(
                rf"FAIL! - (?:Suite Timeout Elapsed|Interrupted|.*?) -- {_GINKGO_COUNTS}"
            ),
        ),
        Rule(
            does=Does.TAIL,
            literal=("ginkgo ran 0 suite", "test suite failed", "test suite passed"),
            pattern=Pattern(r"Ginkgo ran \d+ suites?|Test Suite (?:Failed|Passed)$"),
            opens=False,
        ),
    ),
)
