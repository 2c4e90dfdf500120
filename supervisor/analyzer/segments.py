"""Cuts a mixed stream of lines into the executions of tools."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from supervisor.analyzer.gate import fold, minimal, shortest
from supervisor.analyzer.grammar import Grammar, Parser, Rule, RuleParser, rule_match
from supervisor.analyzer.line import Line
from supervisor.analyzer.residue import LITERALS, Residue
from supervisor.analyzer.shape import Shapes
from supervisor.analyzer.text import split_lane

_MOST_LANES = 16


@dataclass(slots=True)
class Segment:
    """The lines of one execution of a tool."""

    grammar: Grammar
    parser: Parser
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Openers:
    """What lines with the same literals of the gate's may open."""

    rules: tuple[tuple[Rule, Grammar], ...]
    signs: tuple[str, ...]
    """One of them stands in every line that opens anything."""


class Segmenter:
    """Gives each line to the tool it belongs to.

    A grammar that throws loses its segment and is not asked again; ``on_failure`` hears of it.
    """

    def __init__(
        self, grammars: Iterable[Grammar], prior: str | None, on_failure: Callable[[str, str], None]
    ) -> None:
        self._grammars = tuple(grammars)
        self._prior = prior
        self._on_failure = on_failure
        self._broken: set[str] = set()
        self._current: Segment | None = None
        self._lanes: dict[str, Segment] = {}
        self._finished: list[Segment] = []
        self.residue = Residue()
        literals = [literal for grammar in self._grammars for literal in grammar.literals]
        self.literals = minimal((*literals, *LITERALS))
        """What a line must contain to be looked at while nobody is attentive."""
        self._openers: dict[int, _Openers] = {}
        self._shapes = Shapes()

    @property
    def attentive(self) -> bool:
        """Whether every line is wanted now."""
        if self._current is not None and self._current.parser.attentive:
            return True
        return bool(self._lanes) and any(lane.parser.attentive for lane in self._lanes.values())

    def take(self, line: Line) -> None:
        """Give one line to whom it belongs."""
        opaque = self._current is not None and self._current.grammar.opaque
        if line.marks and not opaque:
            line.facts = self._shapes.facts(line.shape)
        if not opaque and self._take_lane(line):
            return
        current = self._current
        if current is not None and self._offer(current, line):
            return
        current = self._current
        if current is not None and current.grammar.opaque and not current.parser.done:
            return
        if (opened := self._open(line)) is not None:
            self._finish_current()
            self._current = opened
        elif line.text.strip():
            if current is not None and current.parser.done:
                self._finish_current()
            if line.marks:
                self.residue.take(line)

    def pause(self) -> None:
        """A quiet stretch: whoever may have finished has."""
        for lane in [*self._lanes]:
            if _may_be_over(self._lanes[lane]):
                self._finish(self._lanes.pop(lane))
        if self._current is not None and _may_be_over(self._current):
            self._finish_current()

    def close(self) -> Segment | None:
        """The segment that was open to the end, if it says anything; others are finished."""
        for lane in self._lanes.values():
            self._finish(lane)
        self._lanes.clear()
        last, self._current = self._current, None
        if last is None or not self._settle(last):
            return None
        return last

    def drain(self) -> list[Segment]:
        """Segments that are over, each once."""
        finished, self._finished = self._finished, []
        return finished

    def _open(self, line: Line) -> Segment | None:
        marks, facts = line.marks, line.facts
        if not marks or (facts is not None and facts.opens_nothing_with == marks):
            return None
        openers = self._openers.get(marks)
        if openers is None:
            openers = self._openers[marks] = self._openers_of(marks)
        text, signs = line.text, line.signs
        alike = True
        if any(map(signs.__contains__, openers.signs)):
            for rule, grammar in openers.rules:
                if rule.sign not in signs:
                    continue
                if rule.pattern.match(text) is None:
                    alike = alike and rule.blind
                elif opened := self._try_open(rule, grammar, line):
                    return opened
                else:
                    alike = False
        if facts is not None and alike:
            facts.opens_nothing_with = marks
        return None

    def _openers_of(self, marks: int) -> _Openers:
        """Rules that may open a segment by a line that contains these of the gate's literals."""
        present = [text for bit, text in enumerate(self.literals) if marks >> bit & 1]
        # Signs have one zero for each number, so that only literals without any compare.
        worded = [literal for literal in self.literals if b"0" not in literal]
        openers: list[tuple[Rule, Grammar]] = []
        for grammar in self._grammars:
            spoken = [fold(text.encode()) for text in grammar.literals]
            for rule in grammar.rules:
                precise = [literal for literal in worded if literal.decode("latin-1") in rule.sign]
                fits = (
                    all(literal in present for literal in precise)
                    if precise
                    else any(literal in text for literal in present for text in spoken)
                )
                if fits and self._may_open(rule, grammar):
                    openers.append((rule, grammar))
        return _Openers(tuple(openers), shortest(rule.sign for rule, _ in openers))

    def _may_open(self, rule: Rule, grammar: Grammar) -> bool:
        return rule.opens or self._prior in (grammar.name, *grammar.aliases)

    def _try_open(self, rule: Rule, grammar: Grammar, line: Line) -> Segment | None:
        if grammar.name in self._broken:
            return None
        try:
            if rule_match(rule, line) is None:
                return None
            parser = grammar.parser(grammar) if grammar.parser else RuleParser(grammar)
            if not parser.take(line):
                return None
        except Exception as error:  # noqa: BLE001 - a grammar may be a user's
            self._give_up(grammar, error)
            return None
        return Segment(grammar, parser, line.number, line.number)

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
        split = split_lane(line.text)
        if split is None:
            return False
        lane, text = split
        inner = line.but(text)
        if line.marks:
            inner.facts = self._shapes.facts(inner.shape)
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


def _may_be_over(segment: Segment) -> bool:
    return segment.parser.done or (segment.grammar.at_once and segment.parser.tally.told)
