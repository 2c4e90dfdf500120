"""Keeps the lines that tell of something bad."""

import re
from itertools import islice

from supervisor.analyzer.excerpt import Quote
from supervisor.analyzer.line import Line

_MOST_HEARD = 2
_MOST_COUNTED = 2
_MOST_ABOVE = 12
_FAILURE = re.compile(
    r"(?:\W*(?:WARN(?:ING)?|warning|npm|stderr)\b)?\W*"
    r"(?:FAIL(?:ED|URE)?|ERROR|[Ee]rror|FATAL|fatal|panic|(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception)"
    r"|(?:Execution|Build|Compilation|Command) failed)(?:\s?[\[\](:]| +\S)"
    r"|.*<<< (?:FAILURE|ERROR)!"
)
_DISK_FULL = "No space left on device"


class Witness:
    """Keeps a few lines of one tool's, or of nobody's, that speak of a failure."""

    def __init__(self) -> None:
        self._heard: list[Quote] = []
        self._counted: list[Quote] = []
        self.context: tuple[Quote, ...] = ()
        """Lines right above the first that was kept, nearest first."""
        self.disk_full: Quote | None = None
        """The first line that says so, which explains whatever else there is."""

    def hear(self, line: Line) -> None:
        """Keep a line if it begins with a failure, whatever it means to the tool."""
        if self.listens:
            if _FAILURE.match(line.text):
                self._heard.append(line.quote)
                self._look_above(line)
            elif line.facts is not None:
                line.facts.calm = True
        if self.disk_full is None and _DISK_FULL in line.text:
            self.disk_full = line.quote

    def hears(self, text: str) -> bool:
        """Whether it would keep a line with this text."""
        if self.listens and _FAILURE.match(text):
            return True
        return self.disk_full is None and _DISK_FULL in text

    @property
    def listens(self) -> bool:
        """Whether one more failure would be kept."""
        return len(self._heard) < _MOST_HEARD

    def count(self, line: Line) -> None:
        """Keep a line that the tool's parser has counted against it."""
        if not self.full:
            self._counted.append(line.quote)
            self._look_above(line)

    def _look_above(self, line: Line) -> None:
        if not self.context:
            self.context = tuple(islice(line.quotes_above(), _MOST_ABOVE))

    @property
    def full(self) -> bool:
        """Whether no more counted lines are kept."""
        return len(self._counted) >= _MOST_COUNTED

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """What was kept, in order."""
        explains = () if self.disk_full is None else (self.disk_full,)
        return tuple(sorted({*self._heard, *self._counted, *explains}))
