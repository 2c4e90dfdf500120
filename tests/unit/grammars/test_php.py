"""PHP's tests, analyzers, compiler and packages, in the formats that they have."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


PHPUNIT = """\
PHPUnit 11.0.0 by Sebastian Bergmann and contributors.

Runtime:       PHP 8.3.0

.FEWS                                                               5 / 5 (100%)

Time: 00:00.012, Memory: 10.00 MB

There was 1 PHPUnit test runner warning:

1) No code coverage driver available

There was 1 error:

1) Tests\\FooTest::testErr
RuntimeException: boom

/app/vendor/lib/X.php:9
/app/tests/FooTest.php:7

--

There were 2 failures:

1) Tests\\FooTest::testBad with data set #0 (1)
Failed asserting that 2 is identical to 1.

/app/tests/FooTest.php:5

2) Tests\\FooTest::testToo
Failed asserting that two arrays are equal.
--- Expected
+++ Actual

/app/tests/FooTest.php:6

ERRORS!
Tests: 5, Assertions: 3, Errors: 1, Failures: 2, PHPUnit Warnings: 1, Skipped: 1.
"""


def test_phpunit() -> None:
    """Only errors and failures count; places are outside of vendor; every number is its own."""
    digest = only(PHPUNIT, exit_code=2)
    assert (digest.tool, digest.kind, digest.verdict) == ("phpunit", "tests", Verdict.FAILED)
    assert digest.declared == {
        "total": 5,
        "assertions": 3,
        "errors": 1,
        "failed": 2,
        "phpunit warnings": 1,
        "skipped": 1,
    }
    assert digest.counted == {"errors": 1, "failed": 2}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/app/tests/FooTest.php", 7)
    assert digest.first.message == "RuntimeException: boom"


@pytest.mark.parametrize(
    ("text", "verdict", "declared"),
    [
        ("OK (3 tests, 4 assertions)\n", Verdict.OK, {"total": 3, "assertions": 4, "passed": 3}),
        ("OK (1 test, 1 assertion)\n", Verdict.OK, {"total": 1, "assertions": 1, "passed": 1}),
        (
            "OK, but some tests were skipped!\nTests: 3, Assertions: 2, Skipped: 1.\n",
            Verdict.OK,
            {"total": 3, "assertions": 2, "skipped": 1},
        ),
        (
            "OK, but there were issues!\nTests: 1, Assertions: 1, Deprecations: 2.\n",
            Verdict.OK,
            {"total": 1, "assertions": 1, "deprecations": 2},
        ),
        (
            "WARNINGS!\nTests: 1, Assertions: 0, Warnings: 1.\n",
            Verdict.UNKNOWN,
            {"total": 1, "assertions": 0, "warnings": 1},
        ),
        (
            "FAILURES!\nTests: 2, Assertions: 2, Failures: 1, Incomplete: 1, Risky: 1.\n",
            Verdict.FAILED,
            {"total": 2, "assertions": 2, "failed": 1, "incomplete": 1, "risky": 1},
        ),
        (
            "FAILURES (2 tests, 3 assertions, 1 failure)\n",
            Verdict.FAILED,
            {"total": 2, "assertions": 3, "failed": 1},
        ),
    ],
)
def test_phpunit_closing_lines(text: str, verdict: Verdict, declared: dict[str, int]) -> None:
    """One line or two, of every release."""
    digest = only(f"PHPUnit 9.6.0 by Sebastian Bergmann and contributors.\n\n{text}")
    assert (digest.verdict, digest.declared) == (verdict, declared)


def test_phpunit_without_tests_is_not_green() -> None:
    """Nothing executed is no success, whatever the exit status."""
    text = "PHPUnit 9.6.0 by Sebastian Bergmann and contributors.\n\nNo tests executed!\n"
    digest = only(text, exit_code=0)
    assert digest.verdict is Verdict.UNKNOWN
    assert "no tests executed" in digest.summary


def test_phpunit_itself_fails() -> None:
    """A bootstrap file that is not there."""
    text = (
        "PHPUnit 9.6.0 by Sebastian Bergmann and contributors.\n\n"
        'Cannot open file "vendor/autoload.php".\n'
    )
    assert only(text, exit_code=1).verdict is Verdict.ERROR


def test_phpunit_compact_and_testdox() -> None:
    """Records of one line each, and crosses of a list."""
    text = (
        "--- FAILURE: Tests\\FooTest::testBad\nFailed asserting that false is true.\n\n"
        "/app/tests/FooTest.php:5\n\nFAILURES (2 tests, 2 assertions, 1 failure)\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"failed": 1}
    assert digest.first is not None
    assert digest.first.message == "Failed asserting that false is true."
    text = (
        "PHPUnit 9.6.0 by Sebastian Bergmann and contributors.\n\nFoo (Tests\\Foo)\n ✔ Ok\n ✘ Bad\n"
        "   │\n   │ Failed asserting that false is true.\n   │\n"
        "   │ /app/tests/FooTest.php:5\n   │\n\n"
        "FAILURES!\nTests: 2, Assertions: 2, Failures: 1.\n"
    )
    digest = only(text, exit_code=1)
    assert digest.counted == {"failed": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("Bad", 5)


def test_phpunit_testdox_tells_failures_twice_and_errors_by_their_class() -> None:
    """Its summary repeats them, and all bear the same sign."""
    failures = (
        "Cart\n ✘ Adds\n   │\n   │ Failed asserting that 1 is identical to 2.\n   │\n"
        "   │ /srv/CartTest.php:14\n   │\n\n"
        " ✘ Throws\n   │\n   │ RuntimeException: no till\n   │\n   │ /srv/CartTest.php:19\n   │\n\n"
    )
    text = (
        f"PHPUnit 9.6.7 by Sebastian Bergmann and contributors.\n\n{failures}"
        f"Time: 00:00.016, Memory: 6.00 MB\n\nSummary of non-successful tests:\n\n{failures}"
        "ERRORS!\nTests: 3, Assertions: 2, Errors: 1, Failures: 1.\n"
    )
    assert only(text).counted == {"failed": 1, "errors": 1}


def test_pest() -> None:
    """Pest and Laravel count in words."""
    text = (
        "\n   FAIL  Tests\\Feature\\ExampleTest\n  x it works\n  ────────\n"
        "   FAILED  Tests\\Feature\\ExampleTest > it works\n  Failed asserting that 1 is 2.\n\n"
        "  at tests/Feature/ExampleTest.php:9\n      5▕\n\n\n"
        "  Tests:    1 failed, 2 skipped, 5 passed (9 assertions)\n  Duration: 0.12s\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared["failed"], digest.declared["passed"]) == ("pest", 1, 5)
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("tests/Feature/ExampleTest.php", 9)
    green = "\n  Tests:    5 passed (9 assertions)\n  Duration: 0.12s\n"
    assert only(green, exit_code=0).verdict is Verdict.OK


def test_run_tests() -> None:
    """The summary declares; what was skipped or expected to fail is no failure."""
    text = (
        "PASS One [a/1.phpt] \nSKIP Two [a/2.phpt] reason: no x\nFAIL Three [a/3.phpt] \n"
        "XFAIL Four [a/4.phpt]   XFAIL REASON: later\nBORK Five [a/5.phpt] \n"
        "Number of tests :     5                 4\nTests borked    :     1 ( 20.0%) --------\n"
        "Tests skipped   :     1 ( 20.0%) --------\nTests warned    :     0 (  0.0%) (  0.0%)\n"
        "Tests failed    :     1 ( 20.0%) ( 25.0%)\nExpected fail   :     1 ( 20.0%) ( 25.0%)\n"
        "Tests passed    :     1 ( 20.0%) ( 25.0%)\n" + "-" * 69 + "\n"
        "Time taken      :     2 seconds\n"
    )
    digest = only(text, exit_code=1)
    assert digest.tool == "php-run-tests"
    assert digest.declared["failed"] == digest.counted["failed"] == 1
    assert digest.declared["errors"] == digest.counted["errors"] == 1
    assert digest.declared["skipped"] == digest.counted["skipped"] == 1
    assert digest.first is not None
    assert digest.first.file == "a/3.phpt"
    good = (
        "Tests skipped   :     1 ( 20.0%) --------\nTests failed    :     0 (  0.0%) (  0.0%)\n"
        "Tests passed    :     4 ( 80.0%) (100.0%)\n"
    )
    assert only(good).verdict is Verdict.OK


PHPSTAN = """\
 ------ --------------------------------------------
  Line   src/Foo.php (in context of class Bar)
 ------ --------------------------------------------
  9      Undefined variable: $x
         🪪  variable.undefined
  12     Method Foo::bar() has parameter $y with no
         type specified.
         🪪  missingType.parameter
         💡 See: https://phpstan.org
 ------ --------------------------------------------

 ------ --------------------------------------------
  Line   src/Baz.php
 ------ --------------------------------------------
  3      Class Nope not found.
 ------ --------------------------------------------

