"""JSON of tools that look for known vulnerabilities: trivy, npm audit, cargo audit, semgrep.

Sources: aquasecurity/trivy, pkg/types/report.go; npm/cli, workspaces/arborist/lib/audit-report.js;
rustsec/rustsec, rustsec/src/report.rs; semgrep/semgrep-interfaces, semgrep_output_v1.atd.
"""

from dataclasses import replace
from typing import Any

from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.items import get, said
from supervisor.analyzer.tally import Finding

_SEVERITIES = {
    "critical": "errors",
    "high": "errors",
    "moderate": "warnings",
    "medium": "warnings",
    "low": "warnings",
    "unknown": "notes",
    "negligible": "notes",
}
_TRIVY = Grammar(name="trivy", kind="linter", severities=_SEVERITIES, rules=())
_NPM = Grammar(
    name="npm",
    kind="packages",
    aliases=("pnpm", "yarn"),
    fix="npm audit fix",
    severities=_SEVERITIES,
    rules=(),
)
_NPM_COUNTS = {
    "metadata.vulnerabilities.critical": "errors",
    "metadata.vulnerabilities.high": "errors",
    "metadata.vulnerabilities.moderate": "warnings",
    "metadata.vulnerabilities.low": "warnings",
    "metadata.vulnerabilities.info": "notes",
}
_NPM_PROOF = (
    "metadata.dependencies.total",
    "metadata.dependencies",
    "metadata.totalDependencies",
)


def _package(finding: Finding, item: Any) -> Finding:
    """The package and its release before what is the matter with it."""
    package = f"{said(item.get('PkgName'))} {said(item.get('InstalledVersion'))}".strip()
    finding.message = f"{package}: {finding.message}" if finding.message else package
    return finding


def _violated(finding: Finding, item: Any) -> Finding | None:
    return None if said(item.get("Status")).upper() in {"PASS", "EXCEPTION"} else finding


def _npm(finding: Finding, item: Any) -> Finding:
    """The advisory that a package is vulnerable by, or the package that makes it so."""
    first = get("via.0")(item)
    if isinstance(first, dict):
        finding.code = said(first.get("url")).rpartition("/")[2] or None
        finding.message = f"{said(item.get('name'))}: {said(first.get('title'))}"
    else:
        finding.message = f"{said(item.get('name'))}: depends on vulnerable {said(first)}"
    return finding


def _module(finding: Finding, item: Any) -> Finding:
    finding.code = finding.code and finding.code.rpartition("/")[2]
    finding.message = f"{said(item.get('module_name'))}: {finding.message}"
    return finding


def _crate(finding: Finding, item: Any) -> Finding:
    package = f"{said(get('package.name')(item))} {said(get('package.version')(item))}".strip()
    finding.message = f"{package}: {finding.message or said(item.get('kind'))}"
    return finding


def _trivy(prefix: str) -> tuple[Items, ...]:
    """What is listed below the results of either schema."""
    line = "CauseMetadata.StartLine|StartLine"
    items = Items(line=line, message="Message|Title", severity="Severity")
    return (
        replace(
            items,
            at=f"{prefix}*.Vulnerabilities.*",
            code="VulnerabilityID",
            message="Title|Description",
            amend=_package,
        ),
        replace(items, at=f"{prefix}*.Misconfigurations.*", code="ID", amend=_violated),
        replace(items, at=f"{prefix}*.Secrets.*", code="RuleID", message="Title"),
        replace(
            items, at=f"{prefix}*.Licenses.*", file="FilePath", code="Name", message="Category"
        ),
    )


FORMS = (
    Form(
        grammar=_TRIVY,
        signatures=(
            ("SchemaVersion", "ArtifactName"),
            ("SchemaVersion", "Results.*.Target"),
            ("Results.*.Target", "Results.*.Type"),
        ),
        items=_trivy("Results."),
        context={"file": "Results.*.Target"},
        scope="Results.*",
        proof=("Results.*.Target",),
    ),
    Form(
        grammar=_TRIVY,
        signatures=(("*.Target", "*.Vulnerabilities"),),
        items=_trivy(""),
        context={"file": "*.Target"},
        scope="*",
        proof=("*.Target",),
    ),
    Form(
        grammar=_NPM,
        signatures=(("auditReportVersion", "vulnerabilities"),),
        items=(
            Items(
                at="vulnerabilities.*",
                severity="severity",
                safe="fixAvailable=true",
                amend=_npm,
            ),
        ),
        declares=_NPM_COUNTS,
        proof=_NPM_PROOF,
    ),
    Form(
        grammar=_NPM,
        signatures=(("advisories", "metadata.vulnerabilities"), ("actions", "advisories", "muted")),
        items=(
            Items(
                at="advisories.*",
                code="github_advisory_id|url",
                message="title",
                severity="severity",
                amend=_module,
            ),
        ),
        declares=_NPM_COUNTS,
        proof=_NPM_PROOF,
    ),
    Form(
        grammar=_NPM,
        signatures=(("error.code", "error.summary", "error.detail"), ("message", "error.summary")),
        breaks=("message", "error.summary", "error.code"),
    ),
    Form(
        grammar=Grammar(name="cargo-audit", kind="packages", aliases=("cargo",), rules=()),
        signatures=(("database.advisory-count", "lockfile", "vulnerabilities"),),
        items=(
            Items(
                at="vulnerabilities.list.*",
                code="advisory.id",
                message="advisory.title",
                counts_as="errors",
                amend=_crate,
            ),
            Items(
                at="warnings.*.*",
                code="advisory.id",
                message="advisory.title",
                counts_as="warnings",
                amend=_crate,
            ),
        ),
        declares={"vulnerabilities.count": "errors"},
        proof=("lockfile.dependency-count",),
    ),
    Form(
        grammar=Grammar(name="semgrep", kind="linter", aliases=("opengrep",), rules=()),
        signatures=(
            ("results.*.check_id", "results.*.extra"),
            ("results", "errors", "paths.scanned"),
        ),
        items=(
            Items(
                at="results.*",
                file="path",
                line="start.line",
                column="start.col",
                code="check_id",
                message="extra.message",
                severity="extra.severity",
                severities={"inventory": "notes", "experiment": "notes", **_SEVERITIES},
            ),
            Items(at="errors.*", file="path", code="type", message="message", severity="level"),
        ),
        proof=("paths.scanned.*",),
    ),
)
