"""Go: build, vet, test, linters, formatters, runners, and panics outside of tests."""

import pytest

from supervisor.digests import Verdict
from tests.native_output import digests, only


def test_go_build() -> None:
    """An undefined name comes first; that there were more is no finding."""
    digest = only(
        "# example.com/demo/b\nb/b.go:6:16: declared and not used: x\n"
        "b/b.go:5:23: undefined: y\nb/b.go:9:1: too many errors\n",
        exit_code=1,
    )
    assert (digest.tool, digest.kind, digest.verdict) == ("go-build", "build", Verdict.FAILED)
    assert digest.counted == {"errors": 2}
    assert digest.first is not None
    assert (digest.first.line, digest.first.message) == (5, "undefined: y")


@pytest.mark.parametrize(
    "text",
    [
        (
            "package example.com/a\n\timports example.com/b from x.go\n"
            "\timports example.com/a from x.go: import cycle not allowed\n"
        ),
        (
            "miss/x.go:2:8: no required module provides package github.com/foo/bar; to add it:\n"
            "\tgo get github.com/foo/bar\n"
        ),
        "a.go:3:8: package exampleX/y is not in std (/usr/lib/go/src/exampleX/y)\n",
        "# ./nowhere\nstat /w/nowhere: directory not found\n",
        "package example.com/demo/b is not a main package\n",
        "no required module provides package x.com/y: go.mod file not found in current directory\n",
        "# a\n./x.go:10: some old wording\n",
    ],
)
def test_go_build_errors_that_are_not_the_compilers(text: str) -> None:
    """Loading packages fails in many words."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("go-build", {"errors": 1})


@pytest.mark.parametrize(
    "text",
    [
        "go: cannot find main module, but found .git/config in /w\n",
        "go: errors parsing go.mod:\n/w/go.mod:3: unknown directive: frob\n",
        "go: go.mod requires go >= 1.30 (running go 1.22; GOTOOLCHAIN=local)\n",
        "go frob: unknown command\nRun 'go help' for usage.\n",
    ],
)
def test_go_itself_cannot(text: str) -> None:
    """Without a module there is nothing to build."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("go-build", Verdict.ERROR)


@pytest.mark.parametrize(
    "text",
    [
        (
            '# example.com/a\n# [example.com/a]\na/a.go:7:27: fmt.Printf format %d has arg "x" of'
            " wrong type string\n"
        ),
        'a/a.go:7:27: fmt.Printf format %d has arg "x" of wrong type string\n',
        "# example.com/b\n# [example.com/b]\nvet: b/b.go:5:23: undefined: y\n",
        (
            't.go:46: missing argument for Fatalf("%#v"): format reads arg 2, have only 1 args\n'
            "exit status 1\n"
        ),
        "# a\n./a.go:10:5: printf: wrong type for string\n",
    ],
)
def test_go_vet(text: str) -> None:
    """Known by its package's second header, its prefix, or its words."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("go-vet", {"errors": 1})


VERBOSE = """\
=== RUN   TestAdd
    a_test.go:5: got 3
        want 4
--- FAIL: TestAdd (0.00s)
=== RUN   TestOk
no newline--- PASS: TestOk (0.00s)
=== RUN   TestSkip
    a_test.go:7: later
--- SKIP: TestSkip (0.00s)
=== RUN   TestSub
=== RUN   TestSub/z
    a_test.go:9: bad z
--- FAIL: TestSub (0.00s)
    --- FAIL: TestSub/z (0.00s)
