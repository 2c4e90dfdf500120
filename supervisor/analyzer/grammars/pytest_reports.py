"""What pytest's reports and summary lines say of each test that failed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from supervisor.analyzer.grammars.pytest_lines import TRAILER
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.digests import Diagnostic

ITEM = Pattern(r"_+ (?P<name>\S.*?) _+$")
_PLACE = Pattern(r"(?P<file>[^\s:][^:]*\.\w+):(?P<line>\d+): ")
_EXCEPTION = Pattern(r"[A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Interrupt|Failed)\b")
_CHAINED = Pattern(r"(?:During handling of the above|The above exception was the direct cause)")
_CRASH = Pattern(r"(?P<cause>worker '\w+' crashed) while running '(?P<test>.+)'$")
_MOST_ITEMS = 5000
_MOST_BACK = 100


@dataclass(slots=True)
class _Item:
    """One block of the FAILURES or ERRORS section."""

    name: str
    is_error: bool
    cause: str | None = None
    file: str | None = None
    line: int | None = None

    def read(self, text: str) -> None:
        """Take the cause from the first ``E`` line and the place from the last frame.

        Of chained exceptions the last is what a test failed of; a module that cannot be
        collected suffers from the first.
        """
        if _CHAINED.match(text) and not self.is_error:
            self.cause = None
        elif text.startswith("E  "):
            said = text[1:].strip()
            # A syntax error's first line is the place, its last one the exception.
            late = (self.cause or "").startswith("File ") and _EXCEPTION.match(said)
            if said and (self.cause is None or late):
                self.cause = said
            elif said and self.cause is not None and self.cause.endswith("Error:"):
                self.cause += f" {said}"  # The message began with a newline.
        elif place := _PLACE.match(text):
            self.file, self.line = place["file"], int(place["line"])
        elif crash := _CRASH.match(text):
            self.name, self.cause = crash["test"], crash["cause"]


class Reports:
    """The blocks of the FAILURES and ERRORS sections, and the lines that name tests."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._said: dict[str, tuple[str, str]] = {}
        self._passed = 0
        self._above: _Item | None = None

    @property
    def named(self) -> bool:
        """Whether a line has named a test that failed."""
        return bool(self._said)

    def begin(self, name: str) -> None:
        """A block with this heading begins."""
        if len(self._items) < _MOST_ITEMS:
            self._items.append(_Item(name, is_error=name.startswith("ERROR ")))

    def read(self, text: str) -> None:
        """Read a line of the block that began last."""
        if self._items:
            self._items[-1].read(text)

    def passed(self, count: int) -> None:
        """So many lines said that a test passed."""
        self._passed += count

    def note(self, said: re.Match[str]) -> None:
        """A line said how a test went, or a part of one."""
        groups = said.groupdict()
        outcome, message = said["outcome"], groups.get("message")
        test = f"{said['id']} {(groups.get('sub') or '').strip()}".strip()
        if outcome == "PASSED":
            self._passed += 1
        if outcome.startswith(("FAIL", "SUBFAIL")):
            outcome = "FAILED"
        if outcome in {"FAILED", "ERROR"} and (test in self._said or len(self._said) < _MOST_ITEMS):
            known = self._said.get(test, (outcome, ""))
            self._said[test] = (outcome, message or known[1])

    def look_back(self, line: Line) -> None:
        """Find the last failure's cause above, where the beginning of the output was cut off."""
        item = _Item("", is_error=False)
        reasons: list[str] = []
        for text, _ in zip(line.above(), range(_MOST_BACK), strict=False):
            if ITEM.match(text) or TRAILER.match(text):
                break
            if reasons and not text.startswith(("E ", ">")):
                break
            if text.startswith("E  "):
                reasons.append(text)
            elif not reasons and (place := _PLACE.match(text)) and item.file is None:
                item.file, item.line = place["file"], int(place["line"])
        for text in reversed(reasons):
            item.read(text)
        self._above = item if item.cause else None

    def counted(self) -> dict[str, int]:
        """Tests that failed, could not run, and passed, as far as lines showed them."""
        counts = {"passed": self._passed}
        for key, word in (("failed", "FAILED"), ("errors", "ERROR")):
            named = sum(outcome == word for outcome, _ in self._said.values())
            shown = sum(item.is_error == (word == "ERROR") for item in self._items)
            counts[key] = max(named, shown)
        return {key: count for key, count in counts.items() if count}

    def failures(self) -> Iterator[Diagnostic]:
        """Failures as diagnostics; ``code`` is the test's id."""
        unread = dict(self._said)
        by_tail = {_tail(test): test for test in reversed(unread)}
        for item in self._items:
            test = by_tail.get(_tail(item.name), item.name.removeprefix("ERROR collecting "))
            message = unread.pop(test, ("", ""))[1]
            yield Diagnostic(
                file=item.file or test.partition("::")[0],
                line=item.line,
                code=test,
                message=item.cause or message,
            )
        above = self._above if len(unread) == 1 and not self._items else None
        for test, (_, message) in unread.items():
            if above is not None:
                cause = above.cause or message
                yield Diagnostic(file=above.file, line=above.line, code=test, message=cause)
                return
            yield Diagnostic(file=test.partition("::")[0], code=test, message=message)


def _tail(name: str) -> str:
    """What a section's heading and a test's id have in common.

    >>> _tail("tests/test_a.py::TestX::test_y"), _tail("TestX.test_y")
    ('TestX.test_y', 'TestX.test_y')
    """
    name = name.removeprefix("ERROR collecting ")
    name = re.sub(r"^ERROR at \w+ of ", "", name)
    path, separator, test = name.partition("::")
    return test.replace("::", ".") if separator else path
