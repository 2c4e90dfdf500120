"""The live stream: digests come promptly, chatter brings none, and nothing is ever raised."""

import dataclasses
import tracemalloc

from supervisor.analyzer import Analyzer, analyze
from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars import GRAMMARS, mypy
from supervisor.analyzer.line import Line
from supervisor.analyzer.pattern import Pattern
from supervisor.analyzer.tally import Tally
from supervisor.digests import Verdict

RED = b"a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n"


def test_digest_comes_with_the_next_foreign_line() -> None:
    """A trailer and its tail are held together; the next line of anything else ends them."""
    analyzer = Analyzer()
    assert analyzer.feed(RED) == []
    assert analyzer.feed(b"[*] 1 fixable with the `--fix` option.\n\n") == []
    (digest,) = analyzer.feed(b"Now I will look at the tests.\n")
    assert (digest.tool, digest.fix, digest.lines) == ("ruff", "ruff check --fix", (1, 3))


def test_flush_ends_what_has_its_trailer() -> None:
    """A quiet stretch ends a finished tool and leaves a running one alone."""
    analyzer = Analyzer()
    analyzer.feed(b"5 passed in 0.03s\n")
    assert [digest.verdict for digest in analyzer.flush()] == [Verdict.OK]
    analyzer.feed(b"===== test session starts =====\ntests/test_a.py::test_x PASSED\n")
    assert analyzer.flush() == []
    (digest,) = analyzer.feed(b"===== 1 passed in 9.00s =====\nok\n")
    assert digest.declared == {"passed": 1}


def test_flush_ends_tools_that_have_no_trailer() -> None:
    """A tool that prints everything at once is over when the stream is quiet."""
    analyzer = Analyzer()
    analyzer.feed(b"src/a.ts(1,2): error TS2304: Cannot find name 'x'.\n")
    assert [digest.tool for digest in analyzer.flush()] == ["tsc"]
    assert analyzer.flush() == []


def test_chatter_brings_no_digests() -> None:
    """Prose, even about errors, is no tool; only the end may speak of it."""
    analyzer = Analyzer()
    for number in range(200):
        assert analyzer.feed(b"I fixed the error handling, step %d failed before\n" % number) == []
        assert analyzer.flush() == []
    assert analyzer.feed(RED + b"so\n") != []


def test_streams_have_their_own_partial_lines() -> None:
    """Half a line on stdout is not continued by stderr; lines count in order of arrival."""
    analyzer = Analyzer()
    analyzer.feed(b"a.py:1:8: F401 [*] `os` imp")
    analyzer.feed(b"warning: something\n", 2)
    analyzer.feed(b"orted but unused\nFound 1 error.\n")
    (digest,) = analyzer.close(1)
    assert digest.counted == {"errors": 1}
    assert digest.lines == (2, 3)


def test_lines_of_a_lane_follow_each_other_past_those_of_others() -> None:
    """A closing count goes on in the next line of its lane, though another speaks between."""
    biome = ("Checked 2 files in 9ms. No fixes applied.", "Found 2 errors.", "Found 3 warnings.")
    text = "".join(f"[lint] {line}\n[test] F\n" for line in biome)
    (digest,) = analyze([text.encode()]).segments
    assert (digest.tool, digest.declared["errors"], digest.declared["warnings"]) == ("biome", 2, 3)


def test_lanes_are_read_apart() -> None:
    """Two tools that a multiplexer interleaves are told apart by the lanes' names."""
    text = (
        b"web-1  | src/a.ts(1,2): error TS2304: Cannot find name 'x'.\n"
        b"api-1  | a.py:1:8: F401 [*] `os` imported but unused\n"
        b"web-1  | src/a.ts(3,2): error TS2304: Cannot find name 'y'.\n"
        b"api-1  | Found 1 error.\n"
    )
    found = {digest.tool: digest.counted for digest in analyze([text]).segments}
    assert found == {"tsc": {"errors": 2}, "ruff": {"errors": 1}}


def test_endless_line_is_a_line_with_a_cap() -> None:
    """Memory stays flat whatever is written without a newline; both ends are kept."""
    analyzer = Analyzer()
    chunk = b"x" * 65_536
    tracemalloc.start()
    for _ in range(320):
        analyzer.feed(chunk)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000
    assert peak < 2_000_000
    (digest,) = analyzer.feed(b"\nFound 1 error.\nnext\n")
    assert digest.lines == (2, 2)


class _ThrowingParser:
    """A parser with a defect."""

    def __init__(self, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)

    done = False
    attentive = False

    def take(self, line: Line) -> bool:
        if "second" in line.text:
            raise ZeroDivisionError(line.text)
        return True

    def close(self) -> None:
        self.tally.green = True


