"""The benchmarks' figures are what happened, and a measurement leaves nothing behind."""

import math
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from scripts.bench import analysis, stop, sweep
from scripts.bench.capture import SINKS, Capture
from scripts.bench.children import build
from scripts.bench.processes import marked
from scripts.bench.rounds import Metric, Results, compare
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.startup import FLOORS, Startup
from scripts.bench.stop import Stop
from scripts.bench.subjects import Floor, Sink, Supervise
from scripts.bench.table import Budget, render

pytestmark = pytest.mark.slow

_MB = 10**6
_ENTRY = Path(__file__).parents[2] / "scripts/bench/run"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def _eventual_number(path: Path) -> int:
    """The number that another process writes to ``path`` in one step."""
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} was never written"
        time.sleep(0.01)
    return int(path.read_text())


def test_a_sink_that_keeps_everything_has_no_loss(tmp_path: Path, work: Path) -> None:
    """Bytes emitted are bytes kept, and the other figures are there and positive."""
    sample = Capture(build(tmp_path).emit, 5 * _MB).measure(SINKS[1], work)
    assert 5 * _MB <= sample["emitted_bytes"] == sample["kept_bytes"]
    assert sample["lost_lines"] == 0
    assert 0 < sample["disk_mb"] < 5
    assert sample["wall_s"] > 0
    assert sample["cpu_s"] > 0


def test_lines_that_a_sink_drops_are_counted(tmp_path: Path, work: Path) -> None:
    """A sink without lines 5, 7 and 10000 has lost three."""
    sink = Sink("three lines short", "sed '5d;7d;10000d'", "cat")
    sample = Capture(build(tmp_path).emit, 2 * _MB).measure(sink, work)
    assert sample["lost_lines"] == 3
    assert 0 < sample["emitted_bytes"] - sample["kept_bytes"] < 3 * 300


