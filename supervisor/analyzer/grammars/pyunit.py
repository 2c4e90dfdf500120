"""unittest and the runners that print as it does: nose, nose2, Django's, testtools, trial.

Source: cpython, Lib/unittest/runner.py; nose and nose2, result.py; twisted, trial/reporter.py.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.python import FRAME, HEADER, LIBRARY
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number

_RULE = Pattern(r"={70,79}$")
_THIN_RULE = Pattern(r"-{70,79}$")
_HEADING = Pattern(r"(?P<outcome>FAIL|ERROR|UNEXPECTED SUCCESS): (?P<test>\S.*)$")
_TRIAL = Pattern(r"\[(?P<outcome>FAIL|ERROR)\]$")
_OUTCOME = (
    r"(?P<outcome>ok|FAIL|ERROR|SKIP|skipped|expected failure|unexpected success)(?=$|:? \S)"
    r"|\s*\[(?P<mark>OK|FAIL|ERROR|SKIPPED)\]$"
)
_PROGRESS = Pattern(rf"\s*\S.* \.\.\. (?:{_OUTCOME})")
_SURE_PROGRESS = Pattern(
    r"(?:\w+ \([\w.]+\)(?: [(\[].*[)\]])?|(?=\S*[tT]est)\w+(?:\.\w+)+(?:\(.*\))?)"
    rf" \.\.\. (?:{_OUTCOME})"
)
_PASSED = Pattern(r"test\w* \([\w.]+\) \.\.\. ok$")
_RAN = Pattern(r"Ran (?P<tests>\d+) tests? in (?P<took>[\d.]+)s$")
_STATUS = Pattern(r"(?P<status>OK|FAILED|PASSED|NO TESTS RAN)(?: \((?P<counts>.+)\))?$")
_COUNT = Pattern(r"([A-Za-z ]{1,60})=(\d+)")
_DJANGO = Pattern(
    r"(?:Found \d+ test\(s\)\.|(?:Creating|Using existing|Cloning) test database for alias ).*"
)
_CAPTURED = Pattern(r"Std(?:out|err):$|-+ >> begin captured ")
_NO_TEST = Pattern(r"(?:setUp|tearDown)(?:Class|Module)\b|_ErrorHolder$|Failure: ")
_PARAMETERS = Pattern(r" (?:\((?:\w+=.*|<subtest>\))|\[.*)$")
_OVER = Pattern(
    r"=+ test session starts|Process completed with exit code|nox > |travis_fold:"
    r'|The command ".*" (?:exited with|failed)'
)
"""Where one of these comes, the closing line will not come any more."""
_OVER_STARTS = frozenset("=PntT")
_KEYS = {
    "failures": "failed",
    "errors": "errors",
    "skipped": "skipped",
    "skip": "skipped",
    "skips": "skipped",
    "expected failures": "expected failures",
    "expectedfailures": "expected failures",
    "knownfail": "expected failures",
    "unexpected successes": "unexpected successes",
    "unexpectedsuccesses": "unexpected successes",
    "successes": "passed",
}
_OUTCOMES = {"ok": "passed", "fail": "failed", "error": "errors", "skip": "skipped"}
_MOST_ITEMS = 5000
_MOST_DESCRIPTION = 3
"""Lines of a test's description below its name, before the rule."""
_MOST_UNTIL_STATUS = 60
"""Lines of a coverage report or of a tear-down between a run's count and its status."""


@dataclass(slots=True)
class _Item:
    """A test that failed or could not run."""

    test: str
    outcome: str
    file: str | None = None
    line: int | None = None
    cause: str = ""

    @property
    def key(self) -> str:
        """Key of ``Digest.counted``."""
        return "errors" if self.outcome == "ERROR" else "failed"

    @property
    def name(self) -> str:
        """The test without its parameters; tests of one method may fail several times."""
        return _PARAMETERS.sub("", self.test)


class _Block(Enum):
    """Where in the report of a failure a line stands."""

    NONE = auto()
    HEAD = auto()
    BODY = auto()
    TRIAL = auto()