"""


def test_phpstan_table() -> None:
    """Messages wrap and identifiers come later; what is undefined comes first."""
    digest = only(PHPSTAN + " [ERROR] Found 3 errors\n\n", exit_code=1)
    assert (digest.tool, digest.kind) == ("phpstan", "types")
    assert digest.declared == {"errors": 3}
    assert digest.counted == {"errors": 3}
    assert digest.by_code == {"variable.undefined": 1, "missingType.parameter": 1}
    assert digest.files == 2
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/Foo.php", 9)


def test_phpstan_raw_and_toon() -> None:
    """Raw lines, and what it prints for agents."""
    assert only("/app/a.php:3:Undefined variable: $x\n", exit_code=1).counted == {"errors": 1}
    text = (
        "totals:\n  errors: 0\n  file_errors: 2\nfiles:\n  /app/a.php:\n    errors: 2\n"
        "    messages[2]{message,line,ignorable,identifier}:\n"
        '      "Undefined variable: $x",9,true,variable.undefined\n'
        "      Class Nope not found.,12,true,class.notFound\nerrors[0]:\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared, digest.counted) == (
        "phpstan",
        {"errors": 2},
        {"errors": 2},
    )
    assert digest.by_code == {"variable.undefined": 1, "class.notFound": 1}
    none = "totals:\n  errors: 0\n  file_errors: 0\nfiles: []\nerrors[0]:\n"
    assert only(none, exit_code=0).verdict is Verdict.OK


def test_phpstan_is_content_or_broken() -> None:
    """A green line, and a process that crashed."""
    assert only("\n [OK] No errors\n\n").verdict is Verdict.OK
    text = "PHPStan process crashed because it reached configured PHP memory limit: 128M\n"
    assert only(text, exit_code=255).verdict is Verdict.ERROR


def test_psalm() -> None:
    """Infos are notes; the fix is offered for as many as psalm says."""
    text = (
        "ERROR: UndefinedVariable - src/a.php:3:14 - Cannot find $x (see https://psalm.dev/024)\n"
        "echo $x;\n\nINFO: MissingReturnType - src/a.php:9:1 - No return type\n\n"
        "------------------------------\n1 errors found\n------------------------------\n"
        "1 other issues found.\nYou can display them with --show-info=true\n"
        "------------------------------\nPsalm can automatically fix 1 of these issues.\n"
        "Run Psalm again with \n--alter --issues=MissingReturnType --dry-run\n"
        "to see what it can fix.\n------------------------------\n\nChecks took 0.78 seconds\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.declared) == ("psalm", {"errors": 1})
    assert digest.counted == {"errors": 1, "notes": 1}
    assert digest.fixable == Fixable(safe=1)
    new = "ERROR: UndefinedClass\nat /app/src/b.php:7:9\nClass X does not exist\n"
    assert only(new).by_code == {"UndefinedClass": 1}
    assert only("src/a.php:3:14:error - UndefinedVariable: Cannot find $x\n").tool == "psalm"
    line = "-" * 30
    assert only(f"{line}\n\n       No errors found!\n\n{line}\n").verdict is Verdict.OK


PHPCS = """\

