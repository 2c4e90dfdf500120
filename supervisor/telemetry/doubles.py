"""What a program prints of its tools, beside what the pool knows of them. Pure."""

import datetime as dt
from collections import OrderedDict, deque
from typing import Literal

Source = Literal["pool", "stream", "text"]
"""Who tells of an execution: the pool, an agent's events, or only what a program has printed."""
_PATIENCE = dt.timedelta(minutes=10)
"""How long after the pool an agent may tell of what it ran."""
_MOST_KEYS = 1000
_MOST_OPEN = 100
_WINDOW = dt.timedelta(minutes=1)
_MOST_TOLD = 1000
"""In a window; who tells of more prints an old log, or works for nobody who could read it."""


class Doubles:
    """Decides whether a digest of a command is news.

    The pool sees a tool's whole output and how it ended, an agent what was left of both behind
    pipes and cuts. So each digest of the pool's stands for one that the agent's events tell of the
    same tool in the ten minutes that follow, or that it prints itself.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, str], deque[dt.datetime]] = OrderedDict()
        self._since = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._told = 0
        """How many of an agent's were told since then."""

    def is_news(self, source: Source, run: str, tool: str, time: dt.datetime) -> bool:
        """Whether to tell of an execution of ``tool``'s that ends now."""
        if source == "pool":
            self._open.setdefault((run, tool), deque(maxlen=_MOST_OPEN)).append(time)
            self._open.move_to_end((run, tool))
            if len(self._open) > _MOST_KEYS:
                self._open.popitem(last=False)
            return True
        told = self._open.get((run, tool), deque())
        while told and abs(time - told[0]) > _PATIENCE:  # The clock may have been set back.
            told.popleft()
        if told:
            told.popleft()
            return False
        if source == "text":
            return True
        if abs(time - self._since) > _WINDOW:
            self._since, self._told = time, 0
        self._told += 1
        return self._told <= _MOST_TOLD