def test_the_children_in_python_do_what_those_in_c_do(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a C compiler both benchmarks measure all the same."""
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(work))
        children = build(tmp_path)
    assert children.language == "Python"
    sample = Capture(children.emit, 2 * _MB).measure(SINKS[0], work)
    assert sample["emitted_bytes"] == sample["kept_bytes"]
    assert sample["lost_lines"] == 0
    (work / "report").unlink()
    assert Startup(children.first).measure(FLOORS[0], work)["first_ms"] > 0


@dataclass(frozen=True)
class Shape:
    """What a tree looks like from outside."""

    pids: int
    generations: int
    sessions: int
    ignoring: int


def _shape(tree: tuple[str, ...], work: Path) -> Shape:
    """Start a tree and look at it; the runner ends it."""
    ready = work / "ready"
    root = subprocess.Popen([*tree, str(ready), "a-tree-of-the-tests"])
    deadline = time.monotonic() + 20
    while not ready.exists() or ready.stat().st_size < stop.TREE_SIZE:
        assert time.monotonic() < deadline, "the tree never came up"
        time.sleep(0.01)
    pids = marked("a-tree-of-the-tests")
    depths = [
        [parent.pid for parent in psutil.Process(pid).parents()].index(root.pid) + 1
        for pid in pids
        if pid != root.pid
    ]
    term = 1 << (signal.SIGTERM - 1)
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    ignored = [int(text.split("SigIgn:")[1].split()[0], 16) for text in statuses]
    return Shape(
        pids=len(pids),
        generations=1 + max(depths),
        sessions=sum(os.getsid(pid) == pid for pid in pids),
        ignoring=sum(bool(mask & term) for mask in ignored),
    )


@pytest.mark.parametrize("language", ["C", "Python"])
def test_the_tree_is_as_stubborn_as_it_says(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """200 processes, four generations, a fifth with own sessions, three tenths deaf to TERM."""
    with monkeypatch.context() as patch:
        if language == "Python":
            patch.setenv("PATH", str(work))
        children = build(tmp_path)
    assert children.language == language
    shape = isolated(lambda: _shape(children.tree, work), within_s=40).value
    assert shape == Shape(pids=200, generations=4, sessions=40, ignoring=60)


def test_survivors_are_counted_and_then_ended(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody supervises, only the root ends: the other 199 survive, and are ended by us."""
    monkeypatch.setattr(stop, "_WATCHED_S", 0.2)
    monkeypatch.setattr("secrets.token_hex", lambda _: "b-tree-of-the-tests")
    sample = Stop(build(tmp_path).tree).measure(FLOORS[0], work)
    assert sample == {
        "stop_ms": math.inf,
        "stop_survivors": 199,
        "kill_ms": math.inf,
        "kill_survivors": 199,
    }
    assert marked("b-tree-of-the-tests") == []


@pytest.mark.parametrize("subject", stop.OURS, ids=lambda subject: subject.name)
def test_we_leave_no_survivor_and_give_the_grace(
    tmp_path: Path, work: Path, subject: Supervise
) -> None:
    """Both ends of us empty the tree, a polite one not before its grace is over."""
    sample = Stop(build(tmp_path).tree).measure(subject, work)
    assert sample["stop_survivors"] == sample["kill_survivors"] == 0
    assert sample["stop_ms"] >= 0
    assert sample["kill_ms"] < math.inf


def test_a_set_that_was_never_empty_has_no_number() -> None:
    """An infinite figure is called never, and misses its budget, as one below 0 does."""
    metric = Metric("stop_ms", "stop ms", 1, compared=False)
    results = Results([{"a": {"stop_ms": math.inf}, "b": {"stop_ms": -5.0}}], [])
    table = "\n".join(render(["a", "b"], [metric], results, None))
    assert "never" in table
    assert "-5.0" in table
    assert Budget("a", metric, 100).render(results).endswith("never, MISSED")
    assert Budget("b", metric, 100).render(results).endswith("-5.00, MISSED")


def test_a_daemon_is_accounted_and_ended(tmp_path: Path) -> None:
    """What left its session and lost its parent is found, counted and killed."""
    burn = (
        "import os, time\n"
        "while time.process_time() < 0.3: pass\n"
        "open('draft', 'w').write(str(os.getpid()))\n"
        "os.rename('draft', 'pid')\n"
        "time.sleep(60)\n"
    )

    def daemonize() -> int:
        script = f'setsid {sys.executable} -c "$BURN" & exit 0'
        env = os.environ | {"BURN": burn}
        subprocess.run(["sh", "-c", script], env=env, cwd=tmp_path, check=True)
        return _eventual_number(tmp_path / "pid")

    outcome = isolated(daemonize, within_s=30)
    assert outcome.cpu_s >= 0.3
    assert not psutil.pid_exists(outcome.value)


def test_a_killed_daemon_with_threads_is_accounted() -> None:
    """A leader that is a zombie while its threads still exit has not been counted yet."""
    burn = (
        "import threading, time\n"
        "for _ in range(300): threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "while time.process_time() < 0.2: pass\n"
        "print(flush=True)\n"
        "time.sleep(60)\n"
    )

    def start() -> None:
        daemon = subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE)
        assert daemon.stdout is not None
        daemon.stdout.readline()

    used = [isolated(start, within_s=30).cpu_s for _ in range(12)]
    assert min(used) >= 0.2, used


def test_a_run_that_takes_too_long_is_ended() -> None:
    """The deadline holds even where the subject never ends."""
    with pytest.raises(MeasureError, match="not done within"):
        isolated(lambda: subprocess.run(["sleep", "60"], check=False), within_s=0.2)


def test_a_killed_harness_leaves_no_subject(tmp_path: Path) -> None:
    """SIGKILL to the harness ends what it was measuring."""
    program = (
        "import subprocess; from scripts.bench.runner import isolated\n"
        "script = 'echo $$ > draft; mv draft pid; exec sleep 60'\n"
        "isolated(lambda: subprocess.run(['sh', '-c', script]), 60)\n"
    )
    env = os.environ | {"PYTHONPATH": str(_ENTRY.parents[2])}
    with subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, env=env) as harness:
        pid = _eventual_number(tmp_path / "pid")
        harness.send_signal(signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=10)
    assert not psutil.pid_exists(pid)


def test_ratios_are_taken_within_a_round() -> None:
    """A slow round slows both sides and does not show."""
    metric = Metric("wall_s", "wall s")
    results = Results(
        [
            {"ours": {"wall_s": 2.0}, "theirs": {"wall_s": 1.0}},
            {"ours": {"wall_s": 20.0}, "theirs": {"wall_s": 10.0}},
            {"ours": {"wall_s": 3.0}},
        ],
        [],
    )
    assert results.ratio("ours", "theirs", metric) == 2.0


