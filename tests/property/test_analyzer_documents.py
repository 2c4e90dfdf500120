"""What holds for documents and JSON lines, however they arrive and wherever they end."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.analyzer import Analysis, analyze, open_document
from supervisor.digests import Verdict

RUFF = [
    {
        "code": "F401",
        "filename": "a.py",
        "location": {"row": 1, "column": 8},
        "message": 'a quote " and a brace } and a backslash \\',
        "fix": {"applicability": "safe"},
    },
    {"code": "E402", "filename": "b.py", "location": {"row": 2, "column": 1}, "message": "ümlaut"},
]
CLEAN = [{"filePath": "/a.js", "messages": [], "errorCount": 0, "warningCount": 0}]
PYRIGHT = {
    "version": "1.1.400",
    "generalDiagnostics": [],
    "summary": {"filesAnalyzed": 2, "errorCount": 0, "warningCount": 0},
}
NOBODY = {"name": "demo", "list": [1, {"a": None}], "text": "Found 3 errors.\\n"}
JUNIT = """<?xml version="1.0"?>
<testsuites tests="2" failures="0" errors="0">
  <testsuite name="s" tests="2">
    <testcase classname="c" name="one"/>
    <testcase name="two"><system-out><![CDATA[</testsuites> <]]></system-out></testcase>
  </testsuite>
</testsuites>"""
GO = (
    '{"Action":"run","Package":"m/p","Test":"TestA"}',
    '{"Action":"output","Package":"m/p","Test":"TestA","Output":"    a_test.go:3: no\\n"}',
    '{"Action":"fail","Package":"m/p","Test":"TestA"}',
    '{"Action":"fail","Package":"m/p"}',
)
PIECES = [
    *(json.dumps(one, indent=2) for one in (RUFF, CLEAN, PYRIGHT, NOBODY)),
    *(json.dumps(one) for one in (RUFF, CLEAN, PYRIGHT, NOBODY)),
    json.dumps(RUFF, indent=2).replace("\n", "\r\n"),
    JUNIT,
    JUNIT.replace("\n", ""),
    *GO,
    '{"level":"error","msg":"no connection"}',
    '{"level":"info","msg":"all is well"}',
    '{"unclosed": [1,',
    "[{",
    "{",
    "[",
    "]",
    '{ "a',
    "<?xml version='1.0'?>",
    "<testsuite>",
    "<html>",
    "\ufeff[",
    "[INFO] building",
    "a.py:1:8: F401 [*] `os` imported but unused",
    "Found 1 error.",
    "plain words",
    "",
]
streams = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["\n", "\n", ""])), max_size=9
)
codes = st.sampled_from([None, 0, 1])
quick = settings(max_examples=150, deadline=None, derandomize=True)
DOCUMENTS = (
    json.dumps(CLEAN),
    json.dumps(CLEAN, indent=2),
    json.dumps(PYRIGHT, indent=1),
    json.dumps(PYRIGHT),
    JUNIT,
)


def said(chunks: list[bytes], code: int | None = None) -> Analysis:
    """The analysis, on the condition that nothing threw."""
    failures: list[str] = []
    analysis = analyze(
        chunks, exit_code=code, on_failure=lambda name, problem: failures.append(name + problem)
    )
    assert failures == []
    return analysis


def joined(pieces: list[tuple[str, str]]) -> bytes:
    """Pieces, with a newline after some of them."""
    return "".join(text + end for text, end in pieces).encode()


@quick
@given(streams, st.lists(st.integers(0, 3000), max_size=10), codes)
def test_chunk_boundaries_do_not_show(
    pieces: list[tuple[str, str]], cuts: list[int], code: int | None
) -> None:
    """The digests depend on the bytes, not on how the pipe delivered them."""
    data = joined(pieces)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in pairwise(places)]
    assert said(chunks, code) == said([data], code)


@quick
@given(streams, st.sampled_from([17, 64, 200]))
def test_nor_do_they_where_lines_are_too_long_to_hold(
    pieces: list[tuple[str, str]], piece: int
) -> None:
    """The same with limits so small that lines come in pieces and trials end early."""
    data = joined(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_document, "PIECE_BYTES", piece)
        patch.setattr(open_document, "LOOK_BACK_BYTES", 4 * piece)
        patch.setattr("supervisor.analyzer.documents.PIECE_BYTES", piece)
        patch.setattr("supervisor.analyzer.documents.LOOK_BACK_BYTES", 4 * piece)
        patch.setattr("supervisor.analyzer.records.RECORD_BYTES", 4 * piece)
        whole = said([data])
        assert said([data[place : place + 7] for place in range(0, len(data), 7)]) == whole
        assert said([data[place : place + 1] for place in range(len(data))]) == whole


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_that_is_cut_short_is_never_green(document: str) -> None:
    """Whole, it is green; without its end it is not, whatever the status."""
    data = document.encode()
    assert said([data]).verdict is Verdict.OK
    for end in range(1, len(data)):
        for code in (None, 0):
            assert said([data[:end]], code).verdict is not Verdict.OK, data[:end]


@pytest.mark.parametrize("document", DOCUMENTS[:-1])
def test_a_document_with_a_fault_is_never_green(document: str) -> None:
    """Nor is JSON with a line of something else in it."""
    lines = document.encode().splitlines(keepends=True)
    for place in range(1, len(lines)):
        data = b"".join([*lines[:place], b"Killed\n", *lines[place:]])
        assert said([data], 0).verdict is not Verdict.OK, data


@quick
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    st.sampled_from([None, 2]),
)
def test_json_of_nobody_is_text(value: object, indent: int | None) -> None:
    """Whatever JSON is nobody's comes back as the lines that it was, in their place."""
    text = json.dumps(value, indent=indent).encode()
    data = b"first\n" + text + b"\na.py:1:8: F401 [*] `os` imported but unused\n"
    (digest,) = said([data]).segments
    assert digest.lines == (data.count(b"\n"),) * 2
