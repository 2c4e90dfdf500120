"""Caps that hold: what goes over one is stopped there, and the autopilot goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.containment.cgroups import find_ground
from supervisor.errors import ExitCode
from tests.supervised import ROOT, SUPERVISE, Desk

BOMB = """
import os, time
end = time.time() + 20
while time.time() < end:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
"""
HOG = "x = bytearray(400_000_000)"
PART_OF_A_HOG = f"{sys.executable} -S -c 'x = bytearray(100_000_000); import time; time.sleep(60)'"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def _capped() -> None:
    """Never let a bomb loose where the kernel does not cap it."""
    if find_ground([]) is None:
        pytest.skip("NO CGROUP CAN BE MADE HERE, SO NOTHING WOULD HOLD A FORK BOMB")


@pytest.mark.usefixtures("_capped")
def test_fork_bomb_is_held_and_ended(desk: Desk) -> None:
    """It never has more processes than allowed, and is gone within a second of the stop."""
    (desk.folder / "bomb.py").write_text(BOMB)
    script = f"{sys.executable} -S {desk.folder}/bomb.py & sleep 2; echo alive"
    done = desk.run(desk.write(["sh", "-c", script], "[limits]\nprocesses = 40\n"))
    (receipt,) = desk.events("receipt")
    (hit,) = desk.events("limit-hit")

    assert done.returncode == ExitCode.OK
    assert desk.events("run-started")[0]["limits"]["processes"] == "kernel"
    assert desk.events("run-ended")[0]["peak_processes"] <= 40
    assert (hit["limit"], hit["stopping"]) == ("processes", False)
    assert receipt["survivors"] == []
    assert receipt["took_s"] < 1 + 1.0  # The grace, and a second.


@pytest.mark.usefixtures("_capped")
def test_memory_hog_dies_and_the_autopilot_lives(desk: Desk) -> None:
    """The kernel kills the tool at the cap; its parent hears of it and goes on."""
    script = f"{sys.executable} -S -c '{HOG}'; echo tool $?; echo alive"
    done = desk.run(desk.write(["sh", "-c", script], '[limits]\nmemory = "200MB"\n'))
    run = desk.events("run-started")[0]["run"]

    assert done.returncode == ExitCode.OK
    assert "tool 137" in desk.run("show", run, "--stdout").stdout
    assert [hit["limit"] for hit in desk.events("limit-hit")] == ["memory"]


@pytest.mark.usefixtures("_capped")
def test_failure_for_want_of_memory_has_a_cause_of_its_own(desk: Desk) -> None:
    """Whether the tool was killed or the autopilot itself is told apart."""
    hog = f"{sys.executable} -S -c '{HOG}'"
    limit = '[limits]\nmemory = "200MB"\n'
    desk.run(desk.write(["sh", "-c", f"{hog}; exit 4"], limit))
    desk.run(desk.write([sys.executable, "-S", "-c", HOG], limit))

    assert [ended["cause"] for ended in desk.events("run-ended")] == ["oom(tool)", "oom(run)"]


@pytest.mark.usefixtures("_capped")
def test_cpu_quota_slows_what_spins(desk: Desk) -> None:
    """Half a core for a second is half a second of work."""
    spin = "import time; end = time.time() + 1\nwhile time.time() < end: pass"
    spin = f"import time; begun = time.process_time(); {spin}\nprint(time.process_time() - begun)"
    desk.run(desk.write([sys.executable, "-S", "-c", spin], "[limits]\ncpu = 0.5\n"))
    run = desk.events("run-started")[0]["run"]

    assert float(desk.run("show", run, "--stdout").stdout) < 0.8


@pytest.mark.usefixtures("_capped")
def test_cgroups_go_with_their_run(desk: Desk) -> None:
    desk.run(desk.write(["true"]))
    run = desk.events("run-started")[0]["run"]

    assert list(Path("/sys/fs/cgroup").glob(f"**/supervise-{run}")) == []


@pytest.mark.parametrize(
    ("script", "limit"),
    [
        ("for i in $(seq 30); do sleep 60 & done; wait", "processes = 20"),
        (f"for i in 1 2 3; do {PART_OF_A_HOG} & done; wait", 'memory = "200MB"'),
    ],
)
def test_without_a_cgroup_we_look_ourselves(desk: Desk, script: str, limit: str) -> None:
    """What only we look after stops the whole run, and is said to be polled from the start."""
    name = limit.partition(" ")[0]
    desk.write(["sh", "-c", script], f"[limits]\n{limit}\n")
    run_without_cgroups(desk)
    (ended,) = desk.events("run-ended")

    assert desk.events("run-started")[0]["limits"][name] == "polled"
    assert ended["ending"] == {"type": "Stopped", "reason": name}
    assert desk.events("limit-hit")[0]["stopping"]
    assert desk.events("receipt")[0]["survivors"] == []


def test_without_a_cgroup_one_hog_fails_by_itself(desk: Desk) -> None:
    """No process is given more than all may have, and the autopilot goes on after its tool."""
    script = f"{sys.executable} -S -c '{HOG}' || echo tool failed; echo alive"
    desk.write(["sh", "-c", script], '[limits]\nmemory = "200MB"\n')
    run_without_cgroups(desk)
    (ended,) = desk.events("run-ended")

    assert ended["ending"] == {"type": "Exited", "code": 0}
    assert desk.run("show", ended["run"], "--stdout").stdout == "tool failed\nalive\n"
    assert "MemoryError" in desk.run("show", ended["run"], "--stderr").stdout


def run_without_cgroups(desk: Desk) -> None:
    """The run of a desk where the cgroup file systems are hidden."""
    if os.geteuid() != 0:
        pytest.skip("NOT ROOT, SO THE CGROUPS CANNOT BE HIDDEN")
    hide = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"'
    subprocess.run(
        ["unshare", "-m", "sh", "-c", hide, "sh", *SUPERVISE, "run", str(desk.config)],
        env=desk.environment(),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def test_without_a_cgroup_cores_are_whole_ones(desk: Desk) -> None:
    """Who may keep one core busy is bound to one, so that tools see one and start no more."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("ONE PROCESSOR, SO THERE IS NOTHING TO BE BOUND TO")
    desk.write(["nproc"], "[limits]\ncpu = 0.5\n")
    run_without_cgroups(desk)
    (started,) = desk.events("run-started")

    assert started["limits"]["cpu"] == "kernel"
    assert desk.run("show", started["run"]).stdout == "1\n"


