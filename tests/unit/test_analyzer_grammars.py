"""Each grammar against what its tool prints, in all the formats that it has."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


RUFF_FULL = """\
F401 [*] `os` imported but unused
 --> a.py:1:8
  |
1 | import os
  |        ^^
help: Remove unused import: `os`

F401 [*] `sys` imported but unused
 --> b.py:1:8
  |

F841 Local variable `x` is assigned to but never used
  --> a.py:12:5
   |
12 |     x = error()
   |     ^

"""


def test_ruff_declares_more_than_it_shows() -> None:
    """EA-01: 53 declared and 3 shown stay two numbers, and the fix counts what ruff counts."""
    tail = "Found 53 errors.\n[*] 40 fixable with the `--fix` option.\n"
    digest = only(RUFF_FULL + tail, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("ruff", "linter", Verdict.FAILED)
    assert digest.declared == {"errors": 53}
    assert digest.counted == {"errors": 3}
    assert digest.by_code == {"F401": 2, "F841": 1}
    assert digest.fix == "ruff check --fix"
    assert digest.fixable == Fixable(safe=40)
    assert "53 errors (3 shown)" in digest.summary
    assert "`ruff check --fix` (40/53)" in digest.summary


def test_ruff_without_fixable_line_has_no_fix() -> None:
    """EA-02: no fix command is invented."""
    text = "E402 Module level import not at top of file\n --> a.py:3:1\n  |\n\nFound 10 errors.\n"
    digest = only(text, exit_code=1)
    assert digest.declared == {"errors": 10}
    assert (digest.fix, digest.fixable) == (None, None)
    assert "--fix" not in digest.summary


def test_ruff_unsafe_fixes_are_not_offered() -> None:
    """Fixes that ruff hides as unsafe are counted and not recommended."""
    text = (
        "a.py:1:1: F841 Local variable `x` is assigned to but never used\nFound 1 error.\n"
        "No fixes available (1 hidden fix can be enabled with the `--unsafe-fixes` option).\n"
    )
    digest = only(text)
    assert digest.fixable == Fixable(safe=0, unsafe=1)
    assert digest.fix is None


@pytest.mark.parametrize(
    "trailer",
    [
        (
            "[*] 2 fixable with the `--fix` option (1 hidden fix can be enabled with the"
            " `--unsafe-fixes` option)."
        ),
        "[*] 2 fixable with `--fix` (1 unsafe fix available with `--fix --unsafe-fixes`).",
        "[*] 2 potentially fixable with the --fix option.",
    ],
)
def test_ruff_fixable_line_of_every_release(trailer: str) -> None:
    """The wording of the fixable line has changed over the releases; the number is read."""
    digest = only(f"a.py:1:1: F401 [*] `os` imported but unused\nFound 3 errors.\n{trailer}\n")
    assert digest.fixable is not None
    assert digest.fixable.safe == 2


@pytest.mark.parametrize("code", ["UP035", "I001", "B006", "W291", "N801", "S101", "C901"])
def test_ruff_rules_of_every_family(code: str) -> None:
    """EA-D3: a rule is recognised by its shape, not by a list of families."""
    digest = only(f"a.py:1:1: {code} Something is not as it should be\nFound 1 error.\n")
    assert digest.by_code == {code: 1}


def test_ruff_rules_by_name_and_syntax_errors() -> None:
    """Preview releases print names for codes; a syntax error comes first."""
    text = (
        "a.py:1:8: unused-import: [*] `os` imported but unused\n"
        "b.py:3:1: invalid-syntax: Expected an expression\nFound 2 errors.\n"
    )
    digest = only(text)
    assert digest.by_code == {"unused-import": 1, "invalid-syntax": 1}
    assert digest.first is not None
    assert digest.first.file == "b.py"


def test_ruff_grouped_rows_are_read_above_the_trailer() -> None:
    """Rows that no literal tells from prose count once the trailer says whose they are."""
    text = (
        "input.py:\n  1:8  F401 [*] `os` imported but unused\n  2:5  F821 Undefined name `y`\n\n"
        "other.py:\n  1:8 F401 [*] `os` imported but unused\n\nFound 3 errors.\n"
    )
    digest = only(text)
    assert digest.counted == {"errors": 3}
    assert digest.files == 2
    assert digest.summary.startswith("ruff: 3 errors in 2 files: F821 ×1, F401 ×2")


def test_ruff_statistics() -> None:
    """``--statistics`` is a histogram of codes."""
    digest = only("35\tF401\t[*] unused-import\n 9\tE402\t[ ] module-import\nFound 44 errors.\n")
    assert digest.by_code == {"F401": 35, "E402": 9}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("All checks passed!\n", Verdict.OK),
        ("Found 7 errors (7 fixed, 0 remaining).\n", Verdict.OK),
        ("Found 7 errors (3 fixed, 4 remaining).\n", Verdict.FAILED),
        ("Would fix 1 error.\n", Verdict.FAILED),
    ],
)
def test_ruff_closing_lines(text: str, verdict: Verdict) -> None:
    """What remains decides, not what was fixed."""
    assert only(text).verdict is verdict


def test_undefined_name_comes_before_noise() -> None:
    """EA-D7: F821, the cause, is ranked above nine E402."""
    noise = "".join(f"a.py:{n}:1: E402 Module level import not at top\n" for n in range(1, 10))
    digest = only(f"{noise}b.py:7:3: F821 Undefined name `Tuple`\nFound 10 errors.\n")
    assert digest.first is not None
    assert digest.first.code == "F821"
    assert digest.summary.index("F821 ×1") < digest.summary.index("E402 ×9")


def test_mypy_counts_errors_and_not_notes() -> None:
    """Notes explain an error and are none."""
    text = (
        "a.py:4: error: Incompatible types in assignment  [assignment]\n"
        'a.py:4: note: "list" is invariant\n'
        'b.py:9:2: error: Name "fail" is not defined  [name-defined]\n'
        "Found 2 errors in 2 files (checked 12 source files)\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind) == ("mypy", "types")
    assert digest.counted == {"errors": 2, "notes": 1}
    assert digest.declared["errors"] == 2
    assert digest.first is not None
    assert digest.first.code == "name-defined"


def test_mypy_without_trailer() -> None:
    """``--no-error-summary`` leaves what was counted."""
    digest = only('p/a.py:4: error: Argument 1 has incompatible type "str"\n')
    assert (digest.declared, digest.counted) == ({}, {"errors": 1})


def test_mypy_success_and_crash() -> None:
    """A clean run is green; a crash of mypy itself is not a finding."""
    assert only("Success: no issues found in 5 source files\n").verdict is Verdict.OK
    crash = "a.py:1: error: INTERNAL ERROR -- Please try using mypy master\n"
    assert only(crash, exit_code=2).verdict is Verdict.ERROR


def test_tsc_keeps_declared_and_shown_apart() -> None:
    """EA-03: five lines shown, twelve declared."""
    text = (
        "src/a.ts(1,5): error TS2304: Cannot find name 'foo'.\n"
        "src/a.ts(2,5): error TS2304: Cannot find name 'bar'.\n"
        "src/b.ts(3,5): error TS2304: Cannot find name 'baz'.\n"
        "src/b.ts(4,5): error TS2339: Property 'x' does not exist on type 'Y'.\n"
        "  Type 'A' is missing the following properties\n"
        "src/c.ts(5,5): error TS2322: Type 'string' is not assignable to type 'number'.\n"
        "Found 12 errors.\n"
    )
    digest = only(text, exit_code=2)
    assert digest.declared == {"errors": 12}
    assert digest.counted == {"errors": 5}
    assert digest.by_code == {"TS2304": 3, "TS2339": 1, "TS2322": 1}
    assert "12 errors (5 shown)" in digest.summary


def test_tsc_pretty() -> None:
    """``--pretty`` adds source lines, a trailer and a table; none of them is an error."""
    text = (
        "src/a.ts:10:5 - error TS2322: Type 'string' is not assignable to type 'number'.\n\n"
        "10     x: 'error TS1234: nothing'\n       ~\n\n"
        "src/b.ts:3:1 - error TS2304: Cannot find name 'foo'.\n\n"
        "Found 2 errors in 2 files.\n\nErrors  Files\n     1  src/a.ts:10\n     1  src/b.ts:3\n"
    )
    digest = only(text, exit_code=2)
    assert digest.counted == {"errors": 2}
    assert digest.declared == {"errors": 2, "files": 2}


def test_build_banner_is_not_an_error() -> None:
    """EA-06: two errors and a banner that counts them are two errors."""
    text = (
        "src/a.ts(1,5): error TS2304: Cannot find name 'foo'.\n"
        "src/b.ts(3,5): error TS2339: Property 'x' does not exist.\n"
        "✖ Build failed with 2 errors\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared == {"errors": 2}
    assert digest.counted == {"errors": 2}
    assert digest.verdict is Verdict.FAILED


ESLINT = """\