FAIL
exit status 1
FAIL	example.com/demo/a	0.005s
FAIL
"""


def test_go_test_counts_results() -> None:
    """Nothing declares a number; subtests are tests."""
    digest = only(VERBOSE, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("go-test", "tests", Verdict.FAILED)
    assert digest.counted == {"failed": 3, "passed": 1, "skipped": 1}
    assert digest.declared == {}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("a_test.go", 5)
    assert (digest.first.code, digest.first.message) == ("TestAdd", "got 3")


def test_go_test_without_v_says_why_below() -> None:
    """The message comes after the result."""
    digest = only(
        "--- FAIL: TestAdd (0.00s)\n    a_test.go:5: got 3\nFAIL\nFAIL\texample.com/a\t0.004s\n"
        "ok  \texample.com/b\t0.1s\nFAIL\n"
    )
    assert digest.counted == {"failed": 1}
    assert digest.first is not None
    assert digest.first.message == "got 3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FAIL\texample.com/a [build failed]\nFAIL\n", "[build failed]"),
        ("FAIL\texample.com/a [setup failed]\nFAIL\n", "[setup failed]"),
        ("panic: init\nstack\nFAIL\texample.com/a\t0.003s\n", "panic: init"),
        ("=== RUN   TestA\nFAIL\texample.com/a\t0.003s\n", "failed outside of its tests"),
    ],
)
def test_go_test_package_without_a_failed_test_is_an_error(text: str, message: str) -> None:
    """A suite that could not run is not green, and no failed test either."""
    digest = only(text)
    assert digest.counted == {"errors": 1}
    assert digest.verdict is Verdict.FAILED
    assert digest.first is not None
    assert (digest.first.code, digest.first.message) == ("example.com/a", message)


def test_go_test_panic_within_a_test_belongs_to_it() -> None:
    """The stack is not another crash."""
    digest = only(
        "--- FAIL: TestPanic (0.00s)\npanic: assignment to entry in nil map [recovered]\n\n"
        "goroutine 19 [running]:\ntesting.tRunner.func1.2()\n"
        "\t/usr/lib/go/src/testing/testing.go:2125 +0x232\nFAIL\texample.com/d\t0.010s\nFAIL\n"
    )
    assert digest.counted == {"failed": 1}
    assert digest.first is not None
    assert digest.first.message == "panic: assignment to entry in nil map"


@pytest.mark.parametrize(
    ("text", "verdict", "summary"),
    [
        ("ok  \texample.com/a\t0.1s\nok  \texample.com/b\t(cached)\n", Verdict.OK, "2 packages ok"),
        ("ok  \texample.com/a\t0.1s\tcoverage: 61.5% of statements\n", Verdict.OK, "1 package ok"),
        ("ok  \texample.com/a\t0.1s [no tests to run]\n", Verdict.UNKNOWN, "no tests ran"),
        ("?   \texample.com/a\t[no test files]\n", Verdict.UNKNOWN, "no tests ran"),
        ("=== RUN   TestA\n--- PASS: TestA (0.00s)\n", Verdict.UNKNOWN, "no closing line"),
        ("=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\n", Verdict.OK, "1 passed"),
        ("BenchmarkOne-8   \t1000\t  0.26 ns/op\nPASS\nok  \tx\t1.6s\n", Verdict.OK, "1 passed"),
    ],
)
def test_go_test_green(text: str, verdict: Verdict, summary: str) -> None:
    """All is well where tests ran and the package said so."""
    digest = only(text, exit_code=0)
    assert digest.verdict is verdict
    assert summary in digest.summary


def test_go_test_goes_on_after_packages_that_do_not_build() -> None:
    """The compiler complains between two packages."""
    found = digests(
        "ok  \texample.com/a\t0.1s\n# example.com/b\nb/b.go:5:23: undefined: y\n"
        "FAIL\texample.com/b [build failed]\nok  \texample.com/c\t0.1s\nFAIL\n",
        exit_code=1,
    )
    said = {digest.tool: digest.counted for digest in found}
    assert said == {"go-build": {"errors": 1}, "go-test": {"errors": 1}}


def test_go_test_leaves_the_compiler_the_word_while_tests_run() -> None:
    """With ``-v`` the compiler complains between the lines of another package's tests."""
    errors = "# example.com/b [example.com/b.test]\nb/b.go:5:23: undefined: y\n"
    found = digests(VERBOSE.replace("=== RUN   TestOk\n", f"=== RUN   TestOk\n{errors}"))
    said = {digest.tool: digest.counted for digest in found}
    assert said == {
        "go-build": {"errors": 1},
        "go-test": {"failed": 3, "passed": 1, "skipped": 1},
    }


def test_go_test_output_of_a_test_never_counts() -> None:
    """A test may print what another tool would."""
    shown = "x.c:1:2: error: no\nb.go:5:23: undefined: y\n3 failed, 1 passed in 0.1s\n"
    text = VERBOSE.replace("no newline", shown)
    assert only(text).counted == {"failed": 3, "passed": 1, "skipped": 1}


