"""How Rust says that a thread panicked, and where; and a program that died of it.

Source: rust-lang/rust, library/std/src/panicking.rs (default_hook).
"""

from dataclasses import dataclass

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally

# Since 1.73 the message stands in the next line, since 1.92 the thread's id behind its name.
PANIC = Pattern(
    r"\s*thread '(?P<thread>.*?)' (?:\(\d+\) )?panicked at "
    r"(?:'(?P<old>.*)', )?(?P<file>[^\s:'][^:']*):(?P<line>\d+)(?::(?P<column>\d+))?:?\s*$"
)
_OLD_START = Pattern(r"\s*thread '(?P<thread>.*?)' panicked at '(?P<message>.*)")
_NOISE = Pattern(r"note: |\s+\d+: |\s+at |stack backtrace:|fatal runtime error|Aborted")
_MOST_LINES = 60
_MOST_MESSAGE_LINES = 8


@dataclass(slots=True)
class Panic:
    """One panic as far as it was read."""

    thread: str
    file: str | None
    line: int | None
    column: int | None
    message: str

    @classmethod
    def read(cls, text: str) -> "Panic | None":
        """The panic that a line announces."""
        if match := PANIC.match(text):
            column = match["column"]
            return cls(
                match["thread"],
                match["file"],
                int(match["line"]),
                int(column) if column else None,
                match["old"] or "",
            )
        if old := _OLD_START.match(text):
            return cls(old["thread"], None, None, None, old["message"])
        return None


class PanicParser:
    """Reads the panic of a program outside of tests."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._panic: Panic | None = None
        self._lines = 0

    @property
    def done(self) -> bool:
        """Whether the message was seen."""
        return self._panic is not None and bool(self._panic.message)

    @property
    def attentive(self) -> bool:
        """Up to the end of the backtrace."""
        return self._lines < _MOST_LINES

    def take(self, line: Line) -> bool:
        """Read a line of the panic or of its backtrace."""
        panic = self._panic
        self._lines += 1
        if panic is None:
            self._panic = Panic.read(line.text)
            return self._panic is not None
        if Panic.read(line.text):
            return self.done and panic.thread != "main" and self._lines < _MOST_LINES
        if not panic.message and line.text.strip():
            panic.message = line.text.strip()
            return True
        return _NOISE.match(line.text) is not None or (
            self._lines <= _MOST_MESSAGE_LINES and line.text[:1] == " "
        )

    def close(self) -> None:
        """Tell the panic."""
        panic = self._panic
        if panic is None:
            return
        said = panic.message or "panic"
        self.tally.add(
            Finding(
                file=panic.file,
                line=panic.line,
                column=panic.column,
                code="panic",
                message=said,
            )
        )
        self.tally.broken = f"panic: {said}"
        self.tally.ended = True


GRAMMAR = Grammar(
    name="rust",
    kind="crash",
    parser=PanicParser,
    rules=(
        Rule(
            does=Does.START,
            literal="panicked at ",
            pattern=Pattern(rf"{PANIC.pattern}|\s*thread '.*' panicked at '"),
        ),
    ),
)
