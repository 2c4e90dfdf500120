"""The shared corpus of real outputs beside the repository: its cases, and how well we read one."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Verdict

CORPUS = Path(__file__).resolve().parents[1] / ".." / "shared" / "corpus"

_OURS: Mapping[str, tuple[str, ...]] = {
    "ant-javac": ("javac",),
    "cargo-check": ("cargo", "clippy"),
    "cargo-install": ("cargo",),
    "cargo-json": ("cargo", "clippy"),
    "clippy": ("clippy", "cargo"),
    "deno-check": ("deno",),
    "deno-test": ("deno",),
    "elmmake": ("elm",),
    "error-prone": ("javac", "error-prone"),
    "eslint-json": ("eslint",),
    "git-commit": ("git",),
    "git-push": ("git",),
    "go-test-json": ("go-test",),
    "hadolint-json": ("hadolint",),
    "junit-xml": ("junit",),
    "next-build": ("next",),
    "npm-run": ("npm",),
    "pep8": ("flake8", "pycodestyle", "pep8"),
    "pycodestyle": ("flake8", "pycodestyle"),
    "pyright-json": ("pyright",),
    "ruff-json": ("ruff",),
    "rust": ("rustc", "cargo", "clippy"),
    "shell": ("shell", "bash", "sh"),
    "trivy-json": ("trivy",),
    "vue-tsc": ("tsc", "vue-tsc"),
}
"""What we may call a tool of the corpus, where that is not its own name."""
_FRAMEWORKS: Mapping[str, tuple[str, ...]] = {
    "gotest": ("go-test",),
    "JUnit": ("maven", "gradle", "ant", "surefire", "junit"),
    "junit": ("maven", "gradle", "ant", "surefire", "junit"),
    "testunit": ("minitest",),
}
"""What we may call the test frameworks that CI logs are labelled with."""
_ANALYZERS: Mapping[str, tuple[str, ...]] = {
    "java-ant": ("ant", "junit"),
    "java-gradle": ("gradle",),
    "java-maven": ("maven", "surefire"),
}
_EXACT = ("errors", "warnings", "failed", "passed", "skipped")


@dataclass(frozen=True, slots=True)
class Case:
    """One output and what is known to be true of it."""

    file: str
    tool: str
    exit_code: int | None
    expected: Mapping[str, Any]

    @property
    def data(self) -> bytes:
        """The output."""
        return (CORPUS / self.file).read_bytes()

    @property
    def names(self) -> frozenset[str] | None:
        """What we may call the tool; None: the log is of many tools."""
        if not self.tool.startswith("ci-"):
            return frozenset(_OURS.get(self.tool, (self.tool,)))
        words = self.expected.get("framework", "").split("#")
        found = {name for word in words if word for name in _FRAMEWORKS.get(word, (word,))}
        found |= set(_ANALYZERS.get(self.expected.get("analyzer", ""), ()))
        return frozenset(found) or None

    @property
    def numeric(self) -> bool:
        """Whether there is a number to get right."""
        return bool(_truths(self.expected))


@dataclass(frozen=True, slots=True)
class Score:
    """How a case was read."""

    case: Case
    tool: str
    """The names that we gave, and the wanted ones among them first."""
    right_tool: bool
    wrong: Mapping[str, tuple[Any, Any]]
    """What is not exact: the truth and what we said."""
    summaries: tuple[str, ...]
    verdict: Verdict


@cache
def cases() -> tuple[Case, ...]:
    """Every case; none where there is no corpus."""
    manifest = CORPUS / "manifest.json"
    if not manifest.exists():
        return ()
    return tuple(
        Case(case["file"], case["tool"], case["exit_code"], case["expected"])
        for case in json.loads(manifest.read_text())
    )


def score(case: Case) -> Score:
    """Read one case and compare."""
    found = analyze([case.data], exit_code=case.exit_code)
    wanted = [one for one in found.segments if case.names is None or one.tool in case.names]
    wrong = {
        key: (truth, sorted(_said(key, case, wanted or found.segments), key=str))
        for key, truth in _truths(case.expected).items()
        if truth not in _said(key, case, wanted or found.segments)
    }
    return Score(
        case=case,
        tool=" ".join(dict.fromkeys(one.tool for one in (*wanted, *found.segments)))[:40],
        right_tool=bool(wanted),
        wrong=wrong,
        summaries=tuple(one.summary for one in found.segments),
        verdict=found.verdict,
    )


def false_greens(case: Case, exit_codes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Exit codes and lengths under which a case looks green and must not."""
    data = case.data[-40_000:]
    failed = any(case.expected.get(key) for key in ("failed", "errors"))
    # Where the status is ok, what failed was run again and passed.
    bad = case.exit_code or (failed and case.expected.get("status") != "ok")
    for code in exit_codes:
        for share in (1.0, 0.9, 0.5, 0.1):
            part = data[: int(len(data) * share)]
            green = analyze([part], exit_code=code).verdict is Verdict.OK
            if green and (code or (bad and share == 1.0)):
                yield code, len(part)


