"""The history: what telemetry adds up to, however often and by whomever it is read."""

import dataclasses
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supervisor import events
from supervisor.digests import Diagnostic, Digest, Verdict
from supervisor.endings import Exited
from supervisor.errors import StateError
from supervisor.output.frames import compress, decompress
from supervisor.telemetry.history import History
from supervisor.telemetry.retention import TelemetryLimits
from supervisor.telemetry.writer import Telemetry
from tests.supervised import ROOT, Desk

TIGHT = TelemetryLimits(rotate_bytes=10_000, quota_bytes=10_000_000)


def digest(number: int, verdict: Verdict = Verdict.FAILED, tool: str = "ruff") -> Digest:
    return Digest(
        tool=tool,
        kind="linter",
        verdict=verdict,
        declared={},
        counted={},
        by_code={},
        files=None,
        fixable=None,
        fix="ruff check --fix",
        first=Diagnostic(file="a.py", line=number, message="x"),
        causes=(),
        summary=f"{tool}: failure {number}",
        fingerprint=f"v1:{number:016x}",
        lines=(1, 2),
    )


def run_of(number: int) -> Iterator[events.Event]:
    """What one run tells: a failure of its own, one that all share, and its end."""
    run = f"{number:08x}"
    yield events.RunStarted(
        run=run, pid=1, attempt=1, argv=("agent",), cwd="/", tier="sealed", limits={}, scratch="/"
    )
    yield events.Digested(run=run, digest=digest(0), status="known")
    yield events.Digested(run=run, digest=digest(number + 1), status="new")
    yield events.RunEnded(
        run=run,
        ending=Exited(1),
        cause="failed",
        wall_s=2.0,
        cpu_s=1.0,
        peak_memory_bytes=1,
        peak_processes=1,
        output_bytes=100,
        kept_bytes=10,
        dropped_bytes=0,
        output_hash=f"hash {number % 2}",
    )
    killed = events.Member(pid=7, argv=("sleep", "9"), how="killed")
    yield events.Receipt(
        run=run,
        seen=3,
        ended=(killed,),
        ended_count=1,
        survivors=(),
        took_s=0.1,
        scratch_left=0,
        limits={},
    )


def write(directory: Path, runs: range) -> None:
    for number in runs:
        with Telemetry.open(directory, TIGHT, compress) as telemetry:
            for event in run_of(number):
                telemetry.emit(event)


def tables(history: History) -> dict[str, list[Any]]:
    names = ("runs", "failures", "sightings", "kills", "days")
    return {
        name: sorted(history.connection.execute(f"SELECT * FROM {name}"), key=str)  # noqa: S608
        for name in names
    }


def test_catching_up_in_steps_is_reading_it_all_at_once(tmp_path: Path) -> None:
    """Across rotations and compressions no record is missed and none counts twice."""
    telemetry = tmp_path / "telemetry"
    with History.open(tmp_path / "history") as history:
        for start in range(0, 40, 7):
            write(telemetry, range(start, start + 7))
            assert history.catch_up(telemetry, decompress) == 7 * 5
            assert history.catch_up(telemetry, decompress) == 0
        stepwise = tables(history)
        history.reset()
        history.catch_up(telemetry, decompress)
        assert tables(history) == stepwise
    assert len(list(telemetry.glob("*.zst"))) > 2
    assert len(stepwise["runs"]) == len(stepwise["kills"]) == 42
    (shared,) = [row for row in stepwise["failures"] if row[1] == digest(0).fingerprint]
    assert shared[7] == 42


def test_two_that_catch_up_at_once_share_the_work(tmp_path: Path) -> None:
    """A supervisor and a command beside it never count a record twice."""
    write(tmp_path / "telemetry", range(30))
    code = (
        "import sys; from pathlib import Path\n"
        "from supervisor.telemetry.history import History\n"
        "from supervisor.output.frames import decompress\n"
        "folder = Path(sys.argv[1])\n"
        "with History.open(folder / 'history') as history:\n"
        "    print(history.catch_up(folder / 'telemetry', decompress))\n"
    )
    argv = [sys.executable, "-c", code, str(tmp_path)]
    running = [
        subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)
    ]
    counts = [int(one.communicate(timeout=30)[0]) for one in running]

    assert sum(counts) == 150
    with History.open(tmp_path / "history") as history:
        assert len(tables(history)["kills"]) == 30


