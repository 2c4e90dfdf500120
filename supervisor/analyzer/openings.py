"""Floods of executions: a program that prints closing lines and nothing else."""

from collections import deque

_MANY = 256
_FEW_LINES = 16
_MOST_KNOWN = 1024
_MOST_CHARS = 500


class Openings:
    """The lines that began executions; says which of those that follow are not worth another.

    To begin one costs as much as hundreds of lines. Where the last 256 took sixteen lines each
    or fewer, one that begins with the same line as an earlier one tells nothing new, and after a
    thousand different ones what could begin another is a line like any.
    """

    def __init__(self) -> None:
        self._lines: deque[int] = deque(maxlen=_MANY)
        self._texts: set[str] = set()
        self.repeats = 0
        """How many lines were passed over."""

    def note(self, number: int, text: str) -> None:
        """An execution began with line ``number``."""
        if not self._dense(number):
            self._texts.clear()
        self._lines.append(number)
        if len(self._texts) < _MOST_KNOWN:
            self._texts.add(text[:_MOST_CHARS])

    def repeat(self, number: int, text: str) -> bool:
        """Whether a line is one of a flood's that came before; it is counted then."""
        if not self._dense(number) or text[:_MOST_CHARS] not in self._texts:
            return False
        self._lines.append(number)
        self.repeats += 1
        return True

    def full(self, number: int) -> bool:
        """Whether no other execution may begin."""
        if len(self._texts) < _MOST_KNOWN or not self._dense(number):
            return False
        self._lines.append(number)
        return True

    def _dense(self, number: int) -> bool:
        return len(self._lines) == _MANY and number - self._lines[0] < _FEW_LINES * _MANY
