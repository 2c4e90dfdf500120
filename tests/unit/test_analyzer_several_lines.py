"""What rules can say, shown with grammars that no tool has."""

from supervisor.analyzer import analyze
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.stream import Analyzer
from supervisor.digests import Digest, Fixable, Verdict

_HEAD = Rule(
    does=Does.FINDING,
    literal="<head>",
    pattern=Pattern(r"<head> (?P<file>\S+)$"),
    continues=Pattern(r"\s+(?P<severity>[!x]) (?P<message>.*)"),
    gaps=1,
)
_COUNT = Rule(
    does=Does.TRAILER,
    literal="<count>",
    pattern=Pattern(r"<count> (?P<counts>\d+ \w+)$"),
)


def read(text: str, *rules: Rule) -> list[Digest]:
    """The digests of a text that only these rules read."""
    severities = {"x": "errors", "!": "warnings"}
    grammar = Grammar(name="tool", kind="linter", rules=rules, severities=severities)
    analyzer = Analyzer(grammars=(grammar,))
    return [*analyzer.feed(text.encode()), *analyzer.close(None)]


def test_a_finding_gets_its_message_and_severity_from_below() -> None:
    """Past as many blank lines as the rule allows."""
    (digest,) = read("<head> a.js\n\n  ! unused\n<head> b.js\n\n  x broken\n", _HEAD)
    assert digest.counted == {"warnings": 1, "errors": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == ("b.js", "broken")


def test_a_finding_without_a_message_still_counts() -> None:
    """More blank lines than that end it."""
    (digest,) = read("<head> a.js\n\n\n  ! unused\n", _HEAD)
    assert digest.counted == {"errors": 1}


def test_many_heads_in_a_row_are_all_completed() -> None:
    """The loop for floods does not take what needs the next line."""
    (digest,) = read("<head> a.js\n  ! unused\n" * 30, _HEAD)
    assert digest.counted == {"warnings": 30}


def test_a_broken_tool_says_why_further_below() -> None:
    """The first line that says something is the reason."""
    rule = Rule(
        does=Does.BROKEN,
        literal="<oops>",
        pattern=Pattern(r"<oops>"),
        continues=Pattern(r"(?!version )(?P<message>\S.*)"),
        gaps=2,
    )
    (digest,) = read("<oops>\n\nversion 1\n\nno such file\n", rule)
    assert (digest.verdict, digest.summary) == (Verdict.ERROR, "tool: no such file")


def test_counts_on_lines_that_follow_at_once_are_one_count() -> None:
    """If they count other things; else another execution has begun."""
    (digest,) = read("<count> 2 errors\n<count> 1 warning\n", _COUNT)
    assert digest.declared == {"errors": 2, "warnings": 1}
    assert len(read("<count> 2 errors\n<count> 2 errors\n", _COUNT)) == 2
    assert len(read("<count> 2 errors\n\n<count> 1 warning\n", _COUNT)) == 2


def test_a_line_can_say_that_something_failed_without_a_number() -> None:
    """It makes the verdict, and may come after the count."""
    rule = Rule(does=Does.RED, literal="<red>", pattern=Pattern(r"<red>(?: (?P<message>.+))?"))
    (digest,) = read("<red>\n", rule)
    assert (digest.verdict, digest.summary) == (Verdict.FAILED, "tool: failed")
    assert (digest.declared, digest.counted) == ({}, {})
    (digest,) = read("<count> 1 warning\n\n<red> too many\n", _COUNT, rule)
    assert (digest.verdict, digest.summary) == (Verdict.FAILED, "tool: 1 warning, too many")


def test_a_trailer_can_say_how_many_are_fixable() -> None:
    """Formatters do; the number is no count of its own."""
    rule = Rule(
        does=Does.TRAILER,
        literal="to format",
        pattern=Pattern(r"(?=(?P<safe>\d+))(?P<errors>\d+) files to format"),
    )
    (digest,) = read("3 files to format\n", rule)
    assert (digest.declared, digest.fixable) == ({"errors": 3}, Fixable(safe=3))


def test_rows_above_an_earlier_closing_count_are_not_counted_again() -> None:
    """Each execution has its own rows, though nothing but its closing line tells whose they are."""
    one = "   1) src/{0}.php (braces)\n\nFound 1 of 9 files that can be fixed in 0.112 seconds\n\n"
    text = "".join(one.format(name) for name in "abc")
    assert [d.counted for d in analyze([text.encode()]).segments] == [{"errors": 1}] * 3
