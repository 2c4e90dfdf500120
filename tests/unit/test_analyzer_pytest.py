"""pytest's output: what counts, and what only looks as if it did."""

import pytest

from supervisor.analyzer import analyze
from supervisor.analyzer.grammars.pytest import PytestParser
from supervisor.analyzer.grammars.pyunit import UnittestParser
from supervisor.digests import Digest, Verdict

_HEAD = (
    "============================= test session starts ==============================\n"
    "platform linux -- Python 3.12.0, pytest-8.3.0\ncollected {} items\n\n"
)
_SUMMARY = "=========================== short test summary info ============================\n"
_FAILURES = "=================================== FAILURES ===================================\n"


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that pytest alone wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def test_failed_and_passed() -> None:
    """EA-04: failures and passes are counted, and the first failure is named."""
    text = (
        "FAILED tests/test_a.py::test_x - AssertionError: nope\n"
        "FAILED tests/test_a.py::test_y - KeyError: 'k'\n"
        "FAILED tests/test_b.py::test_z - ValueError\n3 failed, 45 passed, 48 total\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.declared["failed"], digest.declared["passed"]) == (3, 45)
    assert digest.verdict is Verdict.FAILED
    assert digest.summary.startswith("pytest: 3 failed, 45 passed: tests/test_a.py::test_x")


def test_one_failure_is_named_with_its_assertion() -> None:
    """EA-05: the test's id, its place and its assertion."""
    text = (
        _HEAD.format(1) + "tests/test_a.py F  [100%]\n\n" + _FAILURES + "____ test_x ____\n\n"
        "    def test_x():\n>       assert 1 == 2\nE       assert 1 == 2\n\n"
        "tests/test_a.py:5: AssertionError\n"
        + _SUMMARY
        + "FAILED tests/test_a.py::test_x - assert 1 == 2\n"
        "============================== 1 failed in 0.05s ===============================\n"
    )
    digest = only(text, exit_code=1)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("tests/test_a.py", 5)
    assert (digest.first.code, digest.first.message) == ("tests/test_a.py::test_x", "assert 1 == 2")
    assert "tests/test_a.py::test_x assert 1 == 2" in digest.summary


def test_verbose_counts_each_failure_once() -> None:
    """EA-D4: the progress line and the short summary speak of the same test."""
    text = (
        _HEAD.format(2) + "tests/test_a.py::test_x FAILED   [ 50%]\n"
        "tests/test_a.py::test_y PASSED   [100%]\n\n"
        + _SUMMARY
        + "FAILED tests/test_a.py::test_x - boom\n"
    )
    digest = only(text)
    assert digest.counted == {"failed": 1, "passed": 1}


def test_xdist_lines() -> None:
    """Workers put their name in front of each test."""
    text = (
        "[gw0] [ 50%] PASSED tests/test_a.py::test_x \n"
        "[gw1] [100%] FAILED tests/test_a.py::test_y[a b] \n"
        "1 failed, 1 passed in 0.50s\n"
    )
    digest = only(text)
    assert digest.declared == {"failed": 1, "passed": 1}
    assert digest.first is not None
    assert digest.first.code == "tests/test_a.py::test_y[a b]"


def test_captured_output_does_not_count() -> None:
    """A nested session in captured output, closing line included, changes nothing."""
    decoy = (
        _HEAD.format(9) + "FAILED x.py::test_decoy - boo\n"
        "========================= 9 passed, 7 failed in 1.00s =========================\n"
        "a.py:1:1: F401 [*] `os` imported but unused\nFound 1 error.\n"
        "Traceback (most recent call last):\nValueError: decoy\n"
    )
    text = (
        _HEAD.format(2) + _FAILURES + "____ test_x ____\n>       assert 0\nE       assert 0\n"
        "----------------------------- Captured stdout call -----------------------------\n"
        + decoy
        + _SUMMARY
        + "FAILED tests/test_a.py::test_x - assert 0\n"
        "========================= 1 failed, 1 passed in 0.12s =========================\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared == {"failed": 1, "passed": 1}
    assert [cause.message for cause in digest.causes] == ["assert 0"]


def test_output_between_tests_does_not_count() -> None:
    """With ``-s`` a test's own words stand between the others'."""
    text = (
        _HEAD.format(2) + "tests/test_a.py 3 failed in 0.1s\n"
        "========================= 9 passed, 7 failed in 1.00s =========================\n"
        "..\n\n============================== 2 passed in 0.12s ===============================\n"
    )
    digest = only(text, exit_code=0)
    assert (digest.declared, digest.verdict) == ({"passed": 2}, Verdict.OK)


def test_collection_errors_are_grouped_by_cause() -> None:
    """EA-R in small: three errors of two causes."""
    block = (
        "____ ERROR collecting tests/test_{0}.py ____\ntests/test_{0}.py:1: in <module>\nE   {1}\n"
    )
    text = (
        _HEAD.format("7 items / 3 errors").replace(" items\n", "\n")
        + "==================================== ERRORS ====================================\n"
        + block.format("a", "ModuleNotFoundError: No module named 'yaml'")
        + block.format("b", "ModuleNotFoundError: No module named 'yaml'")
        + block.format("c", "ImportError: cannot import name 'x'")
        + _SUMMARY
        + "ERROR tests/test_a.py\nERROR tests/test_b.py\nERROR tests/test_c.py\n"
        "!!!!!!!!!!!!!!!!!!! Interrupted: 3 errors during collection !!!!!!!!!!!!!!!!!!!\n"
        "============================== 3 errors in 0.50s ===============================\n"
    )
    digest = only(text, exit_code=2)
    assert digest.declared["errors"] == 3
    assert digest.summary == (
        "pytest: 3 errors, 2 causes: No module named 'yaml' ×2, ImportError: cannot import name 'x'"
        " ×1; 7 not run"
    )


def test_stopping_early_is_not_passing() -> None:
    """Tests that ``--maxfail`` kept from running are neither passed nor forgotten."""
    text = (
        _HEAD.format(242) + _SUMMARY + "FAILED tests/test_a.py::test_x\n"
        "!!!!!!!!!!!!!!!!!!!!!!!!!! stopping after 1 failures !!!!!!!!!!!!!!!!!!!!!!!!!!!\n"
        "================== 1 failed, 144 passed in 24.76s (0:00:24) ===================\n"
    )
    assert "97 not run" in only(text, exit_code=1).summary


def test_interrupt_after_passes_is_not_green() -> None:
    """A session that was interrupted has not passed, whatever it counted."""
    text = (
        _HEAD.format(9)
        + "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!! KeyboardInterrupt !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\n"
        "============================== 3 passed in 1.76s ===============================\n"
    )
    assert only(text).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("5 passed in 0.03s\n", Verdict.OK),
        ("\x1b[32m\x1b[1m5 passed\x1b[0m\x1b[32m in 0.03s\x1b[0m\n", Verdict.OK),
        ("===== 1400 passed, 3 errors in 9.00s =====\n", Verdict.FAILED),
        (_HEAD.format(0) + "===== no tests ran in 0.01s =====\n", Verdict.UNKNOWN),
        (_HEAD.format(3) + "tests/test_a.py ..", Verdict.UNKNOWN),
        ("5 passed in 0.03s\nFAIL Required test coverage of 90% not reached.\n", Verdict.ERROR),
    ],
)
def test_closing_lines(text: str, verdict: Verdict) -> None:
    """Only passes, said in a closing line, are green."""
    assert only(text).verdict is verdict


