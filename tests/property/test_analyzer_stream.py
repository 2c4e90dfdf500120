"""What holds for every stream and every way it is cut into chunks."""

from itertools import pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from supervisor.analyzer import Analysis, analyze, rule_parser, shape, to_json
from supervisor.digests import Verdict

LINES = (
    b"a.py:1:8: F401 [*] `os` imported but unused",
    b"F821 Undefined name `Tuple`",
    b" --> b.py:3:1",
    b"Found 2 errors.",
    b"[*] 1 fixable with the `--fix` option.",
    b"All checks passed!",
    b"c.py:4: error: Incompatible types  [assignment]",
    b"Found 1 error in 1 file (checked 2 source files)",
    b"===== test session starts =====",
    b"collected 3 items",
    b"=== FAILURES ===",
    b"____ test_x ____",
    b"E   assert 0",
    b"----- Captured stdout call -----",
    b"=== short test summary info ===",
    b"FAILED t.py::test_x - assert 0",
    b"=== 1 failed, 2 passed in 0.10s ===",
    b"5 passed in 0.03s",
    b"src/a.ts(1,2): error TS2304: Cannot find name 'x'.",
    b"/app/a.js",
    b"  1:2  error  Missing semicolon  semi",
    b"  3:4  error  A message of",
    b"several lines  @typescript-eslint/ban-types",
    "✖ 2 problems (2 errors, 0 warnings)".encode(),
    b"Traceback (most recent call last):",
    b'  File "/srv/a.py", line 3, in f',
    b"    raise ValueError(1)",
    b"ValueError: 1",
    b"During handling of the above exception, another exception occurred:",
    b"web-1  | Found 3 errors.",
    b"x.c:1:2: error: expected ';'",
    b"bash: foo: command not found",
    b"12 tests failed",
    b"errors: 7",
    b"ERROR worker 12 failed after 30 ms",
    b"\x1b[31mred\x1b[0m 10%\r 20%\rERROR",
    b"plain chatter",
    b"",
    b"y" * 20_000,
)
streams = st.lists(st.sampled_from(LINES), max_size=30).map(b"\n".join)
codes = st.sampled_from([None, 0, 1, 2, 137])
quick = settings(max_examples=60, deadline=None, derandomize=True)


def said(chunks: list[bytes], code: int | None = None) -> Analysis:
    """The analysis, on the condition that no grammar threw."""
    failures: list[str] = []
    analysis = analyze(
        chunks, exit_code=code, on_failure=lambda name, problem: failures.append(name + problem)
    )
    assert failures == []
    return analysis


@quick
@given(streams, st.lists(st.integers(0, 2000), max_size=8), codes)
def test_chunk_boundaries_do_not_show(data: bytes, cuts: list[int], code: int | None) -> None:
    """The digests depend on the bytes, not on how the pipe delivered them."""
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in pairwise(places)]
    assert said(chunks, code) == said([data], code)


@quick
@given(streams, st.data(), codes)
def test_what_was_seen_before_does_not_show(
    data: bytes, draw: st.DataObject, code: int | None
) -> None:
    """Lines are read as if none of their shape had come before."""
    digits = st.sampled_from(b"01259")
    data += b"\n" + bytes(draw.draw(digits) if 48 <= byte <= 57 else byte for byte in data[:2000])
    remembered = said([data], code)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shape, "_MOST_SHAPE_BYTES", -1)
        assert said([data], code) == remembered


SAME = b"cart.c:5:4: error:Uninitialized variable: sum [legacyUninitvar]"
AGAIN = SAME.replace(b":5:", b":05:")
FLOOD = (
    *LINES,
    b"x.c: In function \xe2\x80\x98main\xe2\x80\x99:",
    b"x.c:7:3: warning: unused variable \xe2\x80\x98y\xe2\x80\x99 [-Wunused-variable]",
    b"    7 |   int y = parse_error();",
    b"      |       ^",
    b"x.c:1:2: note: declared here",
    b"1 warning and 2 errors generated.",
    b"2022-04-13T21:46:50.3239923Z a.py:1:8: F401 [*] `os` imported but unused",
    b"2022-04-13T21:46:50.3239923Z ",
    b"c.py:9: note: Possible overload variants:",
    SAME,
    AGAIN,
    b"c.py:4: error: Incompatible types  [assignment]",
    b"  9:1  warning  Unexpected any  no-explicit-any",
)
floods = st.lists(
    st.tuples(st.sampled_from(FLOOD), st.integers(1, 6)).map(lambda one: [one[0]] * one[1]),
    max_size=30,
).map(lambda parts: b"\n".join(line for part in parts for line in part))


ROWS = [b"  9:1 F821 Undefined name `d`"] * 9


@settings(quick, max_examples=300)
@given(floods)
@example(b"\n".join([*[b"t.c:0:9: error: [r]", b"t.c:5:4: error: [r]"] * 2, SAME, b"^", AGAIN]))
@example(b"\n".join([LINES[0], b"src/d.py:", *ROWS, b"", *ROWS, LINES[0], *ROWS]))
def test_the_quick_way_does_not_show(data: bytes) -> None:
    """Findings in a row are read as they would be one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule_parser, "_HOT", 10**9)
        one_by_one = said([data])
        patch.setattr(rule_parser, "_HOT", 1)
        assert said([data]) == one_by_one


def test_a_flood_has_one_fingerprint() -> None:
    """Of more findings than are kept, the same ones are, however they arrive."""
    names = ("".join(name) for name in product("abcdefghij", repeat=4))
    lines = (f"{name[1:]}.py:1:1: F821 Undefined name `{name[:3]}`" for name in names)
    data = "\n".join(lines).encode()
    whole = said([data])
    assert said([data[at : at + 7001] for at in range(0, len(data), 7001)]) == whole


@quick
@given(streams)
def test_one_byte_at_a_time(data: bytes) -> None:
    """Single bytes make the same lines as the whole."""
    data = data[:1500]
    assert said([data[i : i + 1] for i in range(len(data))]) == said([data])


@quick
@given(st.binary(max_size=3000), codes)
def test_garbage_is_only_unknown(data: bytes, code: int | None) -> None:
    """Any bytes have an analysis, and it never turns a bad status green."""
    analysis = said([data], code)
    assert code in {None, 0} or analysis.verdict is not Verdict.OK


@quick
@given(streams, codes)
def test_bounds_and_verdicts(data: bytes, code: int | None) -> None:
    """Summaries fit, counts are positive, and a bad status is never green."""
    analysis = said([data], code)
    assert all(len(digest.summary.encode()) <= 200 for digest in analysis.segments)
    assert all(count > 0 for digest in analysis.segments for count in digest.counted.values())
    assert code in {None, 0} or analysis.verdict is not Verdict.OK


@quick
@given(st.lists(st.sampled_from([line for line in LINES if b"\r" not in line]), max_size=20))
def test_decorations_do_not_show(lines: list[bytes]) -> None:
    """CRLF, colours and timestamps change nothing but the number of bytes."""
    bare = to_json(said([b"\n".join(lines) + b"\n"]))
    crlf = to_json(said([b"".join(line + b"\r\n" for line in lines)]))
    coloured = to_json(said([b"".join(b"\x1b[1m" + line + b"\x1b[0m\n" for line in lines)]))
    stamp = b"2022-04-13T21:46:50.3239923Z "
    stamped = to_json(said([b"".join(stamp + line + b"\n" for line in lines)]))
    if all(len(line) < 8000 for line in lines):
        assert bare["segments"] == crlf["segments"] == coloured["segments"] == stamped["segments"]
