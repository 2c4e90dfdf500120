"""A Go program that died: a panic, a fatal error of the runtime, a signal, with its goroutines.

Source: golang/go, src/runtime/panic.go (printpanics), src/runtime/traceback.go.
"""

import re
from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_GOROUTINE = Pattern(r"goroutine \d+(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[[^\]]+\]:$")
HEADER = Pattern(
    r"(?P<kind>panic|fatal error|runtime|SIG[A-Z]+): (?P<message>.*?)"
    r"(?: \[recovered(?:, repanicked)?\])?\s*$"
)
_FRAME = Pattern(r"\t(?P<file>.+\.(?:go|s)):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$")
_CALL = Pattern(
    r"(?:created by )?[\w./~*()-][\w/~*()-]*+\.[^\s(]*+\(.*\)$|created by |\.\.\.\d+ frames"
)
# The standard library; paths of other packages begin with a host.
_RUNTIME = Pattern(r"/(?:go[^/]*|libexec)/src/(?![^/.]+\.[^/]+/)")
_AFTER = Pattern(r"exit status \d+$|\[signal |\t?panic: |rax |[a-z]\w{1,3}\s+0x[0-9a-f]+$|PC=")
_MOST_ABOVE = 12
_MOST_LINES = 4000


def headline(line: Line) -> re.Match[str] | None:
    """What the lines above the first goroutine say; the first one is the cause."""
    said = None
    for text in islice(line.above(), _MOST_ABOVE):
        if found := HEADER.match(text):
            said = found
        elif text.strip() and not _AFTER.match(text) and not text.startswith("\t"):
            break
    return said


class GoPanicParser:
    """Reads the stacks of one crash; the first frame outside of the runtime is the place."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._said: re.Match[str] | None = None
        self._place: tuple[str, int] | None = None
        self._lines = 0

    @property
    def done(self) -> bool:
        """Whether a place was found."""
        return self._place is not None

    @property
    def attentive(self) -> bool:
        """For the stacks."""
        return self._lines < _MOST_LINES

    def take(self, line: Line) -> bool:
        """Read a line of a stack."""
        text = line.text
        self._lines += 1
        if self._said is None:
            self._said = headline(line)
            return self._said is not None
        if not text.strip() or _GOROUTINE.match(text):
            return True
        if frame := _FRAME.match(text):
            if self._place is None and not _RUNTIME.search(frame["file"]):
                self._place = (frame["file"], int(frame["line"]))
            return True
        return _CALL.match(text) is not None or _AFTER.match(text) is not None

    def close(self) -> None:
        """Tell the crash."""
        said = self._said
        if said is None:
            return
        file, number = self._place or (None, None)
        message = said["message"] or said["kind"]
        self.tally.add(Finding(file=file, line=number, code=said["kind"], message=message))
        self.tally.broken = f"{said['kind']}: {message}"
        self.tally.ended = True


GRAMMAR = Grammar(
    name="go",
    kind="crash",
    parser=GoPanicParser,
    rules=(Rule(does=Does.START, literal="goroutine 0", pattern=_GOROUTINE),),
)
