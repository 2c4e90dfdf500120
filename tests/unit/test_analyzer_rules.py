"""What a grammar can say with rules alone."""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.stream import Analyzer
from supervisor.digests import Digest, Fixable, Verdict

_COUNTED = Rule(
    does=Does.TRAILER,
    literal="tidied: ",
    pattern=re.compile(r"tidied: (?P<counts>(?=(?P<safe>\d+) messy).*)"),
)
_ROW = Rule(
    does=Does.FINDING,
    literal="mess: ",
    pattern=re.compile(r"mess: (?P<file>\S+)(?: (?P<severity>note))?"),
)
_CLEAN = Rule(does=Does.GREEN, literal="all clean", pattern=re.compile("all clean"))


def only(grammar: Grammar, text: str) -> Digest:
    """The digest of output that one grammar claims."""
    analyzer = Analyzer(grammars=(grammar,))
    digests = [*analyzer.feed(text.encode()), *analyzer.close(None)]
    assert len(digests) == 1, digests
    return digests[0]


def test_own_words_and_what_can_be_fixed_on_the_closing_line() -> None:
    """A tool's words for its counts are data, and the line may say how many can be fixed."""
    grammar = Grammar(
        name="tidy",
        kind="formatter",
        rules=(_COUNTED,),
        fix="tidy .",
        noun="messy rooms",
        words={"messy rooms": "errors", "locked room": "errors", "fine": "unchanged"},
    )
    digest = only(grammar, "tidied: 2 messy rooms, 1 locked room, 4 fine\n")
    assert digest.declared == {"errors": 3, "unchanged": 4}
    assert digest.fixable == Fixable(safe=2)
    assert digest.summary == "tidy: 3 messy rooms; `tidy .` (2/3)"


def test_remarks_are_repeated_once() -> None:
    """A closing line and lines that say nothing else may have words for the reader."""
    note = Rule(
        does=Does.TAIL, literal="note: ", pattern=re.compile("note: (?P<remark>.+)"), opens=False
    )
    end = Rule(does=Does.TRAILER, literal="the end", pattern=re.compile("(?P<remark>the end)"))
    grammar = Grammar(name="tidy", kind="linter", rules=(_ROW, note, end))
    digest = only(grammar, "mess: a\nnote: it was dark\nnote: it was dark\nthe end\n")
    assert digest.summary == "tidy: 1 error in 1 file, it was dark, the end: a"


def test_strict_tools_are_not_green_with_notes() -> None:
    """Where a tool complains of notes, its closing line alone does not make it green."""
    for strict, verdict in ((True, Verdict.UNKNOWN), (False, Verdict.OK)):
        grammar = Grammar(name="tidy", kind="linter", rules=(_ROW, _CLEAN), strict=strict)
        assert only(grammar, "mess: a note\nall clean\n").verdict is verdict
        assert only(grammar, "all clean\n").verdict is Verdict.OK


def test_a_message_may_stand_below_its_heading() -> None:
    """A heading without a message waits for the line that has it."""
    heading = Rule(
        does=Does.FINDING,
        literal="complaint:",
        pattern=re.compile("complaint:$"),
        continues=re.compile(r"  (?:(?P<file>\w+)/)?(?P<message>.+)"),
    )
    grammar = Grammar(name="tidy", kind="linter", rules=(heading,))
    for said, file in (("kitchen/dirty", "kitchen"), ("dirty", None)):
        digest = only(grammar, f"complaint:\n  {said}\n")
        assert digest.first is not None
        assert (digest.first.file, digest.first.message) == (file, "dirty")


def test_how_long_a_finding_goes_on_is_the_rules_to_say() -> None:
    """Lines that would be another tool's belong to a finding that is not over."""
    for most_lines, code in ((12, None), (40, "dust")):
        rule = Rule(
            does=Does.FINDING,
            literal="mess: ",
            pattern=re.compile("mess: (?P<message>.+)"),
            continues=re.compile(r"\[(?P<code>\w+)\]"),
            most_lines=most_lines,
        )
        grammar = Grammar(name="tidy", kind="linter", rules=(rule,))
        digest = only(grammar, "mess: there\n" + "  and there\n" * 30 + "[dust]\n")
        assert digest.first is not None
        assert digest.first.code == code
