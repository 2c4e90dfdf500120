"""What is no document, and what is one of an odd kind, is read as quickly as all else."""

import json
import time
from decimal import Decimal

import pytest

from supervisor.analyzer import analyze
from supervisor.analyzer.items import whole
from supervisor.digests import Verdict


def test_numbers_that_are_too_large_break_a_document() -> None:
    """A number of five thousand digits is more than Python takes."""
    data = b'{"version": "1", "generalDiagnostics": [], "n": %b}\n' % (b"9" * 5000)
    assert analyze([data], exit_code=1).verdict is Verdict.FAILED


def test_half_a_character_breaks_a_document() -> None:
    """JSON may hold half of a surrogate pair as an escape, which is no text."""
    data = b'{"version": "1", "generalDiagnostics": [], "n": "\\udcff", "errors": [\n1]}\n'
    assert analyze([data], exit_code=1).verdict is Verdict.FAILED


def test_numbers_that_are_too_large_are_none() -> None:
    """A short decimal can make an integer that fills the memory."""
    assert whole(Decimal("1e999999999")) is None
    assert whole("9" * 9000) is None
    assert whole("12") == 12


@pytest.mark.parametrize(
    "line",
    [
        b'{"some words that are no JSON',
        b'{"a": 1, "b": no JSON}',
        b'{"a": 1, "b": "nobody knows these keys"}',
        b'[{"a": 1}, "b" no JSON',
        b"<?xml no XML either",
        b"<testsuite that goes on",
        b"<checkstyle>x",
    ],
)
def test_what_only_begins_like_a_document_is_read_quickly(line: bytes) -> None:
    """It is not even tried, or only once in a while."""
    data = b"".join(b"%b %d\n" % (line, number) for number in range(20_000))
    begun_s = time.process_time()
    found = analyze([data])
    assert time.process_time() - begun_s < 2 + 2 * len(data) / 1e6
    assert found.verdict is not Verdict.OK


def test_what_only_begins_like_a_document_hides_none() -> None:
    """Ruby's hashes are not tried for ever, a report after them is."""
    hashes = b"".join(b'{"id"=>%d, "name"=>"x"}\n' % number for number in range(500))
    report = b'[{"filePath":"/a.js","messages":[{"ruleId":"eqeqeq","severity":2,"message":"no",'
    report += b'"line":1,"column":1}],"errorCount":1,"warningCount":0}]\n'
    found = analyze([hashes + report], exit_code=1)
    assert [(one.tool, one.counted) for one in found.segments] == [("eslint", {"errors": 1})]


def test_a_long_comment_delays_no_document() -> None:
    """The parser is not shown the comment's beginning with each of its lines."""
    comment = b"<!--\n" + b"words of a comment\n" * 50_000 + b"-->\n"
    case = b'<testcase name="a" classname="b"><failure message="no">x</failure></testcase>\n'
    data = b'<testsuite name="s" tests="1" failures="1">\n' + comment + case + b"</testsuite>\n"
    begun_s = time.process_time()
    found = analyze([data], exit_code=1)
    assert time.process_time() - begun_s < 2 + 2 * len(data) / 1e6
    assert found.segments[0].counted == {"failed": 1}
    assert "cut short" not in found.segments[0].summary


@pytest.mark.parametrize(
    "key", ["reason", "severity", "level", "Action", "type", "event", "@level"]
)
def test_lists_where_tools_have_words_are_nobodys(key: str) -> None:
    """They cannot be looked up, which is no reason to throw."""
    failures: list[str] = []
    others = ("msg", "message", "file", "line", "hint", "severity", "Package", "code", "@message")
    record = {**dict.fromkeys(others, "x"), key: [[1]]}
    data = f"{json.dumps(record)}\n[api] {json.dumps(record)}\n".encode()
    analyze([data], on_failure=lambda name, why: failures.append(name + why))
    assert failures == []
