"""What reads Java's sources: javac, ecj and javadoc, in every form that their findings have."""

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


JAVAC = """\
src/app/Cart.java:3: error: package org.nowhere does not exist
import org.nowhere.Thing;
                  ^
src/app/Cart.java:7: error: cannot find symbol
    Thing thing;
    ^
  symbol:   class Thing
  location: class Cart
src/app/Cart.java:9: warning: [deprecation] getYear() in Date has been deprecated
    int y = new Date().getYear();
                      ^
Note: src/app/Other.java uses unchecked or unsafe operations.
2 errors
1 warning
"""


def test_javac_counts_and_names_the_symbol() -> None:
    """Which symbol is unknown stands below; notes are no findings."""
    digest = only(JAVAC, exit_code=1)
    assert (digest.tool, digest.kind, digest.verdict) == ("javac", "build", Verdict.FAILED)
    assert digest.declared == digest.counted == {"errors": 2, "warnings": 1}
    assert digest.by_code == {"deprecation": 1}
    assert [cause.message for cause in digest.causes][1] == "cannot find symbol: class Thing"
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/app/Cart.java", 3)


def test_javac_with_warnings_alone_is_green() -> None:
    """Its closing line names what it has; without errors in it there are none."""
    text = "A.java:2: warning: [rawtypes] found raw type: List\n  List l;\n  ^\n1 warning\n"
    assert only(text).verdict is Verdict.OK


def test_javac_two_alike_lines_are_two_errors() -> None:
    """There is no column that would tell them apart."""
    text = "A.java:2: error: ';' expected\n  x y\n   ^\n" * 2 + "2 errors\n"
    assert only(text).counted == {"errors": 2}


def test_javac_shows_the_first_hundred() -> None:
    """The line below the count tells how many there are."""
    text = (
        "A.java:2: error: not a statement\n  x\n  ^\n100 errors\n"
        "only showing the first 100 errors, of 345 total; use -Xmaxerrs if you would like more\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared["errors"] == 345
    assert "345 errors (1 shown)" in digest.summary


@pytest.mark.parametrize(
    ("error", "warning", "errors", "warnings"),
    [
        ("エラー: シンボルを見つけられません", "警告:[rawtypes] raw型", "エラー1個", "警告1個"),
        ("错误: 找不到符号", "警告: [rawtypes] 找到原始类型", "1 个错误", "1 个警告"),
        ("Fehler: Symbol nicht gefunden", "Warnung: [rawtypes] Raw-Typ", "1 Fehler", "1 Warnung"),
    ],
)
def test_javac_in_other_languages(error: str, warning: str, errors: str, warnings: str) -> None:
    """The word tells the severity, whatever the language."""
    text = f"A.java:3: {error}\n  Foo f;\nA.java:4: {warning}\n{errors}\n{warnings}\n"
    digest = only(text, exit_code=1)
    assert digest.declared == digest.counted == {"errors": 1, "warnings": 1}


def test_javac_behind_the_task_of_ant() -> None:
    """The task's name is in front of each line, its column whichever."""
    text = "".join(f"    [javac] {line}\n" for line in JAVAC.splitlines())
    digest = only("    [javac] Compiling 2 source files to out\n" + text)
    assert digest.declared == digest.counted == {"errors": 2, "warnings": 1}
    assert digest.files == 1


def test_javac_before_it_said_error() -> None:
    """Up to Java 6 nothing stood before the message."""
    text = "A.java:3: cannot find symbol\nsymbol  : class Foo\nlocation: class A\n1 error\n"
    assert only(text).counted == {"errors": 1}


@pytest.mark.parametrize(
    "text",
    [
        "error: file not found: Nope.java\nUsage: javac <options> <source files>\n",
        "error: invalid flag: -foo\n",
        "error: release version 99 not supported\n",
        "javac: invalid target release: 21\n",
        "An exception has occurred in the compiler (17.0.1). Please file a bug\n",
    ],
)
def test_javac_that_could_not_compile(text: str) -> None:
    """A compiler that was called wrongly is no finding."""
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.verdict) == ("javac", Verdict.ERROR)


def test_javac_werror_has_no_file() -> None:
    """The last error is about no file, and not about the one above it."""
    text = (
        "A.java:2: warning: [rawtypes] found raw type: List\n"
        "error: warnings found and -Werror specified\n1 error\n1 warning\n"
    )
    digest = only(text, exit_code=1)
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == (
        None,
        "warnings found and -Werror specified",
    )


