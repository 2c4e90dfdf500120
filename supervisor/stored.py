"""The hall between command line and raw store: which outputs are kept, and lines out of them."""

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from supervisor.config import load, state_dir
from supervisor.errors import NoInputError, UsageError
from supervisor.output.reader import LINE_MOST_BYTES, RawReader
from supervisor.output.runs import list_runs
from supervisor.state_places import state_home

_LAST_LINE = 1 << 62


def find_run(prefix: str, config: Path | None) -> Path:
    """The raw store of the one run whose id begins so.

    Raises:
        SupervisorError: there is no such run, or more than one.
    """
    found = [run for raw in _stores(config) for run in raw.glob("*") if run.name.startswith(prefix)]
    if not found:
        where = config or state_home(os.environ)
        raise NoInputError(f"{where}: no run whose id begins with {prefix!r} is kept here")
    if len(found) > 1:
        names = ", ".join(run.name for run in found[:5])
        raise UsageError(f"{prefix!r} begins {len(found)} runs ({names} …); give more of the id")
    return found[0]


def list_outputs(config: Path | None) -> list[dict[str, Any]]:
    """The kept outputs, oldest first: ``run``, ``state``, ``bytes`` on disk and ``written``."""
    rows = [
        {
            "run": run.run,
            "state": raw.parent.name,
            "bytes": run.disk_bytes,
            "written": dt.datetime.fromtimestamp(run.written, dt.UTC).isoformat(timespec="seconds"),
        }
        for raw in _stores(config)
        for run in list_runs(raw)
    ]
    return sorted(rows, key=lambda row: (row["written"], row["run"]))


def select(
    reader: RawReader, lines: str | None, pattern: str | None, stream: int | None
) -> Iterator[bytes]:
    """Lines of an output, each with its newline, that are in a range and match an expression.

    With an expression each begins with its number, as grep has it, but for those of one stream.

    Raises:
        UsageError: the range or the expression makes no sense.
    """
    if stream is not None and lines is not None:
        raise UsageError(
            "--lines counts the lines of both streams; leave --stdout and --stderr out"
        )
    first, last = (1, _LAST_LINE) if lines is None else _parse_lines(lines)
    try:
        wanted = re.compile((pattern or "").encode())
    except re.error as error:
        raise UsageError(f"--grep {pattern}: {error}") from None
    if stream is not None:
        yield from (
            line + b"\n" for line in _lines_of(reader.chunks(stream)) if wanted.search(line)
        )
        return
    for one in reader.lines(first, last):
        if wanted.search(one.data):
            number = b"" if pattern is None else b"%d:" % one.number
            yield number + one.data + b"\n"


def _stores(config: Path | None) -> list[Path]:
    if config is None:
        return sorted(state_home(os.environ).glob("*/raw"))
    return [state_dir(load(config), os.environ) / "raw"]


def _parse_lines(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not dash:
        last = first
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise UsageError(f"--lines {text}: give one line or a range, counted from 1, like 10-25")
    return int(first), int(last)


def _lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        held = held[:LINE_MOST_BYTES]
        yield from lines
    if held:
        yield held