def test_a_subject_that_fails_is_named(tmp_path: Path, work: Path) -> None:
    """A failing subject costs its own figures only."""
    broken = Sink("broken", "cat; exit 3", "cat")
    capture = Capture(build(tmp_path).emit, _MB)
    results = compare([broken, SINKS[0]], capture.measure, 1, work)
    assert [list(taken) for taken in results.rounds] == [[SINKS[0].name]]
    assert results.problems == ["broken, round 1: exit status 3: it said nothing"]


def test_a_subject_that_starts_nothing_fails_at_once(tmp_path: Path, work: Path) -> None:
    """Exit status 0 is no proof that the child was started."""
    begun = time.monotonic()
    with pytest.raises(MeasureError, match="without starting its child"):
        Startup(build(tmp_path).first).measure(Floor("true", ("true",)), work)
    assert time.monotonic() - begun < 10


def test_the_entry_prints_a_row_with_ratios_for_each_subject(tmp_path: Path) -> None:
    """All tables come out of one command, which removes its folders."""
    rows = ["cat > file", "zstd -1", "fork and exec", "python -c Popen", "supervise, subreaper"]
    only = [word for row in rows for word in ("--only", row)]
    argv: list[str | Path] = [_ENTRY, "all", "--mb", "2", "--rounds", "1", *only]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    for row in rows:
        assert any(line.startswith(row) for line in done.stdout.splitlines()), done.stdout
    assert "x1 " in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_entry_tells_how_fast_streams_are_read(tmp_path: Path) -> None:
    """Rates, of which more is better, ratios, budgets and memory come out of one command."""
    only = ("--only", "supervise", "--only", "regex loop", "--stream", "quiet")
    argv: list[str | Path] = [_ENTRY, "analyze", "--mb", "2", "--rounds", "1", *only]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    rows = {line.partition("  ")[0] for line in done.stdout.splitlines()}
    assert {"supervise", "regex loop"} <= rows, done.stdout
    assert "budget: supervise, MB/s of CPU >= 100: " in done.stdout
    assert "budget: supervise, peak MB <= 64: " in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_memory_and_the_least_cost_are_measured(tmp_path: Path, work: Path) -> None:
    """A stream that is made while it is read has figures, and so has an import."""
    sample = analysis.Endless("mixed", _MB).measure(analysis.ENDLESS_READERS[0], work)
    assert 0 < sample["peak_mb"] < 200
    assert sample["cpu_mb_s"] > 0
    least = analysis.fixed(analysis.FIXED_READERS[0], tmp_path)
    assert 0 < least["fixed_ms"] < least["first_ms"] < 10_000
    assert least["import_ms"] > 0


def test_a_rate_keeps_its_budget_from_above() -> None:
    """The least is asked for, not the most."""
    metric = Metric("cpu_mb_s", "MB/s", 1, rate=True)
    results = Results([{"a": {"cpu_mb_s": 25.0}}], [])
    assert Budget("a", metric, 20).render(results) == "budget: a, MB/s >= 20: 25.00, kept"
    assert Budget("a", metric, 30).render(results).endswith("25.00, MISSED")


def test_a_terminated_entry_removes_its_folders(tmp_path: Path) -> None:
    """SIGTERM in the middle of a measurement leaves no file."""
    argv: list[str | Path] = [_ENTRY, "startup", "--rounds", "50", "--only", "fork and exec"]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as entry:
        assert entry.stderr is not None
        entry.stderr.readline()  # The first round has begun.
        entry.terminate()
    assert entry.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_sweeps_and_looks_have_figures(work: Path) -> None:
    """On every disk that can be had here, which is gone afterwards."""
    found, skipped = sweep.disks()
    print("\n".join(skipped))
    for disk in found:
        for cleaner in sweep.CLEANERS:
            place = work / f"{cleaner.name}-{disk.name}"
            place.mkdir()
            sample = sweep.Sweep(500, disk).measure(cleaner, place)
            assert sample["wall_s"] > 0
        place = work / f"looking-{disk.name}"
        place.mkdir()
        looked = sweep.Looking(disk).measure(sweep.Tree(500), place)
        assert 0 < looked["share"] < 1
    assert str(work) not in Path("/proc/self/mountinfo").read_text()
