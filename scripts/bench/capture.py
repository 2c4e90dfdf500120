"""Capture: a flood of log lines, until all of it is stored."""

import os
import re
import select
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.children import read_report
from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.started import REPORT, Started
from scripts.bench.subjects import Launch, Sink, Subject, Supervise, environment
from scripts.bench.table import Budget

WALL = Metric("wall_s", "wall s")
METRICS = (
    WALL,
    Metric("cpu_s", "CPU s"),
    Metric("peak_mb", "peak MB", 1),
    Metric("disk_mb", "disk MB", 1),
    Metric("lost_lines", "lost lines", 0, compared=False),
    Metric("kept_percent", "kept %", 2, compared=False),
)
REFERENCE = "zstd -1"
OURS = (Supervise("supervise", "100GiB"), Supervise("supervise, default quota"))
SINKS = (Sink("cat > file", "cat", "cat"), Sink(REFERENCE, "zstd -q -1", "zstd -qdc"))
BUDGETS = (
    Budget("supervise", WALL, 1.11, REFERENCE),
    Budget("supervise", WALL, 1.0, "supervisord"),
    Budget("supervise", Metric("lost_lines", "lost lines"), 0),
)

_SLOWEST_BYTES_PER_S = 2e6
_STALLED_S = 3.0
"""A log that has not grown for so long after its writer's end will not grow any more."""
_LOOK_S = 0.005
_SAMPLE_S = 0.05
_NUMBER = re.compile(rb"#(\d{10})\n")


@dataclass(frozen=True, slots=True)
class Stored:
    """The end of one capture."""

    at_s: float
    """When the last byte was in the store, on the clock of time.monotonic()."""
    peak_bytes: int
    """The most that the subject's processes of one moment had ever held, added up."""


@dataclass(frozen=True, slots=True)
class Capture:
    """The benchmark: who stores ``size_bytes`` how fast, at what cost, and how completely."""

    emit: tuple[str, ...]
    size_bytes: int

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one run; time counts from the child's first instruction.

        Raises:
            MeasureError: the subject failed, or ended its child early.
        """
        launch = subject.launch([*self.emit, str(self.size_bytes), str(work / REPORT)], work)
        os.sync()  # Else the subject waits for pages that the one before it dirtied.
        within_s = 60 + self.size_bytes / _SLOWEST_BYTES_PER_S
        run = isolated(partial(_store, launch, work), within_s)
        report = read_report(work / REPORT)
        if report is None or not report.ended_s:
            raise MeasureError("the child was ended early")
        if run.cpu_s < report.cpu_s:
            raise MeasureError("less processor time was counted than the child alone has used")
        disk_bytes = sum(path.lstat().st_size for path in work.rglob("*") if path.is_file())
        kept = isolated(partial(_read_back, launch, work, report.lines), within_s).value
        return {
            "wall_s": run.value.at_s - report.started_s,
            "cpu_s": run.cpu_s - report.cpu_s,
            "peak_mb": run.value.peak_bytes / 1e6,
            "disk_mb": disk_bytes / 1e6,
            "lost_lines": report.lines - kept.lines,
            "kept_percent": 100 * kept.size_bytes / report.emitted_bytes,
            "emitted_bytes": report.emitted_bytes,
            "kept_bytes": kept.size_bytes,
        }


def _store(launch: Launch, work: Path) -> Stored:
    """Run the subject until it has stored everything."""
    started = Started(launch, work)
    return _until_exit(started) if launch.log is None else _until_logged(started, launch.log)


def _until_exit(started: Started) -> Stored:
    """A subject that ends with its child: all is stored when it has ended."""
    peak = 0
    watch = os.pidfd_open(started.process.pid)
    try:
        while not select.select([watch], [], [], _SAMPLE_S)[0]:
            peak = max(peak, _peak_bytes(started))
        ended_s = time.monotonic()
    finally:
        os.close(watch)
    started.process.wait()
    started.check()
    return Stored(ended_s, peak)


def _until_logged(started: Started, log: Path) -> Stored:
    """A subject that stays: all is stored when its log has it, or has stopped growing."""
    peak = size = 0
    grown_s = sampled_s = time.monotonic()
    while True:
        now_s = time.monotonic()
        grown = log.stat().st_size if log.exists() else 0
        if grown > size:
            size, grown_s = grown, now_s
        report = started.report()
        if report and report.ended_s:
            if size >= report.emitted_bytes or now_s - max(grown_s, report.ended_s) > _STALLED_S:
                return Stored(grown_s, max(peak, _peak_bytes(started)))
        elif now_s - sampled_s > _SAMPLE_S:
            peak, sampled_s = max(peak, _peak_bytes(started)), now_s
            started.check()
        time.sleep(_LOOK_S)


def _peak_bytes(started: Started) -> int:
    return sum(held.peak_bytes for held in started.held())


@dataclass(frozen=True, slots=True)
class Kept:
    """What a subject gives back."""

    size_bytes: int
    lines: int
    """Distinct sequence numbers."""


def _read_back(launch: Launch, work: Path, lines: int) -> Kept:
    """Count what the subject stored, of ``lines`` that were written."""
    argv, env = launch.read_back(), environment(launch, work)
    with (
        (work / "reader.stderr").open("w+b") as stderr,
        subprocess.Popen(argv, cwd=work, env=env, stdout=subprocess.PIPE, stderr=stderr) as reader,
    ):
        assert reader.stdout is not None  # noqa: S101 - for the type checker
        pipe = reader.stdout
        kept = count(iter(lambda: pipe.read(1 << 20), b""), lines)
        if reader.wait() != 0:
            stderr.seek(0)
            words = stderr.read(500).decode(errors="replace")
            raise MeasureError(f"reading back: exit status {reader.returncode}: {words}")
    return kept


def count(chunks: Iterable[bytes], lines: int) -> Kept:
    r"""Bytes and distinct lines in ``chunks``, however they are cut.

    >>> count([b"a #0000000001\nb #000000", b"0000\nc #0000000001\n"], lines=5)
    Kept(size_bytes=42, lines=2)
    """
    seen = bytearray(lines)
    size = 0
    rest = b""
    for chunk in chunks:
        size += len(chunk)
        text = rest + chunk
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        for number in map(int, _NUMBER.findall(text, 0, end)):
            if number < lines:
                seen[number] = 1
    return Kept(size, sum(seen))
