"""Whatever dies, nothing of a run outlives it."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.children import IGNORES_TERM, carriers, eventually_sync, ignores_term
from tests.supervised import Desk

STUBBORN = "(setsid sleep 300 &) ; setsid sh -c 'trap \"\" TERM; sleep 300' & sleep 300"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("seed", range(3))
def test_kill_of_the_supervisor_ends_the_set_within_a_second(desk: Desk, seed: int) -> None:
    """The guardian notices by itself, at whatever moment it happens."""
    desk.write(["sh", "-c", STUBBORN])
    with desk.running() as process:
        desk.started()
        (cookie,) = desk.cookies()
        time.sleep(random.Random(seed).uniform(0, 0.3))  # noqa: S311 - any moment will do
        process.kill()
        killed = time.monotonic()
        eventually_sync(lambda: not carriers(cookie), within_s=1.0)

    assert time.monotonic() - killed < 1.5


def test_next_start_sweeps_what_a_killed_one_left(desk: Desk) -> None:
    """Scratch of a dead run is gone after the next start, and is told of."""
    more = '[scratch]\nbacking = "disk"\n'
    desk.write(["sh", "-c", "echo x > $TMPDIR/file; sleep 300"], more)
    with desk.running() as process:
        desk.started()
        eventually_sync(lambda: any(name.endswith("file") for name in desk.scratch()))
        process.kill()
    assert desk.scratch() != []
    desk.run(desk.write(["true"]))

    assert desk.scratch() == []
    assert desk.events("swept")[0]["directories"] == 1
    dead = desk.events("run-started")[0]["run"]
    assert list(Path("/sys/fs/cgroup").glob(f"**/supervise-{dead}")) == []


def test_kill_of_the_guardian_ends_the_set_and_is_told(desk: Desk) -> None:
    """The supervisor takes over, and the exit status is a failure."""
    desk.write(["sh", "-c", STUBBORN])
    with desk.running() as process:
        desk.started()
        (cookie,) = desk.cookies()
        guardian = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
        os.kill(guardian, signal.SIGKILL)
        eventually_sync(lambda: not carriers(cookie), within_s=2.0)
        assert process.wait(10) == ExitCode.FAILED

    assert desk.events("run-ended")[0]["ending"] == {"type": "Lost"}
    assert desk.scratch() == []


def test_kill_of_both_is_mended_by_the_next_start(desk: Desk) -> None:
    """What carries the cookie of the ledger is ended before anything is started.

    Only in the subreaper tier: in a namespace nothing is left to be mended.
    """
    desk.write(["sh", "-c", STUBBORN], '[containment]\ntier = "subreaper"\n')
    with desk.running() as process:
        desk.started()
        (cookie,) = desk.cookies()
        guardian = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(guardian, signal.SIGKILL)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        desk.write(["true"])
        done = desk.run("run", desk.config)

    assert done.returncode == ExitCode.OK
    assert carriers(cookie) == []
    assert len(desk.events("recovered")) == 1


def test_reap_lists_and_then_ends_what_a_double_kill_left(desk: Desk) -> None:
    """``--adopt`` only looks; without it, what carries the cookie is ended, and nobody else."""
    desk.write(["sh", "-c", STUBBORN], '[containment]\ntier = "subreaper"\n')
    stranger = subprocess.Popen(["sleep", "300"])
    with desk.running() as process:
        desk.started()
        (cookie,) = desk.cookies()
        guardian = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(guardian, signal.SIGKILL)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        before = carriers(cookie)
        listed = desk.run("reap", "--adopt")
        after_listing = carriers(cookie)
        reaped = desk.run("reap")
    stranger_lives = stranger.poll() is None
    stranger.kill()
    stranger.wait()

    assert before != []
    assert after_listing == before
    assert len(listed.stdout.splitlines()) == len(before)
    assert "(killed)" not in listed.stdout
    assert "killed)" in reaped.stdout
    assert carriers(cookie) == []
    assert stranger_lives


def test_launch_under_odd_conditions(desk: Desk) -> None:
    """SIGCHLD ignored, signals blocked, no standard streams, few descriptors, umask 777."""

    def odd() -> None:
        import resource  # noqa: PLC0415 - only in the child

        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGTERM])
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        os.umask(0o777)

    desk.write(["sh", "-c", "false; exit 5"])
    with desk.running(preexec_fn=odd) as process:
        assert process.wait(20) == ExitCode.FAILED
    (desk.folder / "state").chmod(0o700)

    assert desk.events("run-ended")[0]["ending"] == {"type": "Exited", "code": 5}


def test_terminal_that_stops_reading_does_not_hold_the_run(desk: Desk) -> None:
    """Nobody reads the tail, and the run still ends in its time."""
    script = 'for i in $(seq 1 3000); do echo "a.py:$i:1: F401 unused"; done; exit 3'
    desk.write(["sh", "-c", script], '[restart]\nattempts = 3\nbackoff = ["1ms"]\n')
    reads, writes = os.pipe()
    with desk.running() as process:
        os.close(reads)
        os.close(writes)
        assert process.wait(30) == ExitCode.FAILED


def test_stubborn_set_ends_with_the_grace(desk: Desk) -> None:
    """TERM is ignored by all; the kill comes when the grace is over, not later."""
    desk.write(IGNORES_TERM)
    with desk.running() as process:
        leader = desk.started()["pid"]
        eventually_sync(lambda: ignores_term(leader))
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == ExitCode.TERMINATED

    assert 1.0 <= time.monotonic() - begun < 4.0


def test_sweep_shows_and_removes_what_dead_runs_left(desk: Desk) -> None:
    """A dry run says what there is, the sweep removes it, and a live run's scratch stays."""
    more = '[scratch]\nbacking = "disk"\n'
    desk.write(["sh", "-c", "head -c 50000 /dev/zero > $TMPDIR/file; sleep 300"], more)
    with desk.running() as process:
        desk.started()
        eventually_sync(lambda: any(name.endswith("file") for name in desk.scratch()))
        alive = desk.run("sweep", "--dry-run", "--json").stdout
        process.kill()
    dead = desk.started()["run"]
    dry = desk.run("sweep", "--dry-run")
    listed = json.loads(desk.run("sweep", "--dry-run", "--json").stdout)
    before = desk.scratch()
    swept = desk.run("sweep")

    assert json.loads(alive) == []
    assert before != []
    assert [(row["run"], row["bytes"] >= 50_000) for row in listed] == [(dead, True)]
    assert dry.stdout.startswith(f"{dead} ")
    assert dry.stdout.endswith("1 dead run; nothing was removed\n")
    assert swept.stdout.startswith("removed the scratch of 1 dead run, ")
    assert (swept.returncode, desk.scratch()) == (0, [])