MAVEN_JAVAC = """\
[INFO] --- maven-compiler-plugin:3.11.0:compile (default-compile) @ core ---
[INFO] Compiling 2 source files with javac [debug target 17] to target/classes
[WARNING] /w/src/A.java:[4,12] [deprecation] getYear() in java.util.Date has been deprecated
[INFO] -------------------------------------------------------------
[ERROR] COMPILATION ERROR :\x20
[INFO] -------------------------------------------------------------
[ERROR] /w/src/A.java:[3,5] cannot find symbol
  symbol:   class Foo
  location: class A
[INFO] 1 error
[INFO] -------------------------------------------------------------
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.11.0:compile \
(default-compile) on project core: Compilation failure
[ERROR] /w/src/A.java:[3,5] cannot find symbol
[ERROR]   symbol:   class Foo
[ERROR]   location: class A
[ERROR]\x20
[ERROR] -> [Help 1]
"""


def test_javac_in_maven_counts_what_is_told_twice_once() -> None:
    """The reason of the failure tells the errors again."""
    digest = all_of(MAVEN_JAVAC, exit_code=1)["javac"]
    assert digest.counted == {"warnings": 1, "errors": 1}
    assert digest.declared == {"errors": 1}
    assert digest.first is not None
    assert (digest.first.line, digest.first.column) == (3, 5)
    assert digest.first.message == "cannot find symbol: class Foo"


def test_javac_in_gradle_is_told_again_below() -> None:
    """Gradle indents the compiler's lines where it says what went wrong."""
    text = (
        "> Task :compileJava FAILED\n/w/A.java:3: error: ';' expected\n    int x\n         ^\n"
        "1 error\n\nFAILURE: Build failed with an exception.\n\n* What went wrong:\n"
        "Execution failed for task ':compileJava'.\n"
        "> Compilation failed; see the compiler output below.\n"
        "  /w/A.java:3: error: ';' expected\n      int x\n           ^\n  1 error\n\n"
        "* Try:\n> Run with --info option.\n\nBUILD FAILED in 2s\n"
    )
    found = all_of(text, exit_code=1)
    assert (found["javac"].declared, found["javac"].counted) == ({"errors": 1}, {"errors": 1})
    assert found["gradle"].summary.startswith("gradle: build failed: :compileJava: Compilation")


def test_error_prone_names_its_checks() -> None:
    """A plug-in of the compiler: the name of the check is the code."""
    text = (
        "A.java:3: warning: [UnusedVariable] The local variable 'x' is never read.\n    int x;\n"
        "        ^\n    (see https://errorprone.info/bugpattern/UnusedVariable)\n"
        "  Did you mean to remove this line?\n1 warning\n"
    )
    digest = only(text)
    assert digest.by_code == {"UnusedVariable": 1}


ECJ = """\
----------
1. ERROR in /w/A.java (at line 8)
\tInteger x = 0.0f;
\t            ^^^^
Type mismatch: cannot convert from float to Integer
----------
2. WARNING in /w/B.java (at line 22)
\t} else {
            x = 30;
        }
\t       ^^^^^^^^^^
Statement unnecessarily nested within else clause. The corresponding then clause does not
complete normally
----------
2 problems (1 error, 1 warning)
"""


def test_ecj_reads_blocks() -> None:
    """The message is what stands below the carets."""
    digest = only(ECJ, exit_code=255)
    assert (digest.tool, digest.verdict) == ("ecj", Verdict.FAILED)
    assert digest.declared == digest.counted == {"errors": 1, "warnings": 1}
    assert digest.first is not None
    assert digest.first.message == "Type mismatch: cannot convert from float to Integer"
    assert (digest.first.file, digest.first.line) == ("/w/A.java", 8)


@pytest.mark.parametrize("front", ["    [javac] ", "[INFO]     [javac] "])
def test_ecj_behind_ant_and_maven(front: str) -> None:
    """Whatever stands in front, warnings alone are green."""
    text = ECJ.replace("ERROR", "WARNING").replace("(1 error, 1 warning)", "(2 warnings)")
    digest = only("".join(f"{front}{line}\n" for line in text.splitlines()))
    assert (digest.verdict, digest.counted) == (Verdict.OK, {"warnings": 2})


def test_javadoc_knows_its_own_messages() -> None:
    """Doclint's lines have javac's form; the messages tell them apart."""
    text = (
        "Loading source file A.java...\nConstructing Javadoc information...\n"
        "A.java:2: warning: no comment\npublic class A {\n       ^\n"
        "A.java:4: error: reference not found\n  /** {@link B} */\n              ^\n"
        "1 error\n1 warning\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.declared) == ("javadoc", {"errors": 1, "warnings": 1})
    assert digest.counted == {"errors": 1, "warnings": 1}


def test_javadoc_old_and_in_maven() -> None:
    """The doclet's dash, the level in front, and warnings alone are green."""
    text = (
        "[WARNING] Javadoc Warnings\n[WARNING] /w/A.java:38: warning: no @return\n"
        "[WARNING] public int size() {\n[WARNING] ^\n"
        "[WARNING] /w/B.java:3: warning - @parma is an unknown tag.\n[WARNING] 2 warnings\n"
    )
    digest = only(text)
    assert (digest.tool, digest.verdict, digest.counted) == (
        "javadoc",
        Verdict.OK,
        {"warnings": 2},
    )
