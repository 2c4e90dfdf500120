"""Real output of real tools: the shared corpus, which lives beside the repository."""

import dataclasses
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.analyzer.gate import Gate
from supervisor.analyzer.text import scrub
from supervisor.digests import Digest, Fixable, Verdict
from tests import corpus

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
_MOST_BYTES = 150_000
_SHARE = 0.1
KNOWN_MISSES = frozenset(
    {
        "ci-go/tt_go_convey_92397437.txt",
        "ci-pytest/bugswarm_2512083654-orig.txt",
        "error-prone/jenkins_javac_shouldSkipJavacWarnings.txt",
        "gcc/ale_gcc_GCC_errors_from_included_files_should_be_parsed_correctly.txt",
        "gcc/ale_gcc_GCC_errors_from_included_files_should_be_parsed_correctly_2.txt",
        "gcc/ale_gcc_GCC_errors_from_included_files_should_be_parsed_correctly_3.txt",
        "gcc/ale_gcc_The_GCC_handler_should_handle_errors_for_inlined_header_func.txt",
        "gcc/jenkins_gcc4_assertThatIssuesArePresent.txt",
        "gcc/jenkins_gnuMakeGcc_shouldAssignAbsolutePath.txt",
        "gcc/jenkins_issue4707_issue4707.txt",
        "gcc/jenkins_issue55221_issue55221.txt",
        "go-test/snip_go_test_raw.txt",
        "javac/jenkins_issue5868_parseArrayInDeprecatedMethod.txt",
        "maven/jenkins_maven-console_assertThatIssuesArePresent.txt",
        "msbuild/jenkins_issue56613-valid-warnings_issue56613ValidWarningsStillPa.txt",
        "perl/ale_perl_The_Perl_linter_reports_errors_even_when_mixed_with_warnings.txt",
        "php-run-tests/loghub_php_run_tests_981KB.txt",
        "pmd/ale_pmd_The_pmd_handler_should_parse_lines_correctly.txt",
        "ruff/ale_ruff_Warnings_about_trailing_whitespace_should_be_reported_by_def.json",
        "ruff/ruffcli_integration_test_check_docstring_conventions_overrides.txt",
        "rust/ale_rust_The_Rust_handler_should_handle_rustc_output.txt",
    }
)
"""Where the truth is another one than the tool's own words: an editor's that drops what stands in
other files, a collector's that merges or skips lines, or one that contradicts the output."""

if not CORPUS.is_dir():
    pytest.skip("NO CORPUS BESIDE THE REPOSITORY: REAL OUTPUT NOT CHECKED", allow_module_level=True)

MANIFEST: list[dict[str, Any]] = json.loads((CORPUS / "manifest.json").read_text())


def weathervane(name: str) -> Analysis:
    """The analysis of one of the weathervane outputs."""
    (path,) = (CORPUS / "weathervane").glob(f"{name}*")
    return analyze([path.read_bytes()])


def first(analysis: Analysis, tool: str) -> Digest:
    """The first digest of ``tool``."""
    return next(digest for digest in analysis.segments if digest.tool == tool)


def outputs() -> Iterator[tuple[str, bytes]]:
    """Every output of the corpus, of long ones the end."""
    for path in sorted(CORPUS.glob("*/*")):
        if path.name != "manifest.json":
            yield str(path.relative_to(CORPUS)), path.read_bytes()[-_MOST_BYTES:]


def test_ruff_54_errors() -> None:
    """Declared, counted and fixable agree with what ruff said."""
    digest = first(weathervane("01"), "ruff")
    assert digest.declared == {"errors": 54}
    assert digest.counted == {"errors": 54}
    assert digest.by_code == {"F401": 35, "E402": 9, "F541": 6, "F841": 4}
    assert digest.fixable == Fixable(safe=41, unsafe=4)
    assert digest.summary == (
        "ruff: 54 errors in 14 files: F401 ×35, E402 ×9, F541 ×6, F841 ×4; "
        "`ruff check --fix` (41/54)"
    )


