"""What rules can say, shown on a tool that does not exist."""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.stream import Analyzer
from supervisor.digests import Digest

FROB = Grammar(
    name="frob",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="frobnicate: lost ",
            pattern=re.compile(r"frobnicate: (?P<message>lost .*)"),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal="frobnicate++: ",
            pattern=re.compile(r"frobnicate\+\+: (?P<message>.*)"),
            relative="frob++",
        ),
        Rule(
            does=Does.FINDING,
            literal="frobnicate at ",
            pattern=re.compile(r"frobnicate at (?P<file>\S+):(?P<line>\d+)$"),
            continues=re.compile(r"\s+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="frobnicate: ",
            pattern=re.compile(r"frobnicate: (?P<message>.*)"),
        ),
    ),
)


def read(text: str) -> list[Digest]:
    """The digests of ``text`` by this grammar alone."""
    analyzer = Analyzer(grammars=[FROB])
    return [*analyzer.feed(text.encode()), *analyzer.close(None)]


def test_finding_waits_for_its_message() -> None:
    """Some tools write what is wrong below where it is; floods of such are read alike."""
    (digest,) = read("frobnicate at a.x:7\n  no good\n" * 20)
    assert digest.counted == {"errors": 20}
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (7, "no good")


def test_urgent_rule_comes_first() -> None:
    """A finding without a code can explain others."""
    (digest,) = read("frobnicate: x\nfrobnicate: lost y\nfrobnicate: z\n")
    assert digest.first is not None
    assert digest.first.message == "lost y"


def test_relative_names_the_digest() -> None:
    """One line gives the tool away."""
    (digest,) = read("frobnicate: x\nfrobnicate++: y\nfrobnicate: z\n")
    assert (digest.tool, digest.counted) == ("frob++", {"errors": 3})