def test_file_that_failed_is_not_a_linter() -> None:
    """EA-D2: structure decides; ``ruff`` in a test's name does not."""
    assert (
        only("FAILED tests/test_ruffle.py::test_E501 - F401\n1 failed in 0.1s\n").tool == "pytest"
    )


def test_failures_are_named_without_reports() -> None:
    """``--tb=no`` leaves the summary, where tests of any file and parts of tests are listed."""
    text = (
        _HEAD.format(6)
        + "tests/test_a.py .FF.F                              [100%]\n\n"
        + _SUMMARY
        + "FAILED docs/usage.rst::usage.rst\n"
        "SUBFAILED[msg] (i=1) tests/test_a.py::test_sub - assert 1 == 0\n"
        "SUBFAILED[msg] (i=3) tests/test_a.py::test_sub - assert 3 == 0\n"
        "FAILED tests/test_a.py::test_sub - contains 2 failed subtests\n"
        "ERROR tests/shop - ModuleNotFoundError: No module named 'six'\n"
        "=========== 4 failed, 2 passed, 1 error, 2 subtests passed in 0.60s ===========\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"failed": 4, "errors": 1}
    assert digest.first is not None
    assert digest.first.code == "docs/usage.rst::usage.rst"


def test_conftest_that_cannot_be_imported() -> None:
    """There is no session at all; the cause is the last thing that pytest says."""
    text = (
        "ImportError while loading conftest '/srv/conftest.py'.\nconftest.py:1: in <module>\n"
        "    import six\nE   ModuleNotFoundError: No module named 'six'\n"
    )
    digest = only(text)
    assert digest.summary == "pytest: ModuleNotFoundError: No module named 'six'"
    assert digest.verdict is Verdict.ERROR
    followed = analyze([f"{text}a.py:1:1: F401 'os' imported but unused\n".encode()])
    assert [one.tool for one in followed.segments] == ["pytest", "flake8"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --x\n", "--x"),
        ("pytest: error: argument -m: expected one argument\n", "expected one argument"),
        ("ERROR: Error importing plugin \"x\": No module named 'x'\n", "importing plugin"),
        ("ERROR: Wrong expression passed to '-m': a b: at column 3\n", "Wrong expression"),
    ],
)
def test_usage_errors(text: str, said: str) -> None:
    """Nothing was collected."""
    digest = only(text, exit_code=4)
    assert (digest.tool, digest.verdict) == ("pytest", Verdict.ERROR)
    assert said in digest.summary


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("a.py::test_x\n\n1 test collected in 0.07s\n", {"collected": 1}),
        ("===== 3/5 tests collected (2 deselected) in 0.07s =====\n", {"collected": 3}),
        ("===== no tests collected (5 deselected), 2 errors in 0.9s =====\n", {"errors": 2}),
    ],
)
def test_collecting_only_is_not_passing(text: str, declared: dict[str, int]) -> None:
    """No test ran, however many there are."""
    digest = only(text, exit_code=0)
    assert declared.items() <= digest.declared.items()
    assert digest.verdict is not Verdict.OK


