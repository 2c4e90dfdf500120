"""What a rule can say, read by a made-up tool's grammar."""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.stream import Analyzer
from supervisor.digests import Digest, Fixable, Verdict

TRAILER = (
    r"looked at \d+ files, (?P<errors>\d+) faults(?:, (?P<mended>\d+) mended)?"
    r"(?:, (?P<safe>\d+) more mendable)?(?: \((?P<remark>[^)]*)\))?$"
)
GRAMMAR = Grammar(
    name="fault",
    kind="linter",
    fix="fault --mend",
    rules=(
        Rule(
            does=Does.FINDING,
            literal="FAULT ",
            pattern=re.compile(r"FAULT (?P<message>.*)"),
            continues=re.compile(r" (?:in (?P<file>\S+)|at line (?P<line>\d+))$"),
            spans_blanks=True,
        ),
        Rule(
            does=Does.FINDING,
            literal="-- skipped",
            pattern=re.compile(r"(?P<message>\w+) -- skipped$"),
            counts_as="skipped",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="looked at 0 files",
            pattern=re.compile("so far: " + TRAILER),
        ),
        Rule(does=Does.TRAILER, literal="looked at 0 files", pattern=re.compile(TRAILER)),
    ),
)


def digest(text: str) -> Digest:
    """The one digest of the tool's output."""
    analyzer = Analyzer(grammars=(GRAMMAR,))
    (found,) = [*analyzer.feed(text.encode()), *analyzer.close(None)]
    return found


def test_what_was_mended_is_no_error_any_more() -> None:
    """A trailer that counts what it mended declares the rest, and all mended is all well."""
    assert digest("looked at 2 files, 5 faults, 3 mended\n").declared["errors"] == 2
    assert digest("looked at 2 files, 5 faults, 5 mended\n").verdict is Verdict.OK


def test_trailer_says_what_is_fixable() -> None:
    """One line may hold the count and the fix; files that have one each add up."""
    found = digest("looked at 2 files, 5 faults, 3 more mendable\n")
    assert (found.fixable, found.fix) == (Fixable(safe=3), "fault --mend")
    assert found.declared == {"errors": 5}
    line = "so far: looked at 2 files, 5 faults, 3 more mendable\n"
    assert digest(line + line).fixable == Fixable(safe=6)


def test_remark_stands_in_the_summary() -> None:
    """Words that a reader must know are taken from the trailer."""
    assert "stopped early" in digest("looked at 2 files, 5 faults (stopped early)\n").summary


def test_finding_in_pieces() -> None:
    """File and line stand on lines of their own, below a blank one."""
    first = digest(
        "FAULT bad\n\n  source\n in a.x\n at line 3\nlooked at 1 files, 1 faults\n"
    ).first
    assert first is not None
    assert (first.file, first.line) == ("a.x", 3)


def test_skipped_tests_are_counted_and_no_more() -> None:
    """Neither the first finding nor a cause."""
    found = digest("one -- skipped\ntwo -- skipped\n")
    assert (found.counted, found.first, found.causes) == ({"skipped": 2}, None, ())
