"""Builds of one run share their jobs; what dead ones took along comes back."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from supervisor.pool.jobs import JobTokens, make_flags, understands_fifo
from tests.children import eventually_sync
from tests.supervised import Desk

JOBS = 3
CONFIG = f"[pool]\njobs = {JOBS}\n"
NINJA = "rule count\n  command = sh {folder}/count.sh\n" + "".join(
    f"build out{number}: count\n" for number in range(12)
)
COUNT = """
echo + >> {folder}/log; sleep 0.3; echo - >> {folder}/log
"""


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[JobTokens]:
    made = JobTokens(tmp_path / "jobs")
    yield made
    made.close()


def most_at_once(log: Path) -> int:
    """How many jobs ran at the same time, from their beginnings and ends."""
    running = most = 0
    for mark in log.read_text().split():
        running += 1 if mark == "+" else -1
        most = max(most, running)
    assert running == 0
    return most


def ninja_with_jobserver() -> Path:
    """The first ninja that takes tokens from a named pipe."""
    own = Path(sys.executable).with_name("ninja")
    if not own.exists():
        pytest.skip("NO NINJA 1.13 IN THIS ENVIRONMENT: pip install ninja")
    return own


def desk_without_make(folder: Path) -> Desk:
    """The make that is installed may be too old, and nobody hears of the jobs for its sake."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sh", "sleep", "rm"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return Desk(folder, {"PATH": str(programs)})


def version_of_make() -> str:
    """What the make in PATH says of itself."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("NO MAKE HERE")
    return subprocess.run([make, "--version"], capture_output=True, text=True, check=True).stdout


def build(folder: Path) -> None:
    """A build of twelve jobs that say when they begin and end."""
    (folder / "count.sh").write_text(COUNT.format(folder=folder))
    (folder / "build.ninja").write_text(NINJA.format(folder=folder))


def test_tokens_come_and_go(tokens: JobTokens) -> None:
    """What is taken by somebody comes back late and is then taken away."""
    tokens.set(5)
    assert (tokens.free, tokens.missing) == (5, 0)
    theirs = os.open(tokens.path, os.O_RDWR)
    assert os.read(theirs, 4) == b"++++"
    tokens.set(2)
    assert (tokens.free, tokens.missing) == (0, 4)
    os.write(theirs, b"++++")
    tokens.set(2)
    assert (tokens.free, tokens.missing) == (2, 0)
    os.close(theirs)


def test_what_a_dead_program_took_along_comes_back(tokens: JobTokens) -> None:
    """Only while nobody has the pipe open: else it may be in use."""
    tokens.set(4)
    takes = "import os, sys, time; os.read(os.open(sys.argv[1], os.O_RDWR), 3); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-S", "-c", takes, str(tokens.path)]) as process:
        eventually_sync(lambda: tokens.missing == 3)
        assert tokens.is_open_in([process.pid])
        process.kill()
        process.wait()
        assert not tokens.is_open_in([process.pid])
    assert tokens.tally() == 3
    assert tokens.free == 4

    theirs = os.open(tokens.path, os.O_WRONLY)
    os.write(theirs, b"++")
    os.close(theirs)
    assert tokens.tally() == -2
    assert tokens.free == 4


def test_two_builds_share_their_jobs(tmp_path: Path) -> None:
    """Each has one job of its own; beyond that they take what there is."""
    ninja = ninja_with_jobserver()
    desk = desk_without_make(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        build(tmp_path / name)
        text = (tmp_path / name / "count.sh").read_text()
        (tmp_path / name / "count.sh").write_text(text.replace(f"{name}/log", "log"))
    script = f"{ninja} -C one > /dev/null & {ninja} -C two > /dev/null & wait"
    done = desk.run(desk.write(["sh", "-c", script], CONFIG), timeout=60)

    assert done.returncode == ExitCode.OK
    marks = (tmp_path / "log").read_text().split()
    assert marks.count("+") == 24
    assert 2 < most_at_once(tmp_path / "log") <= JOBS + 2


def test_makes_share_their_jobs(tmp_path: Path) -> None:
    """So do those that they call."""
    if not understands_fifo(version_of_make()):
        pytest.skip("NO MAKE FROM 4.4 ON IN PATH")
    desk = Desk(tmp_path)
    (tmp_path / "count.sh").write_text(COUNT.format(folder=tmp_path))
    jobs = " ".join(f"job{number}" for number in range(8))
    rules = f"all: sub {jobs}\nsub:\n\t@$(MAKE) few\nfew: {jobs.replace('job', 'few')}\n"
    rules += f"{jobs} {jobs.replace('job', 'few')}:\n\t@sh {tmp_path}/count.sh\n"
    (tmp_path / "Makefile").write_text(rules)
    done = desk.run(desk.write(["sh", "-c", "make & make & wait"], CONFIG), timeout=60)

    assert done.returncode == ExitCode.OK, done.stdout
    assert (tmp_path / "log").read_text().count("+") == 32
    assert 2 < most_at_once(tmp_path / "log") <= JOBS + 2


def test_tokens_of_a_killed_build_are_made_good(tmp_path: Path) -> None:
    """A build that is killed with all of them leaves them to the next."""
    ninja = ninja_with_jobserver()
    desk = desk_without_make(tmp_path)
    build(tmp_path)
    script = (
        f"{ninja} > /dev/null & sleep 0.5; kill -9 $!; sleep 4; rm -f log;"
        f" {ninja} > /dev/null; echo built"
    )
    done = desk.run(desk.write(["sh", "-c", script], CONFIG), timeout=60)

    assert done.returncode == ExitCode.OK
    assert most_at_once(tmp_path / "log") == JOBS + 1


def test_old_make_is_left_alone(tmp_path: Path) -> None:
    """It would end with an error; a new one takes part."""
    version = version_of_make()
    desk = Desk(tmp_path)
    (tmp_path / "Makefile").write_text("all:\n\t@echo made\n")
    script = 'make; echo "${MAKEFLAGS-unset}"; echo "$CARGO_MAKEFLAGS"'
    done = desk.run(desk.write(["sh", "-c", script], CONFIG), timeout=60)
    made, flags, cargo = desk.run("show", desk.events("run-started")[0]["run"]).stdout.splitlines()

    assert done.returncode == ExitCode.OK
    assert made == "made"
    assert cargo.startswith("-j --jobserver-auth=fifo:/")
    assert ("--jobserver-auth=fifo:" in flags) == understands_fifo(version)


def test_without_jobs_nothing_is_changed(tmp_path: Path) -> None:
    """Builds are as parallel as they are told to be."""
    desk = Desk(tmp_path, {"MAKEFLAGS": "k"})
    script = 'echo "$MAKEFLAGS ${CARGO_MAKEFLAGS-unset}"'
    desk.run(desk.write(["sh", "-c", script]))
    assert desk.run("show", desk.events("run-started")[0]["run"]).stdout == "k unset\n"
    assert make_flags(Path("/j"), "") == " -j --jobserver-auth=fifo:/j"
