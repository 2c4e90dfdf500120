"""Documents in the stream: found by their structure, read as what they are, bounded."""

import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from supervisor.analyzer import Analyzer, analyze
from supervisor.analyzer.document import DocumentParser
from supervisor.analyzer.forms import FORMS
from supervisor.analyzer.json_events import JsonEvents
from supervisor.analyzer.xml_events import XmlEvents
from supervisor.digests import Verdict

FINDING: dict[str, Any] = {
    "code": "F401",
    "filename": "a.py",
    "location": {"row": 3, "column": 8},
    "message": "`os` imported but unused",
    "fix": None,
}
RUFF = json.dumps([FINDING], indent=2).encode()
CLEAN = json.dumps([{"filePath": "/a.js", "messages": [], "errorCount": 0, "warningCount": 0}])
TSC = b"src/a.ts(1,2): error TS2304: Cannot find name 'x'.\n"


@pytest.mark.parametrize("document", [RUFF, json.dumps([FINDING]).encode()])
@pytest.mark.parametrize("front", [b"", b"\xef\xbb\xbf", b"\x1b[0m", b"npm notice\n"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n", b"\x1b[0m\n"])
def test_document_is_read_over_lines_or_on_one(document: bytes, front: bytes, end: bytes) -> None:
    """Whatever stands in front of it or at its end, it is one digest."""
    (digest,) = analyze([front + document + end], exit_code=1).segments
    assert (digest.tool, digest.counted, digest.by_code) == ("ruff", {"errors": 1}, {"F401": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.column) == ("a.py", 3, 8)


def test_lines_around_a_document_keep_their_numbers() -> None:
    """What is before and after is read as ever, also on the line that the document ends on."""
    mypy = b"Found 1 error in 1 file (checked 1 source file)\n"
    length = RUFF.count(b"\n") + 1
    lines = {digest.tool: digest.lines for digest in analyze([TSC + RUFF + mypy]).segments}
    assert lines == {"tsc": (1, 1), "ruff": (2, 1 + length), "mypy": (1 + length, 1 + length)}
    ruff = analyze([b"one\n" + RUFF + b"\n" + TSC]).segments[0]
    assert ruff.lines == (2, length + 1)


@pytest.mark.parametrize(
    "text",
    [
        b'{"name": "demo", "version": "1.0.0", "scripts": {"test": "jest"}}',
        b'{\n  "name": "demo",\n  "list": [\n    {"a": 1}\n  ]\n}',
        b'[\n  {\n    "a": 1\n  }\n]',
        b'{"unclosed": [1,',
        b"[{",
        b'{ "a" and no more',
        b'<?xml version="1.0"?>\n<project>\n  <a/>\n</project>',
        b"<testsuite",
        b'<testsuites tests="1">',
        b'<testsuites tests="1">\n<testsuite>\n<testcase/>',
    ],
)
def test_what_is_nobodys_is_text(text: bytes) -> None:
    """Its lines come back in their place, and what follows them is read."""
    analysis = analyze([b"first\n" + text + b"\n" + TSC])
    tsc = next(digest for digest in analysis.segments if digest.tool == "tsc")
    assert tsc.lines == (3 + text.count(b"\n"),) * 2
    assert analysis.verdict is Verdict.FAILED


def test_unknown_json_shows_in_the_last_words() -> None:
    """Text that was on trial is not lost."""
    digest = analyze([b'{\n  "error": "no such file"\n}\n'], exit_code=1).segments[0]
    assert "no such file" in digest.summary


def test_document_that_is_cut_short_says_so() -> None:
    """Its findings count, and nobody can know whether there were more."""
    document = json.dumps([FINDING, FINDING]).encode()
    digest = analyze([document[:-60]]).segments[0]
    assert (digest.counted, digest.verdict) == ({"errors": 1}, Verdict.FAILED)
    assert "cut short" in digest.summary
    nothing = analyze([CLEAN.encode()[:-1]], exit_code=0)
    assert nothing.segments[0].summary == "eslint: cut short (exit 0)"
    assert nothing.verdict is Verdict.UNKNOWN


def test_what_interrupts_a_document_is_read() -> None:
    """The line with the fault begins the text that follows."""
    lines = RUFF.splitlines(keepends=True)
    analysis = analyze([b"".join(lines[:-1]) + TSC])
    assert [digest.tool for digest in analysis.segments] == ["ruff", "tsc"]
    assert "cut short" in analysis.segments[0].summary


def test_documents_that_follow_each_other() -> None:
    """Each is an execution; the exit status belongs to the last."""
    analysis = analyze([RUFF + CLEAN.encode()], exit_code=1)
    assert [digest.tool for digest in analysis.segments] == ["ruff", "eslint"]
    assert [digest.verdict for digest in analysis.segments] == [Verdict.FAILED, Verdict.OK]
    lone = analyze([CLEAN.encode()], exit_code=2).segments[0]
    assert (lone.verdict, lone.summary) == (Verdict.FAILED, "eslint: no result (exit 2)")


def test_two_streams_do_not_mix() -> None:
    """What stderr says within a document of stdout's is read beside it."""
    analyzer = Analyzer()
    half = len(RUFF) // 2
    analyzer.feed(RUFF[:half], 1)
    analyzer.feed(TSC, 2)
    analyzer.feed(RUFF[half:] + b"\n", 1)
    assert {digest.tool for digest in analyzer.close(1)} == {"ruff", "tsc"}


def test_lines_of_a_tool_go_on_after_a_document() -> None:
    """A document does not interrupt who is speaking."""
    eslint = b"/app/a.js\n  1:2  error  Missing semicolon  semi\n"
    rest = (
        b"  3:4  error  Missing semicolon  semi\n\n\xe2\x9c\x96 2 problems (2 errors, 0 warnings)\n"
    )
    analysis = analyze([eslint + RUFF + b"\n" + rest], exit_code=1)
    assert {one.tool: one.counted for one in analysis.segments} == {
        "ruff": {"errors": 1},
        "eslint": {"errors": 2},
    }


def test_what_a_test_prints_is_its_own() -> None:
    """Within a session that shows other programs' output a document is output."""
    rule = b"=" * 20
    session = (
        rule + b" test session starts " + rule + b"\ncollected 1 item\n\n" + RUFF + b"\n"
        b'{"Action":"fail","Package":"p"}\n' + rule + b" 1 passed in 0.10s " + rule + b"\n"
    )
    assert [digest.tool for digest in analyze([session]).segments] == ["pytest"]


def pieces(count: int) -> Iterator[bytes]:
    """A document of one line with that many findings, in chunks."""
    yield b"["
    chunk = b",".join([json.dumps(FINDING).encode()] * 100)
    for number in range(count // 100):
        yield b"," * (number > 0) + chunk
    yield b"]"


def test_document_of_one_endless_line_needs_little_memory() -> None:
    """Megabytes on one line are read as they come."""
    analyzer = Analyzer()
    analyzer.feed(b"x\n")
    tracemalloc.start()
    for piece in pieces(20_000):
        analyzer.feed(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (digest,) = analyzer.close(1)
    assert digest.counted == {"errors": 20_000}
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "start", [b'[{"code": "', b'{"a": "', b"<testsuite name='", b"<testsuite>"]
)
def test_what_never_ends_needs_little_memory(start: bytes) -> None:
    """Neither does what only begins like a document, or a string without end in one."""
    analyzer = Analyzer()
    analyzer.feed(b"x\n" + start)
    chunk = b"y" * 65_536
    tracemalloc.start()
    for _ in range(160):
        analyzer.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    analyzer.close(None)
    assert peak < 4_000_000


def test_form_that_throws_costs_only_its_own_digest() -> None:
    """The failure is told once, and the document is not said to be good."""

    def throw(*_: object) -> None:
        raise ZeroDivisionError

    place = next(index for index, form in enumerate(FORMS) if form.grammar.name == "ruff")
    items = tuple(replace(one, amend=throw) for one in FORMS[place].items)
    failures: list[str] = []
    parser = DocumentParser(
        replace(FORMS[place], items=items), lambda name, problem: failures.append(name + problem)
    )
    source = JsonEvents()
    assert parser.read(source.feed(json.dumps([FINDING, FINDING]).encode()))
    parser.finish(complete=True)
    assert failures == ["ruffZeroDivisionError: "]
    assert (parser.tally.ended, parser.tally.remarks) == (False, ["not understood"])


def test_entities_are_not_expanded() -> None:
    """A document type with entities is no document."""
    bomb = (
        b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>\n'
        b"<testsuites><testsuite>&c;</testsuite></testsuites>\n"
    )
    assert analyze([bomb]).verdict is Verdict.UNKNOWN
    source = XmlEvents()
    for line in bomb.splitlines(keepends=True):
        source.feed(line)
    assert source.broken


@pytest.mark.parametrize("document", [RUFF, CLEAN.encode()])
def test_end_is_found_to_the_byte(document: bytes) -> None:
    """Also where the last unit begins within a string."""
    for cut in range(1, len(document)):
        source = JsonEvents()
        source.feed(document[:cut])
        source.feed(document[cut:] + b"\n")
        assert source.ends_at(document[cut:] + b"\n") == len(document) - cut


def test_what_a_tool_says_in_words_besides_its_document_counts_once() -> None:
    """Tools close in words, or tell people the same; what is worse is told all the same."""
    document = json.dumps(
        [{"filePath": "/a.js", "messages": [], "errorCount": 2, "warningCount": 0}]
    ).encode()
    trailer = "\n✖ 2 problems (2 errors, 0 warnings)\n".encode()
    for data in (document + trailer, trailer + document):
        (digest,) = analyze([data], exit_code=1).segments
        assert (digest.tool, digest.declared) == ("eslint", {"errors": 2, "warnings": 0})
    clean = analyze([CLEAN.encode() + trailer], exit_code=0)
    assert [digest.verdict for digest in clean.segments] == [Verdict.OK, Verdict.FAILED]
    oops = analyze([CLEAN.encode() + b"\nOops! Something went wrong! :(\n"], exit_code=0)
    assert oops.verdict is Verdict.ERROR


def test_bytes_that_no_document_may_hold_do_not_break_it() -> None:
    """Colours in captured output, and text in another encoding."""
    junit = (
        b'<testsuite tests="1" failures="1">\n<testcase name="a">'
        b"<failure>\x1b[31mno\x1b[0m\x00</failure></testcase>\n</testsuite>\n"
    )
    assert analyze([junit], exit_code=1).segments[0].declared["failed"] == 1
    latin = json.dumps([{**FINDING, "message": "caf\\u00e9"}]).encode()
    latin = latin.replace(b"caf", b"caf\xe9")
    assert analyze([latin], exit_code=1).segments[0].counted == {"errors": 1}


def test_a_way_to_begin_that_broke_too_often_is_known_behind_a_record_as_well() -> None:
    """Wherever the chunks end, a line is passed over as those before it were."""
    broken = b'{"version": "1.1",\nchatter\n' * 40
    record = b'{"zzz": 1}\n'
    document = (
        b'{"version": "1.1.390", "time": "1", "generalDiagnostics": [{"file": "a.py", "severity": '
        b'"error", "message": "no", "rule": "r", "range": {"start": {"line": 1, "character": 2}}}],'
        b' "summary": {"filesAnalyzed": 1, "errorCount": 1, "warningCount": 0}}\n'
    )
    assert [digest.tool for digest in analyze([document]).segments] == ["pyright"]
    whole = analyze([broken + record + document])
    assert analyze([broken + record, document]) == whole
    assert "pyright" not in {digest.tool for digest in whole.segments}
