""".NET's uncaught exceptions, and Mono's.

Source: dotnet/runtime, coreclr/vm/excep.cpp and System/Exception.cs (ToString);
mono/mono, metadata/object.c.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_TYPE = r"(?P<type>(?:[A-Za-z_]\w*\.)+[A-Z_][\w`+]*)"
_UNHANDLED = Pattern(
    rf"(?:\[ERROR\] FATAL UNHANDLED EXCEPTION: |Unhandled [Ee]xception[.:] ){_TYPE}"
    r"(?:: (?P<message>.*))?$"
)
_HEADED = Pattern(r"Unhandled [Ee]xception:$")
_EXCEPTION = Pattern(rf"{_TYPE}(?:: (?P<message>.*))?$")
_INNER = Pattern(rf" *---> {_TYPE}(?:: (?P<message>.*))?$")
_FRAME = Pattern(
    r" +at (?P<method>.+?)(?: \[0x\w+\])?(?: in (?P<file>\S.*?):(?:line )?(?P<line>\d+))?\s*$"
)
_FATAL = Pattern(
    r"(?P<what>Stack overflow\.|Fatal error\. .*|Process terminated\. .*|Out of memory\.)$"
)
_MOST_FRAMES = 50
_MOST_MESSAGE_LINES = 10


class ClrCrashParser:
    """Reads one exception with those inside it; the innermost is the root."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._exceptions: list[tuple[str, str]] = []
        self._place: tuple[str, int] | None = None
        self._frames: list[str] = []
        self._patience = _MOST_MESSAGE_LINES
        self._headed = False

    @property
    def done(self) -> bool:
        """Whether the exception is known."""
        return bool(self._exceptions)

    @property
    def attentive(self) -> bool:
        """Always: frames have nothing in common with an exception."""
        return True

    def take(self, line: Line) -> bool:
        """Read a line of the trace."""
        text = line.text
        begun = _UNHANDLED.match(text) or (self._headed and _EXCEPTION.match(text))
        if begun and not self._exceptions:
            return self._except(begun)
        if not self._exceptions:
            self._headed = _HEADED.match(text) is not None
            fatal = _FATAL.match(text)
            if fatal:
                self._exceptions.append((fatal["what"].rstrip("."), ""))
            return self._headed or fatal is not None
        if inner := _INNER.match(text):
            return self._except(inner)
        if frame := _FRAME.match(text):
            return self._frame(frame)
        self._patience -= 1
        return self._patience >= 0 and bool(text.strip()) and not begun

    def close(self) -> None:
        """Show the innermost exception at the first frame that has a place."""
        file, number = self._place or (None, None)
        for name, message in self._exceptions:
            said = f"{name}: {message}" if message else name
            if (name, message) != self._exceptions[-1]:
                self.tally.blame(said)
                continue
            self.tally.broken = said
            self.tally.add(Finding(file=file, line=number, code=name, message=message, cause=said))
        self.tally.identify(*self._frames)
        self.tally.ended = True

    def _except(self, match: re.Match[str]) -> bool:
        if len(self._exceptions) < _MOST_FRAMES:
            self._exceptions.append((match["type"], (match["message"] or "").strip()))
        self._patience = _MOST_MESSAGE_LINES
        return True

    def _frame(self, frame: re.Match[str]) -> bool:
        self._patience = 2  # "--- End of inner exception stack trace ---" and the like.
        if self._place is None and frame["file"]:
            self._place = (frame["file"], int(frame["line"]))
        if len(self._frames) < _MOST_FRAMES:
            self._frames.append(frame["method"])
        return True


GRAMMAR = Grammar(
    name="dotnet",
    kind="crash",
    aliases=("mono",),
    parser=ClrCrashParser,
    rules=(
        Rule(does=Does.START, literal="Unhandled exception", pattern=_UNHANDLED),
        Rule(does=Does.START, literal="FATAL UNHANDLED EXCEPTION: ", pattern=_UNHANDLED),
        Rule(does=Does.START, literal="Unhandled exception:", pattern=_HEADED),
        Rule(
            does=Does.START,
            literal=("Fatal error. ", "Process terminated. "),
            pattern=Pattern(r"(?:Fatal error|Process terminated)\. \S.*$"),
        ),
    ),
)
