"""``ecj``, the batch compiler of Eclipse, alone and behind Ant's task name.

Source: eclipse-jdt/eclipse.jdt.core, org.eclipse.jdt.core.compiler.batch, batch/Main.java (Logger)
and messages.properties.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Finding, Tally, number, severity_key

_TASK = r"(?:\[INFO\] *)?(?:\s*\[[\w:-]+\] )?"
_HEAD = Pattern(
    rf"{_TASK}\d+\. (?P<severity>ERROR|WARNING|INFO) in "
    r"(?:(?P<file>.+) \(at line (?P<line>\d+)\)|(?P<path>.+))$"
)
_RULE = Pattern(rf"{_TASK}-{{10}}$")
_CARETS = Pattern(rf"{_TASK}\s+\^+\s*$")
_FRONT = Pattern(_TASK)
_TRAILER = Pattern(
    rf"{_TASK}\d+ problems? \((?:(?P<errors>\d+) errors?)?(?:, )?(?:(?P<warnings>\d+) warnings?)?"
    r"(?:, )?(?:(?P<notes>\d+) info)?\)"
)
_MOST_LINES = 40


class EcjParser:
    """Reads blocks: a head, source lines, carets, and the message last."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._head: re.Match[str] | None = None
        self._message: str | None = None
        self._lines = 0

    @property
    def done(self) -> bool:
        """Whether the closing count was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Within a block."""
        return self._head is not None

    def take(self, line: Line) -> bool:
        """Read a line of a block, or the closing count."""
        text = line.text
        if head := _HEAD.match(text):
            if self.tally.ended:
                return False
            self.close()
            self._head, self._lines = head, 0
            return True
        if trailer := _TRAILER.match(text):
            return self._end(trailer)
        return self._head is not None and self._inside(text)

    def close(self) -> None:
        """Count the block that was open."""
        if self._head is None:
            return
        self.tally.add(
            Finding(
                file=self._head["file"] or self._head["path"],
                line=number(self._head["line"]) or None,
                message=self._message or "",
                counts_as=severity_key(self._head["severity"]),
            )
        )
        self._head = self._message = None

    def _inside(self, text: str) -> bool:
        self._lines += 1
        if _RULE.match(text) or self._lines > _MOST_LINES:
            self.close()
            return True
        if _CARETS.match(text):
            self._message = ""
        elif self._message is not None or not self._head or self._head["line"] is None:
            said = text[_end(text) :].strip()
            self._message = f"{self._message or ''} {said}".strip()
        return True

    def _end(self, trailer: re.Match[str]) -> bool:
        self.close()
        tally = self.tally
        if tally.ended:
            return False
        groups = trailer.groupdict()
        tally.declared = {key: int(count) for key, count in groups.items() if count is not None}
        tally.ended = True
        # What it found none of is not named.
        tally.green = "errors" not in tally.declared
        return True


def _end(text: str) -> int:
    front = _FRONT.match(text)
    return front.end() if front else 0


GRAMMAR = Grammar(
    name="ecj",
    kind="build",
    literals=(" problems (", " problem ("),
    parser=EcjParser,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("0. ERROR in ", "0. WARNING in ", "0. INFO in "),
            pattern=_HEAD,
        ),
        Rule(
            does=Does.TRAILER,
            literal=("0 problem (", "0 problems ("),
            pattern=Pattern(rf"{_TASK}\d+ problems? \([\d a-z,]+\)(?:\[\d+ \.class|$)"),
            opens=False,
        ),
    ),
)
