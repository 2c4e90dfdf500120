"""Linters of the JVM's languages, alone and as builds show their findings."""

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict


def only(text: str, exit_code: int | None = None) -> Digest:
    """The digest of output that one tool wrote."""
    analysis = analyze([text.encode()], exit_code=exit_code)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


@pytest.mark.parametrize(
    ("line", "counts", "code"),
    [
        (
            "[ERROR] /w/A.java:63:3: Missing a Javadoc comment. [JavadocMethod]",
            "errors",
            "JavadocMethod",
        ),
        (
            "[WARN] /w/A.java:63: Missing a Javadoc comment. [JavadocMethod]",
            "warnings",
            "JavadocMethod",
        ),
        (
            "[ant:checkstyle] [ERROR] /w/A.java:6: Line is longer. [LineLength]",
            "errors",
            "LineLength",
        ),
        (
            "    [checkstyle] [WARN] C:\\w\\A.java:6:1: Line is longer. [LineLength]",
            "warnings",
            "LineLength",
        ),
        (
            "[ERROR] src/A.java:[12,5] (whitespace) WhitespaceAround: '{' is bad.",
            "errors",
            "WhitespaceAround",
        ),
        ("[WARNING] src/A.java:[12] (sizes) LineLength: Line is longer.", "warnings", "LineLength"),
    ],
)
def test_checkstyle_lines(line: str, counts: str, code: str) -> None:
    """Its own log, Ant's task, Gradle's and Maven's plug-in."""
    digest = only(f"{line}\n", exit_code=1)
    assert (digest.tool, digest.kind) == ("checkstyle", "linter")
    assert (digest.counted, digest.by_code) == ({counts: 1}, {code: 1})
    assert digest.first is not None
    assert (digest.first.file or "").endswith("A.java")


def test_checkstyle_before_it_named_levels() -> None:
    """Old logs have the compiler's form; the frame tells whose they are."""
    text = (
        "[INFO] Starting audit...\n/w/A.java:24:8: error: Unused import - java.util.List.\n"
        "/w/A.java:9: warning: Line is longer than 100 characters.\nAudit done.\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("checkstyle", {"errors": 1, "warnings": 1})


@pytest.mark.parametrize(
    ("text", "declared", "verdict"),
    [
        (
            "[INFO] There are 3 errors reported by Checkstyle 8.29 with x ruleset.\n",
            {"errors": 3},
            Verdict.FAILED,
        ),
        ("[INFO] You have 0 Checkstyle violations.\n", {}, Verdict.OK),
        (
            "Checkstyle violations by severity: [error:2, warning:1]\n",
            {"errors": 2, "warnings": 1},
            Verdict.FAILED,
        ),
        ("Checkstyle ends with 2 errors.\n", {"errors": 2}, Verdict.FAILED),
    ],
)
def test_checkstyle_closing_lines(text: str, declared: dict[str, int], verdict: Verdict) -> None:
    """Each way to run it closes in its own words."""
    digest = only(text)
    assert (digest.declared, digest.verdict) == (declared, verdict)


def test_checkstyle_that_could_not_start() -> None:
    """A configuration that cannot be read is no finding."""
    text = "com.puppycrawl.tools.checkstyle.api.CheckstyleException: cannot initialize module X\n"
    assert only(text, exit_code=254).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "/w/A.java:18:\tAtLeastOneConstructor:\tEach class should declare a constructor\n",
        (
            "[WARNING] PMD Failure: app.A:18 Rule:AtLeastOneConstructor Priority:3 Each class"
            " should.\n"
        ),
        "PMD Failure: app.A:18 Rule:AtLeastOneConstructor Priority:3 Each class should.\n",
        (
            '"Problem","Package","File","Priority","Line","Description","Rule set","Rule"\n'
            '"1","app","/w/A.java","3","18","Each ""class"" should","Code'
            ' Style","AtLeastOneConstructor"\n'
        ),
        "    src:  A.java:18:15\n    rule: AtLeastOneConstructor\n    msg:  Each class should\n",
    ],
)
def test_pmd_formats(text: str) -> None:
    """Text, Maven's lines, CSV and coloured text."""
    digest = only(text, exit_code=4)
    assert (digest.tool, digest.by_code) == ("pmd", {"AtLeastOneConstructor": 1})
    assert (digest.counted, digest.verdict) == ({"warnings": 1}, Verdict.FAILED)
    assert digest.first is not None
    assert digest.first.line == 18


