"""One line of at most 200 bytes that saves the reader from opening the raw output."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supervisor.analyzer.tally import URGENT_RANK, Tally
from supervisor.analyzer.text import cut
from supervisor.digests import Diagnostic, Fixable, Verdict

SUMMARY_BYTES = 200
_FIRST_BYTES = 80
_CAUSE_BYTES = 64
_LEAST_FIRST_BYTES = 24
_MOST_CAUSES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose tally a summary tells."""

    tool: str
    kind: str
    verdict: Verdict
    end: str = ""
    """The exit status in words, where the tally does not account for it."""
    fix: str | None = None
    noun: str = "errors"
    """What the tool's errors are called."""


def summarise(subject: Subject, tally: Tally) -> str:
    """Verdict and counts first, then codes or causes, the leading finding, and the fix."""
    kind = subject.kind
    head = f"{subject.tool}: {_headline(subject, tally)}"
    if subject.end:
        head += f" ({subject.end})"
    tail = _fix(tally, subject.fix)
    if kind == "tests" and _causes(tally) and (others := ", ".join(_other_tests(tally))):
        tail = f"; {others}{tail}"
    room = SUMMARY_BYTES - len(tail.encode())
    detail = "" if kind in {"tests", "crash"} else _codes(tally)
    causes = _causes(tally) if kind == "tests" else ""
    first = "" if causes or (tail and tally.first_rank > URGENT_RANK) else _first(tally, kind)
    said = head
    if detail or causes:
        reserved = min(_FIRST_BYTES, len(first.encode()))
        said += ": " + cut(detail or causes, max(40, room - len(said.encode()) - reserved - 4))
    left = room - len(said.encode()) - 2
    if first and left >= _LEAST_FIRST_BYTES:
        said += ("; " if detail else ": ") + cut(first, left)
    return cut(cut(said, room) + tail, SUMMARY_BYTES)


def place(diagnostic: Diagnostic) -> str:
    """``file:line`` as far as it is known.

    >>> place(Diagnostic(file="a.py", line=3)), place(Diagnostic())
    ('a.py:3', '')
    """
    if diagnostic.file is None:
        return ""
    return diagnostic.file + (f":{diagnostic.line}" if diagnostic.line else "")


def count(number: int, word: str) -> str:
    """A count with its noun.

    >>> count(1, "errors"), count(2, "errors"), count(3, "failed")
    ('1 error', '2 errors', '3 failed')
    """
    return f"{number} {word.removesuffix('s') if number == 1 and word != 'passed' else word}"


def ranked_codes(tally: Tally) -> list[tuple[str, int]]:
    """Codes with their counts: those that explain others first, then the most frequent."""
    return sorted(
        tally.by_code.items(), key=lambda item: (item[0] not in tally.urgent_codes, -item[1])
    )


def _headline(subject: Subject, tally: Tally) -> str:
    kind, verdict = subject.kind, subject.verdict
    if kind == "crash":
        return "crashed"
    if kind != "tests":
        parts = [*_error_counts(tally, subject.noun), *tally.remarks]
    elif _causes(tally):
        parts = [*_failing_tests(tally), count(len(tally.causes), "causes")]
    else:
        parts = [*_failing_tests(tally), *_other_tests(tally)]
    if tally.broken and kind != "crash":
        parts.append(cut(tally.broken, 120))
    if not parts:
        silent = "failed" if tally.red else "no result"
        parts.append("ok" if verdict is Verdict.OK else silent)
    elif verdict is Verdict.OK and kind != "tests":
        parts.insert(0, "ok")
    elif kind == "tests" and not tally.ended and not tally.broken:
        parts.append("no closing line")
    return ", ".join(parts)


def _tests(tally: Tally) -> Mapping[str, int]:
    """What the closing line declared; not every runner's has numbers."""
    return tally.declared if tally.ended and tally.declared else tally.counted


def _failing_tests(tally: Tally) -> Iterable[str]:
    counts = dict(_tests(tally))
    # What could not be run may be missing in a count of the tests that could.
    counts["errors"] = max(counts.get("errors", 0), tally.counted["errors"])
    return (count(counts[key], key) for key in ("failed", "errors") if counts.get(key))


def _other_tests(tally: Tally) -> Iterable[str]:
    counts = _tests(tally)
    yield from (count(counts[key], key) for key in ("passed", "skipped") if counts.get(key))
    yield from tally.remarks


def _error_counts(tally: Tally, noun: str) -> Iterable[str]:
    errors, shown = tally.declared.get("errors"), tally.counted["errors"]
    warnings = tally.counted["warnings"] or tally.declared.get("warnings", 0)
    if errors is None or errors == shown + warnings != shown:
        errors = shown
    if errors or shown:
        files = tally.declared.get("files") or len(tally.files)
        where = f" in {count(files, 'files')}" if files and noun == "errors" else ""
        differs = f" ({shown} shown)" if shown and shown != errors else ""
        yield f"{count(errors, noun)}{differs}{where}"
    if warnings:
        yield count(warnings, "warnings")


def _codes(tally: Tally) -> str:
    return ", ".join(f"{code} ×{times}" for code, times in ranked_codes(tally))


def _causes(tally: Tally) -> str:
    if sum(tally.causes.values()) <= len(tally.causes):
        return ""
    causes = tally.causes.most_common(_MOST_CAUSES)
    return ", ".join(f"{cut(_bare(message), _CAUSE_BYTES)} ×{times}" for message, times in causes)


def _bare(message: str) -> str:
    """A cause without the name of its exception, where the message says as much."""
    return message.removeprefix("ModuleNotFoundError: ").removeprefix("AssertionError: ")


def _first(tally: Tally, kind: str) -> str:
    first = tally.first
    if first is None:
        return ""
    if kind == "crash":
        what = ": ".join(part for part in (first.code, first.message) if part)
        where = place(first)
        return cut(what, 120) + (f" at {where}" if where else "")
    if kind == "tests":
        return " ".join(part for part in (first.code, first.message) if part)
    code = first.code if len(tally.by_code) > 1 and first.code else ""
    return " ".join(part for part in (code, place(first), first.message) if part)


def _fix(tally: Tally, fix: str | None) -> str:
    if fix is None or tally.fixable is None:
        return ""
    total = fixable_of(tally.fixable, tally.declared, tally.counted)
    return f"; `{fix}` ({tally.fixable.safe}/{total})"


def fixable_of(fixable: Fixable, declared: Mapping[str, int], counted: Mapping[str, int]) -> int:
    """Of how many findings some can be mended."""
    said = (counts.get("errors", 0) + counts.get("warnings", 0) for counts in (declared, counted))
    return max(*said, fixable.safe)
