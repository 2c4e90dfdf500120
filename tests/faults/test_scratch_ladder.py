"""A run over its quota where only we look: the mildest step that makes room is taken."""

import sys
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.supervised import Desk

MB = 1 << 20
QUOTA = 64 * MB
SCRATCH = f'[scratch]\nquota = "{QUOTA // MB}MiB"\nbacking = "disk"\n'

LOG = """
import os, time
with open(os.environ["TMPDIR"] + "/build.log", "wb", buffering=0) as log:
    log.write(b"the first line\\n")
    for _ in range(150):
        log.write(b"x" * (1 << 20))
        time.sleep(0.01)
    log.write(b"the last line\\n")
with open(log.name, "rb") as log:
    assert log.readline() == b"the first line\\n"
    log.seek(-14, os.SEEK_END)
    assert log.read() == b"the last line\\n"
    print(os.fstat(log.fileno()).st_size >> 20, os.fstat(log.fileno()).st_blocks >> 11)
"""
DATABASE = """
import os, time
with open(os.environ["TMPDIR"] + "/data.db", "w+b", buffering=0) as data:
    while True:
        data.write(bytes(1 << 20))
        time.sleep(0.005)
"""
LINKED = """
import os, time
with open(os.environ["TMPDIR"] + "/copy", "wb", buffering=0) as copy:
    os.link(copy.name, {outside!r})
    while True:
        copy.write(b"x" * (1 << 20))
        time.sleep(0.005)
"""
ELSEWHERE = """
import os, sys, time
with open(sys.argv[1], "wb", buffering=0) as image:
    for _ in range(300):
        image.write(b"x" * (1 << 20))
        time.sleep(0.005)
os.unlink(image.name)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def steps(desk: Desk) -> list[str]:
    return [event["step"] for event in desk.events("scratch-relieved")]


def shown(desk: Desk) -> str:
    return desk.run("show", desk.events("run-started")[0]["run"]).stdout


def python(script: str) -> list[str]:
    return [sys.executable, "-S", "-c", script]


def test_log_loses_its_middle_and_its_writer_goes_on(desk: Desk) -> None:
    """Beginning and end stay, offsets too, and the program ends as it would have."""
    done = desk.run(desk.write(python(LOG), SCRATCH), timeout=60)
    cuts = desk.events("scratch-relieved")[1::2]

    assert done.returncode == ExitCode.OK
    assert steps(desk) == ["frozen", "cut"] * len(cuts)
    assert 1 <= len(cuts) <= 3
    assert all(cut["path"].endswith("/build.log") for cut in cuts)
    assert all(cut["freed_bytes"] > QUOTA // 2 for cut in cuts)
    assert all(cut["writers"][0]["argv"][0] == sys.executable for cut in cuts)
    (length_mb, held_mb) = (int(word) for word in shown(desk).split())
    assert length_mb == 150
    assert held_mb < QUOTA // MB
    assert "cut out of the middle of" in done.stdout


def test_file_that_is_read_too_stays_whole(desk: Desk) -> None:
    """Zeros in a database would be worse than no run, and it is no tool call's."""
    done = desk.run(desk.write(python(DATABASE), SCRATCH), timeout=60)

    assert done.returncode == ExitCode.FAILED
    assert steps(desk) == ["frozen", "run-stopped"]
    assert desk.events("run-ended")[0]["cause"] == "disk"


def test_file_with_a_name_elsewhere_stays_whole(desk: Desk) -> None:
    """What is not the scratch directory's alone is not ours to cut."""
    outside = desk.folder / "outside"
    program = python(LINKED.format(outside=str(outside)))
    desk.run(desk.write(program, SCRATCH + "private_tmp = false\n"), timeout=60)

    assert steps(desk) == ["frozen", "run-stopped"]
    assert outside.read_bytes().count(b"x") == outside.stat().st_size


def test_log_is_not_cut_where_that_is_not_wanted(desk: Desk) -> None:
    """With ``cuts = 0`` the next step comes at once."""
    desk.run(desk.write(python(LOG), SCRATCH + "cuts = 0\n"), timeout=60)
    assert steps(desk) == ["frozen", "run-stopped"]


def test_tool_call_is_stopped_before_the_run_is(desk: Desk) -> None:
    """The autopilot hears that its tool was stopped, and goes on."""
    tool = desk.folder / "tool.py"
    tool.write_text(DATABASE)
    script = (
        f"{sys.executable} -m supervisor exec -- {sys.executable} -S {tool};"
        " echo tool $?; sleep 0.5; rm $TMPDIR/data.db; echo alive"
    )
    done = desk.run(desk.write(["sh", "-c", script], SCRATCH), timeout=60)

    assert done.returncode == ExitCode.OK
    assert steps(desk) == ["frozen", "call-stopped"]
    assert {"tool 143", "alive"} <= set(shown(desk).splitlines())


def test_who_writes_elsewhere_on_the_disk_goes_on(desk: Desk) -> None:
    """It may be held still while we look, and is never more than suspected."""
    image = str(desk.folder / "image")
    done = desk.run(desk.write([*python(ELSEWHERE), image], SCRATCH), timeout=60)

    assert done.returncode == ExitCode.OK
    assert steps(desk) == []
    assert desk.events("scratch-passed") == []


def test_many_files_of_nobody_end_the_run(desk: Desk) -> None:
    """Where nobody writes to what is largest, there is nothing to hold still."""
    script = "for i in $(seq 200); do echo > $TMPDIR/$i; done; sleep 60"
    done = desk.run(desk.write(["sh", "-c", script], SCRATCH + "files = 100\n"), timeout=60)

    assert done.returncode == ExitCode.FAILED
    assert desk.events("run-ended")[0]["cause"] == "files"
    assert steps(desk) == []
