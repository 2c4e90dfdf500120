"""``cargo test``: the closing lines of several binaries, doc tests, and those that died.

Source: rust-lang/rust, library/test/src/formatters/pretty.rs and terse.rs; rust-lang/cargo,
src/cargo/ops/cargo_test.rs.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.rust_panics import Panic
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_RUNNING = Pattern(r"running (?P<tests>\d+) (?:tests?|benchmarks?)(?: on .*)?$")
_RESULT = Pattern(
    r"test result: (?P<verdict>ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; "
    r"(?P<skipped>\d+) ignored; (?:\d+ allowed fail; )?(?P<measured>\d+) measured"
    r"(?:; (?P<filtered>\d+) filtered out)?"
)
_BINARY = Pattern(r"\s+(?:Running|Doc-tests) (?P<binary>\S.*)")
_TEST = Pattern(
    r"(?:test )?(?>(?P<name>\S.*) (?:\.\.\.|---) )(?:.*\s)?"
    r"(?P<outcome>ok|FAILED|ignored)(?:, .*|\s*<[\d.]+s>)?$"
)
_SECTION = Pattern(r"---- (?P<name>.+?) (?:stdout|stderr) ----$")
_FAILED_TO_RUN = Pattern(r"error: (?:(?:doc)?test|bench) failed, to rerun pass `?(?P<how>[^`]*)`?")
_DIED = Pattern(
    r"\s+process didn't exit successfully: `(?P<command>[^`]*)` \((?P<how>[^)]*)\)"
    r"|error: process didn't exit successfully: `(?P<old>[^`]*)` \((?P<old_how>[^)]*)\)"
)
_TARGETS = Pattern(r"error: \d+ targets? failed:$|\s{4}`-.*`$")
_BUILDS = Pattern(
    r"\s+(?:Compiling|Checking|Finished) \S.*(?:v\d|target\(s\))|error: could not compile"
)
_SAID = Pattern(r"note: test did not panic as expected|Test (?:executable failed|compile)")
_ERROR = Pattern(r"Error: (?P<message>.*)|error(?:\[(?P<code>E\d+)\])?: (?P<doc>.*)")
_MOST_TESTS = 2000


class CargoTestParser:
    """Reads all binaries of one ``cargo test``; what tests print never counts."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._inside = False
        """Between a binary's first line and its closing one."""
        self._tests: int | None = None
        """How many tests the binary has said that it runs."""
        self._held: re.Match[str] | None = None
        """A closing line of that many tests did not come, but this one."""
        self._pending = False
        """A binary was named and has not begun."""
        self._results = 0
        self._bad = False
        self._test: str | None = None
        """Whose output is being shown."""
        self._panic: Panic | None = None
        self._failures: dict[str, Panic] = {}
        self._failed: dict[str, None] = {}
        self._passed = self._skipped = 0
        self._dead: list[str] = []

    @property
    def done(self) -> bool:
        """Whether the last binary that was named has ended."""
        return self._results > 0 and not self._inside and not self._pending

    @property
    def attentive(self) -> bool:
        """While tests run: their output looks like anything."""
        return self._inside

    def take(self, line: Line) -> bool:
        """Read a line of a binary, or between two."""
        text = line.text
        if text[:1] == "t" and (result := _RESULT.match(text)):
            return self._hold(result) if self._is_anothers(result) else self._sum_up(result)
        if text[:1] == "r" and self._test is None and (running := _RUNNING.match(text)):
            self._inside, self._pending = True, False
            self._tests, self._held = int(running["tests"]), None
            return True
        if text[:1] == "e" and self._test is None and (failed := _FAILED_TO_RUN.match(text)):
            return self._fail(failed["how"])
        return self._within(text) if self._inside else self._between(text)

    def close(self) -> None:
        """Settle the counts."""
        if self._inside and self._held is not None:
            self._sum_up(self._held)
        tally = self.tally
        for name in self._failed:
            self._tell(name)
        for said in self._dead:
            tally.add(Finding(message=said, counts_as="errors"))
        for key, count in (("passed", self._passed), ("skipped", self._skipped)):
            if count:
                tally.counted[key] = count
        if self._dead:
            tally.declared["errors"] = len(self._dead)
        tally.ended = self.done
        if self._bad or tally.problems or not self.done:
            return
        tally.green = tally.declared.get("passed", 0) > 0
        if not tally.green:
            tally.remarks.append("no tests ran")

    def _tell(self, name: str) -> None:
        panic = self._failures.get(name)
        self.tally.add(
            Finding(
                file=panic.file if panic else None,
                line=panic.line if panic else None,
                column=panic.column if panic else None,
                code=name,
                message=panic.message if panic else "",
                counts_as="failed",
            )
        )

    def _between(self, text: str) -> bool:
        if died := _DIED.match(text):
            return self._die(died["how"] or died["old_how"])
        if _BINARY.match(text):
            self._pending = True
            return True
        return _TARGETS.match(text) is not None and self._results > 0

    def _is_anothers(self, result: re.Match[str]) -> bool:
        """Whether a closing line is of other tests, whose output a test was shown with."""
        ran = sum(number(result[key]) for key in ("passed", "failed", "skipped", "measured"))
        return self._inside and self._tests is not None and ran != self._tests

    def _hold(self, result: re.Match[str]) -> bool:
        self._held = result
        return True

    def _within(self, text: str) -> bool:
        if text[:1] == "-" and (section := _SECTION.match(text)):
            self._test, self._panic = section["name"], None
            self._note_failure(section["name"])
        elif (" ... " in text or " --- " in text) and (test := _TEST.match(text)):
            self._note(test["name"], test["outcome"])
        elif text[:1] in " e" and (_BUILDS.match(text) or _BINARY.match(text)):
            self._leave("")
            self._pending = _BINARY.match(text) is not None
            return self._pending
        elif "panicked at" in text and (panic := Panic.read(text)):
            self._hear(panic)
        elif self._panic is not None and not self._panic.message:
            self._panic.message = text.strip()
        elif self._panic is not None and self._panic.message.startswith("assertion "):
            self._panic.message += _side(text)
        elif self._test is not None and self._test not in self._failures:
            self._explain(text)
        return True

    def _hear(self, panic: Panic) -> None:
        name = self._test or panic.thread
        if name not in self._failures and len(self._failures) < _MOST_TESTS:
            self._failures[name] = panic
        self._panic = panic

    def _explain(self, text: str) -> None:
        """Read why a test failed that did not panic."""
        message = ""
        if _SAID.match(text):
            message = text.strip().removeprefix("note: ")
        elif error := _ERROR.match(text):
            message = (error["message"] or error["doc"] or "").strip()
        if message and self._test is not None:
            self._failures[self._test] = Panic(self._test, None, None, None, message)

    def _note(self, name: str, outcome: str) -> None:
        match outcome:
            case "FAILED":
                self._note_failure(name)
            case "ok":
                self._passed += 1
            case _:
                self._skipped += 1

    def _note_failure(self, name: str) -> None:
        if len(self._failed) < _MOST_TESTS:
            self._failed[name.removesuffix(" - should panic")] = None

    def _sum_up(self, result: re.Match[str]) -> bool:
        self._inside = self._pending = False
        self._test = self._panic = None
        self._results += 1
        self._bad = self._bad or result["verdict"] == "FAILED"
        declared = self.tally.declared
        for key in ("passed", "failed", "skipped", "measured"):
            count = number(result[key])
            if count or key != "measured":
                declared[key] = declared.get(key, 0) + count
        return True

    def _fail(self, how: str) -> bool:
        """Read that a binary failed; one without a closing line died."""
        if not self._inside and not self._results:
            return False
        self._bad = True
        if self._inside:
            self._leave(how)
        return True

    def _leave(self, how: str) -> None:
        """Leave a binary without its closing line."""
        self._inside = False
        if self._held is not None:
            self._sum_up(self._held)
            return
        self._bad = True
        if len(self._dead) < _MOST_TESTS:
            self._dead.append(f"test binary died ({how})" if how else "test binary died")

    def _die(self, how: str) -> bool:
        """Read what killed the binary of the line above."""
        if self._dead and not how.startswith("exit"):
            self._dead[-1] += f": {how}"
        return True


def _side(text: str) -> str:
    """``left`` or ``right`` of a failed comparison, to be put behind its message."""
    text = text.strip()
    return f"; {text[:120]}" if text.startswith(("left:", "right:")) else ""


GRAMMAR = Grammar(
    name="cargo-test",
    kind="tests",
    at_once=False,
    resumes=True,  # It may build another target between two binaries.
    parser=CargoTestParser,
    literals=("didn't exit successfully: ", "doc-tests ", "   running ", "targets failed:"),
    rules=(
        Rule(does=Does.START, literal=("running 0 test", "running 0 benchmark"), pattern=_RUNNING),
        Rule(does=Does.START, literal="test result: ", pattern=_RESULT),
        Rule(
            does=Does.START,
            literal="failed, to rerun pass ",
            pattern=_FAILED_TO_RUN,
            opens=False,
        ),
    ),
)
