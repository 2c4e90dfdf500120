"""Vim's errorformat against the golden results that reviewdog keeps of real output."""

import json
from typing import Any

import pytest

from supervisor.analyzer import Analyzer
from supervisor.analyzer.errorformat import Entry, Scanner, errorformat
from supervisor.analyzer.errorformat_syntax import formats
from tests.corpus import CORPUS

_PLACE = [r"%f:%l:%c: %m"]
_BRACKETS = [r"%f:%l [%t] %m", r"%-G%.%#"]
_PARENTHESES = [r"%f(%l\,%c): %m"]
FORMATS: dict[str, list[str]] = {
    **dict.fromkeys(("cargo-check", "clippy", "erb-lint", "go-consistent", "golint"), _PLACE),
    **dict.fromkeys(("luacheck", "pep8", "staticcheck", "yamllint"), _PLACE),
    "ansible-lint": [r"%f:%l: %m"],
    "brakeman": [r"%f%*\s%l%*\s%m"],
    "dotnet": _PARENTHESES,
    "flake8": [r"%f:%l:%c: %t%n %m"],
    "haml-lint": _BRACKETS,
    "hlint": [*_PLACE, r"%-G%.%#"],
    "puppet-lint": [r"%f - %m on line %l"],
    "pydocstyle": [r"%A%f:%l%r", r"%C%\s%+%m"],
    "reek": [r"%*\s%f:%l: %m", r"%-G%.%#"],
    "rubocop": [r"%A%f:%l:%c: %t: %m", r"%Z%p^%#", r"%C%.%#", r"%-G%.%#"],
    "sbt": [
        *(r"%E[%t%.%+] %f:%l: error: %m", r"%A[%t%.%+] %f:%l: %m", r"%Z[%.%+] %p^"),
        *(r"%C[%.%+] %.%#", r"%-G%.%#"),
    ],
    "scalac": [
        *(r"%E%f:%l: error: %m", r"%W%f:%l: warning: %m", r"%A%f:%l: %m", r"%Z%p^"),
        *(r"%C%.%#", r"%-G%.%#"),
    ],
    "scalastyle": [
        *(f"%t{word} file=%f message=%m line=%l column=%c" for word in ("rror", "arning")),
        *(f"%t{word} file=%f message=%m" for word in ("rror", "arning")),
    ],
    "slim-lint": _BRACKETS,
}

if not CORPUS.is_dir():
    pytest.skip("NO CORPUS BESIDE THE REPOSITORY: REAL OUTPUT NOT CHECKED", allow_module_level=True)

CASES: list[dict[str, Any]] = [
    case
    for case in json.loads((CORPUS / "manifest.json").read_text())
    if case["source_repo"].endswith("reviewdog/errorformat") and case["tool"] in FORMATS
]


def said(entry: Entry) -> dict[str, Any]:
    """An entry as the goldens have it; the kind is a letter there and a number its code."""
    code = entry.code and entry.code.removeprefix(entry.kind)
    return {
        "file": entry.file,
        "line": entry.line,
        "col": entry.column,
        "type": entry.kind.lower() or None,
        "code": code,
        "msg": "\n".join(entry.texts),
    }


def golden(entry: dict[str, Any]) -> dict[str, Any]:
    """What the golden result says."""
    kind = {"error": "e", "warning": "w"}.get(entry["type"] or "", entry["type"])
    return {**entry, "type": kind and kind.lower()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["tool"])
def test_entries_are_those_of_the_golden_result(case: dict[str, Any]) -> None:
    """One by one, and as many in the stream."""
    data = (CORPUS / case["file"]).read_bytes()
    patterns = FORMATS[case["tool"]]
    scanner = Scanner(formats(patterns))
    for line in data.decode().splitlines():
        scanner.take(line)
    scanner.end()
    listed = [entry for entry in case["expected"]["entries"] if "file" in entry]
    assert len(scanner.entries) == case["expected"]["total"]
    assert [said(entry) for entry in scanner.entries[: len(listed)]] == list(map(golden, listed))
    analyzer = Analyzer(grammars=(errorformat("mine", patterns),))
    digests = analyzer.feed(data) + analyzer.close(1)
    assert sum(digests[0].counted.values()) == case["expected"]["total"]


def test_there_are_goldens() -> None:
    """The corpus beside the repository has them."""
    assert {case["tool"] for case in CASES} >= {"flake8", "rubocop", "sbt"}
