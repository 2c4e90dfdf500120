"""A history of 100,000 events, and how soon it answers: ``history.py READER COUNT FOLDER REPORT``.

What is timed is opening what is on disk, asking, and having the rows.
"""

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.digests import Diagnostic, Digest, Verdict
from supervisor.endings import Exited
from supervisor.output.frames import compress, decompress
from supervisor.telemetry import questions
from supervisor.telemetry.history import History, catch_up
from supervisor.telemetry.reader import Position, read_events
from supervisor.telemetry.writer import Telemetry, TelemetryLimits

_TOOLS = ("pytest", "ruff", "mypy")
_DIGESTS_A_RUN = 98
_FAILURES = 3000
_TIMES = 9
Ask = Callable[[], object]


def write(folder: Path, count: int) -> None:
    """Tell of runs that each meet a few dozen of some thousand failures, and mend others."""
    limits = TelemetryLimits(quota_bytes=10 * 2**30)
    with Telemetry.open(folder, limits, compress) as telemetry:
        for run in range(count // (_DIGESTS_A_RUN + 2)):
            for event in _run(run):
                telemetry.emit(event)
                while telemetry.waiting_bytes > limits.rotate_bytes // 20:
                    time.sleep(0.001)


def _run(number: int) -> Iterator[events.Event]:
    run = f"{number:08x}"
    yield events.RunStarted(
        run=run, pid=1, attempt=1, argv=("agent",), cwd="/", tier="sealed", limits={}, scratch="/"
    )
    for place in range(_DIGESTS_A_RUN):
        yield events.Digested(run=run, digest=_digest(number, place), status="known")
    yield events.RunEnded(
        run=run,
        ending=Exited(1),
        cause="failed",
        wall_s=2.0,
        cpu_s=1.0,
        peak_memory_bytes=1,
        peak_processes=1,
        output_bytes=1,
        kept_bytes=1,
        dropped_bytes=0,
        output_hash=None,
        same_as=None,
    )


def _digest(run: int, place: int) -> Digest:
    number = (run * 7 + place) % _FAILURES
    tool = _TOOLS[number % len(_TOOLS)]
    return Digest(
        tool=tool,
        kind="linter",
        verdict=Verdict.OK if place % len(_TOOLS) == 0 else Verdict.FAILED,
        declared={"errors": number},
        counted={"errors": number},
        by_code={"F401": number},
        files=1,
        fixable=None,
        fix=None,
        first=Diagnostic(file="a.py", line=number, message="x"),
        causes=(),
        summary=f"{tool}: failure {number}",
        fingerprint=f"v1:{number:016x}",
        lines=(1, 2),
    )


def ask_history(folder: Path) -> dict[str, Ask]:
    """Our questions, each with the look whether the telemetry has more."""
    path = folder / "history.sqlite3"

    def asking(question: Callable[[Any], object]) -> Ask:
        def ask() -> object:
            with History.open(path) as history:
                history.catch_up(folder / "telemetry", decompress)
                return question(history.connection)

        return ask

    return {
        "errors": asking(lambda at: questions.list_failures(at, "", new=False)),
        "why": asking(lambda at: questions.failures_of(at, questions.find_run(at, "")[0]["run"])),
        "killed": asking(lambda at: questions.list_kills(at, "")),
        "diff": asking(lambda at: questions.compare(at, "00000001", "00000002")),
    }


def ask_files(folder: Path) -> dict[str, Ask]:
    """The least that whoever reads the files anew must do, whatever he asks: every line."""

    def ask() -> object:
        since = Position(0, 0)
        return Counter(
            one["kind"] for _, one in read_events(folder / "telemetry", decompress, since)
        )

    return dict.fromkeys(("errors", "why", "killed", "diff"), ask)


def main(reader: str, count: str, folder: Path, report: Path) -> None:
    """Write the events, bring the history up to date, ask each question a few times."""
    write(folder / "telemetry", int(count))
    begun = time.perf_counter()
    read = catch_up(folder / "history.sqlite3", folder / "telemetry", decompress)
    fields = {"read_per_s": read / (time.perf_counter() - begun)}
    ours = reader == "supervise"
    asks = ask_history(folder) if ours else ask_files(folder)
    for name, ask in asks.items():
        took_ms = []
        for _ in range(_TIMES if ours else 1):
            begun = time.perf_counter()
            ask()
            took_ms.append(1e3 * (time.perf_counter() - begun))
        fields[f"{name}_ms"] = statistics.median(took_ms)
    report.write_text(json.dumps(fields), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
