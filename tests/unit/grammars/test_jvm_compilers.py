"""Kotlin, Scala and Groovy, and the JVM's own crashes."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def all_of(text: str, exit_code: int | None = None) -> dict[str, Digest]:
    """The digests of a piece of output by tool."""
    return {
        digest.tool: digest for digest in analyze([text.encode()], exit_code=exit_code).segments
    }


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


@pytest.mark.parametrize(
    "text",
    [
        "e: file:///w/A.kt:8:27 Unresolved reference: foo\n",
        "e: /w/A.kt: (8, 27): Unresolved reference: foo\n",
        "e: C:\\w\\A.kt:8:27 Unresolved reference: foo\n",
        "[ERROR] /w/A.kt: (8, 27) Unresolved reference: foo\n",
        "A.kt:8:27: error: unresolved reference: foo\n    foo()\n    ^\n",
    ],
)
def test_kotlinc_in_all_its_styles(text: str) -> None:
    """Gradle's plug-in old and new, Maven's, and the command line."""
    digest = only(text + text, exit_code=1)
    assert (digest.tool, digest.counted) == ("kotlinc", {"errors": 1})
    assert digest.first is not None
    assert (digest.first.line, digest.first.column) == (8, 27)


def test_kotlinc_warnings() -> None:
    """Warnings about flags have no place and do not count as the code's."""
    text = (
        "w: '-Xjvm-default=compatibility' is deprecated\n"
        "w: file:///w/A.kt:8:27 [DEPRECATION] 'x' is deprecated.\n"
    )
    digest = only(text, exit_code=0)
    assert (digest.counted, digest.by_code) == ({"warnings": 1}, {"DEPRECATION": 1})
    assert digest.verdict is Verdict.OK


def test_scalac_counts_in_words() -> None:
    """Up to fifteen it writes the number out."""
    text = (
        "a.scala:6: error: not found: type Foo\n  val x: Foo\n         ^\n"
        "a.scala:4: warning: private val in object F is never used\n  x\n  ^\n"
        "one warning found\none error found\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared) == ("scalac", {"errors": 1, "warnings": 1})
    assert digest.counted == {"errors": 1, "warnings": 1}


def test_scalac_3_reads_heads() -> None:
    """The third release draws boxes; the head tells the code and the place."""
    text = (
        "-- [E007] Type Mismatch Error: /w/src/Foo.scala:3:15 ---------\n"
        '3 |  val x: Int = "s"\n  |               ^^^\n1 error found\n'
    )
    digest = only(text, exit_code=1)
    assert (digest.by_code, digest.declared) == ({"E007": 1}, {"errors": 1})


SBT = """\
[info] compiling 2 Scala sources to /w/target/classes ...
[error] /w/src/Foo.scala:6:3: not found: value bar
[error]   bar
[error]   ^
[warn] /w/src/Foo.scala:4:15: private val in object F is never used
[warn] one warning found
[error] one error found
[error] (Compile / compileIncremental) Compilation failed
[error] Total time: 2 s, completed Oct 23, 2024 4:40:13 AM
"""


def test_sbt_compile() -> None:
    """Findings and counts have the log's level in front; the task that failed is no finding."""
    digest = only(SBT, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("sbt", "build", Verdict.FAILED)
    assert digest.declared == digest.counted == {"errors": 1, "warnings": 1}


def test_sbt_tests() -> None:
    """Each project has its line of counts; they add up."""
    text = (
        "[info] - should add *** FAILED ***\n[info]   1 did not equal 2 (FooSpec.scala:9)\n"
        "[error] Failed: Total 5, Failed 1, Errors 0, Passed 3, Skipped 1\n"
        "[info] Passed: Total 2, Failed 0, Errors 0, Passed 2\n"
        "[error] Failed tests:\n[error] \tFooSpec\n"
        "[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful\n"
        "[error] Total time: 9 s, completed Oct 23, 2024\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.kind, digest.verdict) == ("tests", Verdict.FAILED)
    assert (digest.declared["failed"], digest.declared["passed"]) == (1, 5)
    assert digest.summary.startswith("sbt: 1 failed, 5 passed, 1 skipped")


def test_sbt_success_is_green() -> None:
    """It says so with the time."""
    text = "[info] Passed: Total 2, Failed 0, Errors 0, Passed 2\n[success] Total time: 3 s\n"
    assert only(text).verdict is Verdict.OK
    assert only("[error] Not a valid command: tset\n", exit_code=1).verdict is Verdict.ERROR


def test_groovyc_places_are_below() -> None:
    """Unknown classes have their column on the next line; syntax errors on the same."""
    text = (
        "org.codehaus.groovy.control.MultipleCompilationErrorsException: startup failed:\n"
        "H.groovy: 1: unable to resolve class nope.Missing\n @ line 1, column 1.\n"
        "   import nope.Missing\n   ^\n\n"
        "G.groovy: 2: unexpected token: { @ line 2, column 11.\n     void m( { }\n\n2 errors\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared, digest.counted) == (
        "groovyc",
        {"errors": 2},
        {"errors": 2},
    )


def test_java_shows_the_last_cause() -> None:
    """The root of a chain is its last cause, the place its first frame outside the library."""
    text = (
        'Exception in thread "main" java.lang.RuntimeException: outer\n'
        "\tat app.Main.main(Main.java:4)\n"
        'Caused by: java.lang.NumberFormatException: For input string: "x"\n'
        "\tat java.base/java.lang.Integer.parseInt(Integer.java:652)\n"
        "\tat app.Parser.parse(Parser.java:17)\n\t... 1 more\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("java", "crash", Verdict.ERROR)
    assert digest.first is not None
    assert (digest.first.code, digest.first.file, digest.first.line) == (
        "java.lang.NumberFormatException",
        "Parser.java",
        17,
    )
    assert "java.lang.RuntimeException: outer" in [cause.message for cause in digest.causes]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Error: Could not find or load main class Nope\n", "Could not find or load main class"),
        ("Error: Unable to access jarfile x.jar\n", "Unable to access jarfile x.jar"),
        (
            (
                "Unrecognized VM option 'Foo'\nError: Could not create the Java Virtual Machine.\n"
                "Error: A fatal exception has occurred. Program will exit.\n"
            ),
            "Unrecognized VM option 'Foo'",
        ),
        ("Error occurred during initialization of VM\nToo small maximum heap\n", "Too small"),
        (
            (
                "#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n"
                "#  SIGSEGV (0xb) at pc=0x00007f, pid=1, tid=2\n#\n"
            ),
            "SIGSEGV",
        ),
        ("java.lang.OutOfMemoryError: Java heap space\nDumping heap to x\n", "Java heap space"),
    ],
)
def test_java_that_cannot_go_on(text: str, words: str) -> None:
    """What keeps the machine from starting or going on is a crash."""
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.verdict) == ("java", Verdict.ERROR)
    assert words in digest.summary


@pytest.mark.parametrize(
    "text",
    [
        "java.lang.IllegalStateException: logged and handled\n\tat a.B.c(B.java:1)\n",
        "the Exception in thread safety of A.java:12: error handling\n",
        "see A.kt:12:3 for details\n",
        "2 errors\n1 warning\n",
        "and it said\nBUILD FAILED\n",
    ],
)
def test_prose_is_no_compiler(text: str) -> None:
    """What only looks like it is nobody's."""
    assert list(all_of(text)) == ["output"]
