"""Builders of compiled languages: make, ninja, cmake, ctest, meson, bazel, and Swift's tools."""

import pytest

from supervisor.digests import Verdict
from tests.native_output import digests, only


@pytest.mark.parametrize(
    "line",
    [
        "make: *** No rule to make target 'frob'.  Stop.",
        "make[2]: *** No rule to make target 'x.c', needed by 'x.o'.  Stop.",
        "make: *** Keine Regel, um „x“ zu erstellen.  Schluss.",
        "Makefile:2: *** missing separator.  Stop.",
        "make: *** No targets specified and no makefile found.  Stop.",
        "make: *** [Makefile:4: b] Segmentation fault",
        "make: nosuchcmd: No such file or directory",
        "gmake[1]: foo: Command not found",
    ],
)
def test_make_causes(line: str) -> None:
    """What make itself found wrong."""
    digest = only(line + "\n", exit_code=2)
    assert (digest.tool, digest.counted, digest.verdict) == (
        "make",
        {"errors": 1},
        Verdict.FAILED,
    )


def test_make_consequences_leave_the_compiler_the_word() -> None:
    """``Error 2`` is no finding, and the compiler goes on after it."""
    digest = only(
        "make[1]: Entering directory '/w'\na.c:1:2: error: no\n"
        "make[1]: *** [Makefile:3: a.o] Error 1\nb.c:1:2: error: no\n"
        "make[1]: *** [Makefile:3: b.o] Error 1\n"
        "make[1]: Target 'all' not remade because of errors.\n"
        "make: *** [Makefile:9: all] Error 2\n",
        exit_code=2,
    )
    assert (digest.tool, digest.counted) == ("gcc", {"errors": 2})


@pytest.mark.parametrize(
    ("line", "tool", "verdict"),
    [
        ("make: Nothing to be done for 'all'.", "make", Verdict.OK),
        ("make: 'a' is up to date.", "make", Verdict.OK),
        ("ninja: no work to do.", "ninja", Verdict.OK),
        ("ninja: error: loading 'build.ninja': No such file or directory", "ninja", Verdict.ERROR),
        (
            "ninja: error: 'x.c', needed by 'x.o', missing and no known rule to make it",
            "ninja",
            Verdict.FAILED,
        ),
    ],
)
def test_make_and_ninja_say(line: str, tool: str, verdict: Verdict) -> None:
    """All is well, or there is nothing to build from."""
    digest = only(line + "\n")
    assert (digest.tool, digest.verdict) == (tool, verdict)


def test_recursive_make_that_had_nothing_to_do_is_not_green() -> None:
    """Another folder may have failed."""
    found = digests("make[1]: Nothing to be done for 'all'.\n", exit_code=None)
    assert all(digest.verdict is not Verdict.OK for digest in found)


def test_cmake() -> None:
    """What is wrong stands below where it is."""
    digest = only(
        "CMake Deprecation Warning at CMakeLists.txt:1 (cmake_minimum_required):\n"
        "  Compatibility will be removed.\n\n\n"
        "CMake Error at /usr/share/cmake/FindPackageHandleStandardArgs.cmake:230 (message):\n"
        "  Could NOT find OpenSSL\nCall Stack (most recent call first):\n  CMakeLists.txt:7\n\n\n"
        "CMake Error: CMAKE_C_COMPILER not set, after EnableLanguage\n"
        "-- Configuring incomplete, errors occurred!\n",
        exit_code=1,
    )
    assert (digest.tool, digest.verdict) == ("cmake", Verdict.FAILED)
    assert digest.counted == {"errors": 2, "warnings": 1}
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (230, "Could NOT find OpenSSL")


def test_cmake_green() -> None:
    """Warnings do not keep it from writing."""
    digest = only(
        "CMake Warning (dev) at CMakeLists.txt:18 (message):\n  careful\n\n"
        "-- Build files have been written to: /w/build\n",
        exit_code=0,
    )
    assert (digest.verdict, digest.counted) == (Verdict.OK, {"warnings": 1})


@pytest.mark.parametrize(
    ("line", "tool", "code"),
    [
        ("CMakeLists.txt:126: [C0301] Line too long (136/80)", "cmake-lint", "C0301"),
        ("cmake/a.cmake:139,04: [W0105] is discarded", "cmake-lint", "W0105"),
        (
            "CMakeLists.txt:3: Extra spaces between 'set' and its () [whitespace/extra]",
            "cmakelint",
            "whitespace/extra",
        ),
    ],
)
def test_linters_of_cmake(line: str, tool: str, code: str) -> None:
    """Two tools with almost one name."""
    digest = only(line + "\n")
    assert (digest.tool, digest.by_code) == (tool, {code: 1})


CTEST = """\
Test project /w/build
    Start 1: good
1/5 Test #1: good .............................   Passed    0.01 sec
    Start 2: bad
2/5 Test #2: bad ..............................***Failed    0.02 sec
3/5 Test #3: segv .............................***Exception: SegFault  0.01 sec
4/5 Test #4: slow .............................***Timeout   1.01 sec
5/5 Test #5: skipped ..........................***Skipped   0.01 sec

40% tests passed, 3 tests failed out of 5

Total Test time (real) =   1.07 sec

The following tests did not run:
@  5 - skipped (Skipped)

The following tests FAILED:
@  2 - bad (Failed)
@  3 - segv (SEGFAULT)
@  4 - slow (Timeout)
Errors while running CTest
""".replace("@", "\t")


