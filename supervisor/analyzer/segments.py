"""Cuts a mixed stream of lines into the executions of tools."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from supervisor.analyzer.gate import Gate, Index, anchor
from supervisor.analyzer.grammar import Grammar, Parser, Rule
from supervisor.analyzer.line import Line, Page
from supervisor.analyzer.residue import LITERALS, Residue
from supervisor.analyzer.rule_parser import RuleParser, groups_of
from supervisor.analyzer.shape import Shapes
from supervisor.analyzer.text import split_lane

_MOST_LANES = 16
_MOST_ASIDE = 4
"""Executions that other tools' lines have interrupted: make's, and the compiler's below it."""
_LANE_MARKS = (b" | ", b"\n[", b"\n#", b"\n@")
"""One of them stands in every text with lanes whose names hold no colon."""


@dataclass(slots=True)
class Segment:
    """The lines of one execution of a tool."""

    grammar: Grammar
    parser: Parser
    first: int
    last: int
    rules: RuleParser | None = None
    """The parser, where it is all data."""


class Book:
    """What a set of grammars needs to find its lines; the same for every stream."""

    def __init__(self, grammars: tuple[Grammar, ...]) -> None:
        spoken = [one for grammar in grammars for rule in grammar.rules for one in rule.literals]
        wanted = [literal for grammar in grammars for literal in grammar.literals]
        self.grammars = grammars
        self.gate = Gate((*spoken, *wanted, *LITERALS))
        self._readers: dict[int, Index[Rule]] = {}

    def openers(self, prior: str | None) -> Index[tuple[Rule, Grammar]]:
        """Rules that may begin an execution; any rule of the tool that argv names may."""
        return Index(
            (self.gate.mask(rule.literals), (rule, grammar))
            for grammar in self.grammars
            for rule in grammar.rules
            if rule.literals and (rule.opens or prior in (grammar.name, *grammar.aliases))
        )

    def reader(self, grammar: Grammar) -> Index[Rule]:
        """A grammar's own rules."""
        reader = self._readers.get(id(grammar))
        if reader is None:
            reader = Index((self.gate.mask(rule.literals), rule) for rule in grammar.rules)
            self._readers[id(grammar)] = reader
        return reader


