"""C and C++: test frameworks and memory checkers."""

import pytest

from supervisor.digests import Verdict
from tests.native_output import only

GTEST = """\
[==========] Running 3 tests from 1 test suite.
[----------] 3 tests from A
[ RUN      ] A.one
[       OK ] A.one (0 ms)
[ RUN      ] A.two
a_test.cc:10: Failure
Expected equality of these values:
  1
  2
[  FAILED  ] A.two (0 ms)
[ RUN      ] A.three
[  SKIPPED ] A.three (0 ms)
[----------] 3 tests from A (1 ms total)

[==========] 3 tests from 1 test suite ran. (1 ms total)
[  PASSED  ] 1 test.
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] A.three
[  FAILED  ] 1 test, listed below:
[  FAILED  ] A.two

 1 FAILED TEST
"""


def test_gtest() -> None:
    """A failed test is listed again at the end."""
    digest = only(GTEST, exit_code=1)
    assert (digest.tool, digest.verdict) == ("gtest", Verdict.FAILED)
    assert digest.declared == {"passed": 1, "failed": 1, "skipped": 1}
    assert digest.counted["failed"] == 1
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("A.two", 10)
    assert digest.first.message.startswith("Expected equality")


def test_gtest_that_died_is_not_green() -> None:
    """Without its closing lines the running test is to blame."""
    text = GTEST.partition("a_test.cc")[0]
    digest = only(text)
    assert digest.verdict is not Verdict.OK
    assert "died in A.two" in digest.summary


@pytest.mark.parametrize(
    ("text", "tool", "verdict"),
    [
        ("All tests passed (4 assertions in 2 test cases)\n", "catch2", Verdict.OK),
        (
            "test cases: 3 | 2 passed | 1 failed\nassertions: 4 | 3 passed | 1 failed\n",
            "catch2",
            Verdict.FAILED,
        ),
        (
            (
                "[doctest] test cases: 3 | 2 passed | 1 failed | 0 skipped\n"
                "[doctest] assertions: 4 | 3 passed | 1 failed |\n[doctest] Status: FAILURE!\n"
            ),
            "doctest",
            Verdict.FAILED,
        ),
        (
            (
                "[doctest] test cases: 2 | 2 passed | 0 failed | 0 skipped\n"
                "[doctest] assertions: 4 | 4 passed | 0 failed |\n[doctest] Status: SUCCESS!\n"
            ),
            "doctest",
            Verdict.OK,
        ),
        (
            (
                'a.cpp(12): error: in "s/t": check a == b has failed\n'
                '*** 1 failure is detected in the test module "m"\n'
            ),
            "boost-test",
            Verdict.FAILED,
        ),
        ("*** No errors detected\n", "boost-test", Verdict.OK),
    ],
)
def test_other_test_frameworks(text: str, tool: str, verdict: Verdict) -> None:
    """Each by its closing line."""
    digest = only(text)
    assert (digest.tool, digest.verdict) == (tool, verdict)


def test_catch2_says_where_and_why() -> None:
    """The expression stands below the place."""
    digest = only(
        "a.cpp:12: FAILED:\n  REQUIRE( f(0) == 1 )\nwith expansion:\n  0 == 1\n\n"
        "===\ntest cases: 3 | 2 passed | 1 failed\nassertions: 4 | 3 passed | 1 failed\n"
    )
    assert digest.declared["failed"] == 1
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (12, "REQUIRE( f(0) == 1 )")


@pytest.mark.parametrize(
    ("text", "tool", "code"),
    [
        (
            (
                "==35==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc 0x56\n"
                "READ of size 4 at 0x60 thread T0\n    #0 0x56 in f /w/a.c:3\n"
                "SUMMARY: AddressSanitizer: heap-buffer-overflow /w/a.c:3 in f\n==35==ABORTING\n"
            ),
            "asan",
            "heap-buffer-overflow",
        ),
        (
            (
                "WARNING: ThreadSanitizer: data race (pid=36)\n  Read of size 4 by main thread:\n"
                "    #0 main /w/a.c:3 (thr+0x1242)\n\nThreadSanitizer: reported 1 warnings\n"
            ),
            "tsan",
            "data race",
        ),
        (
            "==1==WARNING: MemorySanitizer: use-of-uninit\n    #0 0x4 in m /w/a.c:3:7\n",
            "msan",
            "use-of-uninit",
        ),
        (
            (
                "==1==ERROR: LeakSanitizer: detected memory leaks\n\n"
                "Direct leak of 7 byte(s) in 1 allocated from:\n    #1 0x4 in m /w/a.c:3:7\n"
            ),
            "lsan",
            "Direct leak",
        ),
        (
            "/w/a.c:3:7: runtime error: signed integer overflow: 2147483647 + 1\n",
            "ubsan",
            "signed integer overflow",
        ),
    ],
)
def test_sanitizers(text: str, tool: str, code: str) -> None:
    """Each report is one finding at the program's own frame."""
    digest = only(text)
    assert (digest.tool, digest.by_code) == (tool, {code: 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/w/a.c", 3)


def test_valgrind() -> None:
    """Frames of the allocator are nobody's fault."""
    head = "==9== Memcheck, a memory error detector\n==9== Command: ./a\n==9== \n"
    digest = only(
        f"{head}==9== Invalid read of size 4\n==9==    at 0x10: f (a.c:3)\n==9== \n"
        "==9== 3 bytes in 1 blocks are definitely lost in loss record 1 of 2\n"
        "==9==    at 0x48: malloc (vg_replace_malloc.c:307)\n==9==    by 0x10: main (a.c:4)\n"
        "==9== ERROR SUMMARY: 3 errors from 2 contexts (suppressed: 0 from 0)\n"
    )
    assert (digest.tool, digest.verdict) == ("valgrind", Verdict.FAILED)
    assert digest.declared == {"errors": 3, "contexts": 2}
    assert digest.by_code == {"Invalid read": 1, "definitely lost": 1}
    green = only(f"{head}==9== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n")
    assert green.verdict is Verdict.OK


def test_drmemory() -> None:
    """A possible leak is a warning."""
    digest = only(
        "Dr. Memory version 2.5.0\nError #1: LEAK 150 direct bytes 0x5a-0x5b\n"
        "# 0 replace_malloc  [/d/common/alloc_replace.c:2576]\n# 1 main  [/w/a.c:7]\n\n"
        "Error #2: POSSIBLE LEAK 9 direct bytes\n# 0 main  [/w/a.c:8]\n\nERRORS FOUND:\n"
        "      0 unique,     0 total unaddressable access(es)\n"
        "      1 unique,     1 total,    150 byte(s) of leak(s)\n"
        "      1 unique,     1 total,      9 byte(s) of possible leak(s)\nERRORS IGNORED:\n"
    )
    assert digest.counted == {"errors": 1, "warnings": 1}
    assert digest.declared == {"errors": 1, "warnings": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("/w/a.c", 7)
