"""Documents that many tools write: SARIF, rdjson, code quality, checkstyle, PMD, SpotBugs."""

import json
from typing import Any

import pytest

from supervisor.analyzer import analyze
from supervisor.digests import Digest, Fixable, Verdict


def only(text: str, exit_code: int | None = None, tool: str | None = None) -> Digest:
    """The digest of a document."""
    analysis = analyze([text.encode()], exit_code=exit_code, tool=tool)
    assert len(analysis.segments) == 1, [digest.summary for digest in analysis.segments]
    return analysis.segments[0]


def sarif(
    results: list[dict[str, Any]] | None, name: str = "ESLint", **more: Any
) -> dict[str, Any]:
    """A SARIF log of one run."""
    run: dict[str, Any] = {
        "tool": {"driver": {"name": name, "rules": more.pop("rules", [])}},
        **more,
    }
    if results is not None:
        run = {"results": results, **run}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def result(level: str | None = "error", uri: str = "src/a%20b.js", **more: Any) -> dict[str, Any]:
    """A SARIF result."""
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": 4, "startColumn": 9}}
    return {
        "ruleId": "no-undef",
        **({"level": level} if level else {}),
        "message": {"text": "'x' is not defined."},
        "locations": [{"physicalLocation": place}],
        **more,
    }


def test_sarif_is_named_by_its_driver() -> None:
    """In lower case; its results count by their levels."""
    log = sarif([result(), result("warning"), result("note"), result("none")])
    digest = only(json.dumps(log, indent=2), exit_code=1)
    assert (digest.tool, digest.verdict) == ("eslint", Verdict.FAILED)
    assert digest.counted == {"errors": 1, "warnings": 1, "notes": 2}
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("src/a b.js", 4)


def test_sarif_levels_of_rules_that_come_later() -> None:
    """A result without a level has its rule's, else it is a warning."""
    rules = [{"id": "no-undef", "defaultConfiguration": {"level": "error"}}]
    assert only(json.dumps(sarif([result(None)], rules=rules))).counted == {"errors": 1}
    assert only(json.dumps(sarif([result(None)]))).counted == {"warnings": 1}


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "pass"},
        {"baselineState": "absent"},
        {"suppressions": [{"kind": "inSource"}]},
        {"suppressions": [{"kind": "external", "status": "accepted"}]},
    ],
)
def test_sarif_results_that_are_no_findings(more: dict[str, Any]) -> None:
    """What passed, what is gone, and what somebody suppressed."""
    assert only(json.dumps(sarif([result(**more)]))).counted == {}


def test_sarif_that_is_green_and_that_is_not() -> None:
    """An empty list of results is a good run; none, or a run that failed, is not."""
    failed = [{"executionSuccessful": False, "exitCodeDescription": "out of memory"}]
    assert only(json.dumps(sarif([]))).verdict is Verdict.OK
    assert only(json.dumps(sarif(None)), exit_code=0).verdict is Verdict.UNKNOWN
    broken = only(json.dumps(sarif([], invocations=failed)), exit_code=0)
    assert (broken.verdict, broken.summary) == (Verdict.ERROR, "eslint: out of memory (exit 0)")


@pytest.mark.parametrize(
    ("uri", "file"),
    [("file:///C:/src/a.cs", "C:/src/a.cs"), ("file:///src/a.c", "/src/a.c"), ("a.c", "a.c")],
)
def test_sarif_uris_are_paths(uri: str, file: str) -> None:
    """People know files by their paths."""
    first = only(json.dumps(sarif([result(uri=uri)]))).first
    assert first is not None
    assert first.file == file


def test_rdjson_is_named_by_its_source() -> None:
    """The severity of all stands at the end."""
    document = {
        "diagnostics": [
            {
                "message": "m",
                "location": {"path": "a.sh", "range": {"start": {"line": 4, "column": 9}}},
                "code": {"value": "SC2086"},
                **severity,
            }
            for severity in ({"severity": "ERROR"}, {})
        ],
        "severity": "WARNING",
        "source": {"name": "ShellCheck"},
    }
    digest = only(json.dumps(document), exit_code=1)
    assert (digest.tool, digest.counted) == ("shellcheck", {"errors": 1, "warnings": 1})


