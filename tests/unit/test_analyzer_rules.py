"""What a grammar can say with rules alone."""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.stream import Analyzer
from supervisor.digests import Digest, Fixable, Verdict

_COUNTED = Rule(
    does=Does.TRAILER,
    literal="tidied: ",
    pattern=Pattern(r"tidied: (?P<counts>(?=(?P<safe>\d+) messy).*)"),
)
_ROW = Rule(
    does=Does.FINDING,
    literal="mess: ",
    pattern=Pattern(r"mess: (?P<file>\S+)(?: (?P<severity>note))?"),
)
_CLEAN = Rule(does=Does.GREEN, literal="all clean", pattern=Pattern("all clean"))


FAULT_TRAILER = (
    r"looked at \d+ files, (?P<errors>\d+) faults(?:, (?P<mended>\d+) mended)?"
    r"(?:, (?P<safe>\d+) more mendable)?(?: \((?P<remark>[^)]*)\))?$"
)
FAULT = Grammar(
    name="fault",
    kind="linter",
    fix="fault --mend",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="FAULT ",
            pattern=Pattern(r"FAULT (?P<message>.*)"),
            continues=Pattern(r" (?:in (?P<file>\S+)|at line (?P<line>\d+))$"),
            pieces=True,
            gaps=12,
        ),
        Rule(
            does=Does.FINDING,
            literal="-- skipped",
            pattern=Pattern(r"(?P<message>\w+) -- skipped$"),
            counts_as="skipped",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="looked at 0 files",
            pattern=Pattern("so far: " + FAULT_TRAILER),
        ),
        Rule(does=Does.TRAILER, literal="looked at 0 files", pattern=Pattern(FAULT_TRAILER)),
    ),
)
FROB = Grammar(
    name="frob",
    kind="linter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="frobnicate: lost ",
            pattern=Pattern(r"frobnicate: (?P<message>lost .*)"),
            urgent=True,
        ),
        Rule(
            does=Does.FINDING,
            literal="frobnicate++: ",
            pattern=Pattern(r"frobnicate\+\+: (?P<message>.*)"),
            tool="frob++",
        ),
        Rule(
            does=Does.FINDING,
            literal="frobnicate at ",
            pattern=Pattern(r"frobnicate at (?P<file>\S+):(?P<line>\d+)$"),
            continues=Pattern(r"\s+(?P<message>\S.*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="frobnicate: ",
            pattern=Pattern(r"frobnicate: (?P<message>.*)"),
        ),
    ),
)


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
        does=Does.TAIL, literal="note: ", pattern=Pattern("note: (?P<remark>.+)"), opens=False
    )
    end = Rule(does=Does.TRAILER, literal="the end", pattern=Pattern("(?P<remark>the end)"))
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
        pattern=Pattern("complaint:$"),
        continues=Pattern(r"  (?:(?P<file>\w+)/)?(?P<message>.+)"),
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
            pattern=Pattern("mess: (?P<message>.+)"),
            continues=Pattern(r"\[(?P<code>\w+)\]"),
            most_lines=most_lines,
        )
        grammar = Grammar(name="tidy", kind="linter", rules=(rule,))
        digest = only(grammar, "mess: there\n" + "  and there\n" * 30 + "[dust]\n")
        assert digest.first is not None
        assert digest.first.code == code


def test_what_was_mended_is_no_error_any_more() -> None:
    """A trailer that counts what it mended declares the rest, and all mended is all well."""
    assert only(FAULT, "looked at 2 files, 5 faults, 3 mended\n").declared["errors"] == 2
    assert only(FAULT, "looked at 2 files, 5 faults, 5 mended\n").verdict is Verdict.OK


def test_trailer_says_what_is_fixable() -> None:
    """One line may hold the count and the fix; files that have one each add up."""
    found = only(FAULT, "looked at 2 files, 5 faults, 3 more mendable\n")
    assert (found.fixable, found.fix) == (Fixable(safe=3), "fault --mend")
    assert found.declared == {"errors": 5}
    line = "so far: looked at 2 files, 5 faults, 3 more mendable\n"
    assert only(FAULT, line + line).fixable == Fixable(safe=6)


def test_remark_stands_in_the_summary() -> None:
    """Words that a reader must know are taken from the trailer."""
    assert "stopped early" in only(FAULT, "looked at 2 files, 5 faults (stopped early)\n").summary


def test_finding_in_pieces() -> None:
    """File and line stand on lines of their own, below a blank one."""
    first = only(
        FAULT, "FAULT bad\n\n  source\n in a.x\n at line 3\nlooked at 1 files, 1 faults\n"
    ).first
    assert first is not None
    assert (first.file, first.line) == ("a.x", 3)


def test_skipped_tests_are_counted_and_no_more() -> None:
    """Neither the first finding nor a cause."""
    found = only(FAULT, "one -- skipped\ntwo -- skipped\n")
    assert (found.counted, found.first, found.causes) == ({"skipped": 2}, None, ())


def test_finding_waits_for_its_message() -> None:
    """Some tools write what is wrong below where it is; floods of such are read alike."""
    digest = only(FROB, "frobnicate at a.x:7\n  no good\n" * 20)
    assert digest.counted == {"errors": 20}
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (7, "no good")


def test_urgent_rule_comes_first() -> None:
    """A finding without a code can explain others."""
    digest = only(FROB, "frobnicate: x\nfrobnicate: lost y\nfrobnicate: z\n")
    assert digest.first is not None
    assert digest.first.message == "lost y"


def test_relative_names_the_digest() -> None:
    """One line gives the tool away."""
    digest = only(FROB, "frobnicate: x\nfrobnicate++: y\nfrobnicate: z\n")
    assert (digest.tool, digest.counted) == ("frob++", {"errors": 3})
