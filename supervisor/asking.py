"""The hall between command line, telemetry and view: what the history answers."""

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supervisor.config import load, state_dir
from supervisor.errors import NoInputError, UsageError
from supervisor.output.frames import decompress
from supervisor.places import Places
from supervisor.state_places import state_home
from supervisor.telemetry import questions
from supervisor.telemetry.history import History
from supervisor.telemetry.record import stamp
from supervisor.units import parse_duration


@contextmanager
def opened(config: Path | None) -> Iterator[History]:
    """The history of a config, up to date; without one, of the only config that has any.

    Raises:
        SupervisorError: there is none, or it cannot be read.
    """
    places = Places(_state_of(config))
    if not places.telemetry.is_dir():
        raise NoInputError(f"{places.root}: nothing has run here yet; start it: supervise FILE")
    with History.open(places.history) as history:
        history.catch_up(places.telemetry, decompress)
        yield history


def rebuild(config: Path | None) -> int:
    """Make the history anew from all telemetry there is; returns how many records that were."""
    places = Places(_state_of(config))
    with History.open(places.history) as history:
        history.reset()
        return history.catch_up(places.telemetry, decompress)


def failures(config: Path | None, since: str | None, *, new: bool) -> list[dict[str, Any]]:
    """What failed since a time."""
    with opened(config) as history:
        return questions.list_failures(history.connection, parse_since(since), new=new)


def flaky(config: Path | None, since: str | None) -> list[dict[str, Any]]:
    """Tests that failed and passed on one tree since a time."""
    with opened(config) as history:
        return questions.list_flaky(history.connection, parse_since(since))


def why(config: Path | None, prefix: str) -> dict[str, Any]:
    """A run and what failed in it; with no prefix the last one that failed.

    Raises:
        SupervisorError: there is no such run, or more than one.
    """
    with opened(config) as history:
        run = _only_run(history, prefix)
        return {"run": run, "failures": questions.failures_of(history.connection, run["run"])}


def kills(config: Path | None, since: str | None) -> list[dict[str, Any]]:
    """What had to be ended since a time."""
    with opened(config) as history:
        return questions.list_kills(history.connection, parse_since(since))


def compare(config: Path | None, before: str, after: str) -> dict[str, list[dict[str, Any]]]:
    """What failed in one run and not in another.

    Raises:
        SupervisorError: there is no such run, or more than one.
    """
    with opened(config) as history:
        runs = [_only_run(history, prefix)["run"] for prefix in (before, after)]
        return questions.compare(history.connection, *runs)


def parse_since(text: str | None) -> str:
    """A time as the telemetry has it, from a duration before now or a date, with or without a time.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return ""
    try:
        return stamp(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=parse_duration(text)))
    except ValueError:
        pass  # It may be a date.
    try:
        return stamp(dt.datetime.fromisoformat(text))
    except ValueError:
        raise UsageError(
            f"--since {text}: give a duration like 12h, or a date like 2026-11-24"
        ) from None


def _only_run(history: History, prefix: str) -> Mapping[str, Any]:
    found = questions.find_run(history.connection, prefix)
    if not found:
        known = f"no run whose id begins with {prefix!r} is known"
        raise NoInputError(known if prefix else "no run has failed yet")
    if len(found) > 1:
        names = ", ".join(row["run"] for row in found[:5])
        raise UsageError(f"{prefix!r} begins several runs ({names} …); give more of the id")
    return found[0]


def _state_of(config: Path | None) -> Path:
    if config is not None:
        return state_dir(load(config), os.environ)
    home = state_home(os.environ)
    found = [path for path in home.glob("*") if (path / "telemetry").is_dir()]
    if len(found) != 1:
        what = "nothing has run yet" if not found else f"{len(found)} configs have run"
        raise UsageError(f"{home}: {what}; name one: --config FILE")
    return found[0]
