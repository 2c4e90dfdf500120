"""``deno``: its tests, type checks, linter, formatter, and programs that it ran.

Source: denoland/deno, cli/tools/test/reporters, cli/tools/lint/reporters.rs, cli/tools/fmt.rs.
"""

from supervisor.analyzer.declaring import declared_by
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.js_tests import Failure, TestRun
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern

_URL = r"(?:file://)?(?P<file>[^\s(]+?):(?P<line>\d+):(?P<column>\d+)"
_AT = Pattern(rf"\s+at (?:.*\()?{_URL}\)?$")
_STEPS = r"(?: \(\d+ steps?\))?"
_RESULT = Pattern(
    rf"(?:ok|FAILED) \| (?P<counts>\d+ passed{_STEPS} \| \d+ failed{_STEPS}(?: \| \d+ [a-z ]+"
    rf"{_STEPS})*) \([\d.µa-z]+\)$"
)
_RUNNING = Pattern(r"running \d+ tests? from ")
_HEAD = Pattern(r"(?P<name>\S.*) => (?P<file>\S+?):(?P<line>\d+):\d+$")
_UNCAUGHT = Pattern(r"(?P<file>\S+) \(uncaught error\)$")
_ERROR = Pattern(r"error: (?P<what>(?:\(in promise\) )?\S.*)")
_FAILURES = Pattern(r"\s?FAILURES\s*$")
_ERRORS = Pattern(r"\s?ERRORS\s*$")
_ONLY = Pattern(r"error: (?P<what>Test failed because the \"only\" option was used)")
_LEFT_OVER = Pattern(r"(?:error: (?:Test failed|Type checking failed)\b.*)?$")
_COUNTED_STEPS = Pattern(r" \(\d+ steps?\)")


class DenoTestParser(TestRun):
    """Reads the section with the errors, and the result."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._section = ""

    @property
    def attentive(self) -> bool:
        """In the section with the errors, too."""
        return self._section == "errors" or super().attentive

    def read(self, line: Line) -> bool:
        """Read an error's head, its reason, or the result."""
        text = line.text
        if self._result(text):
            return True
        if _ERRORS.match(text):
            self._section = "errors"
        elif _FAILURES.match(text):
            self._section = "failures"
        elif self._section != "errors":
            return _RUNNING.match(text) is not None
        elif head := _HEAD.match(text):
            failure = Failure(head["name"], head["file"], line=int(head["line"]))
            self.failures.begin(failure)
        elif uncaught := _UNCAUGHT.match(text):
            self.failures.begin(Failure("uncaught error", uncaught["file"]))
        elif (error := _ERROR.match(text)) and not any(f.message for f in self.failures.current):
            self.failures.say(error["what"])
        return True

    def read_after(self, line: Line) -> bool:
        """Read what follows the result."""
        if only := _ONLY.match(line.text):
            self.tally.broken = only["what"]
            return True
        return _LEFT_OVER.match(line.text) is not None

    def _result(self, text: str) -> bool:
        result = _RESULT.match(text)
        if result is None:
            return False
        counts = _COUNTED_STEPS.sub("", result["counts"]).replace(" |", ",")
        tally = self.tally
        tally.declared |= declared_by({"counts": counts})
        if flaky := tally.declared.get("flaky"):
            tally.remarks.append(f"{flaky} flaky")
        tally.ended, self._section = True, ""
        tally.red = text.startswith("FAILED")
        return True