@pytest.mark.parametrize(
    ("tool", "line", "code"),
    [
        ("golint", "a.go:3:5: exported var V should have comment or be unexported", None),
        ("golint", "a.go:4:3: should replace pos += 1 with pos++", None),
        ("staticcheck", "a.go:9:9: empty branch (SA9003)", "SA9003"),
        ("golangci-lint", "a.go:9:9: Error return value is not checked (errcheck)", "errcheck"),
        ("go-consistent", "./a.go:38:6: empty slice: use make([]T, 0)", "empty slice"),
    ],
)
def test_go_linters_are_told_apart_by_their_words(tool: str, line: str, code: str | None) -> None:
    """They all print file, line, column and message."""
    digest = only(line + "\n")
    assert digest.tool == tool
    assert digest.by_code == ({code: 1} if code else {})


def test_golangci_lint_trailer() -> None:
    """Its count is declared, source and caret are no findings."""
    digest = only(
        "main.go:5:8: Error return value is not checked (errcheck)\n\tf()\n\t ^\n"
        "main.go:9:2: undefined: x (typecheck)\n\tx\n\t^\n"
        "4 issues:\n* errcheck: 3\n* typecheck: 1\n",
        exit_code=1,
    )
    assert (digest.declared, digest.counted) == ({"errors": 4}, {"errors": 2})
    assert digest.first is not None
    assert digest.first.code == "typecheck"
    assert only("0 issues.\n", exit_code=0).verdict is Verdict.OK


def test_golangci_lint_that_could_not_run() -> None:
    """No findings is not green."""
    text = "Error: can't load config: unsupported version of the configuration\n"
    assert only(text, exit_code=3).verdict is Verdict.ERROR


def test_staticcheck_stylish() -> None:
    """Rows are read above the trailer."""
    digest = only(
        "a/a.go\n  (3, 5)  SA1000  bad regexp\n\n ✖ 1 problems (1 errors, 0 warnings, 0 ignored)\n"
    )
    assert (digest.tool, digest.by_code) == ("staticcheck", {"SA1000": 1})


def test_gofmt_diff() -> None:
    """A diff for each file."""
    digest = only("diff a/a.go.orig a/a.go\n--- a/a.go.orig\n+++ a/a.go\n@@ -1 +1 @@\n-x\n+y\n")
    assert (digest.tool, digest.kind, digest.counted) == ("gofmt", "formatter", {"errors": 1})


def test_gotestsum() -> None:
    """The closing line has the numbers."""
    digest = only(
        "✓  example.com/a (10ms)\n✖  example.com/b (5ms)\n\n=== Failed\n"
        "=== FAIL: example.com/b TestX (0.00s)\n    b_test.go:7: no\n\n"
        "DONE 18 tests, 1 skipped, 1 failure in 0.508s\n",
        exit_code=1,
    )
    assert (digest.tool, digest.verdict) == ("gotestsum", Verdict.FAILED)
    assert digest.declared == {"total": 18, "skipped": 1, "failed": 1}
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("TestX", 7)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("SUCCESS! -- 5 Passed | 0 Failed | 0 Pending | 0 Skipped", Verdict.OK),
        ("FAIL! -- 3 Passed | 2 Failed | 0 Pending | 1 Skipped", Verdict.FAILED),
    ],
)
def test_ginkgo(line: str, verdict: Verdict) -> None:
    """Suites close with their counts."""
    digest = only(f"Ran 5 of 6 Specs in 0.001 seconds\n{line}\n")
    assert (digest.tool, digest.verdict) == ("ginkgo", verdict)


def test_go_panic_outside_of_tests() -> None:
    """The place is the first frame that is not the standard library's."""
    digest = only(
        "panic: runtime error: invalid memory address [recovered]\n\tpanic: boom\n"
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47df2f]\n\n"
        "goroutine 1 [running]:\npanic({0x51})\n\t/usr/local/go/src/runtime/panic.go:8 +0x1\n"
        "main.f(0x1)\n\t/home/me/go/src/github.com/me/app/main.go:5 +0x4f\nexit status 2\n",
        exit_code=1,
    )
    assert (digest.tool, digest.kind, digest.verdict) == ("go", "crash", Verdict.ERROR)
    assert digest.first is not None
    assert digest.first.file == "/home/me/go/src/github.com/me/app/main.go"
    assert "invalid memory address" in digest.summary


def test_go_log_lines_are_no_compiler() -> None:
    """The standard logger writes file and line as well."""
    assert all(digest.tool == "output" for digest in digests("main.go:12: missing config\n"))
