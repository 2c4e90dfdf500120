"""The closing lines of a supervised shift: the receipt; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from supervisor.units import render_bytes, render_seconds
from supervisor.view.words import printable

_MOST_FAILURES = 8


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of the shift, however often it was seen."""

    fingerprint: str
    summary: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over all runs of one start of the supervisor."""

    runs: Sequence[str]
    wall_s: float
    seen: int
    survivors: int
    scratch_left: int
    output_bytes: int
    kept_bytes: int
    dropped_bytes: int
    peak_memory_bytes: int
    peak_processes: int


def render_closing(totals: Totals, failures: Iterable[Failure]) -> Iterator[str]:
    """The receipt, then one line per distinct failure."""
    yield "receipt"
    yield (
        f"  members seen {totals.seen}, survivors {totals.survivors},"
        f" scratch left {totals.scratch_left}"
    )
    gap = f", {render_bytes(totals.dropped_bytes)} not kept" if totals.dropped_bytes else ""
    yield (
        f"  output {render_bytes(totals.output_bytes)} → {render_bytes(totals.kept_bytes)} kept"
        f"{gap}; read it: supervise show {totals.runs[-1] if totals.runs else 'RUN'}"
    )
    yield (
        f"  {len(totals.runs)} run{'' if len(totals.runs) == 1 else 's'} in"
        f" {render_seconds(totals.wall_s)}; at most {totals.peak_processes} processes and"
        f" {render_bytes(totals.peak_memory_bytes)} at once"
    )
    listed = sorted(failures, key=lambda failure: failure.last, reverse=True)
    yield f"  failures: {len(listed) or 'none'}"
    for failure in listed[:_MOST_FAILURES]:
        yield (
            f"  {failure.count}x {failure.first:%H:%M:%S}-{failure.last:%H:%M:%S}"
            f" {printable(failure.summary)} [{failure.fingerprint}]"
        )
    if len(listed) > _MOST_FAILURES:
        yield f"  and {len(listed) - _MOST_FAILURES} more"