class _Reason:
    """Reads a block's tracebacks: of chained exceptions the last is what failed."""

    def __init__(self) -> None:
        self.cause = ""
        self.place: tuple[str, int] | None = None
        self._in_frames = False
        self._goes_on = False
        self._captured = False

    def read(self, text: str, *, lone: bool = True) -> None:
        """Read a line; ``lone`` if an exception may stand there without a traceback."""
        if self._captured or not text.strip():
            return
        if _CAPTURED.match(text):
            self._captured = True
        elif HEADER.match(text):
            self._in_frames, self.place = True, None
        elif frame := FRAME.match(text):
            if self.place is None or not LIBRARY.search(frame["file"]):
                self.place = (frame["file"], int(frame["line"]))
        elif self._goes_on:
            self.cause, self._goes_on = f"{self.cause} {text.strip()}", False
        elif not text[0].isspace() and (self._in_frames or (lone and not self.cause)):
            self.cause, self._in_frames = text.strip(), False
            self._goes_on = self.cause.endswith("Error:")  # A message that begins with a newline.


class UnittestParser:
    """Reads one run. What tests print never counts, nor do the tracebacks that they log."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._items: list[_Item] = []
        self._dropped = 0
        self._shown = dict.fromkeys(("failed", "errors", "passed", "skipped"), 0)
        self._reason = _Reason()
        self._block = _Block.NONE
        self._ruled: bool | None = None
        self._ran: int | None = None
        self._waited = self._block_lines = 0
        self._mistaken = False
        self.hot = False
        """Whether the last line told of a test that passed; more of the same may follow."""

    @property
    def done(self) -> bool:
        """Whether the closing line was seen, or what looked like a heading was none."""
        return self.tally.ended or self._mistaken

    @property
    def attentive(self) -> bool:
        """Always: tracebacks have no literal, and a status is a word."""
        return True

    def take(self, line: Line) -> bool:
        """Read a line of the run."""
        text = line.text
        self.hot = False
        if self.tally.ended:
            return text.startswith("Destroying test database for alias ")
        first = text[:1]
        if first in _OVER_STARTS and _OVER.match(text):
            self.tally.ended = True
            self._settle(None)
            return False
        if self._ran is not None:
            return self._await_status(text)
        ruled, self._ruled = self._ruled, first == "=" and _RULE.match(text) is not None
        if ruled is None:
            ruled = _RULE.match(line.before) is not None
        if ruled and (heading := _HEADING.match(text) or _TRIAL.match(text)):
            self._begin(heading)
        elif first == "R" and (ran := _RAN.match(text)):
            self._end_block()
            self._ran = int(ran["tests"])
        elif self._block is not _Block.NONE:
            return self._read(text)
        elif " ... " in text and (shown := _PROGRESS.match(text)):
            self._show(shown["outcome"] or shown["mark"])
            self.hot = True
        else:
            self._reason.read(text, lone=False)
        return True

    def run(self, texts: Iterable[str], _hears: Callable[[str], bool]) -> int:
        """Count tests that passed for as long as nothing else stands between them."""
        match = _PASSED.match
        count = 0
        for text in texts:
            if match(text) is None:
                break
            count += 1
        self._shown["passed"] += count
        return count

    def close(self) -> None:
        """Settle for what was shown, where the closing line never came."""
        self._end_block()
        if not self.tally.ended:
            self._settle(None)
        tally = self.tally
        for item in self._items:
            finding = Finding(
                file=item.file,
                line=item.line,
                code=item.test,
                message=item.cause,
                counts_as=item.key,
                cause=item.cause,
            )
            tally.add(finding)
        for key, count in self._shown.items():
            if count:
                tally.counted[key] = max(count, tally.counted[key])
        tally.by_code.clear()

    def _begin(self, heading: re.Match[str]) -> None:
        self._end_block()
        groups = heading.groupdict()
        self._block = _Block.HEAD if "test" in groups else _Block.TRIAL
        self._reason, self._block_lines = _Reason(), 0
        if groups["outcome"] == "UNEXPECTED SUCCESS":
            self._block = _Block.NONE
        if len(self._items) < _MOST_ITEMS:
            self._items.append(_Item(groups.get("test") or "", groups["outcome"] or ""))
        else:
            self._dropped += 1

    def _read(self, text: str) -> bool:
        """Read a line of a block: below the heading's description, or trial's, which has none."""
        self._block_lines += 1
        if self._block is not _Block.HEAD:
            self._reason.read(text)
            if self._block is _Block.TRIAL:
                if text[:1] not in {"", " ", "=", "-"}:
                    self._items[-1].test = text.strip()  # The last line names the test.
                return self._block_lines > 1 or HEADER.match(text) is not None or self._mistake()
        elif _THIN_RULE.match(text):
            self._block = _Block.BODY
        elif self._block_lines > _MOST_DESCRIPTION:
            return self._mistake()
        return True

    def _mistake(self) -> bool:
        """What looked like a heading of unittest's was another tool's; False."""
        self._block, self._reason = _Block.NONE, _Reason()
        if not self._dropped:
            self._items.pop()
        self._mistaken = not self._items and not any(self._shown.values())
        return not self._mistaken

    def _end_block(self) -> None:
        if self._block is not _Block.NONE and not self._dropped and self._items:
            item, reason = self._items[-1], self._reason
            item.cause = reason.cause
            if reason.place is not None:
                item.file, item.line = reason.place
        self._block = _Block.NONE

    def _show(self, outcome: str) -> None:
        word = outcome.lower().removesuffix("ped")
        key = {"expected failure": "passed", "unexpected success": "failed"}.get(word)
        self._shown[key or _OUTCOMES[word]] += 1

    def _await_status(self, text: str) -> bool:
        self._waited += 1
        if status := _STATUS.match(text):
            self.tally.ended = True
            self._settle(status)
            return True
        if self._waited > _MOST_UNTIL_STATUS:
            self.tally.ended = True
            self._settle(None)
            return False
        return True

    def _settle(self, status: re.Match[str] | None) -> None:
        """Declare what the closing lines say; how many passed is what they leave over."""
        tally = self.tally
        if self._ran is None:
            if not self._items and self._reason.cause:
                tally.broken = self._reason.cause
                tally.identify("broken", tally.broken)
            return
        declared: dict[str, int] = {}
        for word, count in _COUNT.findall((status and status["counts"]) or ""):
            key = _KEYS.get(word.strip().lower())
            if key is not None:
                declared[key] = number(count)
        unexpected = declared.get("unexpected successes", 0)
        if unexpected:
            declared["failed"] = declared.get("failed", 0) + unexpected
        failed = self._failing_tests(declared)
        passed = self._ran - failed - declared.get("skipped", 0)
        tally.declared = {"total": self._ran, **declared}
        if status is not None:
            tally.declared.setdefault("passed", max(0, passed))
        if not self._ran:
            tally.remarks.append("no tests ran")
        tally.green = (
            status is not None
            and status["status"] in {"OK", "PASSED"}
            and bool(self._ran)
            and not failed
        )

    def _failing_tests(self, declared: dict[str, int]) -> int:
        """How many of the tests that ran failed: one may have failed twice, a fixture is none."""
        said = declared.get("failed", 0) + declared.get("errors", 0)
        unnamed = declared.get("unexpected successes", 0)
        named = [item for item in self._items if item.outcome != "UNEXPECTED SUCCESS"]
        if self._dropped or len(named) + unnamed != said:
            return said
        modules = sum(item.test.startswith("Failure: ") for item in named)  # nose's; no test ran
        tests = {item.name for item in named if not _NO_TEST.match(item.test)}
        return unnamed + modules + len(tests)


GRAMMAR = Grammar(
    name="unittest",
    kind="tests",
    aliases=("nose", "nosetests", "nose2", "trial", "django", "django-admin"),
    at_once=False,
    opaque=True,
    parser=UnittestParser,
    rules=(
        Rule(
            does=Does.START,
            literal=("FAIL: ", "ERROR: ", "UNEXPECTED SUCCESS: "),
            pattern=_HEADING,
            before=_RULE,
        ),
        Rule(does=Does.START, literal=("[FAIL]", "[ERROR]"), pattern=_TRIAL, before=_RULE),
        Rule(
            does=Does.START,
            literal=("... ok", "... FAIL", "... ERROR", "... skip", "... [", "...  ["),
            pattern=_SURE_PROGRESS,
        ),
        Rule(does=Does.START, literal=("0 tests in 0", "0 test in 0"), pattern=_RAN),
        Rule(
            does=Does.START,
            literal=("0 test(s).", " test database for alias "),
            pattern=_DJANGO,
        ),
    ),
)
