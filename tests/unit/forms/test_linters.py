"""Documents of linters and type checkers, each as the tool writes it."""

import json
from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict

PLACE = {"start": {"line": 4, "column": 9}, "end": {"line": 4, "column": 12}}
FROM_ZERO = {"start": {"line": 3, "character": 8}, "end": {"line": 3, "character": 12}}


def only(document: Any, exit_code: int | None = None) -> Digest:
    """The digest of a document, whichever way it is laid out."""
    texts = [document] if isinstance(document, str) else []
    if not texts:
        texts = [json.dumps(document), json.dumps(document, indent=2)]
    found = [analyze([text.encode()], exit_code=exit_code) for text in texts]
    assert all(len(one.segments) == 1 for one in found), [one.segments for one in found]
    assert len({one.segments[0].summary for one in found}) == 1
    return found[0].segments[0]


def check_place(digest: Digest) -> None:
    """The first finding is the one at line 4, column 9."""
    assert digest.first is not None
    assert (digest.first.line, digest.first.column) == (4, 9)


CASES: dict[str, tuple[Any, dict[str, int], dict[str, int]]] = {
    "pyright": (
        {
            "version": "1.1.400",
            "time": "1",
            "generalDiagnostics": [
                {
                    "file": "/a.py",
                    "severity": "error",
                    "message": 'Type "int" is not assignable\n  to "str"',
                    "range": FROM_ZERO,
                    "rule": "reportReturnType",
                },
                {"file": "/b.py", "severity": "warning", "message": "m", "range": FROM_ZERO},
                {"file": "/b.py", "severity": "information", "message": "m", "range": FROM_ZERO},
            ],
            "summary": {
                "filesAnalyzed": 2,
                "errorCount": 1,
                "warningCount": 1,
                "informationCount": 1,
            },
        },
        {"errors": 1, "warnings": 1, "notes": 1},
        {"reportReturnType": 1},
    ),
    "pylint": (
        [
            {
                "type": kind,
                "module": "a",
                "obj": "",
                "line": 4,
                "column": 9,
                "path": "a.py",
                "symbol": "a-symbol",
                "message": "m",
                "message-id": code,
            }
            for kind, code in (("error", "E0602"), ("convention", "C0114"), ("refactor", "R1710"))
        ],
        {"errors": 1, "warnings": 2},
        {"E0602": 1, "C0114": 1, "R1710": 1},
    ),
    "bandit": (
        {
            "errors": [],
            "generated_at": "2024-01-01T00:00:00Z",
            "metrics": {"./a.py": {"loc": 8}, "_totals": {"loc": 8}},
            "results": [
                {
                    "code": "1 x\n",
                    "filename": "./a.py",
                    "issue_severity": severity,
                    "issue_text": "m",
                    "line_number": 4,
                    "test_id": "B602",
                }
                for severity in ("HIGH", "MEDIUM", "LOW")
            ],
        },
        {"errors": 1, "warnings": 1, "notes": 1},
        {"B602": 3},
    ),
    "biome": (
        {
            "summary": {"changed": 0, "unchanged": 2, "errors": 1, "warnings": 1},
            "diagnostics": [
                {
                    "category": "lint/suspicious/noDebugger",
                    "severity": "error",
                    "description": "m",
                    "message": [{"elements": [], "content": "m"}],
                    "location": {"path": {"file": "a.js"}, "span": [0, 1]},
                },
                {
                    "severity": "warning",
                    "message": "m",
                    "category": "lint/correctness/noUnusedVariables",
                    "location": {"path": "a.js", "start": {"line": 1, "column": 7}},
                },
            ],
            "command": "lint",
        },
        {"errors": 1, "warnings": 1},
        {"lint/suspicious/noDebugger": 1, "lint/correctness/noUnusedVariables": 1},
    ),
    "stylelint": (
        [
            {
                "source": "/a.css",
                "deprecations": [],
                "invalidOptionWarnings": [{"text": "Invalid option"}],
                "parseErrors": [],
                "errored": True,
                "warnings": [
                    {"line": 4, "column": 9, "rule": "r", "severity": "warning", "text": "m"}
                ],
            }
        ],
        {"errors": 1, "warnings": 1},
        {"r": 1},
    ),
    "tslint": (
        [
            {
                "endPosition": {"character": 9, "line": 3, "position": 50},
                "failure": "Missing semicolon",
                "name": "a.ts",
                "ruleName": "semicolon",
                "ruleSeverity": severity,
                "startPosition": {"character": 8, "line": 3, "position": 49},
            }
            for severity in ("ERROR", "WARNING")
        ],
        {"errors": 1, "warnings": 1},
        {"semicolon": 2},
    ),
    "flow": (
        {
            "flowVersion": "0.200.0",
            "jsonVersion": "1",
            "errors": [
                {
                    "kind": "infer",
                    "level": level,
                    "message": [
                        {
                            "descr": "Cannot call f. [incompatible-call]",
                            "loc": {"source": "/a.js", **PLACE},
                        }
                    ],
                }
                for level in ("error", "warning")
            ],
            "passed": False,
        },
        {"errors": 1, "warnings": 1},
        {"incompatible-call": 2},
    ),
    "elm": (
        {
            "type": "compile-errors",
            "errors": [
                {
                    "path": "/src/Main.elm",
                    "name": "Main",
                    "problems": [
                        {
                            "title": "TYPE MISMATCH",
                            "region": PLACE,
                            "message": ["The 1st argument\n", {"string": "is not right"}],
                        }
                    ],
                }
            ],
        },
        {"errors": 1},
        {"TYPE MISMATCH": 1},
    ),
    "phpstan": (
        {
            "totals": {"errors": 1, "file_errors": 2},
            "files": {
                "/src/a.b.php": {
                    "errors": 2,
                    "messages": [
                        {
                            "message": "m",
                            "line": 4,
                            "ignorable": True,
                            "identifier": "class.notFound",
                        },
                        {"message": "n", "line": 5, "ignorable": True},
                    ],
                }
            },
            "errors": ["Ignored error pattern was not matched."],
        },
        {"errors": 3},
        {"class.notFound": 1},
    ),
    "phpcs": (
        {
            "totals": {"errors": 1, "warnings": 1, "fixable": 1},
            "files": {
                "/src/a.php": {
                    "errors": 1,
                    "warnings": 1,
                    "messages": [
                        {
                            "message": "m",
                            "source": "PSR12.Files.EOF",
                            "severity": 5,
                            "fixable": True,
                            "type": kind,
                            "line": 4,
                            "column": 9,
                        }
                        for kind in ("ERROR", "WARNING")
                    ],
                }
            },
        },
        {"errors": 1, "warnings": 1},
        {"PSR12.Files.EOF": 2},
    ),
    "psalm": (
        [
            {
                "severity": severity,
                "line_from": 4,
                "line_to": 4,
                "type": "UndefinedClass",
                "message": "m",
                "file_name": "src/a.php",
                "file_path": "/src/a.php",
                "column_from": 9,
                "column_to": 12,
            }
            for severity in ("error", "info")
        ],
        {"errors": 1, "notes": 1},
        {"UndefinedClass": 2},
    ),
    "rubocop": (
        {
            "metadata": {"rubocop_version": "1.60.0"},
            "files": [
                {"path": "clean.rb", "offenses": []},
                {
                    "path": "a.rb",
                    "offenses": [
                        {
                            "severity": severity,
                            "message": "m",
                            "cop_name": "Style/X",
                            "correctable": True,
                            "location": {"start_line": 4, "start_column": 9},
                        }
                        for severity in ("fatal", "convention", "info")
                    ],
                },
            ],
            "summary": {"offense_count": 3, "target_file_count": 2, "inspected_file_count": 2},
        },
        {"errors": 1, "warnings": 1, "notes": 1},
        {"Style/X": 3},
    ),
    "golangci-lint": (
        {
            "Issues": [
                {
                    "FromLinter": "errcheck",
                    "Text": "Error return value is not checked",
                    "Severity": severity,
                    "SourceLines": ["\tf()"],
                    "Pos": {"Filename": "a.go", "Offset": 1, "Line": 4, "Column": 9},
                }
                for severity in ("", "warning")
            ],
            "Report": {"Linters": [{"Name": "errcheck", "Enabled": True}]},
        },
        {"errors": 1, "warnings": 1},
        {"errcheck": 2},
    ),
    "shellcheck": (
        {
            "comments": [
                {
                    "file": "a.sh",
                    "line": 4,
                    "endLine": 4,
                    "column": 9,
                    "endColumn": 12,
                    "level": level,
                    "code": 2086,
                    "message": "Double quote",
                    "fix": None,
                }
                for level in ("error", "warning", "info", "style")
            ]
        },
        {"errors": 1, "warnings": 1, "notes": 2},
        {"SC2086": 4},
    ),
    "hadolint": (
        [
            {
                "line": 4,
                "code": "DL3008",
                "message": "Pin versions",
                "column": 9,
                "file": "Dockerfile",
                "level": level,
            }
            for level in ("error", "warning", "style")
        ],
        {"errors": 1, "warnings": 1, "notes": 1},
        {"DL3008": 3},
    ),
    "dockerlinter": (
        [{"lineNumber": 4, "message": "m", "level": "warning", "code": "SC2155"}],
        {"warnings": 1},
        {"SC2155": 1},
    ),
    "tflint": (
        {
            "issues": [
                {
                    "rule": {"name": "r", "severity": severity, "link": ""},
                    "message": "m",
                    "range": {"filename": "main.tf", **PLACE},
                    "callers": [],
                }
                for severity in ("error", "warning", "notice")
            ],
            "errors": [{"message": "main.tf:2,3-6: Unsupported argument; Not expected here."}],
        },
        {"errors": 2, "warnings": 1, "notes": 1},
        {"r": 3, "Unsupported argument": 1},
    ),
    "terraform": (
        {
            "format_version": "1.0",
            "valid": False,
            "error_count": 1,
            "warning_count": 1,
            "diagnostics": [
                {
                    "severity": "error",
                    "summary": "No such block",
                    "range": {"filename": "a.tf", **PLACE},
                },
                {"severity": "warning", "summary": "Deprecated"},
            ],
        },
        {"errors": 1, "warnings": 1},
        {},
    ),
    "semgrep": (
        {
            "version": "1.50.0",
            "results": [
                {
                    "check_id": "python.eval",
                    "path": "a.py",
                    "start": {"line": 4, "col": 9, "offset": 1},
                    "extra": {"message": "m", "severity": severity},
                }
                for severity in ("ERROR", "WARNING", "INFO")
            ],
            "errors": [],
            "paths": {"scanned": ["a.py"]},
        },
        {"errors": 1, "warnings": 1, "notes": 1},
        {"python.eval": 3},
    ),
    "erb-lint": (
        {
            "metadata": {"erb_lint_version": "0.5.0"},
            "files": [
                {
                    "path": "a.html.erb",
                    "offenses": [
                        {
                            "linter": "SpaceAroundErbTag",
                            "message": "m",
                            "location": {"start_line": 4, "start_column": 9},
                        }
                    ],
                }
            ],
            "summary": {"offenses": 1, "inspected_files": 1, "corrected": 0},
        },
        {"warnings": 1},
        {"SpaceAroundErbTag": 1},
    ),
    "reek": (
        [
            {
                "context": "A#b",
                "lines": [4, 9],
                "message": "calls c twice",
                "smell_type": "DuplicateMethodCall",
                "source": "a.rb",
            }
        ],
        {"warnings": 2},
        {"DuplicateMethodCall": 2},
    ),
    "brakeman": (
        {
            "warnings": [
                {
                    "warning_type": "SQL Injection",
                    "check_name": "SQL",
                    "message": "m",
                    "file": "a.rb",
                    "line": 4,
                    "confidence": "High",
                }
            ],
            "errors": [{"error": "a.rb could not be parsed", "location": ""}],
        },
        {"errors": 1, "warnings": 1},
        {"SQL": 1},
    ),
    "hlint": (
        [
            {
                "module": ["Main"],
                "severity": severity,
                "hint": "Redundant bracket",
                "file": "a.hs",
                "startLine": 4,
                "startColumn": 9,
            }
            for severity in ("Error", "Warning", "Suggestion")
        ],
        {"errors": 1, "warnings": 1, "notes": 1},
        {},
    ),
    "swiftlint": (
        [
            {
                "character": 9,
                "file": "/a.swift",
                "line": 4,
                "reason": "m",
                "rule_id": "line_length",
                "severity": severity,
                "type": "Line Length",
            }
            for severity in ("Error", "Warning")
        ],
        {"errors": 1, "warnings": 1},
        {"line_length": 2},
    ),
    "dart-analyze": (
        {
            "version": 1,
            "diagnostics": [
                {
                    "code": "dead_code",
                    "severity": severity,
                    "location": {"file": "/a.dart", "range": PLACE},
                    "problemMessage": "Dead code.",
                }
                for severity in ("ERROR", "WARNING", "INFO")
            ],
        },
        {"errors": 1, "warnings": 1, "notes": 1},
        {"dead_code": 3},
    ),
    "vint": (
        [
            {
                "file_path": "a.vim",
                "line_number": 4,
                "column_number": 9,
                "severity": severity,
                "description": "m",
                "policy_name": "ProhibitX",
            }
            for severity in ("error", "warning", "style_problem")
        ],
        {"errors": 1, "warnings": 1, "notes": 1},
        {"ProhibitX": 3},
    ),
    "oxlint": (
        {
            "diagnostics": [
                {
                    "message": "m",
                    "code": "eslint(no-debugger)",
                    "severity": severity,
                    "filename": "a.js",
                    "labels": [{"span": {"offset": 1, "line": 4, "column": 9}}],
                }
                for severity in ("error", "warning")
            ],
            "number_of_files": 1,
        },
        {"errors": 1, "warnings": 1},
        {"eslint(no-debugger)": 2},
    ),
    "deno": (
        {
            "version": 1,
            "diagnostics": [
                {
                    "range": {"start": {"line": 4, "col": 8, "bytePos": 30}},
                    "filename": "file:///a.ts",
                    "message": "m",
                    "code": "no-explicit-any",
                }
            ],
            "errors": [],
            "checkedFiles": ["/a.ts"],
        },
        {"errors": 1},
        {"no-explicit-any": 1},
    ),
    "cppcheck": (
        """<?xml version="1.0" encoding="UTF-8"?>
<results version="2">
    <cppcheck version="2.13"/>
    <errors>
        <error id="nullPointer" severity="error" msg="Null pointer" verbose="Null pointer: p">
            <location file="a.c" line="4" column="9"/>
        </error>
        <error id="unusedFunction" severity="style" msg="Never used"/>
        <error id="missingInclude" severity="information" msg="Not found"/>
    </errors>
</results>
""",
        {"errors": 1, "warnings": 1, "notes": 1},
        {"nullPointer": 1, "unusedFunction": 1, "missingInclude": 1},
    ),
    "codeclimate": (
        [
            {
                "description": "m",
                "check_name": "a-check",
                "fingerprint": "0",
                "severity": severity,
                "location": {"path": "a.js", "lines": {"begin": 4}},
            }
            for severity in ("critical", "major", "info")
        ],
        {"errors": 1, "warnings": 1, "notes": 1},
        {"a-check": 3},
    ),
}


