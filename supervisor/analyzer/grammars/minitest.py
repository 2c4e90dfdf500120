"""Minitest, test-unit and what Rails prints of them: failures and the closing count.

Source: minitest/minitest, lib/minitest.rb; test-unit/test-unit, lib/test/unit/ui/console;
rails/rails, railties/lib/rails/test_unit/reporter.rb.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.test_items import Items
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally, number

_TRAILER = Pattern(
    r"(?P<total>\d+) (?:runs?|tests?), (?P<assertions>\d+) assertions?,"
    r" (?P<failed>\d+) failures?, (?P<errors>\d+) errors?(?:, (?P<skipped>\d+) skips?)?"
    r"(?:, (?P<pending>\d+) pendings?, (?P<omitted>\d+) omissions?, \d+ notifications?)?$"
)
_HEADING = Pattern(r"(?:\s*\d+\) )?(?P<what>Failure|Error|Skipped):$")
_NAMED = Pattern(
    r"\s*(?P<test>[A-Za-z][^\[\]#]*#test_.+?|[A-Z][\w:]*#.+?|test\w*\([\w:]+\)|test: .+\([\w:]+\))"
    r"(?: \[(?P<file>[^\]]+):(?P<line>\d+)\])?:?$"
)
_UNIT = Pattern(
    r"(?P<what>Failure|Error): (?P<test>test\S*(?: .*?)?\([\w:]+\))(?:: (?P<message>\S.*))?:?$"
)
_REPORTER = Pattern(r'\s*(?P<what>FAIL|ERROR)\["(?P<test>[^"]+)",')
_PLACE = Pattern(r"\s*(?:\[)?(?P<file>(?:[A-Za-z]:)?[^\s:()]+\.rb):(?P<line>\d+):in\b")
_LISTING = Pattern(r"\s*(?:=> )?\d+: ")
_LIBRARY = Pattern(r"[/\\]gems[/\\]|[/\\]rubies[/\\]|[/\\]lib[/\\]ruby[/\\]|<internal:")
_MARKS = Pattern(r"Finished (?:tests )?in |=+$|-+$|[\d.]+% passed$|[\d.]+ tests/s")
_KEYS = {"Failure": "failed", "FAIL": "failed", "Error": "errors", "ERROR": "errors"}


class MinitestParser:
    """Reads one run; what tests print is not claimed."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._items = Items()
        self._expected: str | None = None
        """What the next line names: a failure, an error, a skip."""

    @property
    def done(self) -> bool:
        """Whether the closing count was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Until a report has told all, and after the closing count."""
        return self.tally.ended or self._expected is not None or self._items.wanting

    def take(self, line: Line) -> bool:
        """Read a line of the run."""
        text = line.text
        if self.tally.ended:
            return not text.strip() or _MARKS.match(text) is not None
        if trailer := _TRAILER.match(text):
            self._end(trailer.groupdict())
            return True
        if self._expected is not None:
            return self._name(text)
        return self._begins(line) or self._inside(text) or _MARKS.match(text) is not None

    def close(self) -> None:
        """Tell the failures."""
        self._items.tell(self.tally)

    def _begins(self, line: Line) -> bool:
        """Read the first line of a report, in any of the runners' forms."""
        text = line.text
        if heading := _HEADING.match(text):
            self._expected = heading["what"]
        elif (match := _UNIT.match(text)) or (match := _REPORTER.match(text)):
            item = self._items.begin(match["test"], _KEYS[match["what"]])
            item.say(match.groupdict().get("message") or "")
        elif (named := _NAMED.match(text)) and (above := _HEADING.match(line.before)):
            self._expected = above["what"]
            return self._name(named[0])
        else:
            return False
        return True

    def _name(self, text: str) -> bool:
        if not text.strip():
            return True
        what, self._expected = self._expected, None
        named = _NAMED.match(text)
        if named is None or what not in _KEYS:
            self._items.last = None
            return named is not None
        item = self._items.begin(named["test"], _KEYS[what])
        if named["file"] and not _LIBRARY.search(named["file"]):
            item.stand(named["file"], named["line"])
        return True

    def _inside(self, text: str) -> bool:
        item = self._items.last
        if item is None or not self._items.wanting:
            return False
        item.lines += 1
        if place := _PLACE.match(text):
            if not _LIBRARY.search(place["file"]):
                item.stand(place["file"], place["line"])
        elif not _LISTING.match(text):
            item.say(text)
        return True

    def _end(self, groups: dict[str, str | None]) -> None:
        tally = self.tally
        said = {key: number(value) for key, value in groups.items() if value is not None}
        unrun = said.pop("pending", 0) + said.pop("omitted", 0)
        if unrun or "skipped" in said:
            said["skipped"] = said.get("skipped", 0) + unrun
        tally.ended = True
        if not said["total"]:
            tally.remarks.append("no tests ran")
            return
        bad = said["failed"] + said["errors"] + said.get("skipped", 0)
        tally.declared.update(said, passed=max(0, said["total"] - bad))
        tally.green = not said["failed"] and not said["errors"]


MINITEST = Grammar(
    name="minitest",
    kind="tests",
    aliases=("test-unit",),
    parser=MinitestParser,
    rules=(
        Rule(
            does=Does.TRAILER,
            literal=("assertion, 0 failure", "assertions, 0 failure"),
            pattern=_TRAILER,
        ),
        Rule(
            does=Does.START,
            literal=(") Failure:", ") Error:"),
            pattern=Pattern(r"\s*\d+\) (?:Failure|Error):$"),
        ),
        Rule(
            does=Does.START,
            literal="#test_",
            pattern=Pattern(r"\s*[A-Za-z][^\[\]#]*#test_.*:$"),
            before=Pattern(r"(?:Failure|Error):$"),
        ),
        Rule(
            does=Does.START,
            literal=("Failure: test", "Error: test", 'FAIL["test', 'ERROR["test'),
            pattern=Pattern(rf"{_UNIT.pattern}|\s*(?:FAIL|ERROR)\[\"test[^\"]+\","),
        ),
    ),
)
