"""Telemetry: events at full speed from one thread; how many are taken, and how many are lost."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import isolated
from scripts.bench.started import Started
from scripts.bench.subjects import ROOT, Launch, Subject
from scripts.bench.table import Budget

TOLD = Metric("told_per_s", "taken/s", 0, rate=True)
LOST = Metric("lost", "lost", 0, compared=False)
HELD = Metric("held_mb", "waiting MB", 2, compared=False)
GROWN = Metric("grown_mb", "grown MB", 1, compared=False)
METRICS = (
    TOLD,
    Metric("closed_per_s", "until closed/s", 0, rate=True),
    Metric("cpu_us", "CPU µs"),
    LOST,
    HELD,
    GROWN,
    Metric("disk_mb", "disk MB", 1, compared=False),
)
OURS, REFERENCE = "supervise", "rotating"
BUDGETS = (
    Budget(OURS, TOLD, 100_000),
    Budget(OURS, LOST, 0),
    Budget(OURS, HELD, 1.05),
    Budget(OURS, GROWN, 8),
)
_SLOWEST_PER_S = 2000
_REPORT = "report"


@dataclass(frozen=True, slots=True)
class Library:
    """What writes the events, and the Python that has it."""

    name: str
    python: str | Path
    program: str = "events"
    """Which of our programs it runs."""

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Tell as many events as ``child`` says."""
        program = (self.python, "-P", "-m", f"scripts.bench.programs.{self.program}")
        return Launch(
            argv=[*program, self.name, *child, work / "events", work / _REPORT],
            env={"PYTHONPATH": str(ROOT)},
        )


OF_OURS = (Library(OURS, sys.executable), Library(REFERENCE, sys.executable))


@dataclass(frozen=True, slots=True)
class Telling:
    """The benchmark: ``count`` events."""

    count: int

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one run.

        Raises:
            MeasureError: the subject failed, or took too long.
        """
        launch = subject.launch([str(self.count)], work)
        isolated(partial(_run, launch, work), 60 + self.count / _SLOWEST_PER_S)
        return dict(json.loads((work / _REPORT).read_text(encoding="ascii")))


def _run(launch: Launch, work: Path) -> None:
    started = Started(launch, work)
    started.process.wait()
    started.check()
