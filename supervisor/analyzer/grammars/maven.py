"""``mvn``: goals, the tests that they run, warnings of Maven's own, and why a build failed.

What compilers and linters found is theirs to tell. Source: apache/maven,
cli/event/ExecutionEventLogger.java and cli/MavenCli.java (logSummary).
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.surefire import BANNER, RUNNING, TESTS_RUN, Surefire
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally
from supervisor.digests import Diagnostic

_LEVEL = Pattern(r"\s*\[(?P<level>INFO|WARNING|WARN|ERROR|FATAL|DEBUG)\] ?(?P<said>.*)")
_SCANNING = Pattern(r"\s*\[INFO\] Scanning for projects\.\.\.")
_GOAL = Pattern(
    r"\s*\[INFO\] (?:--- (?P<plugin>[\w.-]+):(?P<version>\w[\w.-]*):(?P<goal>[\w-]+)"
    r" \(.*\) @ (?P<project>\S+) ---|\[(?P<old>[\w-]+):(?P<old_goal>[\w-]+)(?: \{.*\})?\]$)"
)
_END = Pattern(r"\s*\[(?:INFO|ERROR)\] BUILD (?P<how>SUCCESS(?:FUL)?|FAILURE|ERROR)\s*$")
_COMPILATION = Pattern(r"\s*\[ERROR\] COMPILATION ERROR ?:")
_FAILED_GOAL = Pattern(
    r"\s*\[ERROR\] (?:\[ERROR\] )?Failed to execute goal (?:(?P<goal>\S+) (?:\([^)]*\) )?)?"
    r"on project (?P<project>[^\s:]+): ?(?P<why>.*)"
)
_UNREADABLE = Pattern(
    r"\s*\[ERROR\] (?:The build could not read \d+ projects?|(?:\[ERROR\] )?Some problems were"
    r" encountered while processing the POMs)"
)
_REACTOR = Pattern(r"\s*\[INFO\] Reactor Summary(?: for .*)?:")
_NO_TESTS = Pattern(r"\s*(?:\[INFO\] )?(?:Tests are skipped\.|No tests to run\.)")
_THEIRS = Pattern(  # Lines that a compiler's or linter's own grammar reads.
    r"\s*\[\w+\] (?:.*\.(?:java|aj|kts?|scala|groovy|class)\b|(?:PMD|CPD) Failure: "
    r"|\s*\[\w|\S+ file=)"
)
_LOCATED = Pattern(
    r"\s*\[ERROR\] (?P<file>\S[^:\[]*\.\w+):(?P<line>\d+)(?::\d+)?:"
    r" (?!error|warning)(?P<message>.*[^\]\s])\s*$"
)
_COMPILES = Pattern(r"(?:maven-)?(?:compiler|javadoc)(?:-plugin)?$|maven-(?:compiler|javadoc)")
_TEST_REASON = Pattern(r"There (?:are|were) (?:some )?test (?:failures|errors)|^$|\s*Please refer")
_BOILERPLATE = Pattern(
    r"(?:-> )?\[Help \d+\]|To see the full stack trace|Re-run Maven using|For more information"
    r"|After correcting the problems|mvn <|Please refer to|\s*$"
)
_HELP = Pattern(r"\s*-> \[Help \d+\].*")
_UNRESOLVED = Pattern(
    r"(?i)could not (?:be )?resolve|Could not (?:find|transfer) artifact|Plugin \S+ not found"
    r"|Unknown lifecycle|No plugin found|requires a project|could not read|Non-resolvable"
    r"|Non-parseable|Malformed POM|selected project|No goals have been"
)
_NOTABLE = (
    *("Tests run: ", "<<< ", "Results", "[INFO] ---", "BUILD ", "Reactor Summary", "[INFO] ["),
    *("Failed to execute goal", "Scanning for projects", "COMPILATION", "could not read"),
    *("Failures:", "Errors:"),
)
"""What stands in the lines that matter while tests are running; the others are the tests'."""
_MOST_REASONS = 3