def test_session_that_dies() -> None:
    """An interpreter that crashed prints no closing line; a worker's crash is a failure."""
    text = _HEAD.format(2) + "test_crash.py .Fatal Python error: Aborted\n\nThread 0x7f:\n"
    assert only(text).summary == "pytest: Fatal Python error: Aborted"
    text = _HEAD.format(2) + "tests/test_a.py .\n+++++++++++ Timeout +++++++++++\n\n~~~ Stack ~~~\n"
    assert only(text).verdict is Verdict.ERROR
    text = (
        _HEAD.format(2) + "Fatal Python error: Aborted\n\n" + _FAILURES + "____ test_a.py ____\n"
        "worker 'gw1' crashed while running 'tests/test_a.py::test_x'\n"
        "========================= 1 failed, 1 passed in 9.41s ==========================\n"
    )
    digest = only(text)
    assert digest.summary == (
        "pytest: 1 failed, 1 passed: tests/test_a.py::test_x worker 'gw1' crashed"
    )


def test_modules_skipped_while_collecting_are_no_items() -> None:
    """The closing line counts them as skipped, and what follows it is not pytest's."""
    text = (
        _HEAD.format("2 items / 1 skipped").replace(" items\n\n", "\n\n") + "a.py ..   [100%]\n\n"
        "========================= 2 passed, 1 skipped in 0.13s =========================\n"
        "a.py:1:1: F401 'os' imported but unused\n"
    )
    digests = analyze([text.encode()]).segments
    assert [digest.tool for digest in digests] == ["pytest", "flake8"]


