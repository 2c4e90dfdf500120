"""What one execution of a tool wrote."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from supervisor.analyzer.gate import Index
from supervisor.analyzer.grammar import Grammar, Parser, Rule, Runner
from supervisor.analyzer.line import Line, Page
from supervisor.analyzer.rule_parser import Aids, RuleParser
from supervisor.analyzer.tally import Tally
from supervisor.analyzer.verdicts import BAD, parsed
from supervisor.analyzer.witness import Witness


@dataclass(slots=True)
class Segment:
    """The lines of one execution of a tool."""

    grammar: Grammar
    parser: Parser
    first: int
    last: int
    rules: RuleParser | None = None
    """The parser, where it is all data."""
    runner: Runner | None = None
    """The parser, where it has a quick way through floods of its own."""
    witness: Witness = field(default_factory=Witness)
    _begun: Line | None = None
    """The first line of a finding that goes on."""

    @property
    def over(self) -> bool:
        """Whether nothing of it can follow."""
        return self.parser.done and not self.grammar.resumes

    @property
    def may_be_over(self) -> bool:
        """Whether a quiet stretch ends it."""
        return self.parser.done or (self.grammar.at_once and self.parser.tally.told)

    def take(self, line: Line) -> bool:
        """Give the parser a line; False when it is not the tool's."""
        tally, rules = self.parser.tally, self.rules
        harm, begun = tally.harm, self._begun
        if not self.parser.take(line):
            return False
        harmed = tally.harm != harm
        if harmed:
            self.witness.count(begun or line)
        if rules is None or not rules.waits:
            self._begun = None
        elif begun is None or harmed:
            self._begun = line
        if line.marks:
            self.witness.hear(line)
        if line.text.strip():
            self.last = line.number
        return True

    @property
    def hot(self) -> bool:
        """Whether the next lines are likely to be more of the same."""
        quick = self.runner or self.rules
        return quick is not None and quick.hot

    def run(
        self,
        page: Page,
        index: int,
        aids: Aids,
    ) -> int:
        """Read lines from ``index`` on as ``take`` would; returns how many were read."""
        last = None
        if self.runner is not None:
            texts = map(page.bare.__getitem__, range(index, page.length))
            count = self.runner.run(texts, self.witness.hears)
            told = range(index + count - 1, index - 1, -1)
            last = next((place for place in told if page.bare[place].strip()), None)
        elif self.rules is not None:
            streak = self.rules.run(page, index, aids, harm=self.witness.full)
            count = streak.length
            last = index + streak.last - 1 if streak.findings else None
        else:
            return 0
        self.last = self.last if last is None else page.first + last
        return count

    def close(self) -> None:
        """Nothing follows."""
        harm = self.parser.tally.harm
        self.parser.close()
        if self._begun is not None and self.parser.tally.harm != harm:
            self.witness.count(self._begun)


def begin(grammar: Grammar, reader: Index[Rule], number: int) -> Segment:
    """An execution that line ``number`` begins; ``reader`` has the grammar's rules."""
    if grammar.parser is None:
        rules = RuleParser(grammar, reader)
        return Segment(grammar, rules, number, number, rules)
    parser = grammar.parser(grammar)
    runner = parser if grammar.opaque and isinstance(parser, Runner) else None
    return Segment(grammar, parser, number, number, runner=runner)


def is_repeated(segment: Segment, beside: Iterable[Segment]) -> bool:
    """Whether a document of the same tool's says as much, and nothing better.

    Tools close in words what they have told in a document, or tell people the same on stderr.
    """
    tally = segment.parser.tally
    return any(
        (not tally.counted or _numbers(tally) == _numbers(one.parser.tally))
        and (parsed(one.parser.tally) in BAD or parsed(tally) not in BAD)
        for one in beside
        if one is not segment and one.parser.done and one.grammar.name == segment.grammar.name
    )


def _numbers(tally: Tally) -> list[int]:
    """What a tool has told of itself, declared or counted."""
    keys = ("errors", "warnings", "failed", "passed")
    return [max(tally.declared.get(key, 0), tally.counted[key]) for key in keys]