/app/src/a.ts
   1:10  error    'foo' is defined but never used  @typescript-eslint/no-unused-vars
  23:12  error  Don't use `Function` as a type. The `Function` type accepts any value.
It provides no type safety when calling the function.
If you expect certain arguments, define the function shape  @typescript-eslint/ban-types
  30:1   warning  Unexpected console statement  no-console

/app/src/b.ts
  0:0  error  Parsing error: Unexpected token }

✖ 4 problems (3 errors, 1 warning)
  1 error and 0 warnings potentially fixable with the `--fix` option.

"""


def test_eslint_stylish() -> None:
    """A rule may stand on a message's last line; a parse error has none and comes first."""
    digest = only(ESLINT, exit_code=1)
    assert digest.counted == {"errors": 3, "warnings": 1}
    assert digest.declared == {"errors": 3, "warnings": 1}
    assert digest.by_code == {
        "@typescript-eslint/no-unused-vars": 1,
        "@typescript-eslint/ban-types": 1,
        "no-console": 1,
    }
    assert (digest.files, digest.fix, digest.fixable) == (2, "eslint --fix .", Fixable(safe=1))
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == (
        "/app/src/b.ts",
        "Parsing error: Unexpected token }",
    )


def test_flake8_and_its_relatives() -> None:
    """The same codes in flake8's wording are flake8's."""
    digest = only("./a.py:4:1: F401 'sys' imported but unused\n./a.py:5:80: W291 trailing space\n")
    assert digest.tool == "flake8"
    assert digest.counted == {"errors": 1, "warnings": 1}