@pytest.mark.parametrize("tool", CASES)
def test_findings_are_counted_by_the_tools_own_severity(tool: str) -> None:
    """Pretty or on one line, each finding counts with its code."""
    document, counted, codes = CASES[tool]
    digest = only(document, exit_code=1)
    assert (digest.tool, digest.verdict) == (tool, Verdict.FAILED)
    assert (digest.counted, digest.by_code) == (counted, codes)
    assert digest.first is not None


@pytest.mark.parametrize(
    "tool",
    [
        *("pyright", "pylint", "tslint", "flow", "elm", "psalm", "rubocop", "golangci-lint"),
        *("erb-lint", "hlint", "swiftlint", "dart-analyze", "vint", "oxlint", "cppcheck"),
    ],
)
def test_places_are_counted_from_one(tool: str) -> None:
    """Whether the tool counts from 0 or from 1."""
    check_place(only(CASES[tool][0]))


def test_declared_numbers_are_kept_apart() -> None:
    """What a document sums up is declared, what it lists is counted."""
    document, _, _ = CASES["phpstan"]
    digest = only({**document, "totals": {"errors": 0, "file_errors": 11}})
    assert (digest.declared, digest.counted) == ({"errors": 11}, {"errors": 3})
    assert digest.first is not None
    assert digest.first.file == "/src/a.b.php"