def test_words_of_plugins_on_the_closing_line() -> None:
    """Between rules and after a header it is the closing line, whatever is counted there."""
    text = _HEAD.format(2) + "a.py ..\n\n=========== 2 passed, 3 gremlins in 0.1s ===========\n"
    assert only(text).declared == {"passed": 2, "gremlins": 3}


def test_causes_that_begin_below_their_exception() -> None:
    """An assertion's message may begin with a newline."""
    text = (
        _HEAD.format(1)
        + _FAILURES
        + "____ test_x ____\n>       check()\nE       AssertionError: \n"
        "E       Not equal to tolerance\n\ntests/test_a.py:5: AssertionError\n"
        "============================== 1 failed in 0.05s ===============================\n"
    )
    assert "AssertionError: Not equal to tolerance" in only(text).summary


@pytest.mark.parametrize(
    "row",
    [
        "tests/test_a.py::test_{0}[x-{0}] PASSED                [ {0}%]\n",
        "tests/test_a.py::test_{0} \n[gw1] [ {0}%] PASSED tests/test_a.py::test_{0} \n",
        "tests/test_a.py::test_{0} PASSED                    [{0}/50]\n",
        "test_{0} (tests.test_a.Shop.test_{0}) ... ok\n",
    ],
)
def test_floods_are_read_as_their_lines_are(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick way through tests that passed counts what the slow one counts."""
    rows = [row.format(n) for n in range(10, 50)]
    rows[20] = "something that a test printed\n"
    rows[30] = rows[30].replace("PASSED", "FAILED").replace("ok", "FAIL")
    head = "" if row.endswith("ok\n") else _HEAD.format(50)
    text = (head + "".join(rows)).encode()
    quick = analyze([text])
    assert quick.segments[0].counted == {"passed": 38, "failed": 1}
    for parser in (PytestParser, UnittestParser):
        monkeypatch.setattr(parser, "run", lambda _parser, _texts, _hears: 0)
    assert analyze([text]) == quick


def test_floods_end_where_they_end_in_any_chunks() -> None:
    """What a digest covers does not depend on how the lines arrived."""
    rows = [f"a.py::test_{n} PASSED\nnoise\na.py::test_{n} \na.py::test_{n} \n" for n in range(30)]
    lines = [line.encode() + b"\n" for line in (_HEAD.format(99) + "".join(rows)).splitlines()]
    assert analyze(lines) == analyze([b"".join(lines)])


def test_what_a_passing_test_prints_of_another_session_does_not_count() -> None:
    """Its sections, its summary, and why it stopped; the closing line names no failure."""
    nested = (
        f"{_HEAD.format(3)}a.py F..\n\n{_FAILURES}____ test_x ____\n\n    def test_x():\n"
        ">       assert 0\nE       assert 0\n\n"
        f"a.py:2: AssertionError\n{_SUMMARY}FAILED a.py::test_x - assert 0\n"
        "!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!\n"
        "=========================== 1 failed, 2 passed in 0.10s ========================\n"
    )
    text = (
        f"{_HEAD.format(1)}test_shop.py .\n\n==== PASSES ====\n____ test_shop ____\n"
        f"---- Captured stdout call ----\n{nested}{_SUMMARY}PASSED test_shop.py::test_shop\n"
        "============================== 1 passed in 0.02s ===============================\n"
    )
    digest = only(text, exit_code=0)
    assert (digest.verdict, digest.declared) == (Verdict.OK, {"passed": 1})
    assert not digest.counted.get("failed")
