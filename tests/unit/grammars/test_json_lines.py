"""JSON lines: compilers, tests, linters and programs' own logs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from supervisor.analyzer import Analysis, Analyzer, analyze
from supervisor.digests import Digest, Fixable, Verdict


def lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    """An object a line."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def only(records: Iterable[Mapping[str, Any]], exit_code: int | None = None) -> Digest:
    """The digest of records that one tool wrote."""
    analysis = analyze([lines(records)], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def diagnostic(level: str, code: str | None, text: str, *, line: int = 4) -> dict[str, Any]:
    """One of rustc's."""
    span = {"file_name": "src/main.rs", "line_start": line, "column_start": 9, "is_primary": True}
    return {
        "$message_type": "diagnostic",
        "message": text,
        "code": code and {"code": code, "explanation": None},
        "level": level,
        "spans": [{**span, "line_start": 99, "is_primary": False}, span] if line else [],
        "children": [],
        "rendered": "error: a\n --> b",
    }


def message(level: str, code: str | None, text: str, *, line: int = 4) -> dict[str, Any]:
    """One of cargo's."""
    inner = diagnostic(level, code, text, line=line)
    return {"reason": "compiler-message", "package_id": "demo", "message": inner}


ARTIFACT = {"reason": "compiler-artifact", "package_id": "demo", "fresh": True}
FINISHED = {"reason": "build-finished", "success": True}
FAILED = {"reason": "build-finished", "success": False}


def test_cargo() -> None:
    """Trailers are not findings, and what two targets share counts once."""
    found = [
        message("error", "E0425", "cannot find value `x`"),
        message("error", "E0425", "cannot find value `x`"),
        message("warning", "unused_imports", "unused import", line=1),
        message("warning", None, "1 warning emitted", line=0),
        message("error", None, "aborting due to 1 previous error", line=0),
        message("failure-note", None, "For more information about this error, try", line=0),
    ]
    digest = only([ARTIFACT, *found, FAILED], exit_code=101)
    assert (digest.tool, digest.verdict) == ("cargo", Verdict.FAILED)
    assert digest.counted == {"errors": 1, "warnings": 1}
    assert digest.by_code == {"E0425": 1, "unused_imports": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line, digest.first.column) == ("src/main.rs", 4, 9)


def test_cargo_counts_an_error_without_a_place() -> None:
    """The linker's, for one."""
    digest = only([message("error", None, "linking with `cc` failed", line=0), FAILED], 101)
    assert digest.counted == {"errors": 1}


def test_clippy_is_named_by_its_lints() -> None:
    """And only what rustc marks is offered to be fixed by cargo."""
    fixable = message("warning", "unused_imports", "unused import")
    span = {"suggestion_applicability": "MachineApplicable"}
    fixable["message"]["children"] = [{"level": "help", "spans": [span]}]
    lint = message("warning", "clippy::redundant_closure", "redundant closure", line=5)
    digest = only([lint, fixable, FINISHED])
    assert (digest.tool, digest.verdict) == ("clippy", Verdict.OK)
    assert digest.fixable == Fixable(safe=1)


def test_cargo_that_fails_without_an_error_is_broken() -> None:
    """A build script that failed is told in words only; an end without one is not green."""
    assert only([ARTIFACT, FAILED], exit_code=101).verdict is Verdict.ERROR
    assert only([message("warning", "dead_code", "never used")], 0).verdict is Verdict.UNKNOWN


def test_cargos_closing_words_belong_to_its_records() -> None:
    """What stderr repeats does not count twice."""
    words = b'error: could not compile `demo` (bin "demo") due to 1 previous error\n'
    data = lines([message("error", "E0308", "mismatched types"), FAILED])
    (digest,) = analyze([data + words], exit_code=101).segments
    assert digest.counted == {"errors": 1}


def test_rustc() -> None:
    """The compiler alone writes the same without an envelope."""
    digest = only([diagnostic("error", "E0308", "mismatched types")], exit_code=1)
    assert (digest.tool, digest.counted) == ("rustc", {"errors": 1})


def go(
    action: str, test: str = "", output: str = "", package: str = "example.com/app/store"
) -> dict[str, Any]:
    """One of go's events."""
    record = {"Time": "2024-01-01T00:00:00Z", "Action": action, "Package": package}
    return {**record, **({"Test": test} if test else {}), **({"Output": output} if output else {})}


GO_BAD = [
    go("run", "TestBad"),
    go("output", "TestBad", "=== RUN   TestBad\n"),
    go("output", "TestBad", "    store_test.go:4: got 1, want 2\n"),
    go("output", "TestBad", "--- FAIL: TestBad (0.00s)\n"),
    go("fail", "TestBad"),
]
GO_GOOD = [go("run", "TestGood"), go("pass", "TestGood")]
GO_END = [go("output", "", "FAIL\n"), go("fail")]


def test_go_test() -> None:
    """The place and the words are in what the test wrote."""
    digest = only([*GO_GOOD, *GO_BAD, go("skip", "TestLater"), *GO_END], exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("go-test", "tests", Verdict.FAILED)
    assert digest.counted == digest.declared == {"passed": 1, "failed": 1, "skipped": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("store_test.go", 4)
    assert (digest.first.code, digest.first.message) == ("store.TestBad", "got 1, want 2")


def test_go_test_that_passes_on_a_second_try() -> None:
    """What is said last of a test and of a package holds."""
    again = [go("run", "TestBad"), go("pass", "TestBad"), go("pass")]
    digest = only([*GO_GOOD, *GO_BAD, *GO_END, *again], exit_code=0)
    assert (digest.verdict, digest.declared) == (Verdict.OK, {"passed": 2})


def test_go_package_that_fails_without_a_test() -> None:
    """It died, or could not be built: an error with its cause."""
    died = [
        go("run", "TestX"),
        go("output", "TestX", "panic: runtime error: index out of range [1]\n"),
        go("output", "TestX", "\t/src/store/store.go:44 +0x9f\n"),
        *GO_END,
    ]
    digest = only(died, exit_code=1)
    assert digest.counted == {"errors": 1}
    assert digest.first is not None
    assert digest.first.message == "panic: runtime error: index out of range [1]"
    assert (digest.first.file, digest.first.line) == ("/src/store/store.go", 44)


def test_go_build_errors_are_events() -> None:
    """Since 1.24; the package that could not be built says nothing more."""
    package = "example.com/app/store"
    built = [
        {"ImportPath": package, "Action": "build-output", "Output": "# example.com/app/store\n"},
        {"ImportPath": package, "Action": "build-output", "Output": "./a.go:4:9: undefined: x\n"},
        {"ImportPath": package, "Action": "build-fail"},
        {**go("fail"), "FailedBuild": package},
    ]
    digest = only(built, exit_code=1)
    assert digest.counted == {"errors": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("./a.go", 4)


def test_go_package_that_was_not_built_is_told_in_words() -> None:
    """Before 1.24 a line between the events says so."""
    data = lines([*GO_GOOD, go("pass")]) + b"FAIL\texample.com/app/b [build failed]\n"
    (digest,) = analyze([data], exit_code=1).segments
    assert digest.declared == {"passed": 1, "errors": 1}


def test_go_benchmarks_are_tests() -> None:
    """They are told in the output only."""
    records = [go("output", "", "BenchmarkX-8 \t 1000\t 0.44 ns/op\n"), go("pass")]
    assert only(records).declared == {"passed": 1}


@pytest.mark.parametrize("end", range(1, len(GO_GOOD) + 1))
def test_go_test_that_is_cut_short_is_not_green(end: int) -> None:
    """A package that did not end is not good."""
    digest = only(GO_GOOD[:end], exit_code=0) if end > 1 else None
    assert digest is None or digest.verdict is Verdict.UNKNOWN
    assert analyze([lines(GO_GOOD[:end])], exit_code=0).verdict is not Verdict.OK


def test_libtest() -> None:
    """Suites add up; nextest writes the same with the binary's name."""
    panic = "\nthread 'a' (1) panicked at src/lib.rs:4:9:\nassertion failed: x\nnote: run with\n"
    suite: list[dict[str, Any]] = [
        {"type": "suite", "event": "started", "test_count": 2},
        {"type": "test", "event": "started", "name": "a::bad"},
        {"type": "test", "name": "a::bad", "event": "failed", "stdout": panic},
        {"type": "test", "name": "a::good", "event": "ok"},
        {"type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 0},
    ]
    digest = only(suite * 2, exit_code=101)
    assert (digest.tool, digest.declared["failed"]) == ("cargo-test", 2)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/lib.rs", 4)
    assert digest.first.message == "assertion failed: x"
    nextest = [{**one, "name": f"demo${one['name']}"} if "name" in one else one for one in suite]
    assert only(nextest).tool == "nextest"
    assert only(suite[:2] + suite[3:4], exit_code=0).verdict is Verdict.UNKNOWN
    good = {"type": "suite", "event": "ok", "passed": 1, "failed": 0, "ignored": 0}
    assert only([suite[0], suite[3], good]).verdict is Verdict.OK


def test_linters_that_write_a_line_for_each_finding() -> None:
    """Nothing says that they are all, so that they are never green."""
    mypy = {
        "file": "a.py",
        "line": 4,
        "column": 9,
        "message": "m",
        "hint": None,
        "code": "name-defined",
        "severity": "error",
    }
    digest = only([mypy, {**mypy, "severity": "note", "code": None}], exit_code=1)
    assert (digest.tool, digest.counted) == ("mypy", {"errors": 1, "notes": 1})
    ruff = {
        "cell": None,
        "code": "F401",
        "filename": "/a.py",
        "fix": {"applicability": "safe"},
        "location": {"column": 9, "row": 4},
        "message": "m",
    }
    digest = only([ruff, {**ruff, "code": "E501", "fix": None}], exit_code=1)
    assert (digest.tool, digest.fixable) == ("ruff", Fixable(safe=1))
    rdjson = {
        "message": "m",
        "location": {"path": "a.sh", "range": {"start": {"line": 4}}},
        "severity": "WARNING",
    }
    assert only([rdjson]).counted == {"warnings": 1}


def test_terraform() -> None:
    """Messages of a plan; a summary of changes without an error is good."""

    def said(kind: str, **more: Any) -> dict[str, Any]:
        return {"@level": "info", "@message": "m", "@module": "terraform.ui", "type": kind, **more}

    changes = said("change_summary", changes={"add": 1, "change": 0, "remove": 2})
    digest = only([said("version"), said("planned_change"), changes])
    assert (digest.tool, digest.verdict) == ("terraform", Verdict.OK)
    assert digest.declared == {"add": 1, "change": 0, "destroy": 2}
    diagnostic = {
        "severity": "error",
        "summary": "No such resource",
        "range": {"filename": "main.tf", "start": {"line": 4}},
    }
    digest = only([said("version"), said("diagnostic", diagnostic=diagnostic)], exit_code=1)
    assert (digest.counted, digest.verdict) == ({"errors": 1}, Verdict.FAILED)


LOGS: dict[str, dict[str, Any]] = {
    "pino": {"level": 50, "time": 1, "pid": 7, "msg": "no connection"},
    "bunyan": {"name": "app", "level": 60, "msg": "no connection", "v": 0},
    "winston": {"level": "error", "message": "no connection", "timestamp": "2024"},
    "structlog": {"event": "no connection", "level": "critical", "timestamp": "2024"},
    "python": {"levelname": "ERROR", "message": "no connection", "name": "app"},
    "zap": {"level": "dpanic", "ts": 1.5, "caller": "api/a.go:4", "msg": "no connection"},
    "slog": {"time": "2024", "level": "ERROR", "msg": "no connection"},
    "serilog": {"@t": "2024", "@mt": "no connection", "@l": "Fatal"},
    "google": {"severity": "EMERGENCY", "message": "no connection"},
}


@pytest.mark.parametrize("library", LOGS)
def test_logs_of_every_library(library: str) -> None:
    """Levels and messages are found under the names that libraries give them."""
    quiet = {**LOGS[library]}
    level = next(key for key in ("level", "levelname", "severity", "@l") if key in quiet)
    quiet[level] = 30 if isinstance(quiet[level], int) else "info"
    digest = only([quiet, LOGS[library], LOGS[library], quiet], exit_code=0)
    assert (digest.tool, digest.kind, digest.counted) == ("log", "log", {"errors": 2})
    assert digest.first is not None
    assert digest.first.message == "no connection"


def test_records_of_one_message_are_one_cause() -> None:
    """But for their numbers; the reason belongs to the message."""
    records = [
        {"level": "warn", "msg": f"retry {number} of 9", "err": {"message": "timeout"}}
        for number in range(1, 8)
    ]
    (cause,) = only(records).causes
    assert (cause.message, cause.count) == ("retry 1 of 9: timeout", 7)


def test_a_log_accounts_for_nothing() -> None:
    """Errors in a log may be what a program is there for; why it ended is told by others."""
    log = lines([LOGS["winston"]])
    good = analyze([log], exit_code=0)
    assert (good.segments[0].verdict, good.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    bad = analyze([log + b"widget: giving up\n"], exit_code=2)
    assert [digest.tool for digest in bad.segments] == ["log", "output"]
    assert bad.verdict is Verdict.FAILED
    green = b"All checks passed!\n"
    both = analyze([log + green + log], exit_code=0)
    assert {one.tool: one.verdict for one in both.segments} == {
        "log": Verdict.UNKNOWN,
        "ruff": Verdict.OK,
    }


def test_a_log_does_not_interrupt_a_tool() -> None:
    """The rows of a file go on after it."""
    eslint = b"/app/a.js\n  1:2  error  Missing semicolon  semi\n"
    rest = (
        b"  3:4  error  Missing semicolon  semi\n\n\xe2\x9c\x96 2 problems (2 errors, 0 warnings)\n"
    )
    for log in (lines([LOGS["pino"]]), b'time=1 level=error msg="no connection"\n'):
        analysis = analyze([eslint + log + rest], exit_code=1)
        assert {one.tool: one.counted for one in analysis.segments} == {
            "eslint": {"errors": 2},
            "log": {"errors": 1},
        }


def test_logs_without_trouble_say_nothing() -> None:
    """They are the stream's last words, as all text is."""
    (digest,) = analyze([lines([{"level": "info", "msg": "ready"}])], exit_code=1).segments
    assert digest.tool == "output"
    assert "ready" in digest.summary
    quiet = analyze([lines([{"level": "info", "msg": "ready"}])], exit_code=0)
    assert quiet.verdict is Verdict.UNKNOWN


def test_logs_in_lanes_and_behind_stamps() -> None:
    """A multiplexer's name or a runner's stamp in front changes nothing."""
    record = lines([LOGS["zap"]])
    for front in (b"web-1  | ", b"2022-04-13T21:46:50.3239923Z "):
        (digest,) = analyze([front + record]).segments
        assert (digest.tool, digest.counted) == ("log", {"errors": 1})
    stamp = b"2022-04-13T21:46:50.3239923Z "
    events = [json.dumps(record, separators=(",", ":")).encode() for record in GO_BAD]
    stamped = b"".join(stamp + event + b"\n" for event in events)
    assert analyze([stamped]).segments[0].counted == {"failed": 1}


@pytest.mark.parametrize(
    "record",
    [
        {"level": 3, "message": {"not": "words"}},
        {"level": None, "msg": "x"},
        {"level": 100_000, "msg": "x"},
        {"severity": "ERROR"},
        {"Action": "buy", "Package": "p"},
        {"reason": "because", "message": "x"},
        {"type": "suite", "event": "opened"},
        {"type": "test"},
    ],
)
def test_what_only_looks_like_a_record_is_text(record: dict[str, Any]) -> None:
    """Its line stays a line."""
    assert analyze([lines([record])], exit_code=1).segments[0].tool == "output"


LOGFMT = (
    ('time="2024" level=error msg="no connection" port=5432', {"errors": 1}, "no connection"),
    ("ts=2024 caller=a.go:4 level=warn msg=slow", {"warnings": 1}, "slow"),
    ('msg="it \\"broke\\"" lvl=eror', {"errors": 1}, 'it \\"broke\\"'),
    ("level=fatal msg=gone", {"errors": 1}, "gone"),
)


@pytest.mark.parametrize(("text", "counted", "said"), LOGFMT)
def test_logfmt(text: str, counted: dict[str, int], said: str) -> None:
    """Pairs in any order."""
    (digest,) = analyze([text.encode() + b"\n"], exit_code=0).segments
    assert (digest.tool, digest.counted) == ("log", counted)
    assert digest.first is not None
    assert digest.first.message == said


@pytest.mark.parametrize(
    "text",
    [
        'level=info msg="retry with level=error msg=x"',
        "set level=error msg=x",
        "level=errors msg=x",
        "level=error",
    ],
)
def test_what_is_no_logfmt(text: str) -> None:
    """Another level, words between the pairs, no message."""
    assert not [one for one in analyze([text.encode()]).segments if one.tool == "log"]


def analyzed(data: bytes) -> Analysis:
    return analyze([data], exit_code=1)


def test_long_records_are_read_whole() -> None:
    """A line of text would have been cut."""
    record = message("error", "E0308", "mismatched types")
    record["message"]["rendered"] = "x" * 60_000
    record = {"reason": record.pop("reason"), "filler": "y" * 30_000, **record}
    assert analyzed(lines([record])).segments[0].by_code == {"E0308": 1}


def test_a_quiet_stretch_ends_a_log_but_no_run_of_tests() -> None:
    """A run goes on after a long test; a log is told of as it comes."""
    analyzer = Analyzer()
    analyzer.feed(lines([*GO_BAD, LOGS["pino"]]))
    assert [digest.tool for digest in analyzer.flush()] == ["log"]
    analyzer.feed(lines([*GO_GOOD, *GO_END]))
    (digest,) = analyzer.close(1)
    assert digest.declared == {"passed": 1, "failed": 1}