def test_eslint_with_its_fixes() -> None:
    """Counts of all files add up; a crashed parser has no rule."""
    files = [
        {
            "filePath": f"/{name}.js",
            "messages": [
                {
                    "ruleId": "semi",
                    "severity": 2,
                    "message": "Missing semicolon.",
                    "line": 4,
                    "column": 9,
                },
                {
                    "ruleId": None,
                    "fatal": True,
                    "severity": 2,
                    "message": "Parsing error: x",
                    "line": 1,
                },
                {"ruleId": "no-var", "severity": 1, "message": "Unexpected var.", "line": 2},
            ],
            "errorCount": 2,
            "warningCount": 1,
            "fixableErrorCount": 1,
            "fixableWarningCount": 1,
        }
        for name in "ab"
    ]
    digest = only(files, exit_code=1)
    assert only({"results": files, "metadata": {"cwd": "/"}}, exit_code=1) == replace(
        digest, lines=ANY
    )
    assert digest.declared == {"errors": 4, "warnings": 2}
    assert (digest.by_code, digest.files) == ({"semi": 2, "no-var": 2}, 2)
    assert (digest.fixable, digest.fix) == (Fixable(safe=4), "eslint --fix .")
    assert digest.first is not None
    assert digest.first.message == "Parsing error: x"