def test_score_for_the_out_of_memory_killer(desk: Desk) -> None:
    """Tools go first, then the autopilot; whoever watches them is spared."""
    own = int(Path("/proc/self/oom_score_adj").read_text())
    read = "cat /proc/self/oom_score_adj"
    # The guardian sees it when it looks for the next time.
    seen = f"while s=$({read}); [ $s = $1 ]; do sleep 0.2; done; echo $s"
    tool = f"setsid sh -c '{seen}' sh $({read})"
    desk.write(["sh", "-c", f"{read}; {tool}; cat /proc/$PPID/oom_score_adj"])
    desk.run("run", desk.config)
    (started,) = desk.events("run-started")
    autopilot, tool_score, guardian = map(int, desk.run("show", started["run"]).stdout.split())

    assert own <= guardian or os.geteuid() == 0
    assert guardian < autopilot < tool_score


def test_limits_say_how_they_are_enforced(desk: Desk) -> None:
    """Every limit that is set stands in the first event with its strength."""
    more = '[limits]\nmemory = "1GB"\ncpu = 1.0\nwall = "1m"\n'
    desk.run(desk.write(["true"], more))
    limits = desk.events("run-started")[0]["limits"]

    assert limits.keys() == {
        "cpu",
        "file_size",
        "memory",
        "nice",
        "open_files",
        "processes",
        "scratch",
        "wall",
    }
    assert set(limits.values()) <= {"kernel", "polled", "not"}
