"""RSpec: failures, the closing count, and the commands that run what failed again.

Source: rspec/rspec-core, lib/rspec/core/notifications.rb and formatters/exception_presenter.rb.
"""

from itertools import islice

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.test_items import Item, Items
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally, number

_TRAILER = Pattern(
    r"(?P<total>\d+) examples?, (?P<failed>\d+) failures?(?:, (?P<skipped>\d+) pending)?"
    r"(?:, (?P<errors>\d+) errors? occurred outside of examples)?$"
)
_HEADING = Pattern(r"(?P<name>Failures|Pending): ?(?:\(Failures listed here are expected.*)?$")
_ITEM = Pattern(r"\s{2,}\d+\) (?P<test>\S.*)")
_LOADING = Pattern(
    r"An error occurred (?:while loading (?P<file>\S+?)\.?|in an? `(?P<hook>[\w(:) ]+)` hook\.?)$"
)
_AGAIN = Pattern(r"rspec '?(?P<file>\S+?)(?::(?P<line>\d+)|\[[\d:]+\])'? # (?P<test>.*)")
_PLACE = Pattern(r"\s*# (?P<file>(?:\./|[A-Za-z]:|/)?[\w./\\ -]+):(?P<line>\d+)(?::in .*)?$")
_SOURCE = Pattern(r"\s*(?:\d+\.\d+\) )?Failure/Error: ")
_NO_MESSAGE = Pattern(r"\s*Got \d+ failures?:|Hint: ")
_EXCEPTION = Pattern(r"\s{0,5}[A-Z]\w*(?:::\w+)*:$")
_MARKS = Pattern(r"Finished in |Failed examples:|Randomized with seed|Top \d+ slowest")
_FINISHED = Pattern(r"Finished in ")
_REACH = 3
"""How far above its source a failure's name stands."""
_LIBRARY = Pattern(r"[/\\]gems[/\\]|[/\\]rubies[/\\]")


class RspecParser:
    """Reads one run; what examples print is not claimed."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._items = Items()
        self._again = Items()
        self._section = ""
        self._in_source = False
        self._bare: dict[str, str | None] | None = None
        """A good closing count without a time, as an example may print it, or what runs several."""

    @property
    def done(self) -> bool:
        """Whether the closing count was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Within the reports, and after the closing count."""
        return bool(self._section) or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the run."""
        text = line.text
        if self.tally.ended:
            return self._afterwards(text)
        if trailer := _TRAILER.match(text):
            return self._trailer(trailer.groupdict(), line)
        if self._heads(text):
            return True
        if self._section:
            return self._inside(text)
        return _SOURCE.match(text) is not None and self._look_back(line)

    def close(self) -> None:
        """Tell the failures: as reported, else as listed for another run."""
        if self._bare is not None and not self.tally.ended:
            self._end(self._bare)
        (self._items or self._again).tell(self.tally)

    def _trailer(self, groups: dict[str, str | None], line: Line) -> bool:
        timed = any(map(_FINISHED.match, islice(line.above(), _REACH)))
        if timed or groups["failed"] != "0":
            self._end(groups)
        elif self._bare is None:
            self._bare = groups
        else:
            return False
        return True

    def _heads(self, text: str) -> bool:
        """Read the first or the last line of a section."""
        if heading := _HEADING.match(text):
            self._section = heading["name"]
        elif loading := _LOADING.match(text):
            self._section = "Failures"
            self._items.begin(loading["file"] or loading["hook"], "errors")
        elif _MARKS.match(text):
            self._section = ""
        else:
            return False
        return True

    def _look_back(self, line: Line) -> bool:
        """Begin with the first failure, whose name stands above; a pending one has a reason."""
        above = next((text for text in islice(line.above(), _REACH) if text.strip()), "")
        named = _ITEM.match(above)
        if named is None:
            return False
        self._section, self._in_source = "Failures", True
        self._items.begin(named["test"], "failed")
        return True

    def _inside(self, text: str) -> bool:
        item = self._items.last
        if match := _ITEM.match(text):
            if self._section == "Failures":
                self._items.begin(match["test"], "failed")
                self._in_source = False
            return True
        if self._section != "Failures":
            return True
        if item is None:
            # A heading that no item follows is another program's.
            self._section = "" if text.strip() else self._section
            return not text.strip()
        self._report(item, text)
        return True

    def _report(self, item: Item, text: str) -> None:
        item.lines += 1
        if place := _PLACE.match(text):
            if not _LIBRARY.search(place["file"]):
                item.stand(place["file"].removeprefix("./"), place["line"])
        elif _SOURCE.match(text):
            self._in_source = True
        elif self._in_source:
            self._in_source = bool(text.strip()) and not _EXCEPTION.match(text)
            if _EXCEPTION.match(text):
                item.say(text)
        elif not _NO_MESSAGE.match(text):
            item.say(text)

    def _end(self, groups: dict[str, str | None]) -> None:
        tally = self.tally
        said = {key: number(value) for key, value in groups.items() if value is not None}
        bad = said["failed"] + said.get("skipped", 0)
        tally.declared.update(said, passed=max(0, said["total"] - bad))
        tally.ended = True
        tally.green = said["total"] > 0 and not said["failed"] and not said.get("errors")
        if not said["total"]:
            tally.remarks.append("no examples ran")
        self._section = ""

    def _afterwards(self, text: str) -> bool:
        if again := _AGAIN.match(text):
            item = self._again.begin(again["test"], "failed")
            item.stand(again["file"].removeprefix("./"), number(again["line"]))
            return True
        return not text.strip() or _MARKS.match(text) is not None


RSPEC = Grammar(
    name="rspec",
    kind="tests",
    parser=RspecParser,
    rules=(
        Rule(does=Does.START, literal="Failure/Error: ", pattern=_SOURCE),
        Rule(does=Does.START, literal="An error occurred ", pattern=_LOADING),
        Rule(
            does=Does.TRAILER,
            literal=("example, 0 failure", "examples, 0 failure"),
            pattern=_TRAILER,
        ),
    ),
)