FILE: /app/a.php
----------------------------------------------------------------------
FOUND 2 ERRORS AND 1 WARNING AFFECTING 3 LINES
----------------------------------------------------------------------
  2 | ERROR   | [ ] Missing file doc comment
    |         |     (PEAR.Commenting.FileComment.Missing)
 20 | ERROR   | [x] Expected 1 space (Squiz.WhiteSpace.X.Y)
 47 | WARNING | [x] Line exceeds 85 characters
----------------------------------------------------------------------
PHPCBF CAN FIX THE 2 MARKED SNIFF VIOLATIONS AUTOMATICALLY
----------------------------------------------------------------------


FILE: /app/b.php
----------------------------------------------------------------------
FOUND 1 ERROR AFFECTING 1 LINE
----------------------------------------------------------------------
 3 | ERROR | Missing doc comment
----------------------------------------------------------------------

Time: 57ms; Memory: 6MB

"""


def test_phpcs_adds_up_its_files() -> None:
    """Each file declares its own; sources may stand on the next line."""
    digest = only(PHPCS, exit_code=2)
    assert (digest.tool, digest.declared) == ("phpcs", {"errors": 3, "warnings": 1})
    assert digest.counted == {"errors": 3, "warnings": 1}
    assert digest.by_code == {"PEAR.Commenting.FileComment.Missing": 1, "Squiz.WhiteSpace.X.Y": 1}
    assert (digest.fix, digest.fixable) == ("phpcbf", Fixable(safe=2))
    assert digest.files == 2


def test_phpcs_emacs_and_summary() -> None:
    """One line for each, or only the totals."""
    digest = only("/app/a.php:1:3: warning - Line too long (Generic.Files.LineLength)\n")
    assert (digest.tool, digest.counted) == ("phpcs", {"warnings": 1})
    text = "A TOTAL OF 5 ERRORS AND 1 WARNING WERE FOUND IN 2 FILES\n" + "-" * 70 + "\n"
    assert only(text, exit_code=1).declared == {"errors": 5, "warnings": 1, "files": 2}


def test_php_cs_fixer() -> None:
    """A dry run finds files; a run without mends them."""
    text = (
        "   1) src/a.php (braces, indentation_type)\n   2) src/b.php (braces)\n\n"
        "Found 2 of 9 files that can be fixed in 0.112 seconds, 14.00 MB memory used\n"
    )
    digest = only(text, exit_code=8)
    assert (digest.tool, digest.kind, digest.files) == ("php-cs-fixer", "formatter", 2)
    assert digest.declared == {"errors": 2, "checked": 9}
    fixed = "Fixed 2 of 9 files in 0.112 seconds, 14.00 MB memory used\n"
    assert only(fixed, exit_code=0).verdict is Verdict.OK


def test_php_says_things_twice() -> None:
    """With two outputs switched on it prints a fault as log and as page."""
    text = (
        'PHP Parse error:  syntax error, unexpected token "{" in /app/a.php on line 3\n'
        '\nParse error: syntax error, unexpected token "{" in /app/a.php on line 3\n'
        "Errors parsing /app/a.php\n"
    )
    digest = only(text, exit_code=255)
    assert (digest.tool, digest.counted) == ("php", {"errors": 1})
    assert only("No syntax errors detected in a.php\n").verdict is Verdict.OK


def test_php_uncaught_and_notices() -> None:
    """An exception's place may stand lines below; notices are notes."""
    text = (
        "PHP Fatal error:  Uncaught Exception: boom\nand more in /app/a.php:3\nStack trace:\n"
        "#0 {main}\n  thrown in /app/a.php on line 3\n"
        "PHP Notice:  Undefined index: x in /app/b.php on line 9\n"
    )
    digest = only(text, exit_code=255)
    assert digest.counted == {"errors": 1, "notes": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/app/a.php", 3)


def test_composer() -> None:
    """What it cannot resolve, with the reason; and the boxes of its exceptions."""
    text = (
        "Loading composer repositories with package information\nUpdating dependencies\n"
        "Your requirements could not be resolved to an installable set of packages.\n\n"
        "  Problem 1\n    - Root composer.json requires php ^8.3 but your php version is 8.1.\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.verdict) == ("composer", Verdict.ERROR)
    assert "php ^8.3" in digest.summary
    box = "\n  [Composer\\Downloader\\TransportException]\n  The file could not be downloaded\n\n"
    assert only(box, exit_code=100).counted == {"errors": 1}


@pytest.mark.parametrize(
    "text",
    [
        "Tests: 3 failed, 2 passed, 5 total\n",
        "OK, but some things were skipped\n",
        "There was 1 failure in the backup job last night\n",
        "[ERROR] Found 3 errors in the report of 2019\n",
    ],
)
def test_prose_is_nobodys(text: str) -> None:
    """Lines that merely look alike."""
    tools = {digest.tool for digest in analyze([text.encode()]).segments}
    assert not tools & {"phpunit", "pest", "phpstan", "php"}
