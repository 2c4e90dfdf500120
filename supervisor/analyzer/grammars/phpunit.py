"""PHPUnit in all its releases, ParaTest, and Pest with what Laravel prints.

Source: sebastianbergmann/phpunit, src/TextUI/Output (before release 10: src/TextUI/ResultPrinter);
nunomaduro/collision, src/Adapters/Phpunit.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.test_items import Items
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally, number

_COMPACT = Pattern(
    r"(?P<how>OK|ERRORS|FAILURES) "
    r"\((?P<counts>\d+ tests?, \d+ assertions?(?:, \d+ [A-Za-z ]+)*)\)\s*$"
)
_HEADLINE = Pattern(
    r"(?P<bad>FAILURES|ERRORS|WARNINGS|DEPRECATIONS|NOTICES)!\s*$|(?P<ok>OK, but .*!)\s*$"
)
_COUNTS = Pattern(r"Tests: (?P<total>\d+), Assertions: \d+(?:, [A-Z][\w -]*: \d+)*\.?\s*$")
_COUNT = Pattern(r"([A-Z][\w -]{0,60}): (\d+)")
_NOTHING = Pattern(r"No tests executed!\s*$")
_START = Pattern(r"(?:PHPUnit \S+|ParaTest .*) by Sebastian Bergmann")
_SECTION = Pattern(
    r"There (?:was|were) \d+ (?P<what>[\w -]+?)s?:$"
    r"|\d+ tests? triggered \d+ (?P<issue>[\w -]+?)s?:$"
)
_ITEM = Pattern(r"\d+\) (?P<test>\S.*)")
_PLACE = Pattern(r"(?P<file>(?:[A-Za-z]:\\|/)?[^\s:]+\.(?:php|phpt)):(?P<line>\d+)$")
_LIBRARY = Pattern(r"[/\\]vendor[/\\]|^phar://")
_RECORD = Pattern(r"--- (?P<what>[A-Z][A-Z ]+)(?:: (?P<test>\S.*))?$")
_TESTDOX = Pattern(r" ✘ (?P<test>\S.*)")
_TESTDOX_AGAIN = Pattern(r"Summary of non-successful tests:\s*$")
_THROWN = Pattern(r"[\w\\]*(?:Exception|Error): ")
_BOX = Pattern(r"\s+[│├┐┊╵┴]")
_BROKEN = Pattern(
    r"(?P<message>Cannot open (?:bootstrap )?file \".*|Could not (?:read|load|use) .*"
    r"|Unknown option .*|Unrecognized option .*"
    r"|Test (?:directory|file) \".*\" not found|(?:Class|Test suite) .* could not be found.*"
    r"|An error occurred inside PHPUnit\.|Error in bootstrap script: .*)"
)
_COUNTED = {
    "failure": "failed",
    "error": "errors",
    "PHPUnit error": "errors",
    "FAILURE": "failed",
    "ERROR": "errors",
    "PHPUNIT ERROR": "errors",
}
_KEYS = {
    "Tests": "total",
    "Assertions": "assertions",
    "Errors": "errors",
    "Failures": "failed",
    "Skipped": "skipped",
    "Incomplete": "incomplete",
    "Risky": "risky",
    "Warnings": "warnings",
}
_WORDS = {
    "test": "total",
    "assertion": "assertions",
    "error": "errors",
    "failure": "failed",
    "warning": "warnings",
}
"""What the compact output calls the same, without its plural."""
_RECORDS = frozenset(
    f"{front}{what}"
    for front in ("", "PHP ", "PHPUNIT ", "PHPUNIT TEST RUNNER ")
    for what in ("FAILURE", "ERROR", "WARNING", "DEPRECATION", "NOTICE")
) | {"RISKY", "INCOMPLETE", "SKIPPED"}
_OK_COUNTS = 2
"""Of tests and assertions; more of them tell of skipped tests and the like."""
_REMARKABLE = ("incomplete", "risky", "warnings")


class PhpunitParser:
    """Reads one run: the lists of defects by their headings, and the closing count."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._items = Items()
        self._counts_as: str | None = None
        self._in_list = False
        self._headline: str | None = None
        self._ok = False
        self._documents = False
        """Failures and errors bear the same sign."""

    @property
    def done(self) -> bool:
        """Whether the closing count was seen."""
        return self.tally.ended

    @property
    def attentive(self) -> bool:
        """Within the lists of defects and around the closing count."""
        return self._in_list or self._headline is not None or self.tally.ended

    def take(self, line: Line) -> bool:
        """Read a line of the run."""
        text = line.text
        if self.tally.ended:
            return not text.strip()
        if self._close_with(text) or self._begins(text):
            return True
        if self._in_list:
            self._inside(text)
            return True
        return _START.match(text) is not None and not self._items

    def close(self) -> None:
        """Tell the defects."""
        self._items.tell(self.tally)

    def _begins(self, text: str) -> bool:
        """Read the heading of a list of defects, or of one; or how PHPUnit itself failed."""
        if section := _SECTION.match(text):
            self._counts_as = _COUNTED.get(section["what"] or section["issue"])
        elif (record := _RECORD.match(text)) and record["what"] in _RECORDS:
            self._counts_as = _COUNTED.get(record["what"])
            self._items.last = None
            if self._counts_as:
                self._items.begin(record["test"] or "", self._counts_as)
        elif _TESTDOX_AGAIN.match(text):
            self._items = Items()
        elif doc := _TESTDOX.match(text):
            self._counts_as, self._documents = "failed", True
            self._items.begin(doc["test"], "failed")
        elif broken := _BROKEN.match(text):
            self.tally.broken = broken["message"]
            self.tally.identify("broken", self.tally.broken)
            return True
        else:
            return False
        self._in_list = True
        return True

    def _close_with(self, text: str) -> bool:
        """Read what closes the run: one line where all is well, two where not."""
        if compact := _COMPACT.match(text):
            counts = [part.split(" ", 1) for part in compact["counts"].split(", ")]
            said = {_WORDS.get(word.removesuffix("s"), word): number(n) for n, word in counts}
            ok = compact["how"] == "OK"
            if ok and len(counts) == _OK_COUNTS:
                said["passed"] = said["total"]
            self._end(said, ok=ok)
        elif headline := _HEADLINE.match(text):
            self._headline, self._ok = text.strip(), headline["ok"] is not None
        elif _COUNTS.match(text):
            said = {_KEYS.get(name, name.lower()): int(n) for name, n in _COUNT.findall(text)}
            self._end(said, ok=self._ok)
        elif _NOTHING.match(text):
            self.tally.remarks.append("no tests executed")
            self._end({}, ok=False)
        else:
            return False
        return True

    def _end(self, said: dict[str, int], *, ok: bool) -> None:
        tally = self.tally
        tally.declared.update(said)
        tally.ended, tally.green = True, ok and any(said.values())
        tally.remarks += [f"{said[key]} {key}" for key in _REMARKABLE if said.get(key)]
        self._in_list, self._headline = False, None

    def _inside(self, text: str) -> None:
        if match := _ITEM.match(text):
            if self._counts_as:
                self._items.begin(match["test"], self._counts_as)
            else:
                self._items.last = None
            return
        item = self._items.last
        if item is None or self._counts_as is None:
            return
        item.lines += 1
        if box := _BOX.match(text):
            text = text[box.end() :]
        if place := _PLACE.match(text.strip()):
            if not _LIBRARY.search(place["file"]):
                item.stand(place["file"], place["line"])
        else:
            if self._documents and not item.said and _THROWN.match(text.strip()):
                item.counts_as = "errors"
            item.say(text)