@lru_cache(maxsize=4)
def book_of(grammars: tuple[Grammar, ...]) -> Book:
    """The book of these grammars, made once."""
    return Book(grammars)


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
        self._lanes: dict[str, Segment] = {}
        self._finished: list[Segment] = []
        self.residue = Residue(self._book.gate)
        self._shapes = Shapes()
        self._dense = False
        """Whether a good part of the last page's lines was wanted."""

    @property
    def attentive(self) -> bool:
        """Whether every line is wanted now."""
        if self._current is not None and self._current.parser.attentive:
            return True
        return bool(self._lanes) and any(lane.parser.attentive for lane in self._lanes.values())

    @property
    def hot(self) -> bool:
        """Whether the next lines are likely to be more of the same."""
        current = self._current
        return current is not None and current.rules is not None and current.rules.hot is not None

    def run(self, page: Page, index: int) -> int:
        """Read lines from ``index`` on as more of the same; returns how many were.

        It is quick because nothing else is looked for in them, so it reads only pages where
        nothing stands that an earlier rule or a lane's name could begin with.
        """
        current = self._current
        if current is None or current.rules is None or self._lanes:
            return 0
        rule = current.rules.hot
        if rule is None or any(map(page.holds, _LANE_MARKS)):
            return 0
        rules = current.grammar.rules
        earlier = [one for other in rules[: rules.index(rule)] for one in other.literals]
        if any(map(page.holds, map(anchor, earlier))):
            return 0
        count = current.rules.run(islice(page.texts, index, None))
        if count:
            current.last = page.first + index + count - 1
        return count

    def skim(self, page: Page, index: int, marks: int) -> bool:
        """Read a line without a closer look, if its literals or its shape need none."""
        current = self._current
        rules = None if current is None else current.rules
        if current is not None and (rules is None or rules.attentive):
            return False
        unread = rules is None or not rules.wants(marks)
        if unread and not self._lanes and not self._openers.at(marks) and self.residue.heard(marks):
            return True
        facts = self._shapes.known(page.shapes[index])
        return (
            facts is not None
            and facts.opens_nothing
            and facts.laneless
            and (rules is None or unread or facts.unread_by is rules.index)
            and self.residue.again(facts, page.texts[index], page.first + index)
        )

    def marks(self, page: Page) -> Mapping[int, int]:
        """What the gate finds in the lines of a page, by line and in order."""
        find = self._marks_by_shape if self._dense else self._marks_by_line
        marks = find(page)
        self._dense = len(marks) > page.length // 4
        return marks

    def _marks_by_line(self, page: Page) -> dict[int, int]:
        return self._book.gate.marks(page.block)

    def _marks_by_shape(self, page: Page) -> dict[int, int]:
        """The same, where most lines are wanted and many look like some before them."""
        known = list(map(self._shapes.known, page.shapes[:-1]))
        fresh = [index for index, facts in enumerate(known) if facts is None]
        block = b"\n".join([page.shapes[index] for index in fresh]) + b"\n"
        found = self._book.gate.marks(block) if fresh else {}
        marks = {fresh[place]: bits for place, bits in found.items()}
        marks |= {index: facts.marks for index, facts in enumerate(known) if facts is not None}
        return dict(sorted(marks.items()))

    def take(self, line: Line) -> None:
        """Give one line to whom it belongs."""
        current = self._current
        opaque = current is not None and current.grammar.opaque
        if line.marks and not opaque:
            line.facts = self._shapes.facts(line.shape, line.marks)
        if not opaque and self._take_lane(line):
            return
        if current is not None and self._offer(current, line):
            return
        current = self._current
        if current is not None and current.grammar.opaque and not current.parser.done:
            return
        if (opened := self._resume(line) or self._open(line)) is not None:
            self._set_aside()
            self._current = opened
        elif line.text.strip():
            if current is not None and _is_over(current):
                self._finish_current()
            if line.marks:
                self.residue.take(line)

    def pause(self) -> None:
        """A quiet stretch: whoever may have finished has."""
        self._finish_aside()
        for lane in [*self._lanes]:
            if _may_be_over(self._lanes[lane]):
                self._finish(self._lanes.pop(lane))
        if self._current is not None and _may_be_over(self._current):
            self._finish_current()

    def close(self) -> Segment | None:
        """The segment that was open to the end, if it says anything; others are finished."""
        self._finish_aside()
        for lane in self._lanes.values():
            self._finish(lane)
        self._lanes.clear()
        last, self._current = self._current, None
        if last is None or not self._settle(last):
            return None
        return last

    def renew_residue(self) -> None:
        """Forget what no tool claimed; it was told."""
        self.residue = Residue(self._book.gate)

    def drain(self) -> list[Segment]:
        """Segments that are over, each once, by where they began."""
        finished, self._finished = self._finished, []
        return sorted(finished, key=lambda segment: segment.first)

    def _resume(self, line: Line) -> Segment | None:
        """The execution that another tool's lines have interrupted and that this line goes on with.

        One that such a line could begin anew, but does not belong to, is over.
        """
        if not self._aside or not line.marks:
            return None
        speaking = [
            grammar
            for rule, grammar in self._openers.at(line.marks)
            if rule.pattern.match(line.text) is not None
        ]
        for segment in [one for one in self._aside if one.grammar in speaking]:
            self._aside.remove(segment)
            if self._offer(segment, line):
                return segment
            self._finish(segment)
        return None

    def _open(self, line: Line) -> Segment | None:
        facts = line.facts
        if not line.marks or (facts is not None and facts.opens_nothing):
            return None
        alike = True
        for rule, grammar in self._openers.at(line.marks):
            match = rule.pattern.match(line.text)
            if match is None:
                alike = alike and rule.blind
                continue
            alike = False
            if groups_of(rule, match, line) is not None and (opened := self._begin(grammar, line)):
                return opened
        if facts is not None and alike:
            facts.opens_nothing = True
        return None

    def _begin(self, grammar: Grammar, line: Line) -> Segment | None:
        if grammar.name in self._broken:
            return None
        try:
            rules = RuleParser(grammar, self._book.reader(grammar))
            parser = rules if grammar.parser is None else grammar.parser(grammar)
            if not parser.take(line):
                return None
        except Exception as error:  # noqa: BLE001 - a grammar may be a user's
            self._give_up(grammar, error)
            return None
        own = rules if grammar.parser is None else None
        return Segment(grammar, parser, line.number, line.number, own)

    def _offer(self, segment: Segment, line: Line) -> bool:
        try:
            taken = segment.parser.take(line)
        except Exception as error:  # noqa: BLE001 - a grammar may be a user's
            self._give_up(segment.grammar, error)
            if segment is self._current:
                self._current = None
            return False
        if taken and line.text.strip():
            segment.last = line.number
        return taken

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
        inner = line.but(text)
        segment = self._lanes.get(lane)
        if segment is not None:
            if self._offer(segment, inner):
                return True
            if segment.parser.done:
                self._finish(self._lanes.pop(lane))
        if len(self._lanes) >= _MOST_LANES or (opened := self._open(inner)) is None:
            return lane in self._lanes
        if lane in self._lanes:
            self._finish(self._lanes.pop(lane))
        self._lanes[lane] = opened
        return True

    def _set_aside(self) -> None:
        """Make room for another tool's execution; what is not over may go on after it."""
        current, self._current = self._current, None
        if current is None:
            return
        if _is_over(current) or not current.parser.tally.told:
            self._finish(current)
            return
        self._aside.append(current)
        if len(self._aside) > _MOST_ASIDE:
            self._finish(self._aside.pop(0))

    def _finish_aside(self) -> None:
        for segment in self._aside:
            self._finish(segment)
        self._aside.clear()

    def _finish_current(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            self._finish(current)

    def _finish(self, segment: Segment) -> None:
        if self._settle(segment):
            self._finished.append(segment)

    def _settle(self, segment: Segment) -> bool:
        try:
            segment.parser.close()
        except Exception as error:  # noqa: BLE001 - a grammar may be a user's
            self._give_up(segment.grammar, error)
            return False
        return segment.parser.tally.told or segment.grammar.opaque

    def _give_up(self, grammar: Grammar, error: Exception) -> None:
        self._broken.add(grammar.name)
        self._on_failure(grammar.name, f"{type(error).__name__}: {error}")


def _is_over(segment: Segment) -> bool:
    return segment.parser.done and not segment.grammar.resumes


def _may_be_over(segment: Segment) -> bool:
    return segment.parser.done or (segment.grammar.at_once and segment.parser.tally.told)