def test_ctest() -> None:
    """The failed ones are listed again; a skipped one did not pass."""
    digest = only(CTEST, exit_code=8)
    assert (digest.tool, digest.verdict) == ("ctest", Verdict.FAILED)
    assert digest.declared == {"failed": 3, "total": 5, "passed": 1, "skipped": 1}
    assert digest.by_code == {"bad": 1, "segv": 1, "slow": 1}


def test_ctest_shows_what_its_tests_print() -> None:
    """A test's own framework speaks between two lines, and may die there."""
    found = digests(
        "1/2 Test #1: bad ....***Failed    0.02 sec\n"
        "[==========] Running 1 test from 1 test suite.\n[ RUN      ] A.b\n"
        "2/2 Test #2: good ...   Passed    0.01 sec\n\n"
        "50% tests passed, 1 tests failed out of 2\n",
        exit_code=8,
    )
    said = {digest.tool: digest.declared for digest in found}
    assert said == {"gtest": {}, "ctest": {"failed": 1, "total": 2, "passed": 1}}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (
            (
                "1/1 Test #1: a ....   Passed    0.01 sec\n\n"
                "100% tests passed, 0 tests failed out of 1\n"
            ),
            Verdict.OK,
        ),
        ("No tests were found!!!\n", Verdict.UNKNOWN),
        ("1/2 Test #1: a ....   Passed    0.01 sec\n", Verdict.UNKNOWN),
    ],
)
def test_ctest_green(text: str, verdict: Verdict) -> None:
    """All is well only if tests ran to the end."""
    assert only(text, exit_code=0).verdict is verdict


def test_meson() -> None:
    """Set-up stops at its first error; tests close with a table."""
    digest = only(
        'meson.build:3:0: ERROR: Dependency "foo" not found, tried pkgconfig\n\n'
        "A full log can be found at /w/build/meson-logs/meson-log.txt\n",
        exit_code=1,
    )
    assert (digest.tool, digest.counted) == ("meson", {"errors": 1})
    tests = only(
        "1/2 foo   OK     0.01s\n2/2 bar   FAIL   0.02s   exit status 1\n\n"
        "Ok:                 1   \nFail:               1   \n\n"
        "Full log written to /w/build/meson-logs/testlog.txt\n"
    )
    assert (tests.declared, tests.verdict) == ({"passed": 1, "failed": 1}, Verdict.FAILED)


def test_bazel() -> None:
    """The build's own errors, and its tests."""
    digest = only(
        "ERROR: /w/a/BUILD:3:11: no such target '//b:c': target 'c' not declared\n"
        "ERROR: Analysis of target '//a:a' failed; build aborted\n"
        "FAILED: Build did NOT complete successfully (1 packages loaded)\n",
        exit_code=1,
    )
    assert (digest.tool, digest.counted) == ("bazel", {"errors": 2})
    tests = only(
        "//a:t1      PASSED in 0.1s\n//a:t2      FAILED in 0.1s\n\n"
        "Executed 2 out of 2 tests: 1 test passes and 1 fails locally.\n",
        exit_code=3,
    )
    assert (tests.kind, tests.declared) == ("tests", {"passed": 1, "failed": 1})
    assert only("INFO: Build completed successfully, 5 total actions\n").verdict is Verdict.OK


def test_swiftlint() -> None:
    """The trailer counts; the rule is in parentheses."""
    digest = only(
        "/w/A.swift:1:7: warning: Line Length Violation: Too long (line_length)\n"
        "/w/A.swift:9:1: error: Force Cast Violation: Avoid them (force_cast)\n"
        "Done linting! Found 2 violations, 1 serious in 1 file.\n"
    )
    assert (digest.tool, digest.counted) == ("swiftlint", {"warnings": 1, "errors": 1})
    green = only("Done linting! Found 0 violations, 0 serious in 3 files.\n")
    assert green.verdict is Verdict.OK


def test_swift_build() -> None:
    """Below SwiftPM and Xcode."""
    digest = only("/w/a.swift:3:5: error: cannot find 'foo' in scope\n** BUILD FAILED **\n")
    assert (digest.tool, digest.counted) == ("xcodebuild", {"errors": 1})
    assert only("Build complete! (1.20s)\n").verdict is Verdict.OK


XCTEST = """\
Test Suite 'All tests' started at 2024-01-22 03:03:22.063.
Test Suite 'ATests' started at 2024-01-22 03:03:22.064
Test Case '-[ATests testOne]' started.
Test Case '-[ATests testOne]' passed (0.001 seconds).
Test Case '-[ATests testTwo]' started.
/w/ATests.swift:12: error: -[ATests testTwo] : XCTAssertEqual failed: ("1") is not equal to ("2")
Test Case '-[ATests testTwo]' failed (0.002 seconds).
Test Suite 'ATests' failed at 2024-01-22 03:03:22.074.
@ Executed 2 tests, with 1 failure (0 unexpected) in 0.003 (0.004) seconds
Test Suite 'All tests' failed at 2024-01-22 03:03:22.075.
@ Executed 2 tests, with 1 failure (0 unexpected) in 0.003 (0.005) seconds
""".replace("@", "\t")


def test_xctest_counts_no_test_twice() -> None:
    """Suites nest, and each prints its sum."""
    digest = only(XCTEST, exit_code=1)
    assert (digest.tool, digest.verdict) == ("xctest", Verdict.FAILED)
    assert digest.counted == {"passed": 1, "failed": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/w/ATests.swift", 12)
    cut = XCTEST.partition("Test Case '-[ATests testTwo]'")[0]
    assert only(cut).verdict is Verdict.UNKNOWN
