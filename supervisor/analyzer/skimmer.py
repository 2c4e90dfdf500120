"""Lines that are no news, read in one loop: most of what a flood consists of."""

from collections import Counter
from collections.abc import Mapping, Sequence

from supervisor.analyzer.gate import Index
from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.line import Page
from supervisor.analyzer.residue import Residue, has_zero
from supervisor.analyzer.rule_parser import RuleParser
from supervisor.analyzer.shape import Facts, Shapes

_HEARD = Facts()
"""Of lines that are no news, whatever their shape."""
_HEARD.means = False


class Skimmer:
    """Knows who could want a line: the tool that speaks (``rules``), others, the residue."""

    def __init__(
        self,
        shapes: Shapes,
        openers: Index[tuple[Rule, Grammar]],
        residue: Residue,
        rules: RuleParser | None,
        *,
        laned: bool,
    ) -> None:
        self._shapes = shapes
        self._openers = openers
        self._residue = residue
        self._rules = rules
        self._laned = laned

    def read(self, page: Page, marks: Mapping[int, int], wanted: Sequence[int], begin: int) -> int:
        """Read lines of these indices until one needs a closer look; returns how many."""
        shapes, texts = page.shapes, page.texts
        told: list[Facts] = []
        settled: dict[bytes, Facts] = {}
        heard: set[int] = set()
        for place in range(begin, len(wanted)):
            index = wanted[place]
            key, bits = shapes[index], marks[index]
            facts = _HEARD if bits in heard else settled.get(key)
            if facts is None:
                if self._is_heard(bits):
                    heard.add(bits)
                    facts = _HEARD
                elif (facts := self._settled(key, bits)) is None:
                    break
                settled[key] = facts
            if facts.counts and has_zero(texts[index]):
                break
            told.append(facts)
        last = next((place for place in reversed(range(len(told))) if told[place].cause), None)
        if last is not None:
            self._residue.again(Counter(told), page.first + wanted[begin + last])
        return len(told)

    def _is_heard(self, marks: int) -> bool:
        """Whether lines with these literals are no news to anybody."""
        if self._laned or (self._rules is not None and self._rules.wants(marks)):
            return False
        return not self._openers.at(marks) and self._residue.heard(marks)

    def _settled(self, shape: bytes, marks: int) -> Facts | None:
        """What is known about lines that mean the same to all, whatever their digits."""
        facts, rules = self._shapes.known(shape), self._rules
        if facts is None or not (facts.opens_nothing and facts.laneless):
            return None
        if rules is not None and rules.wants(marks) and facts.unread_by is not rules.index:
            return None
        return facts if self._residue.knows(facts, marks) else None