def test_ruff_tells_safe_from_unsafe_fixes() -> None:
    """Only what is safe is offered."""
    document = [
        {
            "code": code,
            "filename": "a.py",
            "location": {"row": 4, "column": 9},
            "message": "m",
            "fix": {"applicability": kind} if kind else None,
        }
        for code, kind in (("F401", "safe"), ("F841", "unsafe"), ("F821", ""))
    ]
    digest = only(document, exit_code=1)
    assert digest.fixable == Fixable(safe=1, unsafe=1)
    assert "F821 ×1" in digest.summary.split(",")[0]
    assert digest.summary.endswith("`ruff check --fix` (1/3)")


def test_shellcheck_and_hadolint_are_told_apart() -> None:
    """Their arrays differ in little."""
    comments = CASES["shellcheck"][0]["comments"]
    assert only(comments).tool == "shellcheck"
    assert only(CASES["hadolint"][0]).tool == "hadolint"


def test_elm_tells_of_one_error_and_of_old_warnings() -> None:
    """A general error is a document of its own; before 0.19 there was an array."""
    general = {"type": "error", "path": None, "title": "NO elm.json", "message": ["It is missing."]}
    old = [
        {
            "tag": "unused import",
            "overview": "m",
            "details": "",
            "region": PLACE,
            "type": kind,
            "file": "A.elm",
        }
        for kind in ("warning", "error")
    ]
    assert only(general).counted == {"errors": 1}
    assert only(old).counted == {"errors": 1, "warnings": 1}


