"""``bun test``, and ``bun``'s installing, building and running.

Source: oven-sh/bun, src/cli/test_command.zig and src/install.
"""

from itertools import islice

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import WRAPPERS, Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern

_START = Pattern(r"bun test v\d+\.\d+")
_FILE = Pattern(r"(?P<file>\S+\.\w+):$")
_ITEM = Pattern(r"(?:\(fail\)|✗) (?P<name>\S.*?)(?: \[[\d.,]+m?s\])?$")
_BEFORE = Pattern(r"(?:\((?:pass|fail|skip|todo)\)|[✓✗»]) |\S+\.\w+:$|bun test v")
_RAISED = Pattern(r"(?:error|[A-Z]\w*(?:Error|Exception)): \S")
_COMPARED = Pattern(r"(?:Expected|Received)\b[^:]*: ")
_UNHANDLED = Pattern(r"# Unhandled error between tests$")
_COUNT = Pattern(
    r"\s{0,3}(?P<counts>\d+ (?:pass|fail|skip|todo|errors?|filtered out))$"
    r"|Bailed out after (?P<failed>\d+) failures?"
)
_TAIL = Pattern(r"\s{0,3}(?:\d+ (?:snapshots|expect\(\) calls)\b|\d+ snapshots?,)|$")
_END = Pattern(r"Ran \d+ tests? across \d+ files?\.")
_MOST_BACK = 100
_NONE = Pattern(r"(?P<what>The following filters did not match any test files|No tests found!)")


class BunTestParser(TestRun):
    """Reads tests that failed, each below its reason, and the counts."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._started = False

    def read(self, line: Line) -> bool:
        """Read a test that failed, what was not caught, or the first closing count."""
        text = line.text
        if _START.match(text):
            began, self._started = self._started, True
            if began:
                self.end_early()
            return not began
        if none := _NONE.match(text):
            self.tally.broken = none["what"]
        elif item := _ITEM.match(text):
            self.relax()
            self._look_back(Failure(item["name"]), line)
        elif _UNHANDLED.match(text):
            self.failures.begin(Failure("Unhandled error between tests", is_error=True))
            self.listen()
        elif not self._count(text):
            return self._explain(text)
        return True

    def read_after(self, line: Line) -> bool:
        """Read the other counts."""
        text = line.text
        if _START.match(text):
            return False
        return self._count(text) or _TAIL.match(text) is not None or _END.match(text) is not None

    def _look_back(self, failure: Failure, line: Line) -> None:
        """Find the reason above a test that failed, and its file further above."""
        self.failures.begin(failure)
        above = list(islice(line.above(), _MOST_BACK))
        end = next((place for place, text in enumerate(above) if _BEFORE.match(text)), len(above))
        for text in reversed(above[:end]):
            self._explain(text)
        heads = filter(None, map(_FILE.match, above))
        failure.file = next((head["file"] for head in heads), failure.file)
        self.failures.current = []

    def _explain(self, text: str) -> bool:
        current = self.failures.current
        if not current:
            return False
        if _RAISED.match(text):
            for failure in current:
                failure.message = text.removeprefix("error: ").strip()
        elif _COMPARED.match(text):
            self.failures.say(text)
        else:
            self.failures.stand(text)
        return True

    def _count(self, text: str) -> bool:
        tally = self.tally
        count = _COUNT.match(text)
        if count is None:
            return False
        said = declared_by(count.groupdict())
        if said.keys() & tally.declared.keys():
            return False
        tally.declared |= said
        tally.ended = True
        self.relax()
        return True


TESTS = Grammar(
    name="bun",
    kind="tests",
    at_once=False,
    opaque=True,
    literals=(
        *(
            *WRAPPERS,
            "(fail) ",
            "✗ ",
            "# Unhandled error",
            "bailed out after",
            "any test files",
            "no tests found!",
        ),
        *(f"0 {word}" for word in ("pass", "fail", "skip", "todo", "error", "filtered out")),
    ),
    parser=BunTestParser,
    rules=(Rule(does=Does.START, literal="bun test v", pattern=_START),),
)
GRAMMAR = Grammar(
    name="bun",
    kind="packages",
    wraps=True,
    urgent=Pattern(r"ResolveMessage"),
    rules=(
        Rule(
            does=Does.START,
            literal="bun install v0",
            pattern=Pattern(r"bun (?:install|add|remove|update) v\d"),
        ),
        Rule(
            does=Does.RED,
            literal="error: script ",
            pattern=Pattern(r"error: (?P<message>script \"[^\"]+\" exited with code \d+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("error: Script not found ", "error: Module not found "),
            pattern=Pattern(
                r"error: (?P<message>Script not found \"[^\"]+\"|Module not found \"[^\"]+\")"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="failed to resolve",
            pattern=Pattern(r"error: (?P<message>\S[^\s@]*+@\S*+ failed to resolve)"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("error: GET http", "error: No version matching"),
            pattern=Pattern(r"error: (?:GET|No version matching) "),
            opens=False,
        ),
        Rule(
            does=Does.FINDING,
            literal="error: Could not resolve: ",
            pattern=Pattern(r"error: (?P<message>Could not resolve: \"[^\"]*\".*)"),
            continues=Pattern(r"\s+at (?P<file>\S+?):(?P<line>\d+):(?P<column>\d+)"),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("error: lockfile had", "error: InstallFailed", "error: install script"),
            pattern=Pattern(
                r"error: (?P<message>lockfile had .*|InstallFailed.*|install script .*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("packages installed [", "package installed [", "(no changes) ["),
            pattern=Pattern(
                r"(?P<installed>\d+) packages? installed \[|Checked \d+ installs? across \d+"
            ),
        ),
    ),
)
