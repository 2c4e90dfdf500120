"""Start-up: from the launch to the child's first instruction, and what remains resident."""

import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.started import REPORT, Started
from scripts.bench.subjects import Floor, Launch, Subject, Supervise
from scripts.bench.table import Budget

FIRST = Metric("first_ms", "first ms", 1)
REST = Metric("rest_mb", "rest MB", 1)
METRICS = (
    FIRST,
    Metric("cpu_s", "CPU s"),
    REST,
    Metric("peak_mb", "peak MB", 1),
    Metric("processes", "processes", 0, compared=False),
)
REFERENCE = "supervisord"
OURS = (Supervise("supervise"),)
_POPEN = "import subprocess, sys; subprocess.Popen(sys.argv[1:]).wait()"
FLOORS = (
    Floor("fork and exec"),
    Floor("python -c Popen", (sys.executable, "-c", _POPEN)),
)
BUDGETS = (
    Budget("supervise", FIRST, 300),
    Budget("supervise", FIRST, 0.5, REFERENCE),
    Budget("supervise", REST, 50),
)

_WITHIN_S = 30.0
_LOOK_S = 0.002
_REST_S = 1.0


@dataclass(frozen=True, slots=True)
class Startup:
    """The benchmark: who has a child running how soon, and holds how much a second later."""

    first: tuple[str, ...]

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one start; processor time is all that was used until the end of the rest.

        Raises:
            MeasureError: the subject failed, or its child never started.
        """
        launch = subject.launch([*self.first, str(work / REPORT)], work)
        outcome = isolated(partial(_start, launch, work), _WITHIN_S)
        return {**outcome.value, "cpu_s": outcome.cpu_s}


def _start(launch: Launch, work: Path) -> dict[str, float]:
    launched_s = time.monotonic()
    started = Started(launch, work)
    while (report := started.report()) is None:
        started.check()
        if launch.log is None and started.process.poll() is not None and not started.report():
            raise MeasureError("it has ended without starting its child")
        time.sleep(_LOOK_S)
    time.sleep(_REST_S)
    held = started.held()
    return {
        "first_ms": 1000 * (report.started_s - launched_s),
        "rest_mb": sum(one.resident_bytes for one in held) / 1e6,
        "peak_mb": sum(one.peak_bytes for one in held) / 1e6,
        "processes": len(held),
    }