def test_an_item_that_says_nothing_is_none() -> None:
    """Neither words nor a name nor a file."""
    lint = {"line": 4, "code": "DL3008", "message": "m", "column": 9, "file": "D", "level": "error"}
    assert only([{}, {"level": "error"}, lint]).counted == {"errors": 1}


CLEAN: dict[str, Any] = {
    "eslint": [{"filePath": "/a.js", "messages": [], "errorCount": 0, "warningCount": 0}],
    "pyright": {
        "version": "1",
        "generalDiagnostics": [],
        "summary": {"filesAnalyzed": 3, "errorCount": 0, "warningCount": 0},
    },
    "pylint": {
        "messages": [],
        "statistics": {"messageTypeCount": {"error": 0}, "modulesLinted": 2, "score": 10.0},
    },
    "bandit": {
        "errors": [],
        "generated_at": "",
        "metrics": {"_totals": {"loc": 8}},
        "results": [],
    },
    "biome": {
        "summary": {"changed": 0, "unchanged": 2, "errors": 0, "warnings": 0},
        "diagnostics": [],
    },
    "stylelint": [
        {"source": "/a.css", "invalidOptionWarnings": [], "warnings": [], "errored": False}
    ],
    "flow": {"flowVersion": "0.2", "errors": [], "passed": True},
    "phpstan": {"totals": {"errors": 0, "file_errors": 0}, "files": [], "errors": []},
    "phpcs": {
        "totals": {"errors": 0, "warnings": 0, "fixable": 0},
        "files": {"/a.php": {"errors": 0, "warnings": 0, "messages": []}},
    },
    "rubocop": {
        "metadata": {"rubocop_version": "1"},
        "files": [{"path": "a.rb", "offenses": []}],
        "summary": {"offense_count": 0, "inspected_file_count": 1},
    },
    "golangci-lint": {"Issues": None, "Report": {"Linters": [{"Name": "errcheck"}]}},
    "terraform": {"valid": True, "error_count": 0, "warning_count": 0, "diagnostics": []},
    "semgrep": {"results": [], "errors": [], "paths": {"scanned": ["a.py"]}},
}
NOTHING_LOOKED_AT: dict[str, Any] = {
    "pyright": {**CLEAN["pyright"], "summary": {"filesAnalyzed": 0, "errorCount": 0}},
    "pylint": {
        "messages": [],
        "statistics": {"messageTypeCount": {"error": 0}, "modulesLinted": 0},
    },
    "bandit": {**CLEAN["bandit"], "metrics": {"_totals": {"loc": 0}}},
    "biome": {"summary": {"changed": 0, "unchanged": 0, "errors": 0}, "diagnostics": []},
    "rubocop": {
        "metadata": {"rubocop_version": "1"},
        "files": [],
        "summary": {"offense_count": 0, "inspected_file_count": 0},
    },
    "semgrep": {"results": [], "errors": [], "paths": {"scanned": []}},
}