def test_cpd_is_pmd_s_relative() -> None:
    """Duplications have no rule."""
    text = (
        "Found a 12 line (64 tokens) duplication in the following files:\nStarting at line 3 of A\n"
    )
    assert only(text, exit_code=4).tool == "cpd"


@pytest.mark.parametrize(
    ("line", "counts", "code"),
    [
        ("M D DLS: Dead store to x in app.A.f()  At A.java:[line 12]", "warnings", "DLS"),
        ("H C NP: Null pointer dereference of y in app.A.g()  At A.java:[line 12]", "errors", "NP"),
        (
            (
                "[ERROR] Medium: Dead store to x in app.A.f() [app.A] At A.java:[line 12]"
                " DLS_DEAD_LOCAL_STORE"
            ),
            "warnings",
            "DLS_DEAD_LOCAL_STORE",
        ),
        (
            (
                "[ERROR] High: Null in app.A.f() [app.A, app.A] At A.java:[line 12]Another"
                " occurrence at A.java:[line 14] NP_ALWAYS_NULL"
            ),
            "errors",
            "NP_ALWAYS_NULL",
        ),
    ],
)
def test_spotbugs_lines(line: str, counts: str, code: str) -> None:
    """Text and Maven's plug-in; the priority is the severity."""
    digest = only(f"{line}\n", exit_code=1)
    assert (digest.tool, digest.counted, digest.by_code) == ("spotbugs", {counts: 1}, {code: 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("A.java", 12)


def test_spotbugs_closing_lines() -> None:
    """None is green, some are not."""
    assert only("[INFO] Total bugs: 0\n").verdict is Verdict.OK
    assert only("[INFO] Total bugs: 3\n", exit_code=1).declared == {"warnings": 3}
    assert only("Warnings generated: 2\n").declared == {"warnings": 2}


def test_ktlint() -> None:
    """The rule stands in the last brackets, with or without its set."""
    text = (
        "/w/A.kt:12:5: Unexpected spaces (standard:no-multi-spaces)\n"
        "/w/A.kt:14:1: Exceeded max line length (100) (cannot be auto-corrected)"
        " (max-line-length)\n"
        "\nSummary error count (descending) by rule:\n  standard:no-multi-spaces: 1\n"
    )
    digest = only(text, exit_code=1)
    assert (digest.tool, digest.counted) == ("ktlint", {"errors": 2})
    assert digest.by_code == {"standard:no-multi-spaces": 1, "max-line-length": 1}
    assert (digest.fix, digest.fixable) == (None, None)


def test_detekt() -> None:
    """By line, or by rule set with the place last."""
    text = (
        "/w/A.kt:12:5: This expression contains a magic number. [MagicNumber]\n"
        "style - 10min debt\n\tMaxLineLength - [Line is too long] at /w/B.kt:3:1\n"
        "Overall debt: 15min\nAnalysis failed with 2 weighted issues.\n"
    )
    digest = only(text, exit_code=2)
    assert (digest.tool, digest.verdict) == ("detekt", Verdict.FAILED)
    assert (digest.declared, digest.counted) == ({"errors": 2}, {"errors": 2})
    assert digest.by_code == {"MagicNumber": 1, "MaxLineLength": 1}


def test_scalastyle() -> None:
    """The command line has its rows, sbt's plug-in its counts alone."""
    text = (
        "error file=/w/a.scala message=File length exceeds 5 lines\n"
        "warning file=/w/a.scala message=Object name does not match line=6 column=7\n"
        "Processed 1 file(s)\nFound 1 errors\nFound 1 warnings\nFinished in 358 ms\n"
    )
    digest = only(text, exit_code=1)
    assert digest.declared == digest.counted == {"errors": 1, "warnings": 1}
    plugin = (
        "[info] scalastyle Processed 1 file(s)\n[info] scalastyle Found 0 errors\n"
        "[info] scalastyle Found 0 warnings\n[info] scalastyle Finished in 4 ms\n"
    )
    assert (only(plugin).tool, only(plugin).verdict) == ("scalastyle", Verdict.OK)


@pytest.mark.parametrize(
    "text",
    [
        "[ERROR] see A.java:12: it is not good\n",
        "A.kt:12:5: see above (maybe)\n",
        "12 PMD users\n",
        "M D the letters: A.java\n",
    ],
)
def test_prose_is_no_linter(text: str) -> None:
    """What only looks like it is nobody's."""
    assert only(text).tool == "output"