def test_throwing_grammar_costs_only_its_own_digest() -> None:
    """The failure is reported once, the generic digest takes over, other tools are unharmed."""
    rule = Rule(does=Does.START, literal="widget error", pattern=Pattern("widget error"))
    bad = Grammar(
        name="widget", kind="build", literals=("second",), rules=(rule,), parser=_ThrowingParser
    )
    failures: list[tuple[str, str]] = []
    analyzer = Analyzer(
        on_failure=lambda grammar, problem: failures.append((grammar, problem)),
        grammars=(bad, *GRAMMARS),
    )
    text = b"widget error first\nthe second error: boom\nwidget error third\nall quiet\n"
    digests = analyzer.feed(text + RED + b"x\n") + analyzer.close(2)
    assert [name for name, _ in failures] == ["widget"]
    assert "ZeroDivisionError" in failures[0][1]
    assert [digest.tool for digest in digests] == ["ruff"]
    alone = Analyzer(grammars=(bad,))
    alone.feed(text)
    assert [digest.tool for digest in alone.close(2)] == ["output"]


def test_alias_of_argv_names_the_tool() -> None:
    """A tool that prints as another does keeps its own name when argv tells it."""
    text = b"src/a.vue(1,2): error TS2304: Cannot find name 'x'.\n"
    assert analyze([text], tool="vue-tsc").segments[0].tool == "vue-tsc"


def test_adding_a_tool_is_one_value() -> None:
    """A grammar is data; a copy with another name reads the same lines."""
    other = dataclasses.replace(mypy.GRAMMAR, name="ourpy")
    analyzer = Analyzer(grammars=(other,))
    analyzer.feed(b"a.py:4: error: Incompatible types  [assignment]\n")
    assert [digest.tool for digest in analyzer.close(1)] == ["ourpy"]


def test_pause_before_the_trailer_makes_no_second_digest() -> None:
    """Mypy writes its cache after the findings, so a quiet moment there is not its end."""
    analyzer = Analyzer()
    findings = b'a.py:1: error: Name "x" is not defined  [name-defined]\n'
    early = analyzer.feed(findings) + analyzer.flush()
    late = analyzer.feed(b"Found 1 error in 1 file (checked 2 source files)\n") + analyzer.flush()

    assert early == []
    assert [digest.declared["errors"] for digest in late] == [1]


def test_flood_of_closing_lines_is_told_once() -> None:
    """To begin an execution costs as much as hundreds of lines; the same again tells nothing."""
    same = analyze([b"All checks passed!\n" * 5000 + b"Found 1 error.\n"], exit_code=0)
    assert 256 <= len(same.segments) <= 258
    assert len(same.segments) + same.omitted == 5001
    assert same.verdict is Verdict.FAILED

    passed = b"".join(b"All checks passed!\n%d passed in 0.1s\n" % n for n in range(3000))
    other = analyze([passed + b"Found 1 error.\n"], exit_code=0)
    assert len(other.segments) < 1500
    assert other.verdict is not Verdict.OK


def test_executions_beyond_a_flood_are_told_again() -> None:
    """Only as long as there is hardly anything else."""
    flood, quiet = b"Found 3 errors.\n" * 1000, b"compiling the next part\n" * 5000
    done = analyze([flood + quiet + b"Found 3 errors.\n" + quiet], exit_code=1)
    assert len(done.segments) == 257


def test_gap_tears_no_line_into_a_truth() -> None:
    """Neither half of a line that a gap has cut is read; what follows it is, at its own place."""
    analyzer = Analyzer()
    analyzer.feed(b"a.py:1:8: F401 [*] `os` imported but unused\nb.py:2:1: F811 redef")
    analyzer.skip(lines=100)
    analyzer.feed(b"inition\nFound 54 errors.\n")
    (digest,) = analyzer.close(1)

    assert (digest.tool, digest.declared["errors"], digest.counted["errors"]) == ("ruff", 54, 1)
    assert digest.lines == (1, 103)


def test_gap_ends_a_document_unproven() -> None:
    """A document whose middle is missing is no green one, and what follows it is read."""
    analyzer = Analyzer()
    analyzer.feed(b'{"numFailedTests": 0, "numPassedTests": 3, "success": true, "testResults": [\n')
    analyzer.skip(lines=5)
    analyzer.feed(b"]}\n5 passed in 0.03s\n")
    digests = analyzer.close(0)

    assert [digest.tool for digest in digests if digest.verdict is Verdict.OK] == ["pytest"]


def test_two_gaps_in_a_row_are_one() -> None:
    """A stream that said nothing between two gaps still begins in the middle of a line."""
    analyzer = Analyzer()
    analyzer.skip(lines=1)
    analyzer.feed(b"3 failed, ", stream=2)
    analyzer.skip(lines=1)
    analyzer.feed(b"2 passed in 0.03s\n", stream=2)
    analyzer.feed(b"9 passed in 0.03s\n", stream=1)

    assert analyzer.close(0)[0].verdict is not Verdict.FAILED
    assert analyzer.verdict is Verdict.OK


def test_flood_of_unfinished_executions_tells_a_few() -> None:
    """One that has no closing line is interrupted by the next; alike ones cost what lines cost."""
    analyzer = Analyzer()
    digests = []
    for number in range(3000):
        version = b"1.2.0" if number % 2 else b"6.0.8"
        text = b"bun install v%b\nerror: x@%b failed to resolve\n\n" % (version, version)
        digests += analyzer.feed(text)
    digests += analyzer.close(1)

    assert len(digests) < 600
    assert analyzer.repeats > 2000
    assert analyzer.verdict is Verdict.FAILED