PHPUNIT = Grammar(
    name="phpunit",
    kind="tests",
    aliases=("paratest",),
    parser=PhpunitParser,
    rules=(
        Rule(does=Does.START, literal="by Sebastian Bergmann", pattern=_START),
        Rule(
            does=Does.TRAILER,
            literal=tuple(
                f"{how} (0 {tests}, 0 assertion"
                for how in ("OK", "ERRORS", "FAILURES")
                for tests in ("test", "tests")
            ),
            pattern=_COMPACT,
        ),
        Rule(does=Does.TRAILER, literal="Tests: 0, Assertions: 0", pattern=_COUNTS),
        Rule(
            does=Does.START,
            literal=("FAILURES!", "ERRORS!", "WARNINGS!", "DEPRECATIONS!", "NOTICES!", "OK, but "),
            pattern=_HEADLINE,
            opens=False,
        ),
        Rule(
            does=Does.START,
            literal=("There was 0 ", "There were 0 ", " triggered 0 "),
            pattern=_SECTION,
            opens=False,
        ),
        Rule(does=Does.START, literal=" ✘ ", pattern=_TESTDOX, opens=False),
        Rule(
            does=Does.START,
            literal=tuple(f"--- {what}: " for what in _COUNTED if what.isupper()),
            pattern=Pattern(r"--- (?:PHPUNIT )?(?:FAILURE|ERROR): \S+::"),
        ),
        Rule(does=Does.TRAILER, literal="No tests executed!", pattern=_NOTHING, opens=False),
        Rule(
            does=Does.BROKEN,
            literal=(
                *("Cannot open ", "Could not read ", "Could not load ", "Could not use "),
                *("could not be found", '" not found', "inside PHPUnit", "bootstrap script"),
                *("Unknown option ", "Unrecognized option "),
            ),
            pattern=_BROKEN,
            opens=False,
        ),
    ),
)

_PEST_COUNT = (
    r"\d+ (?:failed|errors?|warnings?|deprecated|risky|incomplete|notices?|todos?|skipped|passed)"
)

PEST = Grammar(
    name="pest",
    kind="tests",
    aliases=("artisan",),
    rules=(
        Rule(
            does=Does.FINDING,
            literal="   FAILED  ",
            pattern=Pattern(
                r"\s{3,4}FAILED\s{2}(?P<name>\S.*?)(?:\s{2,}(?P<message>\S.*)|\s*…?\s*)$"
            ),
            continues=Pattern(r"\s+at (?P<file>\S+?):(?P<line>\d+)$"),
            gaps=12,
            counts_as="failed",
        ),
        Rule(
            does=Does.GREEN,
            literal="  Tests:  ",
            pattern=Pattern(
                r"\s{2}Tests:\s{2,}(?P<passed>\d+) passed(?: \((?P<assertions>\d+) assertions?\))?$"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="  Tests:  ",
            pattern=Pattern(
                rf"\s{{2}}Tests:\s{{2,}}(?P<counts>{_PEST_COUNT}(?:, {_PEST_COUNT})*)"
                r"(?: \((?P<assertions>\d+) assertions?\))?$"
            ),
        ),
        Rule(
            does=Does.TAIL,
            pattern=Pattern(r"\s{2}(?:Duration|Random Order Seed|Time):"),
            opens=False,
        ),
    ),
)
