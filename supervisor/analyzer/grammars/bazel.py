"""``bazel build`` and ``bazel test``.

Source: bazelbuild/bazel, src/main/java/com/google/devtools/build/lib/runtime
(TerminalTestResultNotifier, TestSummaryPrinter).
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

BAZEL = Grammar(
    name="bazel",
    kind="build",
    aliases=("bazelisk", "blaze"),
    at_once=False,
    rules=(
        Rule(
            does=Does.TRAILER,
            literal="build did not complete successfully",
            pattern=Pattern(r"(?:ERROR|FAILED): Build did NOT complete successfully"),
        ),
        Rule(
            does=Does.FINDING,
            literal=("/build:0:0: ", "/build.bazel:0:0: ", ".bzl:0:0: ", "/workspace:0:0: "),
            pattern=Pattern(
                r"(?P<severity>ERROR|WARNING): (?P<file>/[^\s:]+):(?P<line>\d+):(?P<column>\d+): "
                r"(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(
                *("error: no such ", "error: skipping '", "error: analysis of target '"),
                *("error: error loading", "error: error computing", "error: error evaluating"),
                "error: command succeeded, but",
            ),
            pattern=Pattern(
                r"(?P<severity>ERROR): (?P<message>(?:no such (?:package|target)|Skipping '"
                r"|Analysis of target '|[Ee]rror (?:loading|computing|evaluating)"
                r"|command succeeded, but).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="error: ",
            pattern=Pattern(r"(?P<severity>ERROR): (?P<message>.*)"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="info: build completed successfully",
            pattern=Pattern(r"INFO: Build completed successfully"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="info: build completed, ",
            pattern=Pattern(r"INFO: Build completed, \d+ tests? FAILED"),
            opens=False,
        ),
    ),
)

BAZEL_TEST = Grammar(
    name="bazel-test",
    kind="tests",
    aliases=("bazel",),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(" failed in ", " timeout in ", " no status", " failed to build", "failed, "),
            pattern=Pattern(
                r"(?P<code>(?:@[^\s/]*+)?//\S*)\s+(?:\(cached\) )?"
                r"(?P<message>FAILED TO BUILD|FAILED|TIMEOUT|NO STATUS)\b"
            ),
            counts_as="failed",
        ),
        Rule(
            does=Does.TRAILER,
            literal="executed 0 out of 0 test",
            pattern=Pattern(
                r"Executed \d+ out of \d+ tests?: (?:(?P<passed>\d+) tests? pass(?:es)?)?"
                r"(?:(?:,| and|, and)? ?(?P<failed>\d+) fails?(?: to build| locally| remotely)?)?"
                r"(?:(?:,| and|, and)? ?(?P<skipped>\d+) (?:were|was) skipped)?\.?"
            ),
        ),
    ),
)
