"""The JVM: uncaught exceptions with their causes, and what keeps it from starting or going on.

Source: openjdk/jdk, java.base ThreadGroup.java and Throwable.java (printStackTrace),
launcher resources/launcher.properties, hotspot vmError.cpp.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

_TYPE = r"(?P<type>(?:[A-Za-z_$][\w$]*\.)+[A-Z_$][\w$]*)"
_UNCAUGHT = Pattern(
    rf'(?:(?:\*\*\* )?Exception in thread "[^"]*"|Caught:) {_TYPE}(?:: (?P<message>.*)|\s*)$'
)
_EXHAUSTED = Pattern(
    r"(?:Terminating due to )?(?P<type>java\.lang\.OutOfMemoryError)(?:: (?P<message>.*))?$"
    r"|Exception: (?P<last>java\.lang\.OutOfMemoryError) thrown from the UncaughtException"
)
_CAUSE = Pattern(rf"Caused by: {_TYPE}(?:: (?P<message>.*))?$")
_FRAME = Pattern(
    r"\s+at (?:[\w.@-]*+/++)*+(?P<method>[\w.$<>-]+)\((?:(?P<file>[^:()]+)(?::(?P<line>\d+))?)\)"
)
_SKIPPED = Pattern(r"\s+(?:\.\.\. \d+ (?:more|common frames)|Suppressed: )")
_VM = Pattern(
    r"(?:# )?(?P<what>A fatal error has been detected by the Java Runtime Environment"
    r"|There is insufficient memory for the Java Runtime Environment to continue"
    r"|Error occurred during initialization of VM)"
)
_LAUNCH = Pattern(
    r"(?:Error: (?P<error>Could not find or load main class .*|Unable to access jarfile .*"
    r"|Main method not found in .*|Main method is not static.*|A JNI error has occurred.*"
    r"|LinkageError occurred .*|Could not create the Java Virtual Machine\.?"
    r"|Unable to initialize main class .*|no `.*' JVM .*|could not find libjava.*"
    r"|Could not find the main class.*)|(?P<option>(?:Unrecognized|Invalid|Conflicting) .*option.*"
    r"|Could not reserve enough space for .*|Invalid (?:initial|maximum) heap size: .*))$"
)
_DETAIL = Pattern(
    r"(?:#\s+)?(?P<detail>SIG\w+ \(0x|EXCEPTION_\w+ \(0x|Internal Error \(|Out of Memory Error"
    r"|Could not reserve|java\.lang\.\w+Error|Could not allocate|Native memory allocation)"
)
_LIBRARY = Pattern(r"(?:java|javax|jdk|sun|com\.sun|kotlin|scala|groovy|org\.junit)\.")
_MOST_PARTS = 50
_MOST_MESSAGE_LINES = 10


class CrashParser:
    """Reads one uncaught exception with its causes, or one complaint of the VM's."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._exceptions: list[tuple[str, str]] = []
        self._places: list[tuple[str, int | None] | None] = []
        self._frames: list[str] = []
        self._complaint: str | None = None
        self._waiting = 0

    @property
    def done(self) -> bool:
        """Whether something was said; what follows may still belong to it."""
        return bool(self._exceptions or self._complaint)

    @property
    def attentive(self) -> bool:
        """Always: frames have nothing in common with a cause."""
        return True

    def take(self, line: Line) -> bool:
        """Read a line of the trace."""
        text = line.text
        if begun := _UNCAUGHT.match(text) or _EXHAUSTED.match(text):
            return self._begin(begun)
        if complaint := _VM.match(text) or _LAUNCH.match(text):
            return self._complain(next(part for part in complaint.groups() if part))
        if self._exceptions:
            return self._inside(text)
        if self._complaint and (detail := _DETAIL.match(text)):
            if "fatal error" in self._complaint or "initialization" in self._complaint:
                self._complaint = text[detail.start("detail") :].strip()
            return True
        return bool(self._complaint) and self._said(text)

    def close(self) -> None:
        """Show the root, which is the last cause."""
        for (name, message), place in zip(self._exceptions, self._places, strict=True):
            said = f"{name}: {message}" if message else name
            if (name, message) != self._exceptions[-1]:
                self.tally.blame(said)
                continue
            place = place or next((one for one in self._places if one), None)  # noqa: PLW2901
            file, number = place or (None, None)
            self.tally.broken = said
            self.tally.add(Finding(file=file, line=number, code=name, message=message, cause=said))
        if self._complaint and not self._exceptions:
            self.tally.broken = self._complaint
            self.tally.add(Finding(code="java", message=self._complaint))
        self.tally.identify(*self._frames)
        self.tally.ended = True

    def _begin(self, begun: re.Match[str]) -> bool:
        if self.done:
            return False
        groups = begun.groupdict()
        self._except(groups["type"] or groups["last"], groups["message"])
        return True

    def _complain(self, what: str) -> bool:
        if self._exceptions:
            return False
        if self._complaint is None or self._complaint.startswith(("A JNI", "Could not create")):
            self._complaint = what
        return True

    def _inside(self, text: str) -> bool:
        if frame := _FRAME.match(text):
            return self._frame(frame)
        if cause := _CAUSE.match(text):
            if len(self._exceptions) < _MOST_PARTS:
                self._except(cause["type"], cause["message"])
            return True
        if _SKIPPED.match(text):
            return True
        # Between an exception's first line and its frames is the rest of its message.
        self._waiting -= 1
        return self._waiting >= 0 and bool(text.strip())

    def _except(self, name: str, message: str | None) -> None:
        self._exceptions.append((name, (message or "").strip()))
        self._places.append(None)
        self._waiting = _MOST_MESSAGE_LINES

    def _frame(self, frame: re.Match[str]) -> bool:
        self._waiting = 0
        method, file, number = frame.group("method", "file", "line")
        if number and (self._places[-1] is None) and not _LIBRARY.match(method):
            self._places[-1] = (file, int(number))
        if len(self._frames) < _MOST_PARTS:
            self._frames.append(method)
        return True

    def _said(self, text: str) -> bool:
        if cause := _CAUSE.match(text):
            self._complaint = f"{self._complaint} ({cause['type'].rpartition('.')[2]})"
            return True
        if self._complaint and self._complaint.endswith("initialization of VM") and text.strip():
            self._complaint = text.strip()
            return True
        return text.startswith("#")


GRAMMAR = Grammar(
    name="java",
    kind="crash",
    aliases=("kotlin", "scala", "groovy", "clojure"),
    parser=CrashParser,
    rules=(
        Rule(does=Does.START, literal=("Exception in thread ", "Caught: "), pattern=_UNCAUGHT),
        Rule(does=Does.START, literal="java.lang.OutOfMemoryError", pattern=_EXHAUSTED),
        Rule(
            does=Does.START,
            literal=(
                *("by the Java Runtime Environment", "for the Java Runtime Environment"),
                "during initialization of VM",
            ),
            pattern=_VM,
        ),
        Rule(
            does=Does.START,
            literal=(
                *("find or load main class", "access jarfile", "Main method ", "A JNI error"),
                *("LinkageError occurred", "Java Virtual Machine", "initialize main class"),
                *("Unrecognized option", "Invalid option", "Unrecognized VM option", "heap size: "),
                *("Conflicting collector", "not reserve enough space", "find the main class"),
                *("JVM at", "find libjava"),
            ),
            pattern=_LAUNCH,
        ),
    ),
)