TESTS = Grammar(
    name="deno",
    kind="tests",
    at_once=False,
    literals=("=> ", "(uncaught error)", "error: test failed", " failures"),
    parser=DenoTestParser,
    rules=(
        Rule(does=Does.START, literal=("tests from ", "0 test from "), pattern=_RUNNING),
        Rule(does=Does.START, literal=" errors", pattern=Pattern(r"\sERRORS\s?$")),
        Rule(does=Does.TRAILER, literal=("| 0 passed", "| 0 failed"), pattern=_RESULT),
    ),
)
CHECK = Grammar(
    name="deno",
    kind="types",
    urgent=Pattern(r"TS1\d{3}|TS2304|TS2305|TS2307|TS2503|TS2552|TS2580"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("[ERROR]: ", "[WARN]: "),
            pattern=Pattern(
                r"(?:error: )?(?P<code>TS\d+) \[(?P<severity>ERROR|WARN)\]: (?P<message>.*)"
            ),
            continues=_AT,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("found 0 error", "found 0 errors"),
            pattern=Pattern(r"Found (?P<errors>\d+) errors?\.$"),
            opens=False,
        ),
        Rule(
            does=Does.RED,
            literal="error: Type checking failed.",
            pattern=Pattern(r"error: Type checking failed\.$"),
        ),
    ),
)
_LINTED = r"\.(?:[cm]?[jt]sx?|jsonc?|md|vue|svelte|astro)"
LINT = Grammar(
    name="deno",
    kind="linter",
    urgent=Pattern(r"no-undef|no-dupe-\w+|SyntaxError"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="--> ",
            pattern=Pattern(rf"\s*--> (?P<file>\S+{_LINTED}):(?P<line>\d+):(?P<column>\d+)$"),
            before=Pattern(
                r"(?P<severity>error|warning)\[(?P<code>[a-z][\w-]*(?:/[\w-]+)*)\]:? "
                r"(?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=": line 0, col 0 - ",
            pattern=Pattern(
                r"(?:file://)?(?P<file>\S+): line (?P<line>\d+), col (?P<column>\d+) - "
                r"(?P<message>.*) \((?P<code>[a-z][\w-]*(?:/[\w-]+)*)\)$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal="Error linting: ",
            pattern=Pattern(r"Error linting: (?P<file>\S+)$"),
            continues=Pattern(r"\s+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("Found 0 problems", "Found 0 problem"),
            pattern=Pattern(r"Found (?P<errors>\d+) problems?$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal=("Checked 0 files", "Checked 0 file"),
            pattern=Pattern(r"Checked (?P<checked>\d+) files?$"),
            opens=False,
        ),
        Rule(
            does=Does.FIXABLE,
            literal="fixable via --fix",
            pattern=Pattern(r"Found \d+ problems? \((?P<safe>\d+) fixable via --fix\)"),
            opens=False,
        ),
    ),
)
FORMAT = Grammar(
    name="deno",
    kind="formatter",
    fix="deno fmt",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="from /",
            pattern=Pattern(rf"from (?P<file>/\S+{_LINTED}|/\S+\.\w+):$"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Error checking: ",
            pattern=Pattern(r"Error (?:checking|formatting): (?P<file>\S+)$"),
            continues=Pattern(r"\s+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="not formatted file",
            pattern=Pattern(
                r"(?:error: )?Found (?=(?P<safe>\d+))(?P<errors>\d+) not formatted files?"
                r"(?: in (?P<checked>\d+) files?)?"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("Checked 0 files", "Checked 0 file"),
            pattern=Pattern(r"Checked (?P<checked>\d+) files?$"),
        ),
    ),
)
RUN = Grammar(
    name="deno",
    kind="crash",
    rules=(
        Rule(
            does=Does.BROKEN,
            literal="error: Uncaught ",
            pattern=Pattern(
                r"error: Uncaught (?:\(in (?:worker \"\w*\"|promise)\) )*"
                r"(?:(?P<code>[A-Za-z_][\w.]*): )?(?P<message>.*)"
            ),
            continues=_AT,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("error: Module not found ", "error: SyntaxError: ", "error: The module's sou"),
            pattern=Pattern(
                r"error: (?P<message>Module not found \".*|The module's source code could not .*"
                r"|SyntaxError: .*)"
            ),
            continues=_AT,
        ),
        Rule(
            does=Does.BROKEN,
            literal="error: Import '",
            pattern=Pattern(r"error: (?P<message>Import '[^']+' failed.*)"),
        ),
    ),
)