def test_code_quality_tells_whose_it_is_by_its_codes() -> None:
    """Ruff's codes are ruff's, and its errors are called major."""
    issue = {
        "check_name": "F401",
        "description": "F401: `os` imported but unused",
        "severity": "major",
        "fingerprint": "0",
        "location": {"path": "a.py", "positions": {"begin": {"line": 4, "column": 9}}},
    }
    digest = only(json.dumps([issue]))
    assert (digest.tool, digest.counted) == ("ruff", {"errors": 1})
    assert digest.first is not None
    assert digest.first.message == "`os` imported but unused"
    assert only(json.dumps([{**issue, "check_name": "lint/style/useConst"}])).tool == "biome"


CHECKSTYLE = """<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="10.3">
<file name="/src/A.java">
<error line="4" column="9" severity="{}" message="Missing &quot;Javadoc&quot;." \
source="com.puppycrawl.tools.checkstyle.checks.javadoc.MissingJavadocMethodCheck"/>
<error line="5" severity="warning" message="n" source="eslint.rules.semi"/>
</file>
<file name="/src/B.java">
</file>
</checkstyle>
"""


def test_checkstyle() -> None:
    """Checks are called as checkstyle calls them itself."""
    digest = only(CHECKSTYLE.format("error"), exit_code=1)
    assert (digest.tool, digest.counted) == ("checkstyle", {"errors": 1, "warnings": 1})
    assert digest.by_code == {"MissingJavadocMethod": 1, "semi": 1}
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == ("/src/A.java", 'Missing "Javadoc".')


def test_checkstyle_without_files_is_not_green() -> None:
    """With files and without errors it is."""
    empty = '<?xml version="1.0"?>\n<checkstyle version="10">\n{}</checkstyle>\n'
    assert only(empty.format(""), exit_code=0).verdict is Verdict.UNKNOWN
    assert only(empty.format('<file name="A.java"/>\n')).verdict is Verdict.OK


def test_pmd_and_cpd() -> None:
    """Priorities are severities; files that could not be read are errors."""
    pmd = (
        '<?xml version="1.0"?><pmd xmlns="http://pmd.sourceforge.net/report/2.0.0"'
        ' version="7.0"><file name="A.java">'
        '<violation beginline="4" begincolumn="9" rule="UnusedPrivateField" priority="3">\n'
        "Avoid unused.\n</violation>"
        '<violation beginline="5" rule="X" priority="1">m</violation></file>'
        '<error filename="B.java" msg="PMDException: cannot parse">stack</error></pmd>\n'
    )
    digest = only(pmd, exit_code=4)
    assert (digest.tool, digest.counted) == ("pmd", {"errors": 2, "warnings": 1})
    cpd = (
        '<?xml version="1.0"?>\n<pmd-cpd>\n<duplication lines="12" tokens="90">\n'
        '<file line="4" path="/src/A.java"/>\n<file line="40" path="/src/B.java"/>\n'
        "<codefragment><![CDATA[ a ]]></codefragment>\n</duplication>\n</pmd-cpd>\n"
    )
    assert only(cpd).summary.startswith("cpd: 1 warning: /src/A.java:4 12 lines are found")


