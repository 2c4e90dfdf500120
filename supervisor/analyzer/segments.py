"""Cuts a mixed stream of lines into the executions of tools."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from supervisor.analyzer.gate import fold, minimal
from supervisor.analyzer.grammar import Grammar, Parser, Rule, RuleParser, rule_match
from supervisor.analyzer.line import Line
from supervisor.analyzer.residue import LITERALS, Residue
from supervisor.analyzer.text import split_lane

_MOST_LANES = 16


@dataclass(slots=True)
class Segment:
    """The lines of one execution of a tool."""

    grammar: Grammar
    parser: Parser
    first: int
    last: int


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
        self._present: tuple[bytes, ...] = ()
        self.residue = Residue()
        literals = [literal for grammar in self._grammars for literal in grammar.literals]
        self.literals = minimal((*literals, *LITERALS))
        """What a line must contain to be looked at while nobody is attentive."""
        self._openers: dict[tuple[bytes, ...], list[tuple[Rule, Grammar]]] = {}

    @property
    def attentive(self) -> bool:
        """Whether every line is wanted now."""
        if self._current is not None and self._current.parser.attentive:
            return True
        return bool(self._lanes) and any(lane.parser.attentive for lane in self._lanes.values())

    def take(self, line: Line) -> None:
        """Give one line to whom it belongs."""
        opaque = self._current is not None and self._current.grammar.opaque
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
            if self._present:
                self.residue.take(line.text, line.number)

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
        text, folded = line.text, line.folded
        present = tuple([literal for literal in self.literals if literal in folded])
        self._present = present
        if present not in self._openers:
            self._openers[present] = self._openers_of(present)
        for rule, grammar in self._openers[present]:
            if (
                rule.literal in text
                and rule.pattern.match(text) is not None
                and (opened := self._try_open(rule, grammar, line))
            ):
                return opened
        return None

    def _openers_of(self, present: tuple[bytes, ...]) -> list[tuple[Rule, Grammar]]:
        """Rules that may open a segment by a line that contains these literals."""
        openers: list[tuple[Rule, Grammar]] = []
        for grammar in self._grammars:
            spoken = [fold(text.encode()) for text in grammar.literals]
            for rule in grammar.rules:
                own = fold(rule.literal.encode())
                precise = [literal for literal in self.literals if literal in own]
                fits = (
                    all(literal in present for literal in precise)
                    if precise
                    else any(literal in text for literal in present for text in spoken)
                )
                if fits and self._may_open(rule, grammar):
                    openers.append((rule, grammar))
        return openers

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
