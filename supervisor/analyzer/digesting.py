"""Tallies to digests."""

from supervisor.analyzer.fingerprint import fingerprint
from supervisor.analyzer.residue import Residue
from supervisor.analyzer.segment import Segment
from supervisor.analyzer.summary import SUMMARY_BYTES, Subject, count, place, summarise
from supervisor.analyzer.tally import Tally
from supervisor.analyzer.text import cut
from supervisor.analyzer.verdicts import BAD, Outcome
from supervisor.digests import Cause, Diagnostic, Digest, Verdict

_MOST_CODES = 50
_MOST_CAUSES = 20
_TEXT_BYTES = 300
_LAST_LINES = 2
_WORDS_BYTES = 150


def digest_of(segment: Segment, name: str, verdict: Verdict, outcome: Outcome) -> Digest:
    """The digest of one tool's execution; ``outcome`` is empty where it did not end the stream."""
    grammar, tally = segment.grammar, segment.parser.tally
    conflict = outcome.verdict is not None and outcome.verdict is not verdict
    unsaid = verdict in {Verdict.KILLED, Verdict.TIMEOUT} or (
        verdict in BAD and not (tally.problems or tally.red or tally.broken)
    )
    fix = None
    if tally.fixable is not None and tally.fixable.safe:
        fix = tally.fix or grammar.fix
    end = str(outcome) if conflict or unsaid else ""
    if verdict in BAD and segment.witness.disk_full is not None:
        tally.remark("disk full")
    kind = tally.kind or grammar.kind
    subject = Subject(tool=name, kind=kind, verdict=verdict, end=end, fix=fix, noun=grammar.noun)
    return _digest(subject, tally, summarise(subject, tally), (segment.first, segment.last))


def residue_digest(
    name: str, residue: Residue, outcome: Outcome, last: tuple[str, ...], lines: tuple[int, int]
) -> Digest:
    """The digest of text that no grammar knew: its cause if it shows one, else its last words."""
    verdict = residue_verdict(residue, outcome, silent=not last)
    if not residue.tally.identities:
        residue.tally.identify(residue.claim or " ".join(last[-1:]))
    parts = [str(outcome)] if str(outcome) else []
    calamity = residue.calamity
    counted = residue.tally.counted
    tells = calamity is not None and (calamity.outranks or not counted["errors"])
    if calamity is not None and tells and verdict is not Verdict.OK:
        victim = f" ({residue.victim})" if residue.victim else f" ({calamity.code})"
        parts.insert(0, calamity.words + victim)
    elif counted["errors"] or counted["warnings"]:
        parts.append(_at_least(residue.tally))
    elif not last:
        parts.append("no output")
    elif outcome.verdict is Verdict.OK and not residue.claim:
        parts.append("no tool recognised")
    else:
        cause = "cause not recognised" if outcome.verdict in BAD else "not recognised"
        parts.append(cause + _words(residue.claim, last))
    summary = cut(f"{name}: " + ", ".join(parts), SUMMARY_BYTES)
    subject = Subject(tool=name, kind="output", verdict=verdict)
    return _digest(subject, residue.tally, summary, lines)


def residue_verdict(residue: Residue, outcome: Outcome, *, silent: bool) -> Verdict:
    """The verdict over text that nobody can read: a clean status does not make it good.

    A program that exits with 0 and says nothing is good; one whose words we do not know may
    just have said that 12 tests failed.
    """
    status = outcome.verdict
    if status is not None and status is not Verdict.OK:
        return status
    if residue.told:
        return Verdict.FAILED
    if status is None and residue.calamity is not None:
        return Verdict.ERROR
    return Verdict.OK if status is Verdict.OK and silent else Verdict.UNKNOWN


def _digest(subject: Subject, tally: Tally, summary: str, lines: tuple[int, int]) -> Digest:
    verdict = subject.verdict
    keep = 2 if subject.kind in {"linter", "types"} else 1
    causes = [
        Cause(cut(text, _TEXT_BYTES), n) for text, n in tally.causes.most_common() if n >= keep
    ]
    codes = "" if verdict is Verdict.OK else ",".join(sorted(tally.by_code))
    return Digest(
        tool=subject.tool,
        kind=subject.kind,
        verdict=verdict,
        declared=dict(tally.declared),
        counted={key: n for key, n in tally.counted.items() if n},
        by_code=dict(tally.by_code.most_common(_MOST_CODES)),
        files=len(tally.files) or tally.declared.get("files"),
        fixable=tally.fixable,
        fix=subject.fix,
        first=_bounded(tally.first),
        causes=tuple(causes[:_MOST_CAUSES]),
        summary=summary,
        fingerprint=fingerprint(subject.tool, tally.identities, f"{verdict in BAD}\0{codes}"),
        lines=lines,
    )


def _bounded(found: Diagnostic | None) -> Diagnostic | None:
    if found is None:
        return None
    return Diagnostic(
        file=found.file and cut(found.file, _TEXT_BYTES),
        line=found.line,
        column=found.column,
        code=found.code and cut(found.code, _TEXT_BYTES),
        message=cut(found.message, _TEXT_BYTES),
    )


def _at_least(tally: Tally) -> str:
    counts = [
        count(tally.counted[key], key) for key in ("errors", "warnings") if tally.counted[key]
    ]
    first = tally.first
    said = f"at least {' and '.join(counts)}"
    if tally.files:
        said += f" in {count(len(tally.files), 'files')}"
    if first is not None:
        said += f": {' '.join(part for part in (place(first), first.message) if part)}"
    return said


def _words(claim: str | None, last: tuple[str, ...]) -> str:
    # Records of a structured log are rarely what a program dies with.
    words = [text for text in last if not text.startswith("{")][-_LAST_LINES:] or list(last[-1:])
    if claim and claim not in words:
        words.insert(0, claim)
    return ": " + " | ".join(cut(text, _WORDS_BYTES // len(words)) for text in words)