def test_undefined_name_that_crashed_the_autopilot_comes_first() -> None:
    """Three F821 outrank nine E402."""
    digest = first(weathervane("03"), "ruff")
    assert digest.first is not None
    assert (digest.first.code, digest.first.line) == ("F821", 126)
    assert "F821 ×3, E402 ×9, F401 ×2" in digest.summary


def test_eslint_503_errors() -> None:
    """Messages of several lines have their rule, too."""
    digest = first(weathervane("06"), "eslint")
    assert (digest.declared["errors"], digest.counted["errors"], digest.files) == (503, 503, 122)
    assert sum(digest.by_code.values()) == 503
    assert digest.by_code["@typescript-eslint/ban-types"] == 5
    assert digest.fixable == Fixable(safe=9)


@pytest.mark.parametrize(("name", "errors", "causes"), [("08", 139, 9), ("10", 128, 5)])
def test_collection_errors_have_few_causes(name: str, errors: int, causes: int) -> None:
    """EA-R: hundreds of kilobytes are one line with the causes."""
    digest = first(weathervane(name), "pytest")
    assert digest.declared["errors"] == digest.counted["errors"] == errors
    assert len(digest.causes) == causes
    assert sum(cause.count for cause in digest.causes) == errors
    assert digest.summary.startswith(f"pytest: {errors} errors, {causes} causes: ")


def test_clean_run_is_green() -> None:
    """Two clean linters are two green digests."""
    assert [digest.verdict for digest in weathervane("05").segments] == [Verdict.OK, Verdict.OK]


def test_flood_keeps_its_telling_lines() -> None:
    """EA-D8: of 13 358 lines those that tell of failures are kept as causes."""
    (path,) = (CORPUS / "weathervane").glob("13*stderr*")
    digest, log = analyze([path.read_bytes()], exit_code=1).segments
    assert (log.tool, log.counted) == ("log", {"errors": 21, "warnings": 900})
    said = " ".join(cause.message for cause in digest.causes)
    assert (digest.tool, digest.counted) == ("vitest", {"failed": 6})
    assert "Atlas validation failed" in said


def test_wrapper_that_calls_a_failing_suite_ok() -> None:
    """Six tests failed in the suite that its caller ticks off; two more suites are green."""
    digests = [digest for digest in weathervane("13*stdout").segments if digest.tool == "vitest"]
    assert digests[0].declared["failed"] == digests[0].counted["failed"] == 6
    assert digests[0].declared["passed"] == 1417
    assert digests[0].verdict is Verdict.FAILED
    assert {digest.verdict for digest in digests[1:]} == {Verdict.OK}


def test_install_script_that_does_not_compile() -> None:
    """Of 67 lines the one of the compiler and the command that npm ran."""
    digest = first(weathervane("18"), "npm")
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("./src/better_sqlite3.lzz", 2)
    assert digest.counted == {"errors": 1}
    assert "prebuild-install || node-gyp rebuild --release" in digest.summary


@pytest.mark.parametrize(
    ("name", "code"), [("15*stderr", "CACError"), ("20", "ERR_MODULE_NOT_FOUND")]
)
def test_node_crashes(name: str, code: str) -> None:
    """A program of node's that nobody caught the error of."""
    (digest,) = weathervane(name).segments
    assert (digest.tool, digest.kind, digest.verdict) == ("node", "crash", Verdict.ERROR)
    assert list(digest.by_code) == [code]


def test_counts_are_exact_but_for_known_misses() -> None:
    """The numbers of the manifest, most of which the tools themselves declare, are reported."""
    missed = {case.file for case in corpus.cases() if corpus.score(case).wrong}
    assert missed == KNOWN_MISSES


def test_the_right_tool_speaks() -> None:
    """Of a hundred outputs at most five are another tool's to us."""
    cases = corpus.cases()
    right = sum(corpus.score(case).right_tool for case in cases)
    assert right >= 0.95 * len(cases)


def test_excerpt_holds_the_first_error_of_ci_logs() -> None:
    """People have marked the first lines of what went wrong."""
    logs = [case for case in corpus.cases() if "first_error_lines" in case.expected]
    missed = []
    for case in logs:
        excerpt = analyze([case.data]).excerpt
        assert len(excerpt.encode()) <= 600
        first = scrub(case.expected["first_error_lines"][0].encode()).decode().strip()
        if first not in excerpt:
            missed.append(case.file)
    assert missed == []
    assert len(logs) >= 18


