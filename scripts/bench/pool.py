"""The pool: what a call costs beyond the tool itself, and how soon a crowd of calls is done."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.started import REPORT, Started
from scripts.bench.subjects import Launch, Subject, Supervise
from scripts.bench.table import Budget

CALLS, CROWD, CAP = 100, 1000, 8
OVER = Metric("over_ms", "over bare, ms", 1)
CALL_METRICS = (
    Metric("bare_ms", "bare p50 ms", 1, compared=False),
    Metric("call_ms", "call p50 ms", 1),
    OVER,
    Metric("p90_ms", "call p90 ms", 1, compared=False),
)
WALL = Metric("wall_s", "wall s")
CROWD_METRICS = (WALL, Metric("cpu_s", "CPU s"))
CALL_REFERENCE, CROWD_REFERENCE = "sem --fg", "parallel"
CALL_BUDGETS = (Budget("shim", OVER, 25), Budget("supervise exec", OVER, 60))
CROWD_BUDGETS = (Budget("shims", WALL, 2, CROWD_REFERENCE),)

_WITHIN_S = 300.0
_PROGRAMS = Path(__file__).with_name("programs")
_COMMAND = (sys.executable, "-P", "-m", "supervisor")
_XARGS = ("xargs", "-n", "1", "-P")


@dataclass(frozen=True, slots=True)
class Caller:
    """A way to have the tool called, by a program that times it."""

    name: str
    words: Sequence[str | Path]
    """What the program executes."""
    run: Subject | None = None
    """What it is a child of; None: of nothing."""
    env: Callable[[Path], dict[str, str]] = field(default=lambda _: {})

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Start ``child``, the program, with these words."""
        argv = [*child, *map(str, self.words)]
        if self.run is None:
            return Launch(argv=argv, env=self.env(work))
        return self.run.launch(argv, work)


_POOL = Supervise("supervise", pool=f'size = {CAP}\ntools = ["true"]\n')
CALLERS = (
    Caller("shim", ["true"], _POOL),
    Caller("supervise-shell", ["supervise-shell", "/bin/true"], _POOL),
    Caller("supervise exec", [*_COMMAND, "exec", "--", "/bin/true"], _POOL),
)
CROWDS = (
    Caller("shims", [*_XARGS, str(2 * CAP), "true"], _POOL),
    Caller("xargs -P", [*_XARGS, str(CAP), "/bin/true"]),
)


def sem(program: Path) -> Caller:
    """GNU parallel as a semaphore, which is what a single call takes."""
    sem = str(program.with_name("sem"))
    return Caller(CALL_REFERENCE, [sem, "--will-cite", "--fg", "-j", str(CAP), "/bin/true"])


def parallel(program: Path) -> Caller:
    """GNU parallel itself."""
    return Caller(CROWD_REFERENCE, [program, "--will-cite", "-j", str(CAP), "/bin/true"])


def task_spooler(program: Path) -> Caller:
    """A queue that is served by a process of its own."""
    return Caller("tsp -f", [program, "-f", "/bin/true"], env=_socket_of)


def _socket_of(work: Path) -> dict[str, str]:
    return {"TS_SOCKET": str(work / "tsp"), "TS_SLOTS": str(CAP)}


@dataclass(frozen=True, slots=True)
class Timed:
    """The benchmark: a program of ours that has the subject call the tool so many times."""

    program: str
    count: int

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one run of the program.

        Raises:
            MeasureError: the subject failed, or took too long.
        """
        report = work / REPORT
        child = [sys.executable, "-I", _PROGRAMS / self.program, report, self.count]
        launch = subject.launch([str(word) for word in child], work)
        outcome = isolated(partial(_run, launch, work, report), _WITHIN_S)
        return {"cpu_s": outcome.cpu_s, **outcome.value}


def _run(launch: Launch, work: Path, report: Path) -> dict[str, float]:
    started = Started(launch, work)
    started.process.wait()
    started.check()
    if not report.exists():
        raise MeasureError("it has ended without a report")
    figures: dict[str, float] = json.loads(report.read_text(encoding="utf-8"))
    return figures
