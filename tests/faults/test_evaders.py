"""Tools that are started past the pool: with ``enforce = "freeze"`` only so many work at a time."""

import sys
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import pytest

from supervisor.containment.table import descendants, read_table
from supervisor.control.client import get
from supervisor.errors import ExitCode, SupervisorError
from tests.supervised import Desk

SIZE = 2
CONFIG = f'[pool]\nsize = {SIZE}\nenforce = "freeze"\n'
SPIN = (
    "import time; e = time.process_time() + {work}\nwhile time.process_time() < e: pass\nprint({n})"
)
STARTS = """
import subprocess, sys, time
begun = time.monotonic()
python = [sys.executable, "-S", "-c"]
scripts = [{spin!r}.replace("@", str(n)) for n in range({count})]
tools = [subprocess.Popen([*python, one], start_new_session=True) for one in scripts]
print("started", time.monotonic() - begun < 10, flush=True)
print("ended", [tool.wait() for tool in tools], flush=True)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def starts(desk: Desk, count: int, work: float) -> Path:
    """A config whose autopilot starts so many tools at once, each in a session of its own."""
    spin = SPIN.format(work=work, n="@")
    script = desk.folder / "autopilot.py"
    script.write_text(STARTS.format(spin=spin, count=count))
    return desk.write([sys.executable, "-S", str(script)], CONFIG)


def working(root: int) -> int:
    """Sessions below a process, its own and the autopilot's left out, in which somebody works."""
    found = descendants(root, read_table())
    leaders = {entry.session for entry in found if entry.ppid != root and entry.state in "RD"}
    return len(leaders - {root})


def test_no_more_work_at_a_time_and_all_get_done(desk: Desk) -> None:
    """Their parent is not held up, they end in order, and nothing is lost."""
    starts(desk, 8, 0.5)
    most: list[int] = []
    with desk.running() as process:
        desk.started()
        (guardian,) = {e.pid for e in read_table().values() if e.ppid == process.pid}
        time.sleep(1)  # Newcomers work until they are seen.
        while process.poll() is None:
            most.append(working(guardian))
            time.sleep(0.02)
        assert process.returncode == ExitCode.OK

    words = desk.run("show", desk.events("run-started")[0]["run"]).stdout.split("\n")
    held = desk.events("tools-held")
    assert "started True" in words
    assert f"ended {[0] * 8}" in words
    assert sorted(word for word in words if word.isdigit()) == [str(n) for n in range(8)]
    assert held[0]["sessions"] >= 1
    assert sum(number > SIZE for number in most) <= len(most) * 0.1


def test_server_that_waits_takes_no_place(desk: Desk) -> None:
    """More servers than slots, and the tools that use them get done all the same."""
    script = "for i in 1 2 3 4 5; do setsid sleep 60 & done; sleep 3; setsid -w echo done"
    done = desk.run(desk.write(["sh", "-c", script], CONFIG), timeout=60)

    assert done.returncode == ExitCode.OK
    assert desk.run("show", desk.events("run-started")[0]["run"]).stdout == "done\n"


def test_child_in_a_session_of_its_own_is_part_of_its_parents(desk: Desk) -> None:
    """Who waits for a child that stands still would wait for ever."""
    spin = f"{sys.executable} -S -c '{SPIN.format(work=0.3, n=1)}'"
    nested = f'setsid -w sh -c "setsid -w {spin.replace(chr(34), "")}"'
    script = f"for i in 1 2 3 4; do {nested} & done; wait"
    done = desk.run(desk.write(["sh", "-c", script], CONFIG), timeout=60)

    assert done.returncode == ExitCode.OK
    shown = desk.run("show", desk.events("run-started")[0]["run"]).stdout
    assert shown.replace("\n", "") == "1" * 4


FLOOD = """
import subprocess, time
spin = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"
begun = time.monotonic()
shells = []
for number in range(3000):
    shells.append(subprocess.Popen(["sh", "-c", spin], start_new_session=True))
    time.sleep(max(0, begun + number * 17 / 3000 - time.monotonic()))
print("codes", sorted({shell.wait() for shell in shells}))
"""


@pytest.mark.slow
def test_flood_of_shells_is_worked_off_a_few_at_a_time(desk: Desk) -> None:
    """3,000 in 17 s, each in a session of its own: all get done, and we answer meanwhile."""
    script = desk.folder / "flood.py"
    script.write_text(FLOOD)
    limits = CONFIG + "[limits]\nprocesses = 6000\n"
    desk.write([sys.executable, "-S", str(script)], limits.replace(f"size = {SIZE}", "size = 4"))
    working_at_once, answers_s = [], []
    with desk.running() as process:
        desk.started()
        (guardian,) = {e.pid for e in read_table().values() if e.ppid == process.pid}
        (socket,) = desk.folder.glob("state/supervise/*/run/socket")
        while process.poll() is None:
            working_at_once.append(working(guardian))
            begun = time.monotonic()
            with suppress(SupervisorError):  # It has just ended.
                get(socket, "/status")
                answers_s.append(time.monotonic() - begun)
            time.sleep(0.2)
        assert process.returncode == ExitCode.OK

    print(f"working at once {median(working_at_once)}, {max(working_at_once)} at most")
    print(f"answers {median(answers_s) * 1000:.0f} ms, {max(answers_s) * 1000:.0f} at most")
    assert desk.run("show", desk.events("run-started")[0]["run"]).stdout == "codes [0]\n"
    assert desk.events("tools-held")
    assert median(working_at_once) <= 8
    assert max(working_at_once) < 100
    assert median(answers_s) < 0.5
