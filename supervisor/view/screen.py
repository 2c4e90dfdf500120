"""Lines to a terminal or a pipe, without ever waiting for whoever reads them."""

import os
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Self, TextIO

from supervisor.view.line import Line, Mood

_MOST_WAITING = 1000
_LEAVE_S = 2.0
"""How long leaving waits for a reader who has stopped reading."""
_COLOURS: dict[Mood, str] = {"good": "32", "bad": "31", "warning": "33", "plain": "0"}


class Screen:
    """Prints lines in a thread of its own; the oldest are dropped when nobody reads.

    A reader that is gone, such as a closed pipe, ends the printing and never the run.
    """

    def __init__(self, out: TextIO, *, colour: bool) -> None:
        self._out = out
        self._colour = colour
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._changed = threading.Condition()
        self._closing = False
        # A daemon: a reader that never reads again must not keep us from exiting.
        self._thread = threading.Thread(target=self._print_all, name="screen", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_LEAVE_S)

    def show(self, line: Line, now: datetime) -> None:
        """Queue one line of the tail."""
        word = f"{line.word:8}"
        if self._colour:
            word = f"\x1b[{_COLOURS[line.mood]}m{word}\x1b[0m"
        self.write(f"{now:%H:%M:%S} {word} {line.text}")

    def write(self, text: str) -> None:
        """Queue a line as it stands."""
        with self._changed:
            if len(self._waiting) >= _MOST_WAITING:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(text)
            self._changed.notify()

    def _print_all(self) -> None:
        while (batch := self._take()) is not None:
            try:
                self._out.write(batch)
                self._out.flush()
            except (OSError, ValueError):
                return  # Nobody reads any more.

    def _take(self) -> str | None:
        with self._changed:
            while not self._waiting:
                if self._closing:
                    return None
                self._changed.wait()
            lines = list(self._waiting)
            self._waiting.clear()
            if self._dropped:
                lines.insert(0, f"… {self._dropped} lines were not shown")
                self._dropped = 0
        return "".join(f"{line}\n" for line in lines)


def wants_colour(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Colour on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    try:
        return os.isatty(out.fileno())
    except (OSError, ValueError):
        return False
