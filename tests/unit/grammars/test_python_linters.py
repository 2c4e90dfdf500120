"""Linters and coverage."""

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest, Verdict


def read(text: str, exit_code: int | None = None, tool: str | None = None) -> Analysis:
    """The analysis of a text."""
    return analyze([text.encode()], exit_code=exit_code, tool=tool)


def only(text: str, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = read(text, exit_code, tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


@pytest.mark.parametrize(
    "rows",
    [
        (
            "shop/a.py:1:0: C0114: Missing module docstring (missing-module-docstring)\n"
            "shop/a.py:4:0: E0401: Unable to import 'numpy' (import-error)\n"
            "shop/a.py:9:4: W0612: Unused variable 'x' (a, b) (unused-variable)\n"
        ),
        (
            "shop/a.py:1: [C0114(missing-module-docstring), ] Missing module docstring\n"
            "shop/a.py:4: [E0401(import-error), ] Unable to import 'numpy'\n"
            "shop/a.py:9: [W0612(unused-variable), f] Unused variable 'x'\n"
        ),
        (
            "shop/a.py(1): [C0114(missing-module-docstring)] Missing module docstring\n"
            "shop/a.py(4): [E0401(import-error)] Unable to import 'numpy'\n"
            "shop/a.py(9): [W0612(unused-variable)f] Unused variable 'x'\n"
        ),
        (
            "shop/a.py:1: [C0114, ] Missing module docstring\n"
            "shop/a.py:4: [E0401, ] Unable to import 'numpy'\n"
            "shop/a.py:9: [W0612, f] Unused variable 'x'\n"
        ),
        (
            "shop/a.py:1:0: C0114 (missing-module-docstring) Missing module docstring\n"
            "shop/a.py:4:0: E0401 (import-error) Unable to import 'numpy'\n"
            "shop/a.py:9:4: W0612 (unused-variable) Unused variable 'x'\n"
        ),
    ],
)
def test_pylint_formats(rows: str) -> None:
    """text, parseable and msvs, old and new, and the template that editors ask for."""
    trailer = (
        f"\n{'-' * 66}\nYour code has been rated at 7.31/10 (previous run: 7.30/10, +0.01)\n\n"
    )
    digest = only(f"************* Module shop.a\n{rows}{trailer}", exit_code=30)
    assert (digest.tool, digest.kind, digest.verdict) == ("pylint", "linter", Verdict.FAILED)
    assert digest.counted == {"errors": 1, "warnings": 2}
    assert digest.by_code == {"C0114": 1, "E0401": 1, "W0612": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("shop/a.py", 4)
    assert digest.first.message.startswith("Unable to import 'numpy'")
    assert "rated at 7.31/10" in digest.summary


def test_other_languages_have_such_codes() -> None:
    """A code alone is pylint's in a file of Python's only."""
    assert only("shop/a.py:1: [C0111] Missing docstring\n").tool == "pylint"
    assert only("CMakeLists.txt:126: [C0301] Line too long (136/80)\n").tool == "cmake-lint"


def test_pylint_before_it_had_paths_and_codes() -> None:
    """Rows stand below the module's name."""
    text = (
        "************* Module shop.a\nC:  1, 0: Missing docstring (missing-docstring)\n"
        "E0602: 12,11: Undefined variable 'x' (undefined-variable)\nW:  4: Unused import sys\n"
        "************* Module shop.b\nC:  1, 0: Missing docstring (missing-docstring)\n"
    )
    digest = only(text)
    assert digest.counted == {"errors": 1, "warnings": 3}
    assert digest.files == 2
    category_only = "shop/a.py:3: [C] Missing docstring\nshop/a.py:7: [E, f] Undefined variable\n"
    assert only(category_only).counted == {"errors": 1, "warnings": 1}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Your code has been rated at 10.00/10 (previous run: 9.31/10, +0.69)\n", "ok"),
        ("Your code has been rated at 9.99/10\n", "unknown"),
        (
            (
                "a.py:1:0: C0114: Missing module docstring (missing-module-docstring)\n"
                "Your code has been rated at 10.00/10\n"
            ),
            "unknown",
        ),
        ("usage: pylint [options]\npylint: error: Unrecognized option found: x\n", "error"),
        ("No files to lint: exiting.\n", "error"),
    ],
)
def test_pylint_verdicts(text: str, verdict: str) -> None:
    """A rating is rounded, so that ten of ten may have findings."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("pylint", verdict)


_BANDIT_HEAD = "[main]\tINFO\trunning on Python 3.12.1\nRun started:2026-01-01 00:00:00\n\n"
_BANDIT_END = (
    "\nCode scanned:\n\tTotal lines of code: 22\n\nRun metrics:\n"
    "\tTotal issues (by severity):\n\t\tUndefined: 0\n\t\tLow: 1\n\t\tMedium: 0\n\t\tHigh: 1\n"
    "\tTotal issues (by confidence):\n\t\tUndefined: 0\n\t\tLow: 0\n\t\tMedium: 0\n\t\tHigh: 2\n"
)
_BANDIT_ISSUES = (
    ">> Issue: [B404:blacklist] Consider possible security implications.\n"
    "   Severity: Low   Confidence: High\n   CWE: CWE-78 (https://cwe.example/78.html)\n"
    "   More Info: https://bandit.example/b404\n   Location: shop/a.py:2:0\n"
    "1\timport os\n2\timport subprocess\n\n" + "-" * 50 + "\n"
    ">> Issue: [B602:shell_true] subprocess call with shell=True identified.\n"
    "   Severity: High   Confidence: High\n   Location: shop/a.py:9\n9\t    call(x)\n\n"
)


@pytest.mark.parametrize(
    "text",
    [
        _BANDIT_HEAD + "Test results:\n" + _BANDIT_ISSUES + _BANDIT_END + "Files skipped (0):\n",
        (
            "/srv/shop/a.py:2: B404[bandit]: LOW: Consider possible security implications.\n"
            "/srv/shop/a.py:9: B602[bandit]: HIGH: subprocess call with shell=True identified.\n"
        ),
        (
            "filename,test_name,test_id,issue_severity,issue_confidence,issue_cwe,issue_text\n"
            "shop/a.py,blacklist,B404,LOW,HIGH,https://cwe.example/78.html,Consider it.,2,0,17\n"
            'shop/a.py,shell_true,B602,HIGH,HIGH,https://cwe.example/78.html,"a, b",9,4,42,[9]\n'
        ),
        "2:B404:LOW:Consider possible security implications.\n9:B602:HIGH:shell=True identified.\n",
    ],
)
def test_bandit_formats(text: str) -> None:
    """Low severity is a note, high an error, in every format for people."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("bandit", Verdict.FAILED)
    assert digest.counted == {"notes": 1, "errors": 1}
    assert digest.by_code == {"B404": 1, "B602": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("B602", 9)


@pytest.mark.parametrize(
    ("results", "skipped", "verdict"),
    [
        ("\tNo issues identified.\n", "Files skipped (0):\n", "ok"),
        ("\tNo issues identified.\n", "Files skipped (1):\n\ta.py (No such file)\n", "unknown"),
        (
            _BANDIT_ISSUES[: _BANDIT_ISSUES.index(">> Issue: [B602")],
            "Files skipped (0):\n",
            "unknown",
        ),
    ],
)
def test_bandit_is_green_only_if_it_has_read_everything(
    results: str, skipped: str, verdict: str
) -> None:
    """A note makes bandit fail, and files that it could not read may have any."""
    text = f"{_BANDIT_HEAD}Test results:\n{results}{_BANDIT_END}{skipped}"
    assert only(text).verdict == verdict


def test_pydocstyle() -> None:
    """A finding is two lines; explanations and source below it are not findings."""
    text = (
        "shop/a.py:1 at module level:\n        D100: Missing docstring in public module\n"
        "shop/a.py:6 in public function `f`:\n        D103: Missing docstring in public function\n"
        "\n        All modules should normally have docstrings.\n\n 6: def f(x, y = 1):\n"
        "WARNING: Error in file shop/b.py: Cannot parse file.\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("pydocstyle", {"warnings": 2, "errors": 1})
    assert digest.by_code == {"D100": 1, "D103": 1}
    assert digest.files == 2


def test_pyflakes() -> None:
    """With and without columns; the compiler's own words count once pyflakes has spoken."""
    text = (
        "shop/a.py:1:1: 'os' imported but unused\n"
        "shop/a.py:10:12: undefined name 'undefined_name'\n"
        "shop/a.py:12: local variable 'e' is assigned to but never used\n"
        "shop/a.py:14:1 'from x import *' used; unable to detect undefined names\n"
        "shop/b.py:1:12: '(' was never closed\ndef broken(:\n           ^\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted, digest.files) == ("pyflakes", {"errors": 5}, 2)


def test_the_same_words_with_a_code_are_flake8s() -> None:
    """Codes tell flake8 from pyflakes, and pylint from flake8's pylint format."""
    assert only("a.py:1:1: F401 'os' imported but unused\n").tool == "flake8"
    assert only("a.py:3: [E401] multiple imports on one line\n").tool == "flake8"
    assert only("a.py:3:0: E0401: Unable to import 'x' (import-error)\n").tool == "pylint"


@pytest.mark.parametrize(
    "row",
    [
        "shop/a.py:1:1: {}\n",
        "shop/a.py:1: {}\n",
    ],
)
def test_flake8_severities(row: str) -> None:
    """E and F are errors; warnings, complexity and naming are advice; the syntax comes first."""
    said = (
        "F401 'os' imported but unused",
        "C901 'f' is too complex (13)",
        "W291 trailing whitespace",
        "E999 SyntaxError: invalid syntax",
        "E902 TokenError: EOF in multi-line statement",
    )
    digest = only("".join(row.format(one) for one in said))
    assert (digest.tool, digest.counted) == ("flake8", {"errors": 3, "warnings": 2})
    assert digest.first is not None
    assert digest.first.code == "E999"


def test_flake8_statistics() -> None:
    """Totals are declared, so that findings above them do not count twice."""
    totals = "2     F401 'os' imported but unused\n1       W291 trailing whitespace\n3\n"
    assert only(totals).declared == {"errors": 2, "warnings": 1}
    row = "shop/a.py:{}:1: F401 'os' imported but unused\n"
    digest = only(row.format(1) + row.format(2) + totals)
    assert (digest.counted, digest.declared["errors"]) == ({"errors": 2}, 2)


@pytest.mark.parametrize(
    "text",
    [
        "usage: flake8 [options] file file ...\nflake8: error: unrecognized arguments: --x\n",
        "There was a critical error during execution of Flake8:\nplugin code is bad\n",
    ],
)
def test_flake8_that_cannot_begin(text: str) -> None:
    """A bad option or plugin is no finding."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("flake8", Verdict.ERROR)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("<string>:1: error: Incompatible types  [assignment]\n", "failed"),
        ('mypy.ini:3: error: Error importing plugin "x": No module\n', "failed"),
        ("Can't find package 'shop'\n", "error"),
        ("There are no .py[i] files in directory 'shop'\n", "error"),
        ("mypy-daemon: error: unrecognized arguments: --x\n", "error"),
        ("Install? [yN] error: INTERNAL ERROR -- Please try using mypy master\n", "error"),
    ],
)
def test_mypy_without_a_module(text: str, verdict: str) -> None:
    """Errors of its configuration, its arguments and its own."""
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.verdict) == ("mypy", verdict)


def test_vulture() -> None:
    """What is unused is the code; a file that it cannot read is an error."""
    text = (
        'shop/b.py:1: invalid syntax at "def broken(:"\n'
        "shop/a.py:1: unused import 'os' (90% confidence)\n"
        "shop/a.py:20: unreachable code after 'return' (100% confidence, 2 lines)\n"
        "shop/a.py:30: unsatisfiable 'if' condition (100% confidence)\n"
    )
    digest = only(text, exit_code=3)
    assert digest.counted == {"errors": 1, "warnings": 3}
    assert digest.by_code == {"unused import": 1, "unreachable code": 1, "unsatisfiable": 1}


def test_autoflake_check() -> None:
    """Files are named; that others have no issues is no closing line."""
    text = "shop/ok.py: No issues detected!\nshop/a.py: Unused imports/variables detected\n"
    digest = only(text, exit_code=1)
    assert (
        digest.summary == "autoflake: 1 unclean file: shop/a.py Unused imports/variables detected"
    )
    assert read("shop/ok.py: No issues detected!\n").verdict is Verdict.UNKNOWN


def test_coverage_speaks_only_of_what_is_wrong() -> None:
    """A table is no verdict."""
    digest = only("Coverage failure: total of 84.5 is less than fail-under=90\n", exit_code=2)
    assert (digest.tool, digest.counted) == ("coverage", {"errors": 1})
    assert only("No data to report.\n").verdict is Verdict.ERROR
    assert read("TOTAL      4      0   100%\n").segments[0].tool == "output"
