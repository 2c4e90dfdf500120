""".NET's and Microsoft's compilers, builds, tests and crashes."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


DOTNET_BUILD = """\
MSBuild version 17.8.3+195e7f5a3 for .NET
  Determining projects to restore...
  All projects are up-to-date for restore.
/w/App/Cart.cs(12,5): error CS0103: The name 'x' does not exist in the current context \
[/w/App/App.csproj::TargetFramework=net6.0]
/w/App/Cart.cs(12,5): error CS0103: The name 'x' does not exist in the current context \
[/w/App/App.csproj::TargetFramework=net8.0]
/w/App/Menu.cs(3,1): warning CS8618: Non-nullable field 'y' must contain a value [/w/App/App.csproj]

Build FAILED.

/w/App/Menu.cs(3,1): warning CS8618: Non-nullable field 'y' must contain a value [/w/App/App.csproj]
/w/App/Cart.cs(12,5): error CS0103: The name 'x' does not exist in the current context \
[/w/App/App.csproj::TargetFramework=net6.0]
/w/App/Cart.cs(12,5): error CS0103: The name 'x' does not exist in the current context \
[/w/App/App.csproj::TargetFramework=net8.0]
    1 Warning(s)
    2 Error(s)

Time Elapsed 00:00:02.10
"""


def test_dotnet_build_counts_what_is_told_again_once() -> None:
    """Inline, in the summary, and for each target framework it is one place in the code."""
    digest = only(DOTNET_BUILD, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("dotnet", "build", Verdict.FAILED)
    assert digest.declared == {"warnings": 1, "errors": 2}
    assert digest.counted == {"errors": 1, "warnings": 1}
    assert digest.by_code == {"CS0103": 1, "CS8618": 1}
    assert digest.first is not None
    assert digest.first.message == "The name 'x' does not exist in the current context"
    assert (digest.first.file, digest.first.line, digest.first.column) == ("/w/App/Cart.cs", 12, 5)


def test_build_without_errors_is_green() -> None:
    """The closing count names them."""
    text = "Build succeeded.\n\nMSBUILD : warning MSB1234: x\n    1 Warning(s)\n    0 Error(s)\n"
    assert only(text).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("text", "verdict", "declared"),
    [
        ("Build succeeded in 1.2s\n", Verdict.OK, {}),
        ("Build succeeded with 3 warning(s) in 4.1s\n", Verdict.OK, {"warnings": 3}),
        (
            "Build failed with 2 error(s) and 3 warning(s) in 4.1s\n",
            Verdict.FAILED,
            {"errors": 2, "warnings": 3},
        ),
        ("Build failed with 2 error(s) in 4.1s\n", Verdict.FAILED, {"errors": 2}),
        ("Build failed in 0.8s\n", Verdict.FAILED, {}),
        ("    2 Warnung(en)\n    1 Fehler\n", Verdict.FAILED, {"warnings": 2, "errors": 1}),
        ("    2 个警告\n    0 个错误\n", Verdict.OK, {"warnings": 2, "errors": 0}),
        (
            "Compilation failed: 2 error(s), 1 warnings\n",
            Verdict.FAILED,
            {"errors": 2, "warnings": 1},
        ),
        ("Compilation succeeded - 3 warning(s)\n", Verdict.OK, {"warnings": 3}),
        ("========== Build: 3 succeeded, 0 failed, 0 skipped ==========\n", Verdict.OK, {}),
        (
            "========== Rebuild All: 1 succeeded, 2 failed, 0 skipped ==========\n",
            Verdict.FAILED,
            {},
        ),
    ],
)
def test_closing_lines(text: str, verdict: Verdict, declared: dict[str, int]) -> None:
    """MSBuild's loggers old and new, in other languages, Mono's compiler and Visual Studio."""
    digest = only(text)
    assert (digest.verdict, digest.declared) == (verdict, declared)


@pytest.mark.parametrize(
    ("line", "code", "file"),
    [
        ("foo.cpp(10): error C2065: 'x': undeclared identifier", "C2065", "foo.cpp"),
        ("foo.cpp(10) : fatal error C1083: Cannot open include file: 'a.h'", "C1083", "foo.cpp"),
        (
            "1>C:\\Program Files (x86)\\a\\foo.cpp(10,3): error C2065: 'x'",
            "C2065",
            "C:\\Program Files (x86)\\a\\foo.cpp",
        ),
        ("main.obj : error LNK2019: unresolved external symbol foo", "LNK2019", "main.obj"),
        ("LINK : fatal error LNK1181: cannot open input file 'a.lib'", "LNK1181", None),
        ("     [exec] 23>LINK : fatal error LNK1104: cannot open file 'a.lib'", "LNK1104", None),
        ("MSBUILD : error MSB1009: Project file does not exist.", "MSB1009", None),
        ("CSC : error CS5001: Program does not contain a static 'Main' method", "CS5001", None),
        ("error CS5001: Program does not contain a static 'Main' method", "CS5001", None),
        (
            "/w/App.csproj : error NU1101: Unable to find package Foo. [/w/App.sln]",
            "NU1101",
            "/w/App.csproj",
        ),
        ("NMAKE : fatal error U1077: 'cl.exe' : return code '0x2'", "U1077", None),
        ("a.fs(3,5): error FS0039: The value or constructor 'x' is not defined.", "FS0039", "a.fs"),
        ("A.cs(5-7,24): error CS1588: Cannot use local variable", "CS1588", "A.cs"),
        ("x.pas(469) Error: E2003 Undeclared identifier: 'y'", "E2003", "x.pas"),
    ],
)
def test_canonical_errors(line: str, code: str, file: str | None) -> None:
    """Whatever the compiler, its errors have one form."""
    digest = only(f"{line}\n", exit_code=1)
    assert (digest.tool, digest.counted, digest.by_code) == ("msbuild", {"errors": 1}, {code: 1})
    assert digest.first is not None
    assert digest.first.file == file


def test_linker_s_own_count_is_no_finding() -> None:
    """LNK1120 counts the symbols above it; notes explain."""
    text = (
        "a.obj : error LNK2019: unresolved external symbol foo\n"
        "app.exe : fatal error LNK1120: 1 unresolved externals\n"
        "a.cpp(3): warning C4251: needs to have dll-interface\n"
        "a.h(7): note: see declaration of 'b'\n"
    )
    assert only(text, exit_code=2).counted == {"errors": 1, "warnings": 1, "notes": 1}


def test_dotnet_that_cannot_run() -> None:
    """No SDK is no finding."""
    text = "You must install or update .NET to run this application.\n"
    digest = only(text)
    assert (digest.tool, digest.verdict) == ("dotnet", Verdict.ERROR)


DOTNET_TEST = """\
Starting test execution, please wait...
A total of 1 test files matched the specified pattern.
[xUnit.net 00:00:00.50]     App.Tests.CartTests.Adds [FAIL]
  Failed App.Tests.CartTests.Adds [12 ms]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 2
