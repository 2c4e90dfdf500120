"""What rules can say of builds: red without a number, clean so far, told again, who and what."""

import re
from typing import Any

import pytest

from supervisor.analyzer import Analysis, Analyzer, analyze
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import number
from supervisor.analyzer.text import split_lane
from supervisor.digests import Verdict


def rule(does: Does, pattern: str, **more: Any) -> Rule:
    """A rule whose literal is its pattern's first word."""
    literal = re.split(r"[^\w ]", pattern)[0]
    return Rule(does=does, literal=literal, pattern=Pattern(pattern), **more)


RULES = (
    rule(Does.FINDING, r"wid in (?P<file>\w+): (?P<severity>error|warning) (?P<message>.*)"),
    rule(
        Does.FINDING,
        r"wid again (?P<file>\w+): (?P<severity>error|warning) (?P<message>.*)",
        again=True,
    ),
    rule(Does.SUBTOTAL, r"wid errors (?P<errors>\w+)"),
    rule(Does.CLEAN, r"wid warnings (?P<warnings>\d+)"),
    rule(Does.SUBTOTAL, r"wid tests (?P<passed>\d+)", kind="tests", tool="widtest"),
    rule(Does.RED, r"wid failed: (?P<message>.*)"),
    rule(Does.GREEN, r"wid done"),
)


def read(
    text: str, exit_code: int | None = None, *, closes: bool = True
) -> tuple[Analyzer, Analysis]:
    """What a tool of our own invention says."""
    grammar = Grammar(name="wid", kind="build", rules=RULES, closes=closes)
    analyzer = Analyzer(grammars=(grammar,))
    digests = (*analyzer.feed(text.encode()), *analyzer.close(exit_code))
    return analyzer, Analysis(segments=digests, verdict=analyzer.verdict, bytes=len(text))


def test_red_needs_no_number() -> None:
    """A tool that says that it failed has failed, and its reason is shown."""
    _, found = read("wid failed: task :a\n")
    assert found.segments[0].verdict is Verdict.FAILED
    assert found.segments[0].summary == "wid: task :a"
    assert "exit 1" not in read("wid failed: task :a\n", exit_code=1)[1].segments[0].summary


def test_clean_subtotals_add_up_and_are_green_so_far() -> None:
    """Two parts with warnings alone are well; one with errors is not, whatever follows."""
    _, clean = read("wid warnings 2\nwid warnings 3\n")
    assert clean.segments[0].declared == {"warnings": 5}
    assert clean.segments[0].verdict is Verdict.OK
    _, mixed = read("wid errors 1\nwid warnings 3\n")
    assert mixed.segments[0].verdict is Verdict.FAILED


def test_finding_that_is_told_again_counts_once() -> None:
    """Lines of the first kind may be alike and be two; of the second kind they are repetitions."""
    _, found = read("wid in a: error x\nwid in a: error x\nwid again a: error x\n")
    assert found.segments[0].counted == {"errors": 2}
    _, only_again = read("wid again a: error x\nwid again a: error x\n")
    assert only_again.segments[0].counted == {"errors": 1}


def test_line_may_show_whose_and_what_it_is() -> None:
    """A build that runs tests is one of tests from then on."""
    (digest,) = read("wid tests 3\nwid done\n")[1].segments
    assert (digest.tool, digest.kind, digest.verdict) == ("widtest", "tests", Verdict.OK)


@pytest.mark.parametrize(
    ("closes", "exit_code", "verdict"),
    [
        (True, 0, Verdict.UNKNOWN),
        (False, 0, Verdict.OK),
        (False, None, Verdict.UNKNOWN),
        (False, 1, Verdict.FAILED),
    ],
)
def test_warnings_of_a_tool_that_never_closes(
    *, closes: bool, exit_code: int | None, verdict: Verdict
) -> None:
    """Where no closing line can be missing, the status says how it went."""
    assert read("wid in a: warning x\n", exit_code, closes=closes)[1].verdict is verdict


def test_number_words_are_numbers() -> None:
    """Some compilers count in words up to fifteen."""
    assert [number(word) for word in ("one", "fifteen", "16", "many")] == [1, 15, 16, 0]


def test_log_levels_are_no_lanes() -> None:
    """Lines of one tool differ in their levels; they are not multiplexed."""
    assert split_lane("[INFO] BUILD SUCCESS") is None
    assert split_lane("[error] one error found") is None
    assert split_lane("[ant:checkstyle] [WARN] x") is None
    assert split_lane("[web] hello") == ("[web]", "hello")
    analysis = analyze([b"[INFO] ok\n"])
    assert [digest.tool for digest in analysis.segments] == ["output"]


def test_message_may_end_below() -> None:
    """A line that says which name is unknown completes the message; without it the rest stands."""
    unknown = rule(
        Does.FINDING,
        r"wid unknown in (?P<file>\w+): (?P<message>.*)",
        continues=Pattern(r"  name: (?P<more>\w+)"),
    )
    grammar = Grammar(name="wid", kind="build", rules=(unknown,))
    analyzer = Analyzer(grammars=(grammar,))
    analyzer.feed(
        b"wid unknown in a: no such\n  source\n  name: foo\nwid unknown in b: no such\n\n"
    )
    (digest,) = analyzer.close(1)
    assert {cause.message for cause in digest.causes} == {"no such: foo", "no such"}
    assert digest.counted == {"errors": 2}


def test_file_is_inherited_only_below_a_file_s_line() -> None:
    """A finding about no file is not about the one above it."""
    loose = rule(Does.FINDING, r"wid: (?P<message>.*)")
    grammar = Grammar(name="wid", kind="build", rules=(RULES[0], loose))
    analyzer = Analyzer(grammars=(grammar,))
    analyzer.feed(b"wid in a: warning x\nwid: error at large\n")
    (digest,) = analyzer.close(1)
    assert digest.first is not None
    assert (digest.first.file, digest.files) == (None, 1)


def test_floods_are_read_as_line_by_line() -> None:
    """What is told again counts once, however quickly many lines alike are read."""
    lines = [
        f"C:\\w\\a{n % 7}.cs({n % 50},3): warning CS0618: Foo is obsolete\n" for n in range(300)
    ]
    whole = analyze(["".join(lines).encode()])
    assert whole.segments == analyze([line.encode() for line in lines]).segments
    assert whole.segments[0].counted == {"warnings": 300}
    twice = analyze([("".join(lines) * 2).encode()])
    assert twice.segments[0].counted == {"warnings": 300}


def test_floods_of_notes_are_no_failures() -> None:
    """Notes do not belong to a failure's identity, however they are read."""
    lines = ["a.cpp(3): warning C4251: needs a dll-interface\n"]
    lines += [f"b{n}.h(7): note: see declaration of 'x'\n" for n in range(40)]
    whole = analyze(["".join(lines).encode()])
    assert whole.segments == analyze([line.encode() for line in lines]).segments