def _truths(expected: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a case, by the key that they are asked for with."""
    truths = {key: expected[key] for key in _EXACT if isinstance(expected.get(key), int)}
    for key, ours in (("error", "collection errors"), ("notes_n", "notes"), ("ignored", "skipped")):
        if expected.get(key):
            truths[ours] = expected[key]
    for key in ("total", "tests_run", "by_code", "fixable", "files_to_format", "fail", "skip"):
        if key in expected:
            truths[key] = expected[key]
    return truths


class _Sums:
    """What digests say together."""

    def __init__(self, digests: Sequence[Digest]) -> None:
        self.said: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        for digest in digests:
            self.said.update({**digest.counted, **digest.declared})
            self.counted.update(digest.counted)
            self.codes.update(digest.by_code)
        self.fixable = sum(one.fixable.safe for one in digests if one.fixable)
        self.files = sum(one.files or 0 for one in digests)
        ran = ("passed", "failed", "errors", "xfailed", "xpassed")
        self.tests = sum(self.said[key] for key in ran)

    @property
    def totals(self) -> list[int]:
        """Findings or tests, with and without what only some count."""
        said, counted = self.said, self.counted
        findings = said["errors"] + said["warnings"]
        rows = counted["errors"] + counted["warnings"]
        return [
            *(findings, findings + said["notes"], rows, rows + counted["notes"], said["total"]),
            *(said["failed"], self.tests, self.tests + said["skipped"]),
        ]


def _said(key: str, case: Case, digests: Sequence[Digest]) -> list[Any]:
    """What we say to a question; more than one answer where the question can be understood so."""
    sums = _Sums(digests)
    said = sums.said
    answers: dict[str, list[Any]] = {
        "total": sums.totals,
        # A suite that could not be loaded is no test that ran; some count it all the same.
        "tests_run": [sums.tests, sums.tests + said["skipped"], sums.tests - said["errors"]],
        "errors": [said["errors"], sums.counted["errors"]],
        "warnings": [said["warnings"], sums.counted["warnings"]],
        "collection errors": [said["errors"]],
        "by_code": [dict(sums.codes), _only(sums.codes, case.expected.get("by_code", {}))],
        "fixable": [sums.fixable],
        "files_to_format": [said["errors"], sums.files],
        "fail": [said["failed"]],
        "skip": [said["skipped"]],
    }
    if case.tool.startswith("ci-"):
        # That corpus counts a module that could not be collected as a failed test.
        answers["failed"] = [said["failed"], said["failed"] + said["errors"]]
        answers["passed"] = [said["passed"], said["passed"] + said["skipped"]]
    return answers.get(key, [said[key]])


def _only(codes: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    return {code: count for code, count in codes.items() if code in wanted}
