"""The history: how soon it answers over many events, beside reading the files anew."""

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

ASKED = tuple(Metric(f"{name}_ms", f"{name} ms", 1) for name in ("errors", "why", "killed", "diff"))
METRICS = (*ASKED, Metric("read_per_s", "taken in/s", 0, compared=False, rate=True))
OURS, REFERENCE = "supervise", "every line"
BUDGETS = tuple(Budget(OURS, metric, 50) for metric in ASKED)
_SLOWEST_PER_S = 1000
_REPORT = "report"


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to answer from what is on disk."""

    name: str

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Ask over as many events as ``child`` says."""
        program = (sys.executable, "-P", "-m", "scripts.bench.programs.history")
        return Launch(
            argv=[*program, self.name, *child, work / "state", work / _REPORT],
            env={"PYTHONPATH": str(ROOT)},
        )


READINGS = (Reading(OURS), Reading(REFERENCE))


@dataclass(frozen=True, slots=True)
class Asking:
    """The benchmark: questions over ``count`` events."""

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