Actual:   1
  Stack Trace:
     at App.Tests.CartTests.Adds() in /w/CartTests.cs:line 12

Failed!  - Failed:     1, Passed:     2, Skipped:     1, Total:     4, Duration: 20 ms - A.dll
Passed!  - Failed:     0, Passed:     5, Skipped:     0, Total:     5, Duration: 8 ms - B.dll
"""


def test_dotnet_test_sums_assemblies() -> None:
    """Each assembly has its line; a failure that is told twice counts once."""
    digest = only(DOTNET_TEST, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("dotnet", "tests", Verdict.FAILED)
    assert digest.declared == {"failed": 1, "passed": 7, "skipped": 1}
    assert digest.counted == {"failed": 1}
    assert digest.summary == (
        "dotnet: 1 failed, 7 passed, 1 skipped: App.Tests.CartTests.Adds "
        "Assert.Equal() Failure: Values differ"
    )


@pytest.mark.parametrize(
    ("text", "tool", "verdict", "declared"),
    [
        (
            "Test Run Successful.\nTotal tests: 3\n     Passed: 3\n Total time: 1.2 Seconds\n",
            "dotnet",
            Verdict.OK,
            {"passed": 3},
        ),
        (
            "Test Run Failed.\nTotal tests: 3\n     Passed: 1\n     Failed: 1\n    Skipped: 1\n",
            "dotnet",
            Verdict.FAILED,
            {"passed": 1, "failed": 1, "skipped": 1},
        ),
        (
            "Total tests: 3. Passed: 2. Failed: 1. Skipped: 0.\nTest Run Failed.\n",
            "dotnet",
            Verdict.FAILED,
            {"passed": 2, "failed": 1, "skipped": 0},
        ),
        (
            (
                "Test run summary: Failed! - /w/A.dll (net8.0|x64)\n  total: 3\n  failed: 1\n"
                "  succeeded: 2\n  skipped: 0\n  duration: 251ms\n"
            ),
            "dotnet",
            Verdict.FAILED,
            {"failed": 1, "passed": 2, "skipped": 0},
        ),
        (
            "Test summary: total: 3, failed: 0, succeeded: 3, skipped: 0, duration: 1.2s\n",
            "dotnet",
            Verdict.OK,
            {"failed": 0, "passed": 3, "skipped": 0},
        ),
        (
            (
                "=== TEST EXECUTION SUMMARY ===\n"
                "   A  Total: 3, Errors: 1, Failed: 1, Skipped: 0, Time: 0.1s\n"
                "   B  Total: 2, Errors: 0, Failed: 0, Skipped: 0, Time: 0.1s\n"
                "      --          -          -           -        ------\n"
                "   GRAND TOTAL: 5          1          1           0        0.2s (0.5s)\n"
            ),
            "xunit",
            Verdict.FAILED,
            {"failed": 1, "skipped": 0, "errors": 1, "passed": 3},
        ),
        (
            (
                "Test Run Summary\n  Overall result: Failed\n"
                "  Test Count: 5, Passed: 3, Failed: 1, "
                "Warnings: 0, Inconclusive: 0, Skipped: 1\n"
            ),
            "nunit",
            Verdict.FAILED,
            {"passed": 3, "failed": 1, "inconclusive": 0, "skipped": 1},
        ),
        (
            (
                "No test is available in /w/A.dll. Make sure that test discoverer is registered.\n"
                "Total tests: 0. Passed: 0. Failed: 0. Skipped: 0.\n"
            ),
            "dotnet",
            Verdict.UNKNOWN,
            {"passed": 0, "failed": 0, "skipped": 0},
        ),
    ],
)
def test_test_runners(text: str, tool: str, verdict: Verdict, declared: dict[str, int]) -> None:
    """VSTest old and new, Microsoft.Testing.Platform, xunit and nunit; nothing ran is not green."""
    digest = only(text)
    assert (digest.tool, digest.verdict, digest.declared) == (tool, verdict, declared)


def test_aborted_run_is_not_green() -> None:
    """The host crashed; what had passed by then is no success."""
    text = (
        "The active test run was aborted. Reason: Test host process crashed : Stack overflow.\n"
        "Passed!  - Failed:     0, Passed:     2, Skipped:     0, Total:     2, Duration: 1 s"
        " - A.dll\n"
        "Test Run Aborted.\n"
    )
    assert only(text, exit_code=1).verdict is Verdict.ERROR


def test_terminal_logger_s_test_errors_are_tests() -> None:
    """It shows failed tests in the compilers' form."""
    text = (
        "/w/CartTests.cs(12): error TESTERROR: App.CartTests.Adds (15ms): Error Message:"
        " Assert.Equal()\n"
        "Test summary: total: 1, failed: 1, succeeded: 0, skipped: 0, duration: 1.2s\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.kind, digest.declared["failed"], digest.counted) == ("tests", 1, {"failed": 1})


@pytest.mark.parametrize(
    "head",
    [
        "Unhandled exception. System.InvalidOperationException: cannot start\n",
        "Unhandled Exception: System.InvalidOperationException: cannot start\n",
        "Unhandled Exception:\nSystem.InvalidOperationException: cannot start\n",
        "[ERROR] FATAL UNHANDLED EXCEPTION: System.InvalidOperationException: cannot start\n",
    ],
)
def test_crash_shows_the_innermost_exception(head: str) -> None:
    """The root is inside; the place is the first frame that has one."""
    text = (
        f"{head} ---> System.NullReferenceException: Object reference not set\n"
        "   at App.Menu.Open() in /w/Menu.cs:line 7\n"
        "   --- End of inner exception stack trace ---\n   at App.Program.Main()\n"
    )
    digest = only(text, exit_code=134)
    assert (digest.tool, digest.kind) == ("dotnet", "crash")
    assert digest.first is not None
    assert (digest.first.code, digest.first.file, digest.first.line) == (
        "System.NullReferenceException",
        "/w/Menu.cs",
        7,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Total tests: many\n",
        "npm : error while installing: see the log\n",
        "main(3): error: no code and no project\n",
        "Build failed with 2 errors\n",
        "0 Error(s)\n",
    ],
)
def test_prose_is_not_dotnet(text: str) -> None:
    """What only looks like it is nobody's."""
    assert only(text).tool == "output"


def test_platform_lists_modules_before_its_counts() -> None:
    """With several modules each has a line between the heading and the counts."""
    text = (
        "Test run summary: Failed!\n  /w/A.dll (net10.0|x64) passed (1s 983ms)\n"
        "  /w/B.dll (net10.0|x64) failed with 1 error(s) (8s)\n\n  error: 1\n  total: 5\n"
        "  failed: 1\n  succeeded: 3\n  skipped: 1\n  duration: 705ms\n"
    )
    digest = only(text, exit_code=2)
    assert digest.declared == {"errors": 1, "failed": 1, "passed": 3, "skipped": 1}
