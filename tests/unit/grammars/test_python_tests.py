"""unittest and its relatives, and what runs them: tox, nox, pre-commit."""

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest, Verdict

_THICK = "=" * 70
_THIN = "-" * 70


def read(text: str, exit_code: int | None = None, tool: str | None = None) -> Analysis:
    """The analysis of a text."""
    return analyze([text.encode()], exit_code=exit_code, tool=tool)


def only(text: str, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = read(text, exit_code, tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def report(heading: str, exception: str, *, body: str = "") -> str:
    """A block of unittest's for a test that did not pass."""
    return (
        f"{_THICK}\n{heading}\n{_THIN}\nTraceback (most recent call last):\n"
        '  File "/srv/app/test_shop.py", line 12, in test_x\n    self.check()\n'
        f"{exception}\n{body}\n"
    )


RUN = (
    ".F.EEs\n"
    + report("FAIL: test_price (test_shop.Shop)", "AssertionError: 3 != 4")
    + report("ERROR: test_stock (test_shop.Shop.test_stock)", "KeyError: 'apples'")
    + report("ERROR: setUpClass (test_shop.Slow)", "ConnectionError: refused")
    + f"{_THIN}\nRan 8 tests in 0.104s\n\n"
    "FAILED (failures=1, errors=2, skipped=1, expected failures=1)\n"
)


def test_unittest_counts_and_the_first_failure() -> None:
    """A fixture that failed is an error and no test; what is left over passed."""
    digest = only(RUN, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("unittest", "tests", Verdict.FAILED)
    assert digest.declared == {
        "total": 8,
        "failed": 1,
        "errors": 2,
        "skipped": 1,
        "expected failures": 1,
        "passed": 5,
    }
    assert digest.counted == {"failed": 1, "errors": 2}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/srv/app/test_shop.py", 12)
    assert digest.summary == (
        "unittest: 1 failed, 2 errors, 5 passed, 1 skipped: test_price (test_shop.Shop)"
        " AssertionError: 3 != 4"
    )


def test_unittest_verbose() -> None:
    """Lines of progress are counted where the closing line is missing, and open the run."""
    text = (
        "test_a (test_shop.Shop.test_a) ... ok\n"
        "test_b (test_shop.Shop.test_b)\nBuys nothing. ... FAIL\n"
        "test_c (test_shop.Shop.test_c) ... skipped 'no network'\n"
        "test_d (test_shop.Shop.test_d) ... Traceback (most recent call last):\n"
        '  File "/srv/app/shop.py", line 3, in buy\nValueError: logged, not raised\nok\n'
        "test_e (test_shop.Shop.test_e) ... expected failure\n"
        "test_f (test_shop.Shop.test_f) ... ERROR\n"
    )
    digest = only(text)
    assert digest.counted == {"passed": 2, "failed": 1, "errors": 1, "skipped": 1}
    assert "no closing line" in digest.summary
    assert digest.verdict is Verdict.FAILED


def test_tests_of_several_failures_are_one_test() -> None:
    """Sub-tests and a failing tear-down fail a test more than once."""
    text = (
        report("FAIL: test_a (m.C.test_a) (i=1)", "AssertionError: 1 != 0")
        + report("FAIL: test_a (m.C.test_a) [odd] (i=3)", "AssertionError: 1 != 0")
        + report("FAIL: test_b (m.C.test_b)", "AssertionError")
        + report("ERROR: test_b (m.C.test_b)", "OSError: gone")
        + f"{_THIN}\nRan 5 tests in 0.002s\n\nFAILED (failures=3, errors=1)\n"
    )
    digest = only(text)
    assert (digest.declared["failed"], digest.declared["errors"]) == (3, 1)
    assert digest.declared["passed"] == 3


@pytest.mark.parametrize(
    ("status", "declared", "verdict"),
    [
        ("OK", {"passed": 9}, Verdict.OK),
        ("OK (skipped=2)", {"passed": 7, "skipped": 2}, Verdict.OK),
        ("OK (KNOWNFAIL=1, SKIP=2)", {"passed": 7, "skipped": 2}, Verdict.OK),
        ("PASSED (skips=1, successes=8)", {"passed": 8, "skipped": 1}, Verdict.OK),
        ("FAILED (SKIP=1, errors=2, failures=3)", {"passed": 3, "failed": 3}, Verdict.FAILED),
        ("FAILED (unexpected successes=1)", {"failed": 1, "passed": 8}, Verdict.FAILED),
    ],
)
def test_status_lines(status: str, declared: dict[str, int], verdict: Verdict) -> None:
    """unittest, nose and trial close with the same line and have words of their own."""
    digest = only(f"{_THIN}\nRan 9 tests in 1.5s\n\n{status}\n")
    assert declared.items() <= digest.declared.items()
    assert digest.verdict is verdict


@pytest.mark.parametrize(
    "text",
    [
        f"{_THIN}\nRan 0 tests in 0.000s\n\nOK\n",
        f"{_THIN}\nRan 0 tests in 0.000s\n\nNO TESTS RAN\n",
        f"{_THIN}\nRan 9 tests in 1.5s\n",
        "Found 9 test(s).\nCreating test database for alias 'default'...\n....",
        "test_a (m.C.test_a) ... ok\n",
    ],
)
def test_runs_without_a_good_closing_line_are_not_green(text: str) -> None:
    """Nothing ran, or nobody knows how it ended."""
    assert only(text, exit_code=0).verdict is not Verdict.OK


def test_nose() -> None:
    """A module that cannot be imported is a failure of its own, and captured logs do not count."""
    text = (
        report("ERROR: Failure: ImportError (No module named 'six')", "ImportError: no 'six'")
        + report("ERROR: Failure: ImportError (No module named 'six')", "ImportError: no 'six'")
        + report(
            "FAIL: shop.test_shop.test_sale",
            "AssertionError: ",
            body=f"{'-' * 20} >> begin captured logging << {'-' * 20}\n"
            f"shop: ERROR: decoy\nValueError: decoy\n{'-' * 21} >> end captured logging <<\n",
        )
        + f"{_THIN}\nRan 4 tests in 0.015s\n\nFAILED (SKIP=1, errors=2, failures=1)\n"
    )
    digest = only(text)
    assert digest.declared["passed"] == 0
    assert {cause.message: cause.count for cause in digest.causes} == {
        "ImportError: no 'six'": 2,
        "AssertionError:": 1,
    }


def test_trial() -> None:
    """Twisted's runner puts the test's name below what it failed of."""
    rule = "=" * 79
    text = (
        f"{rule}\n[FAIL]\nTraceback (most recent call last):\n"
        '  File "/srv/test_net.py", line 4, in test_get\n    self.assertEqual(1, 2)\n'
        "twisted.trial.unittest.FailTest: 1 != 2\n\nnet.test_net.Net.test_get\n"
        f"{'-' * 79}\nRan 3 tests in 0.003s\n\nFAILED (failures=1, successes=2)\n"
    )
    digest = only(text)
    assert digest.first is not None
    assert digest.first.code == "net.test_net.Net.test_get"
    assert digest.declared["passed"] == 2


def test_django_that_cannot_begin() -> None:
    """Tracebacks that tests log are nobody's; one that the run dies of is the run's."""
    crash = (
        "Found 9 test(s).\nCreating test database for alias 'default'...\n"
        'Traceback (most recent call last):\n  File "/srv/manage.py", line 3, in main\n    go()\n'
        "django.db.utils.OperationalError: no such table: shop\n"
    )
    digest = only(crash, exit_code=1)
    assert (digest.tool, digest.verdict) == ("unittest", Verdict.ERROR)
    assert "no such table: shop" in digest.summary
    ran = (
        f"{crash}....\n{_THIN}\nRan 4 tests in 0.5s\n\nOK\nDestroying test database for alias 'x'\n"
    )
    assert only(ran, exit_code=0).verdict is Verdict.OK


def test_message_that_looks_like_a_heading() -> None:
    """A heading has a rule above it, as wide as unittest's."""
    text = (
        report("FAIL: test_a (m.C.test_a)", "AssertionError: bad\n=====\nFAIL: test_z (decoy.D)")
        + f"{_THIN}\nRan 1 test in 0.001s\n\nFAILED (failures=1)\n"
    )
    assert only(text).counted == {"failed": 1}


@pytest.mark.parametrize(
    "text",
    [
        "test boolean ... ok\ntest a::b ... FAILED\n",
        "Building wheels ... ok\nConnecting ... FAIL\n",
        "Ran 12 tests for test/Shop.t.sol:Shop\nRan 5 tests across 2 files. [1.00s]\n",
        "OK\nFAILED (errors=3)\nERROR: test_x (m.C)\n",
        f"{_THICK}\nERROR: Build failed\nof a thing\nthat is\nnot\na test\n",
        f"{_THICK}\n[ERROR]\nBuild failed\n",
    ],
)
def test_what_is_not_unittest(text: str) -> None:
    """Other tools' progress, and lines without the rules around them."""
    assert "unittest" not in [digest.tool for digest in read(text).segments]


def test_a_run_that_was_cut_off_lets_others_speak() -> None:
    """The runner's last word for the step ends a run that has no closing line."""
    text = (
        "test_a (m.C.test_a) ... ok\n##[error]Process completed with exit code 1.\n"
        "a.py:1:1: F401 [*] `os` imported but unused\nFound 1 error.\n"
    )
    assert [digest.tool for digest in read(text).segments] == ["unittest", "ruff"]


def test_two_runs_are_two_digests() -> None:
    """Each run has its own closing line."""
    text = RUN + RUN.replace("Ran 8", "Ran 7")
    assert [digest.declared["total"] for digest in read(text).segments] == [8, 7]


TOX = (
    "py312: commands[0]> python -m unittest\n"
    + RUN
    + "py312: exit 1 (0.21 seconds) /srv/app> python -m unittest pid=240\n"
    "py312: FAIL ✖ in 0.49 seconds\n"
    "  py312: FAIL code 1 (0.49=setup[0.28]+cmd[0.21] seconds)\n"
    "  docs: SKIP (0.01 seconds)\n"
    "  lint: OK (2.45=setup[0.32]+cmd[0.43,1.70] seconds)\n"
    "  evaluation failed :( (4.53 seconds)\n"
)


def test_tox_names_environments_and_its_tools_speak_for_themselves() -> None:
    """What failed is an environment; why it failed is in the tool's digest."""
    inner, outer = read(TOX, exit_code=1).segments
    assert (inner.tool, inner.declared["failed"]) == ("unittest", 1)
    assert outer.summary == "tox: 1 failed environment: py312 ×1; FAIL code 1"
    assert outer.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("  py39: OK (1.2=setup[1]+cmd[0.2] seconds)\n  congratulations :) (2 seconds)\n", "ok"),
        ("  py27: commands succeeded\n  congratulations :)\n", "ok"),
        ("  py27: commands succeeded\nERROR:   py36: commands failed\n", "failed"),
        ("ERROR:  py35: InterpreterNotFound: python3.5\n", "failed"),
        ("ROOT: HandledError| provided environments not found:\nnope\n", "error"),
    ],
)
def test_tox_of_all_releases(text: str, verdict: str) -> None:
    """The third and the fourth, good and bad."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("tox", verdict)


def test_nox_sessions() -> None:
    """Each session is an execution of its own."""
    text = (
        "nox > Running session lint\nnox > flake8 app\n"
        "nox > Command flake8 app failed with exit code 1\nnox > Session lint failed.\n"
        "nox > Running session tests-3.12(db='pg')\n"
        "nox > Session tests-3.12(db='pg') was successful in 3 seconds.\n"
        "nox > Ran multiple sessions:\nnox > * lint: failed\nnox > * tests-3.12: success\n"
    )
    bad, good = read(text).segments
    assert (bad.summary, bad.verdict) == ("nox: 1 failed session: lint ×1; failed", "failed")
    assert (good.summary, good.verdict) == ("nox: ok", "ok")


def test_nox_that_cannot_begin() -> None:
    """No session was run."""
    text = "nox > Error while collecting sessions.\nnox > Sessions not found: nope\n"
    assert only(text, exit_code=3).verdict is Verdict.ERROR


def hook(name: str, end: str) -> str:
    """A line of pre-commit's."""
    return f"{name}{'.' * (79 - len(name) - len(end))}{end}\n"


def test_pre_commit_names_hooks_and_their_tools_speak_for_themselves() -> None:
    """Files that a hook has changed are already mended."""
    text = (
        hook("trim v1.2 whitespace", "Passed")
        + hook("cargo fmt", "(no files to check)Skipped")
        + hook("flake8", "Failed")
        + "- hook id: flake8\n- exit code: 1\n\na.py:1:1: F401 'os' imported but unused\n\n"
        + hook("isort", "Failed")
        + "- hook id: isort\n- files were modified by this hook\n\nFixing /srv/a.py\n\n"
    )
    digests = {digest.tool: digest for digest in read(text, exit_code=1).segments}
    assert digests["flake8"].by_code == {"F401": 1}
    assert digests["pre-commit"].summary.startswith(
        "pre-commit: 2 failed hooks, files were modified by this hook: flake8 ×1, isort ×1"
    )


@pytest.mark.parametrize(
    "text",
    [
        "An error has occurred: InvalidConfigError: \n==> File .pre-commit-config.yaml\n",
        "No hook with id `nope` in stage `pre-commit`\n",
    ],
)
def test_pre_commit_that_cannot_begin(text: str) -> None:
    """No hook was run."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("pre-commit", Verdict.ERROR)


def test_short_lines_with_dots_are_no_hooks() -> None:
    """pre-commit's lines are as wide as a terminal."""
    assert read("Step 3...Failed\n").segments[0].tool == "output"
