"""What a set of grammars needs to find its lines."""

from functools import lru_cache

from supervisor.analyzer.gate import Gate, Index, Sieve
from supervisor.analyzer.grammar import Grammar, Rule
from supervisor.analyzer.residue import LITERALS


class Book:
    """The literals of grammars and who wants them; the same for every stream."""

    def __init__(self, grammars: tuple[Grammar, ...]) -> None:
        spoken = [one for grammar in grammars for rule in grammar.rules for one in rule.literals]
        wanted = [literal for grammar in grammars for literal in grammar.literals]
        self.grammars = grammars
        self.gate = Gate((*spoken, *wanted, *LITERALS))
        self._readers: dict[int, Index[Rule]] = {}
        self._sieves: dict[int, Sieve[Rule]] = {}
        self._openers: dict[str | None, Index[tuple[Rule, Grammar]]] = {}
        self._names = {name for one in grammars for name in (one.name, *one.aliases)}

    def openers(self, prior: str | None) -> Index[tuple[Rule, Grammar]]:
        """Rules that may begin an execution; any rule of the tool that argv names may."""
        prior = prior if prior in self._names else None
        openers = self._openers.get(prior)
        if openers is None:
            openers = self._openers[prior] = self._make_openers(prior)
        return openers

    def _make_openers(self, prior: str | None) -> Index[tuple[Rule, Grammar]]:
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

    def sieve(self, grammar: Grammar) -> Sieve[Rule]:
        """The same rules for whole pages."""
        sieve = self._sieves.get(id(grammar))
        if sieve is None:
            sieve = Sieve((rule.literals, rule) for rule in grammar.rules)
            self._sieves[id(grammar)] = sieve
        return sieve


@lru_cache(maxsize=4)
def book_of(grammars: tuple[Grammar, ...]) -> Book:
    """The book of these grammars, made once."""
    return Book(grammars)
