"""The automaton that finds candidate lines."""

from supervisor.analyzer.gate import anchor
from supervisor.analyzer.grammars import GRAMMARS
from supervisor.analyzer.residue import LITERALS


def test_alphabet_of_literals_is_small() -> None:
    """With 64 signs or more each of the automaton's 25 000 states takes twice the memory."""
    literals = {*LITERALS, *(one for grammar in GRAMMARS for one in grammar.literals)}
    literals |= {one for grammar in GRAMMARS for rule in grammar.rules for one in rule.literals}
    signs = set(b"".join(map(anchor, literals)))
    assert len(signs) < 64, bytes(sorted(signs))