class MavenParser:
    """Reads one build. What tests print is swallowed; only surefire's own lines count."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._tests = Surefire()
        self._quiet_goal = False
        self._begun = False
        self._no_tests = False
        self._compiled = False
        self._failed_goals: list[tuple[str, str]] = []
        self._complaint: Diagnostic | None = None
        self._warning: str | None = None
        self._wants_reason = False
        self._old = False

    @property
    def done(self) -> bool:
        """Whether the build's last word was seen; why it failed stands below."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Where the tests' failures are listed, and after the end."""
        return self._tests.attentive or self.tally.ended or self._wants_reason

    def take(self, line: Line) -> bool:
        """Read a line of the build."""
        text = line.text
        tests = self._tests
        if tests.running and not tests.attentive and not any(map(text.__contains__, _NOTABLE)):
            return True
        if _SCANNING.match(text):
            began, self._begun = self._begun and self.tally.told, True
            return not (began or self.tally.ended or self._tests.running)
        self._begun = True
        if failed := _FAILED_GOAL.match(text):
            return self._fail(failed)
        if self.tally.ended:
            return self._afterwards(line)
        return self._structure(text) or self._tests.take(text) or self._log(line)

    def close(self) -> None:
        """Sum up the tests, and say why the build failed, unless they are why."""
        tally = self.tally
        ran = self._tests.ran
        self._tests.settle(tally)
        if ran:
            tally.kind = "tests"
            self._tell_tests()
        elif tally.green and self._no_tests:
            tally.remarks.append("no tests ran")
        self._tell_reasons([goal for goal in self._failed_goals if goal[1]])
        if self._compiled and not self._failed_goals:
            tally.remarks.append("compilation failed")
        if tally.first is None and self._warning and not (ran or tally.broken):
            tally.first, tally.first_rank = Diagnostic(message=self._warning), 3

    def _tell_reasons(self, reasons: list[tuple[str, str]]) -> None:
        tally = self.tally
        for where, why in reasons[:_MOST_REASONS]:
            said = f"{where}: {why}" if where else why
            tally.blame(said)
            tally.identify(where, None, why)
            if _UNRESOLVED.search(why) and not tally.problems and not self._complaint:
                tally.broken = tally.broken or said
                return
            if tally.first is None:
                tally.first, tally.first_rank = self._complaint or Diagnostic(message=said), 2
        if reasons:
            many = len(self._failed_goals)
            where = reasons[0][0].partition(" on ")[0] if self._complaint else "build"
            tally.remarks.append(f"{where} failed" if many == 1 else f"{many} goals failed")

    def _tell_tests(self) -> None:
        tally, totals = self.tally, self._tests.totals
        if not any(totals.values()):
            tally.remarks.append("no tests ran")
            tally.green = False
        elif tally.ended:
            tally.declared.update(totals)
        else:
            for key, count in totals.items():
                tally.counted[key] = max(tally.counted[key], count)

    def _structure(self, text: str) -> bool:
        if goal := _GOAL.match(text):
            self._tests.leave()
            plugin = goal["plugin"] or goal["old"]
            self._quiet_goal = _COMPILES.match(plugin) is not None
            self._complaint = None
            return True
        if end := _END.match(text):
            self._tests.leave()
            self._quiet_goal = False
            self.tally.ended = True
            self.tally.green = end["how"].startswith("SUCCESS")
            self.tally.red = not self.tally.green
            self._wants_reason = self.tally.red
            self._old = self.tally.red and "[ERROR]" in text
            return True
        return self._mark(text)

    def _mark(self, text: str) -> bool:
        if _REACTOR.match(text):
            self._tests.leave()
        elif _COMPILATION.match(text):
            self.tally.red = self._compiled = True
        elif _UNREADABLE.match(text):
            self.tally.red = self._wants_reason = True
        elif _NO_TESTS.match(text):
            self._no_tests = True
        else:
            return False
        return True

    def _fail(self, failed: re.Match[str]) -> bool:
        """A goal failed; below the end of a build, or alone where only errors are printed."""
        tally = self.tally
        if tally.green:
            return False
        self._tests.leave()
        tally.ended = tally.red = True
        why = _HELP.sub("", failed["why"]).strip()
        goal = _short(failed["goal"] or "")
        where = " on ".join(part for part in (goal, failed["project"]) if part)
        tests = bool(re.match(r"(?:surefire|failsafe):", goal)) and _TEST_REASON.match(why)
        self._wants_reason = not why and not tests
        if len(self._failed_goals) < 100:  # noqa: PLR2004 - no build shows more
            self._failed_goals.append((where, "" if tests else why))
        return True

    def _afterwards(self, line: Line) -> bool:
        text = line.text
        if not text.strip():
            return True
        level = _LEVEL.match(text)
        if level is None or (_THEIRS.match(text) and not self._compiled):
            return False
        said = level["said"]
        self._count(line, level)
        # Up to Maven 2 the reason is no error.
        words = {"INFO"} if self._old else {"ERROR", "FATAL"}
        if self._wants_reason and level["level"] in words and said.strip(" -"):
            self._reason(_HELP.sub("", said).strip())
        return True

    def _reason(self, said: str) -> None:
        if _BOILERPLATE.match(said) or (self._old and _TEST_REASON.match(said)):
            self._wants_reason = self._wants_reason and not self._old
            return
        if self._failed_goals and not self._failed_goals[-1][1]:
            self._failed_goals[-1] = (self._failed_goals[-1][0], said)
        else:
            self._failed_goals.append(("", said))
        # Of a project that cannot be read the lines below tell more.
        self._wants_reason = bool(re.match(r"The (?:build could not read|project )", said))
        if self._wants_reason:
            self._failed_goals.pop()

    def _log(self, line: Line) -> bool:
        """A line of some plug-in's, or of Maven itself."""
        text = line.text
        if located := _LOCATED.match(text):
            file, row = located["file"], int(located["line"])
            found = Diagnostic(file=file, line=row, message=located["message"])
            self._complaint = self._complaint or found
            return True
        level = _LEVEL.match(text)
        if level is None or _THEIRS.match(text):
            return False
        word, said = level["level"], level["said"].strip()
        if self._wants_reason and word in {"ERROR", "FATAL"} and said:
            self._reason(_HELP.sub("", said).strip())
            self.tally.ended = True
        else:
            self._count(line, level)
        return True

    def _count(self, line: Line, level: re.Match[str]) -> None:
        """Count a warning of Maven's own; one of several lines is one."""
        if not level["level"].startswith("WARN") or self._quiet_goal:
            return
        above = _LEVEL.match(line.before)
        if above is None or not above["level"].startswith("WARN"):
            self.tally.counted["warnings"] += 1
        self._warning = self._warning or level["said"].strip()


