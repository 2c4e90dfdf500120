"""Analysis: output to digests; how fast, in how much memory, and what the least costs."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench import streams
from scripts.bench.processes import memory
from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import isolated
from scripts.bench.started import Started
from scripts.bench.subjects import ROOT, Launch, Subject
from scripts.bench.table import Budget

CPU = Metric("cpu_mb_s", "MB/s of CPU", 1, rate=True)
WALL = Metric("wall_mb_s", "MB/s", 1, rate=True)
PEAK = Metric("peak_mb", "peak MB", 1)
FIXED = Metric("fixed_ms", "next ms", compared=False)
METRICS = (CPU, WALL, PEAK)
FIXED_METRICS = (
    Metric("import_ms", "import ms", 0, compared=False),
    Metric("first_ms", "first ms", 1, compared=False),
    FIXED,
)
REFERENCE = "regex loop"
OURS = "supervise"
FIXED_BUDGETS = (Budget(OURS, FIXED, 5),)
ENDLESS_BUDGETS = (Budget(OURS, PEAK, 64),)

_SLOWEST_BYTES_PER_S = 2e5
_FIXED_WITHIN_S = 60.0
_LOOK_S = 0.005
_REPORT = "report"


@dataclass(frozen=True, slots=True)
class Reader:
    """A program that reads a stream; its arguments say which."""

    name: str
    argv: tuple[str | Path, ...]
    """What stands before the stream's path."""
    part: int = 1
    """It is given the first of so many parts of the stream, if it is slow."""
    reports: bool = True
    """It takes the path of a report, in which its start does not count; else all of it counts."""

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Read the stream that ``child`` names."""
        report = [work / _REPORT] if self.reports else []
        return Launch(argv=[*self.argv, *child, *report], env={"PYTHONPATH": str(ROOT)})


def _program(python: str | Path, name: str) -> tuple[str | Path, ...]:
    return (python, "-P", "-m", f"scripts.bench.programs.{name}")


READERS = (
    Reader(OURS, _program(sys.executable, "analyze")),
    Reader(REFERENCE, _program(sys.executable, "search")),
)
ENDLESS_READERS = (Reader(OURS, _program(sys.executable, "endless")),)
FIXED_READERS = (Reader(OURS, _program(sys.executable, "fixed")),)


def drain(venv: Path) -> Reader:
    """``drain3`` from a virtual environment of its own."""
    return Reader("drain3", _program(venv / "bin/python", "drain"), part=16)


def rtk(venv: Path) -> Reader:
    """``rtk log``, which is the one of its filters that takes any stream of any length."""
    return Reader("rtk", (venv / "bin/rtk", "log"), reports=False)


def budgets(stream: streams.Stream) -> tuple[Budget, ...]:
    """What we hold ourselves to on a stream of this kind."""
    return (Budget(OURS, CPU, 20 if stream.flood else 100), Budget(OURS, PEAK, 64))


@dataclass(frozen=True, slots=True)
class Analysis:
    """The benchmark: who reads the stream ``name`` of ``size_bytes`` how fast."""

    name: str
    size_bytes: int
    folder: Path
    """Where the stream is kept between rounds."""

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one reading.

        Raises:
            MeasureError: the subject failed, or took too long.
        """
        part = subject.part if isinstance(subject, Reader) else 1
        stream = self._stream(part)
        size_bytes = stream.stat().st_size
        launch = subject.launch([str(stream)], work)
        return _figures(launch, work, size_bytes)

    def _stream(self, part: int) -> Path:
        """The stream, or the first of its parts; written when it is first asked for."""
        path = self.folder / f"{self.name}-{part}"
        if not path.exists():
            self.folder.mkdir(exist_ok=True)
            streams.write(self.name, self.size_bytes // part, path)
        return path


@dataclass(frozen=True, slots=True)
class Endless:
    """The benchmark: what memory a stream takes that goes on and on, never the same."""

    name: str
    size_bytes: int

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one reading from a pipe.

        Raises:
            MeasureError: the subject failed, or took too long.
        """
        launch = subject.launch([self.name, str(self.size_bytes)], work)
        return _figures(launch, work, self.size_bytes)


def fixed(subject: Subject, work: Path) -> Sample:
    """Figures of an import and of analyses of a line.

    Raises:
        MeasureError: the subject failed.
    """
    launch = subject.launch([], work)
    isolated(partial(_read, launch, work), _FIXED_WITHIN_S)
    return _reported(work)


def _figures(launch: Launch, work: Path, size_bytes: int) -> Sample:
    outcome = isolated(partial(_read, launch, work), 60 + size_bytes / _SLOWEST_BYTES_PER_S)
    figures = {"cpu_s": outcome.cpu_s, **outcome.value, **_reported(work)}
    return {
        "cpu_mb_s": size_bytes / 1e6 / figures["cpu_s"],
        "wall_mb_s": size_bytes / 1e6 / figures["wall_s"],
        "peak_mb": figures["peak_bytes"] / 1e6,
    }


def _reported(work: Path) -> dict[str, float]:
    """What the program says of itself, if it does."""
    path = work / _REPORT
    return dict(json.loads(path.read_text(encoding="ascii"))) if path.exists() else {}


def _read(launch: Launch, work: Path) -> dict[str, float]:
    """Let the program read to the end, and look what it holds."""
    begun_s = time.monotonic()
    started = Started(launch, work)
    peak_bytes = 0
    while started.process.poll() is None:
        held = memory(started.process.pid)
        peak_bytes = max(peak_bytes, held.peak_bytes if held else 0)
        time.sleep(_LOOK_S)
    wall_s = time.monotonic() - begun_s
    started.check()
    return {"wall_s": wall_s, "peak_bytes": float(peak_bytes)}
