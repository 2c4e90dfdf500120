"""``bun test``, and ``bun``'s installing, building and running.

Source: oven-sh/bun, src/cli/test_command.zig and src/install.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import WRAPPERS, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.rule_parser import declared_by

_START = re.compile(r"bun test v\d+\.\d+")
_FILE = re.compile(r"(?P<file>\S+\.\w+):$")
_ITEM = re.compile(r"(?:\(fail\)|✗) (?P<name>\S.*?)(?: \[[\d.,]+m?s\])?$")
_DONE = re.compile(r"(?:\(pass\)|✓) ")
_RAISED = re.compile(r"(?:error|[A-Z]\w*(?:Error|Exception)): \S")
_COMPARED = re.compile(r"(?:Expected|Received)\b[^:]*: ")
_UNHANDLED = re.compile(r"# Unhandled error between tests$")
_COUNT = re.compile(
    r"\s{0,3}(?P<counts>\d+ (?:pass(?:ed)?|fail(?:ed)?|skip(?:ped)?|todo|errors?|filtered out))$"
)
_TAIL = re.compile(r"\s{0,3}(?:\d+ (?:snapshots|expect\(\) calls)\b|\d+ snapshots?,)|$")
_END = re.compile(r"Ran \d+ tests? across \d+ files?\.")
_NONE = re.compile(r"(?P<what>The following filters did not match any test files|No tests found!)")


class BunTestParser(TestRun):
    """Reads tests that failed, each below its reason, and the counts."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._started = False
        self._file: str | None = None
        self._raised: Failure | None = None

    @property
    def attentive(self) -> bool:
        """All the time: reasons stand above the tests that they are of."""
        return True

    def read(self, line: Line) -> bool:
        """Read a test, its reason, or the first closing count."""
        text = line.text
        if _START.match(text):
            began, self._started = self._started, True
            if began:
                self.end_early()
            return not began
        if none := _NONE.match(text):
            self.tally.broken = none["what"]
            return True
        if self._count(text):
            return True
        self._report(text)
        return True

    def read_after(self, line: Line) -> bool:
        """Read the other counts."""
        text = line.text
        if _START.match(text):
            return False
        return self._count(text) or _TAIL.match(text) is not None or _END.match(text) is not None

    def _report(self, text: str) -> None:
        if file := _FILE.match(text):
            self._file, self._raised = file["file"], None
        elif item := _ITEM.match(text):
            failure = self._raised or Failure("")
            failure.name, failure.file, failure.is_error = item["name"], self._file, False
            self._begin(failure)
        elif _DONE.match(text):
            self._raised = None
        elif _UNHANDLED.match(text):
            self._raised = Failure("Unhandled error between tests", self._file, is_error=True)
            self.failures.begin(self._raised)
        elif _RAISED.match(text):
            self._say(text)
        elif self._raised is not None and _COMPARED.match(text):
            self._raised.say(text)
        elif self._raised is not None:
            self.failures.current = [self._raised]
            self.failures.stand(text)

    def _begin(self, failure: Failure) -> None:
        self.failures.begin(failure)
        self.failures.current, self._raised = [], None

    def _say(self, text: str) -> None:
        if self._raised is None or self._raised.message:
            self._raised = Failure("", self._file)
        self._raised.say(text.removeprefix("error: "))

    def _count(self, text: str) -> bool:
        tally = self.tally
        count = _COUNT.match(text)
        if count is None and not (_END.match(text) and not tally.ended):
            return False
        if count is not None:
            said = declared_by({"counts": count["counts"].replace("error", "errors", 1)})
            said = {key.replace("errorss", "errors"): times for key, times in said.items()}
            if said.keys() & tally.declared.keys():
                return False
            tally.declared |= said
        tally.ended = True
        return True


TESTS = Grammar(
    name="bun",
    kind="tests",
    at_once=False,
    opaque=True,
    literals=WRAPPERS,
    parser=BunTestParser,
    rules=(Rule(does=Does.START, literal="bun test v", pattern=_START),),
)
GRAMMAR = Grammar(
    name="bun",
    kind="packages",
    urgent=re.compile(r"ResolveMessage"),
    rules=(
        Rule(
            does=Does.START,
            literal="bun install v0",
            pattern=re.compile(r"bun (?:install|add|remove|update) v\d"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="error: script ",
            pattern=re.compile(r"(?P<message>error: script \"[^\"]+\" exited with code \d+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("error: Script not found ", "error: Module not found "),
            pattern=re.compile(
                r"error: (?P<message>Script not found \"[^\"]+\"|Module not found \"[^\"]+\")"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="failed to resolve",
            pattern=re.compile(r"error: (?P<message>\S+@\S* failed to resolve)"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("error: GET http", "error: No version matching"),
            pattern=re.compile(r"error: (?:GET|No version matching) "),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="error: Could not resolve: ",
            pattern=re.compile(r"error: (?P<message>Could not resolve: \"[^\"]*\".*)"),
            continues=re.compile(r"\s+at (?P<file>\S+?):(?P<line>\d+):(?P<column>\d+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("error: lockfile had", "error: InstallFailed", "error: install script"),
            pattern=re.compile(
                r"error: (?P<message>lockfile had .*|InstallFailed.*|install script .*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("packages installed [", "package installed [", "(no changes) ["),
            pattern=re.compile(
                r"(?P<installed>\d+) packages? installed \[|Checked \d+ installs? across \d+"
            ),
        ),
    ),
)