@pytest.mark.parametrize("tool", CLEAN)
def test_a_complete_document_without_findings_is_green(tool: str) -> None:
    """If it shows that something was looked at; a bad status is never green."""
    digest = only(CLEAN[tool])
    assert (digest.tool, digest.verdict, digest.counted) == (tool, Verdict.OK, {})
    assert only(CLEAN[tool], exit_code=1).verdict is Verdict.FAILED


@pytest.mark.parametrize("tool", NOTHING_LOOKED_AT)
def test_nothing_looked_at_is_not_green(tool: str) -> None:
    """No file, no verdict."""
    digest = only(NOTHING_LOOKED_AT[tool], exit_code=0)
    assert (digest.tool, digest.verdict) == (tool, Verdict.UNKNOWN)


def test_errors_that_the_tool_itself_had_are_not_green() -> None:
    """A file that could not be read is not one without findings."""
    semgrep = {
        **CLEAN["semgrep"],
        "errors": [
            {"code": 3, "level": "error", "type": "Syntax error", "message": "m", "path": "a.py"}
        ],
    }
    assert only(semgrep, exit_code=0).verdict is Verdict.FAILED
    bandit = {**CLEAN["bandit"], "errors": [{"filename": "a.py", "reason": "syntax error"}]}
    assert only(bandit, exit_code=0).counted == {"errors": 1}
    golangci = {"Issues": [], "Report": {"Linters": [{"Name": "x"}], "Error": "no go files"}}
    assert only(golangci, exit_code=0).verdict is Verdict.ERROR
