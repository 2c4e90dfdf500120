"""Cuts a mixed stream of lines into the executions of tools."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import TypeVar

from supervisor.analyzer.alike import Lexicon
from supervisor.analyzer.book import book_of
from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.line import Line, Page
from supervisor.analyzer.openings import Openings
from supervisor.analyzer.records import Record, RecordParser
from supervisor.analyzer.residue import Residue
from supervisor.analyzer.rule_parser import Aids, groups_of
from supervisor.analyzer.segment import Segment, begin, is_repeated
from supervisor.analyzer.shape import Shapes
from supervisor.analyzer.skimmer import Skimmer
from supervisor.analyzer.text import split_lane

_ALL = -1
_MOST_LANES = 16
_MOST_ASIDE = 4
"""Executions that other tools' lines have interrupted: make's, and the compiler's below it."""


_Opener = tuple[Rule, Grammar, re.Match[str]]
"""A rule that may begin an execution of its grammar's tool, and how it matches a line."""
_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")


class Segmenter:
    """Gives each line to the tool it belongs to.

    A grammar that throws loses its segment and is not asked again; ``on_failure`` hears of it.
    """

    def __init__(
        self, grammars: Iterable[Grammar], prior: str | None, on_failure: Callable[[str, str], None]
    ) -> None:
        self._book = book_of(tuple(grammars))
        self._openers = self._book.openers(prior)
        self._on_failure = on_failure
        self._broken: set[str] = set()
        self._current: Segment | None = None
        self._aside: list[Segment] = []
        self._apart: list[Segment] = []
        """Documents and records; text between them does not interrupt them."""
        self._lanes: dict[str, Segment] = {}
        self._finished: list[Segment] = []
        self.openings = Openings()
        self.residue = Residue(self._book.gate)
        self._shapes = Shapes()
        self._lexicon = Lexicon()

    @property
    def attentive(self) -> bool:
        """Whether every line is wanted now."""
        if self._current is not None and self._current.parser.attentive:
            return True
        return bool(self._lanes) and any(lane.parser.attentive for lane in self._lanes.values())

    @property
    def rapt(self) -> bool:
        """Whether every line is wanted now, by one tool."""
        current = self._current
        return current is not None and self.aloof and current.parser.attentive

    def hot(self, page: Page, index: int) -> bool:
        """Whether ``run`` may read lines from ``index`` on: likely more of the same, no lane's."""
        current = self._current
        if current is None or not current.hot:
            return False
        return current.runner is not None or (not self._lanes and page.lane_at(index) > index)

    def run(self, page: Page, index: int) -> int:
        """Read lines from ``index`` on, asking nobody whether findings are his; how many it did."""
        current = self._current
        if current is None:
            return 0
        sieve, kinds = self._book.sieve(current.grammar), self._lexicon.of(current.grammar)
        return current.run(page, index, Aids(sieve, kinds, partial(self._first_wanted, page)))

    def _first_wanted(self, page: Page, places: Sequence[int]) -> int | None:
        """The first of these lines that somebody could want."""
        if self._apart and self.attentive:
            return places[0]
        block = "".join([f"{page.texts[place]}\n" for place in places]).encode()
        return next((places[found] for found in self._book.gate.marks(block)), None)

    def mark(self, page: Page, index: int) -> int:
        """What the gate finds in one line; everything where nobody asks."""
        if self.rapt:
            return _ALL
        return self._book.gate.marks(page.between(index, index + 1)).get(0, 0)

    def skim(self, page: Page, marks: Mapping[int, int], wanted: Sequence[int], begin: int) -> int:
        """Read lines without a closer look as long as their literals or shapes need none.

        Their indices are ``wanted``, from ``begin`` on, with the gate's ``marks`` for each.
        Returns how many were read.
        """
        current = self._current
        rules = None if current is None else current.rules
        if current is not None and (rules is None or rules.attentive):
            return 0
        skimmer = Skimmer(self._shapes, self._openers, self.residue, rules, laned=bool(self._lanes))
        return skimmer.read(page, marks, wanted, begin)

    def marks(self, page: Page, begin: int, end: int) -> Mapping[int, int]:
        """What the gate finds in the lines of a page up to ``end``, by line and in order."""
        find = self._book.gate.marks
        if self._shapes.help:
            marks = self._shapes.marks(page.shapes[begin:end], find)
        else:
            marks = find(page.between(begin, end))
        self._shapes.note(len(marks), end - begin)
        return {begin + line: bits for line, bits in marks.items()} if begin else marks

    def take(self, line: Line) -> None:
        """Give one line to whom it belongs."""
        current = self._current
        if (current is None or current.over) and self.openings.repeat(line.number, line.text):
            return
        opaque = current is not None and current.grammar.opaque
        if line.marks and not opaque:
            line.facts = self._shapes.facts(line.shape, line.marks)
        if not opaque and self._take_lane(line):
            return
        if current is not None and self._offer(current, line):
            return
        if not self.aloof and not any(self._offer(one, line) for one in self._apart):
            self._take_from_nobody(line)

    def _take_from_nobody(self, line: Line) -> None:
        """Let a line that belongs to no execution begin another, or be of the residue."""
        current = self._current
        openers = self._openers_of(line)
        opened = (self._resume(line, openers) or self._open(line, openers)) if openers else None
        if opened is not None:
            self._speak(opened)
        elif line.text.strip():
            if current is not None and current.over:
                self._finish_current()
            if line.marks:
                self.residue.take(line)

    @property
    def aloof(self) -> bool:
        """Whether all belongs to the tool that speaks, whatever it is."""
        one = self._current
        return one is not None and one.grammar.opaque and not one.parser.done

    def include(self, segment: Segment) -> None:
        """Let an execution stand beside the one that speaks; a document is over when more comes."""
        self._finish_of(self._apart, [one for one in self._apart if one.parser.done])
        self._apart.append(segment)

    def read(self, grammar: Grammar, records: Sequence[Record], first: int) -> None:
        """Give records to their tool; each is a line, the first of them line ``first``."""
        place = 0
        while place < len(records):
            segment = self._reader(grammar, first + place)
            reader = None if segment is None else segment.parser
            if segment is None or not isinstance(reader, RecordParser):
                return
            count = self._ask(grammar, reader.read, records[place:])
            if count is None:
                self._apart.remove(segment)
                return
            # A record that not even a new execution takes is nobody's.
            place += count or segment.first == first + place
            segment.last = max(segment.last, first + place - 1)
            if place < len(records):
                self._finish_of(self._apart, [segment])

    def _reader(self, grammar: Grammar, number: int) -> Segment | None:
        """The execution that reads records by a grammar."""
        known = next((one for one in self._apart if one.grammar is grammar), None)
        if known is not None or grammar.name in self._broken:
            return known
        segment = begin(grammar, self._book.reader(grammar), number)
        self.include(segment)
        return segment

    def pause(self) -> None:
        """A quiet stretch: whoever may have finished has."""
        self._finish_of(self._aside, self._aside)
        for lane in [*self._lanes]:
            if self._lanes[lane].may_be_over:
                self._finish(self._lanes.pop(lane))
        self._finish_of(self._apart, [one for one in self._apart if one.may_be_over])
        if self._current is not None and self._current.may_be_over:
            self._finish_current()
        self._finished.sort(key=attrgetter("first"))

    def close(self) -> Segment | None:
        """The tool that spoke last, if it says anything; others are finished, and so are logs."""
        self._finish_of(self._aside, self._aside)
        for lane in [*self._lanes]:
            self._finish(self._lanes.pop(lane))
        open_ones = [*self._apart, *filter(None, (self._current,))]
        told = [one for one in open_ones if self._settle(one)]
        self._current, self._apart = None, []
        tools = [one for one in told if one.grammar.kind != "log"]
        last = max(tools, key=attrgetter("last"), default=None)
        self._finished += [one for one in told if one is not last]
        self._finished.sort(key=attrgetter("first"))
        return last

    def renew_residue(self) -> None:
        """Forget what no tool claimed; it was told."""
        self.residue = Residue(self._book.gate)

    def drain(self) -> list[Segment]:
        """Segments that are over, each once."""
        finished, self._finished = self._finished, []
        return finished

    def _openers_of(self, line: Line) -> list[_Opener]:
        """The rules that may begin an execution and match the line."""
        facts = line.facts
        if not line.marks or (facts is not None and facts.opens_nothing):
            return []
        found, alike = [], True
        for rule, grammar in self._openers.at(line.marks):
            match = rule.pattern.match(line.text)
            if match is None:
                alike = alike and rule.blind
            else:
                found.append((rule, grammar, match))
        if facts is not None:
            facts.opens_nothing = alike and not found
        return found

    def _resume(self, line: Line, openers: Sequence[_Opener]) -> Segment | None:
        """The interrupted execution that goes on with a line; one that it begins anew is over."""
        speaking = {id(grammar) for _, grammar, _ in openers}
        for segment in [one for one in self._aside if id(one.grammar) in speaking]:
            self._aside.remove(segment)
            if self._offer(segment, line):
                return segment
            self._finish(segment)
        return None

    def _open(self, line: Line, openers: Iterable[_Opener]) -> Segment | None:
        for rule, grammar, match in openers:
            if self.openings.full(line.number) or self.openings.repeat(line.number, line.text):
                return None
            if groups_of(rule, match, line) is not None and (opened := self._begin(grammar, line)):
                self.openings.note(line.number, line.text)
                return opened
        return None

    def _begin(self, grammar: Grammar, line: Line) -> Segment | None:
        if grammar.name in self._broken:
            return None
        start = partial(begin, grammar, self._book.reader(grammar))
        segment = self._ask(grammar, start, line.number)
        return segment if segment is not None and self._ask(grammar, segment.take, line) else None

    def _offer(self, segment: Segment, line: Line) -> bool:
        took = self._ask(segment.grammar, segment.take, line)
        if took is None:
            if segment is self._current:
                self._current = None
            self._apart = [one for one in self._apart if one is not segment]
        return bool(took)

    def _take_lane(self, line: Line) -> bool:
        """Give a line with a multiplexer's name in front to its lane's tool."""
        facts = line.facts
        if facts is not None and facts.laneless:
            return False
        split = split_lane(line.text)
        if split is None:
            if facts is not None:
                facts.laneless = True
            return False
        lane, text = split
        inner = line.within(lane, text)
        segment = self._lanes.get(lane)
        if segment is not None:
            if self._offer(segment, inner):
                return True
            if segment.parser.done and text.strip():
                self._finish(self._lanes.pop(lane))
        if (
            len(self._lanes) >= _MOST_LANES
            or (opened := self._open(inner, self._openers_of(inner))) is None
        ):
            return lane in self._lanes
        if lane in self._lanes:
            self._finish(self._lanes.pop(lane))
        self._lanes[lane] = opened
        return True

    def _speak(self, opened: Segment) -> None:
        """Let an execution go on; what it interrupts and is not over may go on after it."""
        if opened.grammar.kind == "log":  # A program may log while its tools speak.
            self.include(opened)
            return
        current, self._current = self._current, opened
        if current is None:
            return
        if current.over or not current.parser.tally.told:
            self._finish(current)
            return
        self._aside.append(current)
        if len(self._aside) > _MOST_ASIDE:
            self._finish(self._aside.pop(0))

    def _finish_of(self, held: list[Segment], segments: Iterable[Segment]) -> None:
        for segment in [*segments]:
            held.remove(segment)
            self._finish(segment)

    def _finish_current(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            self._finish(current)

    def _finish(self, segment: Segment) -> None:
        if self._settle(segment):
            self._finished.append(segment)

    def _settle(self, segment: Segment) -> bool:
        if not self._ask(segment.grammar, _close, segment):
            return False
        # What an opaque tool has hidden is worth a digest, unless it says that it was none of its.
        told = segment.parser.tally.told or (segment.grammar.opaque and not segment.parser.done)
        return told and not is_repeated(segment, self._apart)

    def _ask(
        self, grammar: Grammar, call: Callable[[_Question], _Answer], of: _Question
    ) -> _Answer | None:
        """What a grammar's code says; None: it threw, and is not asked again."""
        try:
            return call(of)
        except Exception as error:  # noqa: BLE001 - a grammar may be a user's
            self._broken.add(grammar.name)
            self._on_failure(grammar.name, f"{type(error).__name__}: {error}")
            return None


def _close(segment: Segment) -> bool:
    segment.close()
    return True
