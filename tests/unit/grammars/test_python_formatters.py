"""Formatters and type checkers."""

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest, Fixable, Verdict


def read(text: str, exit_code: int | None = None, tool: str | None = None) -> Analysis:
    """The analysis of a text."""
    return analyze([text.encode()], exit_code=exit_code, tool=tool)


def only(text: str, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = read(text, exit_code, tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


@pytest.mark.parametrize(
    "failure",
    [
        "error: cannot format shop/b.py: Cannot parse: 1:11: def broken(:\n",
        "error: cannot format shop/b.py: Cannot parse for target version Python 3.12: 1:11: x\n",
        "error: cannot parse: shop/b.py:1:11\n    def broken(:\n              ^\nParseError: bad\n",
    ],
)
def test_black_check(failure: str) -> None:
    """What it would mend and what it cannot read are both declared; only the first is fixable."""
    text = (
        f"{failure}would reformat shop/a.py\n\nOh no! 💥 💔 💥\n"
        "1 file would be reformatted, 2 files would be left unchanged, 1 file would fail to"
        " reformat.\n"
    )
    digest = only(text, exit_code=123)
    assert (digest.tool, digest.kind, digest.verdict) == ("black", "formatter", Verdict.FAILED)
    assert digest.declared == {"errors": 2, "unchanged": 2}
    assert digest.counted == {"errors": 2}
    assert digest.fixable == Fixable(safe=1)
    assert digest.summary == "black: 2 unformatted files; `black .` (1/2)"
    assert digest.files == 2


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("All done! ✨ 🍰 ✨\n3 files would be left unchanged.\n", "ok"),
        (
            "reformatted a.py\n\nAll done! ✨ 🍰 ✨\n1 file reformatted, 2 files left unchanged.\n",
            "ok",
        ),
        ("reformatted a.py\n\nAll done! ✨ 🍰 ✨\n1 file reformatted.\n", "ok"),
        ("Oh no! 💥 💔 💥\n2 files left unchanged, 1 file failed to reformat.\n", "failed"),
        ("would reformat a.py\n\nOh no! 💥 💔 💥\n1 file would be reformatted.\n", "failed"),
    ],
)
def test_black_closing_lines(text: str, verdict: str) -> None:
    """A file that could not be formatted is never lost among those that could."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("black", verdict)


@pytest.mark.parametrize(
    "rows",
    [
        "Would reformat: shop/a.py\nWould reformat: shop/c.py\n",
        (
            "unformatted: File would be reformatted\n  --> shop/a.py:4:6\n   |\n3  | import sys\n\n"
            "unformatted: File would be reformatted\n  --> shop/c.py:4:6\n   |\n3  | import sys\n\n"
        ),
        (
            "shop/a.py:4:6: unformatted: File would be reformatted\n"
            "shop/c.py:4:6: unformatted: File would be reformatted\n"
        ),
        (
            "shop/a.py:\n  4:6 unformatted: File would be reformatted\n\n"
            "shop/c.py:\n  4:6 unformatted: File would be reformatted\n\n"
        ),
    ],
)
def test_ruff_format_check(rows: str) -> None:
    """Each format names the files; the closing line says what can be mended."""
    digest = only(f"{rows}2 files would be reformatted, 5 files already formatted\n", exit_code=1)
    assert (digest.tool, digest.verdict, digest.files) == ("ruff-format", Verdict.FAILED, 2)
    assert digest.declared == {"errors": 2, "unchanged": 5}
    assert digest.counted == {"errors": 2}
    assert digest.summary == "ruff-format: 2 unformatted files; `ruff format` (2/2)"


@pytest.mark.parametrize(
    ("text", "tool", "verdict"),
    [
        ("5 files already formatted\n", "ruff-format", "ok"),
        ("1 file reformatted, 2 files left unchanged\n", "ruff-format", "ok"),
        (
            "error: Failed to parse a.py:1:12: Expected a parameter\n2 files left unchanged\n",
            "ruff-format",
            "failed",
        ),
        ("error: Failed to format no: No such file (os error 2)\n", "ruff-format", "failed"),
        (
            (
                "invalid-syntax: Expected a parameter\n --> a.py:1:12\n  |\n1 | def broken(:\n\n"
                "1 file already formatted\n"
            ),
            "ruff",
            "failed",
        ),
    ],
)
def test_ruff_format_closing_lines(text: str, tool: str, verdict: str) -> None:
    """Files that are formatted do not make up for one that could not be read."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == (tool, verdict)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("ERROR: /srv/a.py Imports are incorrectly sorted and/or formatted.\n", "failed"),
        ("ERROR: /srv/a.py Imports are incorrectly sorted.\n", "failed"),
        ("Broken 1 paths\n", "error"),
        ("isort: error: unrecognized arguments: --x\n", "error"),
    ],
)
def test_isort_check(text: str, verdict: str) -> None:
    """There is no closing line where all is well."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("isort", verdict)


PYRIGHT = (
    "/srv/shop/a.py\n"
    '  /srv/shop/a.py:4:7 - error: Import "numpy" could not be resolved (reportMissingImports)\n'
    '  /srv/shop/a.py:16:33 - error: Argument of type "Self@A" cannot be assigned to "data"\n'
    '\u00a0\u00a0\u00a0\u00a0"A*" is incompatible with protocol "Buffer"\n'
    '\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"__buffer__" is not present (reportArgumentType)\n'
    "  /srv/shop/a.py:20:1 - warning: Expression is not used (reportUnusedExpression)\n"
    '/srv/shop/b.py\n  /srv/shop/b.py:1:11 - error: "(" was not closed\n'
)


def test_pyright() -> None:
    """A rule may stand on a message's last line; a syntax error has none."""
    digest = only(PYRIGHT + "3 errors, 1 warning, 0 informations \n", exit_code=1)
    assert (digest.tool, digest.kind, digest.files) == ("pyright", "types", 2)
    assert digest.declared == {"errors": 3, "warnings": 1, "notes": 0}
    assert digest.counted == {"errors": 3, "warnings": 1}
    assert digest.by_code == {
        "reportMissingImports": 1,
        "reportArgumentType": 1,
        "reportUnusedExpression": 1,
    }


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("0 errors, 0 warnings, 0 informations \n", "ok"),
        ("0 errors, 0 warnings, 0 notes\nCompleted in 0.5sec\n", "ok"),
        ("0 errors, 2 warnings, 0 informations \n", "ok"),
        ("1 error, 0 warnings, 0 infos\n", "failed"),
        ('File or directory "/srv/nope.py" does not exist\n', "error"),
    ],
)
def test_pyright_closing_lines(text: str, verdict: str) -> None:
    """Its relatives close in much the same words."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("pyright", verdict)


@pytest.mark.parametrize(
    "rows",
    [
        (
            "error[unresolved-import]: Cannot resolve imported module `numpy`\n --> shop/a.py:4:7\n"
            "  |\n4 | import numpy\n  |        ^^^^^\ninfo: rule `unresolved-import` is on\n\n"
            "warning[possibly-unbound]: Name `x` may be missing\n  --> shop/a.py:10:12\n   |\n"
            "info: Function defined here\n   --> stdlib/_pickle.pyi:114:5\n    |\n\n"
        ),
        (
            "shop/a.py:4:7: error[unresolved-import] Cannot resolve imported module `numpy`\n"
            "shop/a.py:10:12: warning[possibly-unbound] Name `x` may be missing\n"
        ),
    ],
)
def test_ty(rows: str) -> None:
    """Places of notes below a diagnostic are no diagnostics."""
    digest = only(f"{rows}Found 2 diagnostics\n", exit_code=1)
    assert (digest.tool, digest.kind) == ("ty", "types")
    assert digest.counted == {"errors": 1, "warnings": 1}
    assert digest.declared == {"diagnostics": 2}
    assert digest.by_code == {"unresolved-import": 1, "possibly-unbound": 1}


def test_ty_is_green_where_argv_names_it() -> None:
    """Without it, the line is taken for ruff's."""
    assert only("All checks passed!\n", exit_code=0, tool="ty").tool == "ty"
    assert only("ty failed\n  Cause: Invalid `--python` argument\n").verdict is Verdict.ERROR