def test_what_breaks_off_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that dies within a batch has read nothing of it; the next one reads it whole."""
    write(tmp_path / "telemetry", range(10))
    apply, calls = History._apply, iter(range(1000))

    def dying(history: History, record: Any) -> None:
        if next(calls) == 23:
            raise KeyboardInterrupt
        apply(history, record)

    with History.open(tmp_path / "history") as history:
        with monkeypatch.context() as patch:
            patch.setattr(History, "_apply", dying)
            with pytest.raises(KeyboardInterrupt):
                history.catch_up(tmp_path / "telemetry", decompress)
        assert tables(history)["runs"] == []
        assert history.catch_up(tmp_path / "telemetry", decompress) == 50
        assert len(tables(history)["runs"]) == 10


def test_what_was_only_counted_counts(tmp_path: Path) -> None:
    """A failure that came again is in all sums, with the time of the last."""
    telemetry, run, one = tmp_path / "telemetry", "0" * 8, digest(1)
    last = "2999-01-01T00:00:00.000+00:00"
    with Telemetry.open(telemetry, TIGHT, compress) as writer:
        writer.emit(next(run_of(0)))
        writer.emit(events.Digested(run=run, digest=one))
        writer.emit(
            events.Repeated(
                run=run,
                tool=one.tool,
                fingerprint=one.fingerprint,
                verdict=one.verdict,
                count=96,
                first=last,
                last=last,
                lines=(8, 9),
            )
        )
    with History.open(tmp_path / "history") as history:
        history.catch_up(telemetry, decompress)
        ask = history.connection.execute
        assert ask("SELECT count, last FROM failures").fetchall() == [(97, last)]
        assert ask("SELECT count, last FROM sightings").fetchall() == [(97, last)]
        assert ask("SELECT digests, failures FROM days").fetchall() == [(97, 97)]


def test_success_of_the_tool_fixes_its_failures(tmp_path: Path) -> None:
    """Until they are seen again; another tool's success changes nothing."""
    telemetry = tmp_path / "telemetry"
    with History.open(tmp_path / "history") as history:

        def tell(*digests: Digest) -> list[bool]:
            with Telemetry.open(telemetry, TIGHT, compress) as writer:
                for one in digests:
                    writer.emit(events.Digested(run="0" * 8, digest=one))
            history.catch_up(telemetry, decompress)
            rows = history.connection.execute("SELECT fixed FROM failures ORDER BY fingerprint")
            return [fixed is not None for (fixed,) in rows]

        assert tell(digest(1), digest(2)) == [False, False]
        assert tell(digest(9, Verdict.OK, "mypy")) == [False, False]
        assert tell(digest(9, Verdict.OK)) == [True, True]
        assert tell(digest(2)) == [True, False]


def test_damaged_database_is_made_anew(tmp_path: Path) -> None:
    """It holds nothing that the telemetry does not have."""
    write(tmp_path / "telemetry", range(3))
    for garbage in (b"not a database" * 100, b"", b"SQLite format 3\0" + bytes(84)):
        (tmp_path / "history").write_bytes(garbage)
        with History.open(tmp_path / "history") as history:
            assert history.catch_up(tmp_path / "telemetry", decompress) == 15


def test_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be opened"), History.open(tmp_path / "no" / "h"):
        pass


def test_database_is_ours_alone(tmp_path: Path) -> None:
    with History.open(tmp_path / "history"):
        modes = {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert modes == {0}


def test_tables_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a config is used, the oldest rows make room."""
    bounds = (
        ("failures", "last, fingerprint", 3),
        ("runs", "started, run", 4),
        ("kills", "time, pid", 5),
    )
    monkeypatch.setattr("supervisor.telemetry.history._BOUNDS", bounds)
    write(tmp_path / "telemetry", range(12))
    with History.open(tmp_path / "history") as history:
        history.catch_up(tmp_path / "telemetry", decompress)
        found = tables(history)

    assert len(found["failures"]) == 3
    assert len(found["runs"]) == 4
    assert len(found["kills"]) <= 5
    assert {row[0] for row in found["sightings"]} <= {row[0] for row in found["runs"]}


def test_its_file_is_bounded_in_bytes(tmp_path: Path) -> None:
    """However long the rows: the older half goes when it is full, and reading goes on."""
    telemetry, most = tmp_path / "telemetry", 2_500_000
    with Telemetry.open(telemetry, TelemetryLimits(), compress) as writer:
        for number in range(6000):
            one = dataclasses.replace(digest(number), summary=f"{number} " + "é" * 200)
            writer.emit(events.Digested(run=f"{number:08x}", digest=one))
    with History.open(tmp_path / "history", most) as history:
        assert history.catch_up(telemetry, decompress) == 6000
        kept = [row for (row,) in history.connection.execute("SELECT summary FROM failures")]
        assert history.catch_up(telemetry, decompress) == 0
    assert (tmp_path / "history").stat().st_size <= most
    assert 1000 < len(kept) < 5000
    assert any(row.startswith("5999 ") for row in kept)


def test_next_start_knows_what_this_one_met(tmp_path: Path) -> None:
    """The failure is known, the output is the same, and a tool that comes through is told."""
    desk = Desk(tmp_path)
    red = "a.py:1:1: F401 [*] `os` imported but unused\\nFound 1 error.\\n"
    fails = ["sh", "-c", f"printf '{red}'; exit 1"]
    first = desk.run(desk.write(fails)).stdout
    second = desk.run(desk.write(fails)).stdout
    third = desk.run(desk.write(["echo", "All checks passed!"])).stdout
    run = desk.events("run-started")[0]["run"]

    assert "known" not in first
    assert "(known from an earlier start)" in second
    assert f"identical to run {run}" in second
    assert "ruff: 1 failure gone" in third
    assert [one["status"] for one in desk.events("digest")] == ["new", "known", None]
    with sqlite3.connect(next(tmp_path.glob("state/supervise/*/history.sqlite3"))) as database:
        assert database.execute("SELECT count FROM failures").fetchall() == [(2,)]
    database.close()