def test_spotbugs() -> None:
    """The place may stand below the method or the class."""
    bug = (
        '<BugInstance type="NP_NULL" priority="{}" rank="5" abbrev="NP" category="CORRECTNESS">'
        '<Class classname="a.B"><SourceLine classname="a.B" sourcepath="a/B.java"/></Class>'
        '<SourceLine classname="a.B" start="4" end="4" sourcepath="a/B.java"/></BugInstance>'
    )
    document = (
        '<?xml version="1.0"?>\n<BugCollection version="4.8">'
        + bug.format(1)
        + bug.format(2)
        + '<FindBugsSummary total_classes="{}" total_bugs="2"/></BugCollection>\n'
    )
    digest = only(document.format(3))
    assert (digest.tool, digest.counted) == ("spotbugs", {"errors": 1, "warnings": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.line) == ("a/B.java", 4)
    summary = '<FindBugsSummary total_classes="{}" total_bugs="0"/>'
    clean = f'<BugCollection version="4">{summary}</BugCollection>'
    assert only(clean.format(3)).verdict is Verdict.OK
    assert only(clean.format(0), exit_code=0).verdict is Verdict.UNKNOWN


def test_trivy_of_both_schemas() -> None:
    """Vulnerabilities, and what is wrong with a configuration, but not what passed."""
    vulnerability = {
        "VulnerabilityID": "CVE-2024-1",
        "PkgName": "curl",
        "InstalledVersion": "8.0",
        "Severity": "HIGH",
        "Title": "overflow",
    }
    checks = [
        {
            "ID": "DS002",
            "Title": "root",
            "Severity": "HIGH",
            "Status": status,
            "CauseMetadata": {"StartLine": 4},
        }
        for status in ("FAIL", "PASS")
    ]
    old = [{"Target": "alpine", "Type": "alpine", "Vulnerabilities": [vulnerability]}]
    new = {
        "SchemaVersion": 2,
        "ArtifactName": "alpine",
        "Results": [*old, {"Target": "Dockerfile", "Misconfigurations": checks}],
    }
    assert only(json.dumps(old)).counted == {"errors": 1}
    digest = only(json.dumps(new, indent=2), exit_code=1)
    assert (digest.tool, digest.by_code) == ("trivy", {"CVE-2024-1": 1, "DS002": 1})
    assert digest.first is not None
    assert (digest.first.file, digest.first.message) == ("alpine", "curl 8.0: overflow")
    clean = {
        "SchemaVersion": 2,
        "ArtifactName": "a",
        "Results": [{"Target": "a", "Type": "alpine"}],
    }
    assert only(json.dumps(clean)).verdict is Verdict.OK
    assert only(json.dumps({**clean, "Results": []}), exit_code=0).verdict is Verdict.UNKNOWN


def test_npm_audit_of_both_schemas() -> None:
    """Counts are npm's own; what a package depends on is told."""
    counts = {"info": 0, "low": 0, "moderate": 1, "high": 1, "critical": 0, "total": 2}
    document = {
        "auditReportVersion": 2,
        "vulnerabilities": {
            "lodash": {
                "name": "lodash",
                "severity": "high",
                "via": [
                    {"title": "Prototype Pollution", "url": "https://github.com/advisories/GHSA-1"}
                ],
                "fixAvailable": True,
            },
            "gulp": {
                "name": "gulp",
                "severity": "moderate",
                "via": ["lodash"],
                "fixAvailable": False,
            },
        },
        "metadata": {"vulnerabilities": counts, "dependencies": {"total": 40}},
    }
    digest = only(json.dumps(document, indent=2), exit_code=1)
    assert (digest.tool, digest.declared) == ("npm", {"errors": 1, "warnings": 1, "notes": 0})
    assert (digest.by_code, digest.fixable) == ({"GHSA-1": 1}, Fixable(safe=1))
    old = {
        "actions": [],
        "advisories": {
            "1": {"module_name": "a", "severity": "high", "title": "t", "url": "https://x/1"}
        },
        "muted": [],
        "metadata": {"vulnerabilities": counts, "totalDependencies": 40},
    }
    assert only(json.dumps(old)).counted == {"errors": 1}
    failed = {
        "error": {"code": "ENOLOCK", "summary": "This command requires a lockfile.", "detail": ""}
    }
    assert only(json.dumps(failed), exit_code=1).verdict is Verdict.ERROR


def test_cargo_audit() -> None:
    """Unmaintained crates are warnings."""
    entry = {
        "advisory": {"id": "RUSTSEC-2024-1", "title": "t"},
        "package": {"name": "a", "version": "1"},
    }
    document = {
        "database": {"advisory-count": 500},
        "lockfile": {"dependency-count": 9},
        "vulnerabilities": {"found": True, "count": 1, "list": [entry]},
        "warnings": {"unmaintained": [{**entry, "kind": "unmaintained"}]},
    }
    digest = only(json.dumps(document), exit_code=1)
    assert (digest.tool, digest.counted) == ("cargo-audit", {"errors": 1, "warnings": 1})
    clean = {
        **document,
        "vulnerabilities": {"found": False, "count": 0, "list": []},
        "warnings": {},
    }
    assert only(json.dumps(clean)).verdict is Verdict.OK
