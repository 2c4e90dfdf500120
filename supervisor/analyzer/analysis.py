"""Saved output to its analysis, and the analysis to JSON and to text for people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from supervisor.analyzer.excerpt import EXCERPT_BYTES, render
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.stream import Analyzer
from supervisor.analyzer.summary import fixable_of, place
from supervisor.analyzer.text import cut
from supervisor.analyzer.verdicts import BAD
from supervisor.digests import Call, Digest, Verdict

SCHEMA = 1
_MOST_SEGMENTS = 1000
_COMMAND_BYTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything that a piece of saved output says."""

    segments: tuple[Digest, ...]
    verdict: Verdict
    bytes: int
    excerpt: str = ""
    """What went wrong in at most 600 bytes: the worst summary, and the first telling lines."""
    omitted: int = 0
    """Digests beyond the first thousand, and of a flood those that tell the same again."""


def analyze(
    data: Iterable[bytes],
    *,
    tool: str | None = None,
    exit_code: int | None = None,
    users: Iterable[Grammar] = (),
    on_failure: Callable[[str, str], None] | None = None,
) -> Analysis:
    """Analyze saved output, given in chunks of any size."""
    analyzer = Analyzer(tool=tool, on_failure=on_failure, users=users)
    digests: list[Digest] = []
    size = omitted = 0
    for chunk in data:
        size += len(chunk)
        fresh = analyzer.feed(chunk)
        room = _MOST_SEGMENTS - len(digests)
        digests += fresh[:room]
        omitted += len(fresh[room:])
    digests += analyzer.close(exit_code)
    bad = [digest.summary for digest in digests if digest.verdict in BAD]
    return Analysis(
        segments=tuple(digests),
        verdict=analyzer.verdict,
        bytes=size,
        excerpt=render(bad, analyzer.quotes, analyzer.context, EXCERPT_BYTES),
        omitted=omitted + analyzer.repeats,
    )


def to_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as ``configs/analysis.schema.json`` describes it."""
    return {
        "schema": SCHEMA,
        "segments": [_segment(digest) for digest in analysis.segments],
        "omitted": analysis.omitted,
        "verdict": str(analysis.verdict),
        "bytes": analysis.bytes,
        "excerpt": analysis.excerpt,
    }


def render_text(analysis: Analysis) -> str:
    """The analysis for people: a line for each segment, with its details indented below."""
    lines: list[str] = []
    for digest in analysis.segments:
        lines.append(digest.summary)
        lines += [f"    {line}" for line in _details(digest)]
    if analysis.omitted:
        lines.append(f"{analysis.omitted} more segments not shown")
    lines.append(f"verdict: {analysis.verdict}")
    return "\n".join(lines) + "\n"


def _segment(digest: Digest) -> dict[str, Any]:
    first, fixable, call = digest.first, digest.fixable, digest.call
    return {
        "tool": digest.tool,
        "kind": digest.kind,
        "verdict": str(digest.verdict),
        "declared": dict(digest.declared),
        "counted": dict(digest.counted),
        "by_code": dict(digest.by_code),
        "files": digest.files,
        "fixable": fixable and {"safe": fixable.safe, "unsafe": fixable.unsafe},
        "fix": digest.fix,
        "first": first
        and {
            "file": first.file,
            "line": first.line,
            "column": first.column,
            "code": first.code,
            "message": first.message,
        },
        "causes": [{"message": cause.message, "count": cause.count} for cause in digest.causes],
        "summary": digest.summary,
        "fingerprint": digest.fingerprint,
        "lines": list(digest.lines),
    } | ({} if call is None else {"call": _call(call)})


def _call(call: Call) -> dict[str, Any]:
    return {"source": call.source, "command": call.command, "code": call.code}


def _details(digest: Digest) -> list[str]:
    lines: list[str] = []
    if digest.call is not None:
        lines.append(f"by: {cut(' '.join(digest.call.command.split()), _COMMAND_BYTES)}")
    if digest.by_code and digest.verdict is not Verdict.OK:
        lines.append(", ".join(f"{code} ×{count}" for code, count in digest.by_code.items()))
    first = digest.first
    if first is not None:
        said = (place(first), first.code, first.message)
        lines.append("first: " + " ".join(part for part in said if part))
    lines += [f"{cause.count} × {cause.message}" for cause in digest.causes]
    if digest.fix and digest.fixable:
        total = fixable_of(digest.fixable, digest.declared, digest.counted)
        lines.append(f"fix: {digest.fix} ({digest.fixable.safe}/{total})")
    lines.append(f"lines {digest.lines[0]}-{digest.lines[1]}, {digest.fingerprint}")
    return lines