def _short(goal: str) -> str:
    """A goal as one types it.

    >>> _short("org.apache.maven.plugins:maven-compiler-plugin:3.8.0:compile")
    'compiler:compile'
    """
    parts = goal.split(":")
    if len(parts) < 3:  # noqa: PLR2004 - group, plug-in, version, goal
        return goal
    plugin = parts[1].removesuffix("-maven-plugin").removesuffix("-plugin").removeprefix("maven-")
    return f"{plugin}:{parts[-1]}"


GRAMMAR = Grammar(
    name="maven",
    kind="build",
    literals=(
        *("[warning]", "[warn]", "[error]", "[fatal]", "<<< failure!", "<<< error!", "results :"),
        *("results:", "tests are skipped.", "no tests to run."),
    ),
    aliases=("mvn", "mvnw"),
    at_once=False,
    parser=MavenParser,
    rules=(
        Rule(does=Does.START, literal="Scanning for projects...", pattern=_SCANNING),
        Rule(does=Does.START, literal=(") @ ", "[INFO] ["), pattern=_GOAL),
        Rule(does=Does.START, literal=" T E S T S", pattern=BANNER),
        Rule(
            does=Does.SUBTOTAL,
            literal="Tests run: 0, Failures: 0, Errors: 0, Skipped: 0",
            pattern=Pattern(rf"(?=.*Errors: \d+, Skipped: ){TESTS_RUN.pattern}"),
        ),
        Rule(
            does=Does.START,
            literal="[INFO] Running ",
            pattern=Pattern(rf"(?=\s*\[INFO\] ){RUNNING.pattern}"),
        ),
        Rule(
            does=Does.GREEN,
            literal=("BUILD SUCCESS", "BUILD FAILURE", "BUILD ERROR"),
            pattern=_END,
        ),
        Rule(does=Does.RED, literal="Failed to execute goal ", pattern=_FAILED_GOAL),
        Rule(does=Does.RED, literal="COMPILATION ERROR", pattern=_COMPILATION),
        Rule(
            does=Does.BROKEN,
            literal=("The build could not read 0", "while processing the POMs"),
            pattern=_UNREADABLE,
        ),
        Rule(does=Does.TAIL, literal="Reactor Summary", pattern=_REACTOR),
    ),
)
