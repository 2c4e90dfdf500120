"""Failures of a test run while their reports are being read; bounded."""

from dataclasses import dataclass, field

from supervisor.analyzer.tally import Finding, Tally

_MOST_ITEMS = 500
_MOST_SAID = 2
_MOST_LINES = 40
"""After so many lines a report tells nothing new."""


@dataclass(slots=True)
class Item:
    """One failure: its test, and what its report has said so far."""

    test: str
    counts_as: str
    file: str | None = None
    line: int | None = None
    said: list[str] = field(default_factory=list)
    lines: int = 0
    closed: bool = False
    """The message is complete."""

    def say(self, text: str) -> None:
        """Take a line of the message, of which a blank one is the end; two are kept."""
        if text.strip() and not self.closed:
            self.said.append(" ".join(text.split()))
        self.closed = bool(self.said) and (not text.strip() or len(self.said) >= _MOST_SAID)

    def stand(self, file: str, line: str | int) -> None:
        """Take the place, unless one is known."""
        if self.file is None:
            self.file, self.line = file, int(line)

    @property
    def message(self) -> str:
        """The message's first line, and the second where it completes a comparison."""
        first, second, *_ = [*self.said, "", ""]
        if first.endswith(":"):
            return f"{first} {second}".strip()
        if first.endswith(" was"):
            return f"{first} {second}"
        completes = second.lower().startswith(("got", "actual", "but was", "to "))
        return f"{first}, {second}" if completes else first


class Items:
    """The failures of one run, in order; what is beyond the first hundreds is only counted."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._beyond: dict[str, int] = {}
        self.last: Item | None = None
        """The failure whose report is being read."""

    def begin(self, test: str, counts_as: str) -> Item:
        """A new failure."""
        self.last = Item(test.strip(), counts_as)
        if len(self._items) < _MOST_ITEMS:
            self._items.append(self.last)
        else:
            self._beyond[counts_as] = self._beyond.get(counts_as, 0) + 1
        return self.last

    @property
    def wanting(self) -> bool:
        """Whether the last report has yet to tell its message or its place."""
        item = self.last
        return item is not None and item.lines < _MOST_LINES and not (item.closed and item.file)

    def __bool__(self) -> bool:
        return bool(self._items)

    def tell(self, tally: Tally) -> None:
        """Make them the tally's findings."""
        for item in self._items:
            tally.add(
                Finding(
                    file=item.file,
                    line=item.line,
                    code=item.test or None,
                    message=item.message,
                    counts_as=item.counts_as,
                )
            )
        for counts_as, times in self._beyond.items():
            tally.counted[counts_as] += times
        self._items.clear()
        self._beyond.clear()
