"""What the history answers, for a person; pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from supervisor.units import render_bytes, render_seconds
from supervisor.view.words import printable, render_argv

_ARROW = {"fixed": "-", "known": " ", "new": "+"}


def render_failures(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line per failure: how often, when, what, and what mends it."""
    if not rows:
        yield "no failures"
    for row in rows:
        gone = f", gone since {_when(row['fixed'])}" if row["fixed"] else ""
        seen = f"{_when(row['first'])} to {_when(row['last'])}" if row["count"] > 1 else ""
        yield f"{row['count']:>5}x  {printable(row['summary'])}"
        where = f"run {row['last_run']}; {row['fingerprint']}"
        yield f"        {seen or _when(row['last'])}{gone}; {where}"


def render_flaky(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line per test that failed and passed on one tree."""
    if not rows:
        yield "no flaky tests"
    for row in rows:
        yield f"{row['count']:>5}x  {row['tool']}: {printable(row['test'])}"
        yield f"        {_when(row['last'])}; run {row['last_run']}; tree {row['tree']}"


def render_outputs(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line per output that is kept: its run, when it ended, its size, whose it is."""
    for row in rows:
        size = render_bytes(row["bytes"])
        yield f"{row['run']}  {_when(row['written'])}  {size:>9}  {row['state']}"
    if not rows:
        yield "no output is kept"


def render_why(run: Mapping[str, Any], failures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Why a run is over: its ending, what failed in it, and where to read on."""
    cause = run["cause"] or "it is not known to have ended"
    took = f" after {render_seconds(run['wall_s'])}" if run["wall_s"] is not None else ""
    yield f"run {run['run']} of {_when(run['started'])}: {cause}{took}"
    if run["argv"]:
        yield f"  {render_argv(run['argv'])}"
    for row in failures[:1]:
        yield f"  last failure: {printable(row['summary'])}"
        if row["place"]:
            yield f"    at {printable(row['place'])}"
        if row["fix"]:
            yield f"    mend it: {row['fix']}"
        met = f"    met first on {_when(row['first'])} in run {row['first_run']}"
        yield f"{met}, {row['ever']} times in all"
    for row in failures[1:]:
        yield f"  also: {printable(row['summary'])}"
    if run["output_bytes"]:
        size = render_bytes(run["output_bytes"])
        yield f"  its output, {size}: supervise show {run['run']}"


def render_kills(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line per process that had to be ended."""
    if not rows:
        yield "nothing had to be ended"
    for row in rows:
        argv = render_argv(row["argv"])
        yield f"{_when(row['time'])}  run {row['run']}  {argv} (pid {row['pid']}, {row['how']})"


def render_diff(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Failures that are gone, that stayed and that came, one a line."""
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in found.items())
    yield counts
    for name, rows in found.items():
        yield from (f"{_ARROW[name]} {printable(row['summary'])}" for row in rows)


def _when(time: str) -> str:
    """A time of the telemetry's as clocks here show it."""
    return f"{dt.datetime.fromisoformat(time).astimezone():%d %b %H:%M:%S}"
