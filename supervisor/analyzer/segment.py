"""What one execution of a tool wrote."""

from dataclasses import dataclass

from supervisor.analyzer.grammar import Grammar, Parser, Runner
from supervisor.analyzer.rule_parser import RuleParser


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
