"""The benchmarks' entry: one run measures us and the peers in turn and prints a table each."""

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from scripts.bench import analysis, capture, history, pool, startup, stop, sweep, table, telemetry
from scripts.bench.analysis import Analysis, Endless
from scripts.bench.capture import Capture
from scripts.bench.children import Children, build
from scripts.bench.install import (
    CIRCUS,
    DRAIN3,
    LOGURU,
    PM2,
    RTK,
    STRUCTLOG,
    SUPERVISOR,
    PeerUnavailableError,
    install_circus,
    install_debian,
    install_drain3,
    install_library,
    install_pm2,
    install_rtk,
    install_supervisord,
    install_tmpfiles,
)
from scripts.bench.rounds import Measure, Metric, compare, folder
from scripts.bench.startup import Startup
from scripts.bench.stop import Stop
from scripts.bench.streams import STREAMS
from scripts.bench.subjects import GRACE_S, Circus, Pm2, Subject, Supervisord

_NAMES = ("capture", "startup", "stop", "analyze", "telemetry", "history", "sweep", "pool", "all")
_PEERS = ("supervisord", "pm2")
_PARALLEL = ("parallel", "usr/bin/parallel")
_CAPTURE_MB, _ANALYSIS_MB, _ENDLESS_MB = 500, 16, 1000
_EVENTS, _HISTORY_EVENTS, _FILES = 10**6, 10**5, 10**5


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One table to be made."""

    title: str
    measure: Measure
    subjects: Sequence[Subject]
    """Without the peers."""
    metrics: Sequence[Metric]
    reference: str | None
    """Whom the ratios are to; None: there are none."""
    budgets: Sequence[table.Budget]
    peers: Sequence[str] = _PEERS


def main(argv: Sequence[str]) -> int:
    """Measure what ``argv`` asks for; 1 when a run gave no figures."""
    options = _parse(argv)
    # As an exception, so that a terminated harness ends its runner and removes its folders.
    signal.signal(signal.SIGTERM, lambda signum, _: sys.exit(128 + signum))
    with tempfile.TemporaryDirectory(prefix="supervise-bench-") as name:
        work = Path(name)
        children = build(work)
        benchmarks = list(_benchmarks(options, children, work))
        wanted = {name for benchmark in benchmarks for name in benchmark.peers}
        peers, skipped = _install(options.peers, wanted.intersection(options.only or wanted))
        print("\n".join([*_facts(children), *skipped]), flush=True)
        failed = False
        for benchmark in benchmarks:
            present = [peers[name] for name in benchmark.peers if name in peers]
            subjects = [
                subject
                for subject in (*benchmark.subjects, *present)
                if not options.only or subject.name in options.only
            ]
            if subjects:
                failed |= _report(benchmark, subjects, options.rounds, work)
    print(f"load afterwards {_load()}")
    return int(failed)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(prog="scripts/bench/run", description=__doc__)
    parser.add_argument("which", nargs="?", default="all", choices=_NAMES)
    parser.add_argument("--rounds", type=_positive, default=3)
    parser.add_argument(
        "--mb",
        type=_positive,
        help=f"output to capture ({_CAPTURE_MB} by default) or to analyze ({_ANALYSIS_MB}), in MB",
    )
    parser.add_argument(
        "--stream", action="append", default=[], choices=STREAMS, help="one to analyze; repeatable"
    )
    parser.add_argument(
        "--gigabyte", action="store_true", help="analyze that much for the peak of memory"
    )
    parser.add_argument(
        "--events",
        type=_positive,
        help=f"to be told ({_EVENTS} by default) or asked about ({_HISTORY_EVENTS})",
    )
    parser.add_argument("--peers", type=Path, default=cache / "supervise-bench")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="a row to measure; repeatable"
    )
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be at least 1")
    return number


def _install(folder: Path, wanted: AbstractSet[str]) -> tuple[dict[str, Subject], list[str]]:
    """The peers that can be measured, and a loud line for each that cannot."""
    steps: dict[str, Callable[[], Subject]] = {
        "supervisord": lambda: Supervisord("supervisord", install_supervisord(folder)),
        "circus": lambda: Circus("circus", install_circus(folder)),
        "pm2": lambda: Pm2("pm2", install_pm2(folder)),
        "drain3": lambda: analysis.drain(install_drain3(folder)),
        "rtk": lambda: analysis.rtk(install_rtk(folder)),
        "loguru": lambda: telemetry.Library("loguru", install_library(folder, LOGURU)),
        "systemd-tmpfiles": lambda: sweep.tmpfiles(install_tmpfiles(folder)),
        "tmpreaper": lambda: sweep.tmpreaper(
            install_debian(folder, "tmpreaper", "usr/sbin/tmpreaper")
        ),
        "sem": lambda: pool.sem(install_debian(folder, *_PARALLEL)),
        "parallel": lambda: pool.parallel(install_debian(folder, *_PARALLEL)),
        "tsp": lambda: pool.task_spooler(install_debian(folder, "task-spooler", "usr/bin/tsp")),
        "structlog": lambda: telemetry.Library("structlog", install_library(folder, STRUCTLOG)),
    }
    peers: dict[str, Subject] = {}
    skipped = []
    for name, step in steps.items():
        if name not in wanted:
            continue
        try:
            peers[name] = step()
        except PeerUnavailableError as error:
            skipped.append(f"SKIPPED {name.upper()}: {str(error).upper()}")
    return peers, skipped


def _benchmarks(options: argparse.Namespace, children: Children, work: Path) -> Iterator[Benchmark]:
    if options.which in ("capture", "all"):
        mb = options.mb or _CAPTURE_MB
        yield Benchmark(
            f"capture of {mb} MB in lines of about 100 bytes, until all of it is stored",
            Capture(children.emit, mb * 10**6).measure,
            (*capture.SINKS, *capture.OURS),
            capture.METRICS,
            capture.REFERENCE,
            capture.BUDGETS,
        )
    if options.which in ("startup", "all"):
        yield Benchmark(
            "start-up, until the child's first instruction; memory one second later",
            Startup(children.first).measure,
            (*startup.FLOORS, *startup.OURS),
            startup.METRICS,
            startup.REFERENCE,
            startup.BUDGETS,
        )
    if options.which in ("stop", "all"):
        yield Benchmark(
            f"stop of {stop.TREE_SIZE} stubborn processes: until empty after SIGTERM to the "
            f"supervisor, less the grace of {GRACE_S} s; until empty after SIGKILL to it",
            Stop(children.tree).measure,
            stop.OURS,
            stop.METRICS,
            None,
            stop.BUDGETS,
            ("supervisord", "circus", "pm2"),
        )
    if options.which in ("telemetry", "all"):
        events = options.events or _EVENTS
        yield Benchmark(
            f"telemetry: {events} events at full speed, in files of 10 MB",
            telemetry.Telling(events).measure,
            telemetry.OF_OURS,
            telemetry.METRICS,
            telemetry.REFERENCE,
            telemetry.BUDGETS,
            ("loguru", "structlog"),
        )
    if options.which in ("history", "all"):
        events = options.events or _HISTORY_EVENTS
        yield Benchmark(
            f"history: {events} events on disk, until a question is answered",
            telemetry.Telling(events).measure,
            history.READINGS,
            history.METRICS,
            history.REFERENCE,
            history.BUDGETS,
            (),
        )
    if options.which in ("sweep", "all"):
        yield from _sweeps()
    if options.which in ("pool", "all"):
        yield from _pool()
    if options.which in ("analyze", "all"):
        yield from _analyses(options, work)


def _sweeps() -> Iterator[Benchmark]:
    places, skipped = sweep.disks()
    print("\n".join(skipped), flush=True)
    for disk in places:
        yield Benchmark(
            f"sweep of a dead run's {_FILES} empty files in 100 folders, on {disk.name}",
            sweep.Sweep(_FILES, disk).measure,
            sweep.CLEANERS,
            sweep.METRICS,
            sweep.REFERENCE,
            sweep.BUDGETS,
            ("systemd-tmpfiles", "tmpreaper"),
        )
    for disk in places:
        trees = [sweep.Tree(count) for count in (_FILES // 100, _FILES)]
        yield Benchmark(
            f"looking how full scratch on {disk.name} is, where no kernel counts",
            sweep.Looking(disk).measure,
            trees,
            sweep.LOOK_METRICS,
            None,
            [table.Budget(tree.name, sweep.SHARE, 1) for tree in trees],
            (),
        )


def _pool() -> Iterator[Benchmark]:
    yield Benchmark(
        f"pool: {pool.CALLS} calls of true one after the other, in turn with bare ones",
        pool.Timed("calls.py", pool.CALLS).measure,
        pool.CALLERS,
        pool.CALL_METRICS,
        pool.CALL_REFERENCE,
        pool.CALL_BUDGETS,
        ("sem", "tsp"),
    )
    yield Benchmark(
        f"pool: {pool.CROWD} calls of true, {pool.CAP} at once; ours from twice as many callers",
        pool.Timed("crowd.py", pool.CROWD).measure,
        pool.CROWDS,
        pool.CROWD_METRICS,
        pool.CROWD_REFERENCE,
        pool.CROWD_BUDGETS,
        ("parallel",),
    )


def _analyses(options: argparse.Namespace, work: Path) -> Iterator[Benchmark]:
    mb = options.mb or _ANALYSIS_MB
    for name in options.stream or STREAMS:
        stream = STREAMS[name]
        yield Benchmark(
            f"{name}: {stream.says}, {mb} MB; drain3 reads a sixteenth",
            Analysis(name, mb * 10**6, work / "streams").measure,
            analysis.READERS,
            analysis.METRICS,
            analysis.REFERENCE,
            analysis.budgets(stream),
            ("drain3", "rtk"),
        )
    if not options.stream:
        mb = _ENDLESS_MB if options.gigabyte else 4 * mb
        yield Benchmark(
            f"memory: {mb} MB of mixed output that is made while it is read",
            Endless("mixed", mb * 10**6).measure,
            analysis.ENDLESS_READERS,
            analysis.METRICS,
            None,
            analysis.ENDLESS_BUDGETS,
            (),
        )
        yield Benchmark(
            "least cost: the analyzer's import in a new process, its first analysis and the next",
            analysis.fixed,
            analysis.FIXED_READERS,
            analysis.FIXED_METRICS,
            None,
            analysis.FIXED_BUDGETS,
            (),
        )


def _report(benchmark: Benchmark, subjects: Sequence[Subject], rounds: int, work: Path) -> bool:
    """Measure and print one table; whether a run gave no figures."""
    with folder(work / "rounds") as place:
        results = compare(subjects, benchmark.measure, rounds, place)
    names = [subject.name for subject in subjects]
    print(f"\n{benchmark.title}")
    ratio = f"; ratio: to {benchmark.reference}" if benchmark.reference else ""
    rates = ", of rates higher" if any(metric.rate for metric in benchmark.metrics) else ""
    print(f"medians of {rounds} interleaved rounds{ratio}, lower is better{rates}")
    print("\n".join(table.render(names, benchmark.metrics, results, benchmark.reference)))
    for budget in benchmark.budgets:
        if budget.subject in names and budget.reference in (None, *names):
            print(budget.render(results))
    for problem in results.problems:
        print(f"FAILED {problem}")
    return bool(results.problems)


def _facts(children: Children) -> Iterator[str]:
    cores = len(os.sched_getaffinity(0))
    yield f"{cores} cores, {platform.system()} {platform.release()} {platform.machine()}"
    yield f"load {_load()}; Python {platform.python_version()}; child in {children.language}"
    pypi = f"{SUPERVISOR}, {CIRCUS}, {DRAIN3}, {RTK}, {LOGURU}, {STRUCTLOG}"
    yield f"peers: PyPI {pypi}, npm {PM2}"


def _load() -> str:
    return " ".join(f"{average:.2f}" for average in os.getloadavg())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