def test_whole_corpus_at_random_cuts() -> None:
    """No grammar throws, chunks do not show, and summaries fit, over everything there is."""
    dice = random.Random(7)  # noqa: S311 - not a secret
    failures: list[str] = []
    for name, data in outputs():
        size = dice.choice([997, 4096, 40_000])
        chunks = [data[place : place + size] for place in range(0, len(data), size)]
        whole = analyze([data], on_failure=lambda g, p: failures.append(f"{g} {p}"))
        assert analyze(chunks) == whole, name
        assert all(len(digest.summary.encode()) <= 200 for digest in whole.segments), name
    assert failures == []


def test_no_false_green_over_the_whole_corpus() -> None:
    """Whole or cut short, no output is green under a bad status, nor where the tool says failed."""
    dice = random.Random(11)  # noqa: S311 - not a secret
    failed = {
        case["file"]
        for case in MANIFEST
        if case["exit_code"] or any(case["expected"].get(key) for key in ("failed", "errors"))
        # What failed was run again and passed.
        if case["expected"].get("status") != "ok"
    }
    for name, data in outputs():
        data = data[-40_000:]  # noqa: PLW2901 - the end is where the verdict stands
        for code in (1, 2, 137):
            assert analyze([data], exit_code=code).verdict is not Verdict.OK, (name, code)
        cut = data[: dice.randrange(len(data) + 1)]
        assert analyze([cut], exit_code=1).verdict is not Verdict.OK, name
        if name in failed:
            assert analyze([data], exit_code=0).verdict is not Verdict.OK, name


def test_other_tools_output_inside_a_test_does_not_count() -> None:
    """Whatever a failing test wrote to its captured stdout, the session's own numbers stand."""
    rule = "=" * 20
    head = f"{rule} test session starts {rule}\ncollected 3 items\n\ntests/test_a.py .F.\n\n"
    report = (
        f"{rule} FAILURES {rule}\n____ test_x ____\n>   assert 0\nE   assert 0\n\n"
        "tests/test_a.py:3: AssertionError\n-------- Captured stdout call --------\n"
    )
    tail = (
        f"\n{rule} short test summary info {rule}\nFAILED tests/test_a.py::test_x - assert 0\n"
        f"{rule} 1 failed, 2 passed in 0.50s {rule}\n"
    )
    for name, data in outputs():
        text = head.encode() + report.encode() + data[:60_000] + tail.encode()
        (digest,) = analyze([text], exit_code=1).segments
        assert digest.declared == {"failed": 1, "passed": 2}, name
        assert digest.verdict is Verdict.FAILED, name


def _told(data: bytes) -> list[Digest]:
    """The digests, but for how far they reach; an opaque tool's may swallow more or fewer lines."""
    return [dataclasses.replace(digest, lines=(1, 1)) for digest in analyze([data]).segments]


def test_findings_in_a_row_are_read_as_they_are_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The quick way through a flood changes nothing."""
    dice = random.Random(3)  # noqa: S311 - not a secret
    for name, data in outputs():
        if dice.random() < _SHARE:
            lines = data[:20_000].splitlines()
            flood = b"".join((line + b"\n") * 12 for line in lines)
            quick = _told(flood)
            with monkeypatch.context() as slow:
                slow.setattr("supervisor.analyzer.rule_parser._HOT", len(flood))
                assert _told(flood) == quick, name


def test_gate_lets_through_what_a_rule_would_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule tried on every line finds no more than it does on the lines with its literal."""
    dice = random.Random(5)  # noqa: S311 - not a secret
    sample = {name: _told(data) for name, data in outputs() if dice.random() < _SHARE}

    def every_line(_: Gate, block: bytes, _ends: Sequence[int] = ()) -> dict[int, int]:
        return dict.fromkeys(range(block.count(b"\n")), -1)

    monkeypatch.setattr(Gate, "marks", every_line)
    for name, data in outputs():
        if name in sample:
            assert _told(data) == sample[name], name
