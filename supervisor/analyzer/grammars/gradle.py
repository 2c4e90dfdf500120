"""``gradle``: tasks, the tests that they run, and what went wrong.

Compilers that a task runs have digests of their own. Source: gradle/gradle,
internal/buildevents/BuildExceptionReporter.java and BuildResultLogger.java,
testing/.../TestCountLogger.java and TestEventLogger.java.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.failures import Failures
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally, number
from supervisor.digests import Diagnostic

_TASK = Pattern(
    r"(?:> Task )?(?P<path>(?::[\w.-]+)+)(?: (?:UP-TO-DATE|FROM-CACHE|NO-SOURCE|SKIPPED|FAILED))?$"
)
_TESTS = Pattern(  # Tasks whose output is what tests print; checkstyleTest is none.
    r"(?i)(?!(?:compile|process|generate|checkstyle|pmd|cpd|spotbugs|findbugs|lint|detekt|ktlint"
    r"|spotless|animalsniffer|kapt|ksp|run))(?:\w*test|test\w*unit\w*)$"
)
_COMPLETED = Pattern(
    r"(?P<total>\d+) tests? completed(?:, (?P<failed>\d+) failed)?(?:, (?P<skipped>\d+) skipped)?$"
)
_LOGGED = Pattern(  # The plug-in gradle-test-logger, and a listener that many have copied.
    r"\s*(?:(?:SUCCESS|FAILURE): Executed (?P<total>\d+) tests? in [\w .]+"
    r"(?: \((?:(?P<failed>\d+) failed)?(?:, )?(?:(?P<skipped>\d+) skipped)?\))?\s*$"
    r"|\|?\s*Results: (?:SUCCESS|FAILURE) \((?P<tests>\d+) tests, \d+ (?:passed|success(?:es|ful)),"
    r" (?P<failures>\d+) (?:failed|failures), (?P<ignored>\d+) (?:skipped|ignored)\))"
)
_EVENT = Pattern(
    r"(?:\s+Test (?=\S)|(?=\S.* > ))(?P<test>.*\S) (?P<outcome>PASSED|FAILED|SKIPPED)"
    r"(?: \([\d.ms ]+\))?$"
)
_END = Pattern(r"BUILD (?P<how>SUCCESSFUL|FAILED)(?: in .*)?$")
_WRONG = Pattern(r"\* What went wrong:$")
_WRONG_ENDS = Pattern(r"\* (?:Try|Exception is|Get more help)|BUILD |={5}|-{5}")
_WHERE = Pattern(r"\w+ (?:file|script) '(?P<file>[^']+)'(?: line: (?P<line>\d+))?$")
_EXECUTION = Pattern(r"Execution failed for task '(?P<task>[^']+)'")
_TEST_FAILURES = Pattern(r"> There were failing tests")
_STARTS = Pattern(
    r"Starting a Gradle Daemon|Welcome to Gradle \d|To honour the JVM settings for this build"
    r"|Daemon will be stopped at the end of the build"
    r"|Downloading \S*/gradle-[\w.-]+\.zip|> Configure project |Parallel Configuration Cache"
    r"|Calculating task graph as|Reusing configuration cache"
)
_FAILURE = Pattern(r"FAILURE: Build (?:failed|completed) with")
_TAIL = Pattern(r"\d+ actionable tasks?: |Total time: |Configuration cache entry|Deprecated Gradle")
_COMPILER = Pattern(r"  .*\.(?:java|kts?|scala|groovy):\d+: ")
_MOST_REASONS = 3
_MOST_WRONG_LINES = 400


class GradleParser:
    """Reads one build. What tests write is not read, but for the events of their framework."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._failures = Failures()
        self._passed = 0
        self._testing = False
        self._wrong: list[str] | None = None
        self._wrong_lines = 0
        self._reasons: list[tuple[str, str]] = []
        self._place: tuple[str, int | None] | None = None
        self._pending: dict[str, int] | None = None

    @property
    def done(self) -> bool:
        """Whether the build's last word was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Where it says what went wrong, why a test failed, and after the end."""
        return self._wrong is not None or self._failures.waits or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the build."""
        text = line.text
        if self.tally.ended:
            return self._afterwards(text)
        if self._wrong is not None and not _TASK.match(text):
            return self._read_wrong(text)
        if self._failures.waits and text[:1].isspace() and text.strip():
            self._failures.explain(text.strip())
            return True
        return self._structure(text) or self._event(text) or self._testing

    def close(self) -> None:
        """Settle the failures, and what was still being said."""
        if self._wrong is not None:
            self._settle_wrong()
        tally = self.tally
        self._logged()
        self._failures.settle(tally)
        if self._passed:
            tally.counted["passed"] = self._passed
        if not tally.declared and self._passed and tally.ended:
            tally.remarks.append(f"{self._passed} passed")
        self._tell_reasons()

    def _structure(self, text: str) -> bool:
        if task := _TASK.match(text):
            self._begin_task(task["path"].rpartition(":")[2])
            return True
        if end := _END.match(text):
            self._logged()
            self.tally.ended = True
            self.tally.green = end["how"] == "SUCCESSFUL"
            self.tally.red = not self.tally.green
            return True
        if _STARTS.match(text):
            self._testing = False
            return text[0] == ">" or not self.tally.told
        return self._failure(text) or _TAIL.match(text) is not None

    def _failure(self, text: str) -> bool:
        if _FAILURE.match(text):
            self._testing, self.tally.red = False, True
        elif _WRONG.match(text):
            self._wrong, self._wrong_lines, self._testing = [], 0, False
        elif place := _WHERE.match(text):
            self._place = (place["file"], number(place["line"]) or None)
        else:
            return False
        return True

    def _begin_task(self, name: str) -> None:
        self._testing = _TESTS.match(name) is not None
        self._logged()

    def _event(self, text: str) -> bool:
        if completed := _COMPLETED.match(text):
            # It says so only of what failed; a plug-in may have said the same above it.
            self._pending = None
            self._add(_counts(*completed.group("total", "failed", "skipped")))
            self._testing = True
            return True
        if logged := _LOGGED.match(text):
            self._logged()
            total, failed, skipped = logged.group("total", "failed", "skipped")
            tests, failures, ignored = logged.group("tests", "failures", "ignored")
            self._pending = _counts(total or tests, failed or failures, skipped or ignored)
            return True
        if event := _EVENT.match(text):
            if event["outcome"] == "FAILED":
                self._failures.note(event["test"])
            elif event["outcome"] == "PASSED":
                self._passed += 1
            self.tally.kind = "tests" if len(self._failures) else self.tally.kind
            return True
        return False

    def _logged(self) -> None:
        if self._pending is not None:
            self._add(self._pending)
            self._pending = None

    def _add(self, counts: dict[str, int]) -> None:
        tally = self.tally
        tally.kind = "tests"
        for key, count in counts.items():
            tally.declared[key] = tally.declared.get(key, 0) + count

    def _read_wrong(self, text: str) -> bool:
        self._wrong_lines += 1
        if _WRONG_ENDS.match(text) or self._wrong_lines > _MOST_WRONG_LINES:
            self._settle_wrong()
            return self._structure(text) or text[:1] == "*"
        if _COMPILER.match(text):  # It shows these again.
            return False
        if self._wrong is not None and text.strip() and len(self._wrong) < _MOST_REASONS:
            self._wrong.append(text.strip())
        return True

    def _settle_wrong(self) -> None:
        said, self._wrong = self._wrong or [], None
        if not said:
            return
        execution = _EXECUTION.match(said[0])
        if any(map(_TEST_FAILURES.match, said)):
            return
        why = " ".join(part.removeprefix("> ") for part in said[1:2])
        if execution:
            self._reasons.append((execution["task"], why or said[0]))
        else:
            self.tally.broken = self.tally.broken or f"{said[0]} {why}".strip()
        self.tally.red = True

    def _tell_reasons(self) -> None:
        tally = self.tally
        if not self._reasons:
            return
        more = len(self._reasons) - 1
        tally.remarks.append(f"{more + 1} tasks failed" if more else "build failed")
        for task, why in self._reasons:
            tally.blame(f"{task}: {why}")
            tally.identify(task, None, why)
        if tally.first is None:
            task, why = self._reasons[0]
            file, row = self._place or (None, None)
            tally.first = Diagnostic(file=file, line=row, message=f"{task}: {why}")
            tally.first_rank = 2

    def _afterwards(self, text: str) -> bool:
        return not text.strip() or _TAIL.match(text) is not None


def _counts(total: str | None, failed: str | None, skipped: str | None) -> dict[str, int]:
    """What of ``total`` passed is what is left; a count that is not named is not told."""
    counts = {"passed": number(total) - number(failed) - number(skipped)}
    if failed is not None:
        counts["failed"] = number(failed)
    if skipped is not None:
        counts["skipped"] = number(skipped)
    return counts


GRAMMAR = Grammar(
    name="gradle",
    kind="build",
    literals=(
        *(" passed", " failed", " skipped", "* what went wrong:", " file '", " script '"),
        *("0 actionable task", "total time: "),
    ),
    aliases=("gradlew",),
    at_once=False,
    parser=GradleParser,
    rules=(
        Rule(does=Does.START, literal="> Task :", pattern=Pattern(r"> Task :\S")),
        Rule(
            does=Does.START,
            literal=(":compileJava", ":processResources", ":compileKotlin", ":preBuild"),
            pattern=_TASK,
        ),
        Rule(
            does=Does.START,
            literal=(
                *("a Gradle Daemon", "to Gradle 0", "JVM settings for this build", "> Configure "),
                *("stopped at the end of the build", "/gradle-0"),
                *("Calculating task graph", "configuration cache"),
            ),
            pattern=_STARTS,
        ),
        Rule(does=Does.RED, literal="FAILURE: Build ", pattern=_FAILURE),
        Rule(does=Does.RED, literal="* What went wrong:", pattern=_WRONG),
        Rule(
            does=Does.TRAILER,
            literal=("tests completed, 0 failed", "test completed, 0 failed"),
            pattern=Pattern(r"\d+ tests? completed, \d+ failed"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("BUILD SUCCESSFUL in ", "BUILD FAILED in "),
            pattern=Pattern(r"BUILD (?:SUCCESSFUL|FAILED) in (?:\d+[hms]|\d+ms)"),
        ),
        Rule(
            does=Does.FINDING,
            literal=(" FAILED", " PASSED"),
            pattern=_EVENT,
            opens=False,
        ),
    ),
)