def test_traceback_chain_reports_the_last_and_keeps_the_root() -> None:
    """Of chained exceptions the last is shown and the first is kept as a cause."""
    text = (
        "Traceback (most recent call last):\n"
        '  File "/srv/app/db.py", line 3, in load\n    return cache[key]\n'
        "           ~~~~~^^^^^\nKeyError: 'x'\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "/srv/app/main.py", line 9, in main\n    load()\n'
        "RuntimeError: cannot load\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.kind, digest.verdict) == ("crash", Verdict.ERROR)
    assert digest.first is not None
    assert (digest.first.code, digest.first.file, digest.first.line) == (
        "RuntimeError",
        "/srv/app/main.py",
        9,
    )
    assert "KeyError: 'x'" in [cause.message for cause in digest.causes]


def test_exception_group() -> None:
    """A group is one crash; its members are causes."""
    text = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/srv/app/main.py", line 3, in <module>\n  |     run()\n'
        "  | ExceptionGroup: many (2 sub-exceptions)\n"
        "  +-+---------------- 1 ----------------\n    | ValueError: one\n"
        "    +---------------- 2 ----------------\n    | TypeError: two\n"
        "    +------------------------------------\n"
    )
    digest = only(text, exit_code=1)
    assert digest.first is not None
    assert digest.first.code == "ExceptionGroup"
    assert {"ValueError: one", "TypeError: two"} <= {cause.message for cause in digest.causes}


def test_syntax_error_without_traceback() -> None:
    """The compiler's error has no header, and its place stands above it."""
    text = '  File "/srv/a.py", line 7\n    def f(:\n          ^\nSyntaxError: invalid syntax\n'
    digest = only(text, exit_code=1)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/srv/a.py", 7)


def test_two_tracebacks_are_two_failures() -> None:
    """EA-D5: different tracebacks have different fingerprints."""
    text = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\n{}: boom\n'
    analysis = analyze([(text.format("ValueError") + text.format("KeyError")).encode()])
    assert len({digest.fingerprint for digest in analysis.segments}) == 2
