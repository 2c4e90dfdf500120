"""Python tracebacks: chained ones, groups, and syntax errors.

Source: cpython, Lib/traceback.py.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

HEADER = Pattern(r"(?:\s*[|+] )*(?:Exception Group )?Traceback \(most recent call last\):$")
FRAME = Pattern(r'\s*File "(?P<file>.+?)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')
_EXCEPTION = Pattern(r"(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_SYNTAX = Pattern(r"(?P<type>SyntaxError|IndentationError|TabError): (?P<message>.*)")
_CHAINED = Pattern(
    r"(?:During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception):$"
)
_BARS = Pattern(r"\s*[|+](?:[-+]+(?: \d+ )?)*[-+]*(?:\s*[|+])* ?")
LIBRARY = Pattern(r"site-packages|dist-packages|/lib/python\d|<frozen |[/\\]Lib[/\\]")
_MOST_PARTS = 50


class TracebackParser:
    """Reads one traceback with everything that is chained to it."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._in_group = False
        self._in_frames = False
        self._chained = False
        self._place: tuple[str, int] | None = None
        self._frames: list[str] = []
        self._exceptions: list[tuple[str, str, tuple[str, int] | None]] = []

    @property
    def done(self) -> bool:
        """Whether the exception itself was seen."""
        return bool(self._exceptions) and not self._in_frames

    @property
    def attentive(self) -> bool:
        """Always: frames and source lines have nothing in common."""
        return True

    def take(self, line: Line) -> bool:
        """Read a line of the traceback."""
        text = line.text
        if HEADER.match(text):
            return self._begin(text)
        if self._in_group and text.lstrip()[:1] in {"|", "+"}:
            text = _BARS.sub("", text, count=1)
            if not text.strip() or HEADER.match(text):
                return True
        if not self._exceptions and not self._in_frames:
            return self._lone_syntax_error(line)
        if not text.strip():
            return True
        if _CHAINED.match(text):
            self._chained = True
            return True
        return self._frame(text) or self._exception(text)

    def close(self) -> None:
        """Make the last exception the first to show; the first one is the root."""
        if self._in_frames and not self._exceptions:
            self._exceptions.append(("Traceback", "cut short", self._place))
        shown = self._exceptions[:1] if self._in_group else self._exceptions[-1:]
        for name, message, place in shown:
            file, number = place or (None, None)
            said = f"{name}: {message}" if message else name
            self.tally.add(Finding(file=file, line=number, code=name, message=message, cause=said))
            self.tally.broken = said
        for name, message, _ in self._exceptions:
            if (name, message) not in {(one, other) for one, other, _ in shown}:
                self.tally.blame(f"{name}: {message}")
        self.tally.identify(*self._frames)
        self.tally.ended = True

    def _begin(self, text: str) -> bool:
        if self.done and not self._chained and not self._in_group:
            return False
        self._in_group = self._in_group or "Exception Group" in text
        self._in_frames, self._chained, self._place = True, False, None
        return True

    def _frame(self, text: str) -> bool:
        if frame := FRAME.match(text):
            file = frame["file"]
            if self._place is None or not LIBRARY.search(file):
                self._place = (file, int(frame["line"]))
            if len(self._frames) < _MOST_PARTS:
                self._frames.append(f"{_module(file)}:{frame['function']}")
            return True
        return self._in_frames and text[:1].isspace()

    def _exception(self, text: str) -> bool:
        if not self._in_frames and not self._in_group:
            return False
        match = _EXCEPTION.match(text)
        if match is None:
            return False
        if len(self._exceptions) < _MOST_PARTS:
            self._exceptions.append((match["type"], match["message"] or "", self._place))
        self._in_frames = False
        return True

    def _lone_syntax_error(self, line: Line) -> bool:
        """An error of the compiler's has no header; its place stands above it."""
        match = _SYNTAX.match(line.text)
        if match is None:
            return False
        for text, _ in zip(line.above(), range(4), strict=False):
            if frame := FRAME.match(text):
                self._place = (frame["file"], int(frame["line"]))
                break
        self._exceptions.append((match["type"], match["message"], self._place))
        return True


def _module(file: str) -> str:
    """The part of a path that survives another checkout.

    >>> _module("/home/me/app/src/db.py"), _module("<stdin>")
    ('db', '<stdin>')
    """
    return re.split(r"[/\\]", file)[-1].removesuffix(".py")


GRAMMAR = Grammar(
    name="python",
    kind="crash",
    aliases=("python3",),
    parser=TracebackParser,
    rules=(
        Rule(does=Does.START, literal="Traceback (most", pattern=HEADER),
        Rule(
            does=Does.START,
            literal="Error: ",
            pattern=_SYNTAX,
            before=Pattern(r'\s+[\^~]+\s*$|\s*File "'),
        ),
    ),
)
