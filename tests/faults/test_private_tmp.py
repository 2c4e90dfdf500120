"""Temporary directories of a run's own: full at their quota, gone with the run, in nobody's way."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.supervised import Desk

pytestmark = pytest.mark.parametrize("tier", ["namespaced"], indirect=True)

QUOTA = 16 << 20
SMALL = f'[scratch]\nquota = "{QUOTA >> 20}MiB"\nfiles = 300\nbacking = "memory"\n'
SHARED = ("/tmp", "/var/tmp", "/dev/shm")
FILLS = """
import errno, json, os, sys
def fill(place):
    size = 0
    with open(os.path.join(place, "hog"), "wb", buffering=0) as file:
        try:
            while True:
                size += file.write(bytes(1 << 20))
        except OSError as error:
            assert error.errno == errno.ENOSPC, error
    os.unlink(file.name)
    return size
def make(place):
    names = []
    try:
        while len(names) < 5000:
            names.append(os.path.join(place, "f%d" % len(names)))
            open(names[-1], "x").close()
    except OSError as error:
        assert error.errno == errno.ENOSPC, error
        names.pop()
    for name in names:
        os.unlink(name)
    return len(names)
places = [os.environ["TMPDIR"], *sys.argv[1:]]
print(json.dumps([[fill(place), make(place)] for place in places]), flush=True)
"""


@pytest.fixture
def marker() -> Iterator[str]:
    """A name that no file in the shared directories has, neither before nor after."""
    name = f"supervise-test-{os.urandom(6).hex()}"
    yield name
    assert [place for place in SHARED if Path(place, name).exists()] == []


def shown(desk: Desk) -> str:
    """What the only run has printed."""
    return desk.run("show", desk.started()["run"]).stdout


def test_every_temp_directory_is_full_at_the_quota(anyones_desk: Desk) -> None:
    """A writer at full speed meets ENOSPC, in bytes and in files, wherever; the run goes on."""
    desk = anyones_desk
    places = [place for place in SHARED if Path(place).is_dir()]
    done = desk.run(desk.write(["python3", "-c", FILLS, *places], SMALL))

    assert done.returncode == 0, done.stdout + shown(desk)
    filled = json.loads(shown(desk))
    assert len(filled) == 1 + len(places)
    for size, files in filled:
        assert QUOTA - (1 << 20) < size <= QUOTA
        assert 300 <= files < 450
    assert desk.started()["limits"]["scratch"] == "kernel"
    assert desk.scratch() == []


def test_full_scratch_is_told_and_stops_nobody(anyones_desk: Desk) -> None:
    """It is said once when it is near its quota, and once when it is there."""
    desk = anyones_desk
    script = "head -c 20000000 /dev/zero > /tmp/hog; sleep 2.5; rm /tmp/hog; echo done"
    assert desk.run(desk.write(["sh", "-c", script], SMALL)).returncode == 0

    told = desk.events("scratch-passed")
    assert desk.events("scratch-relieved") == []
    assert told[-1]["used_bytes"] == QUOTA
    assert shown(desk).endswith("done\n")


@pytest.mark.parametrize("backing", ["memory", "disk"])
def test_what_is_written_there_goes_with_the_run(
    anyones_desk: Desk, marker: str, backing: str
) -> None:
    """Nobody outside sees it, however the tool names the place, and nothing is left."""
    desk = anyones_desk
    script = f"for place in {' '.join(SHARED)}; do echo x > $place/{marker} || exit 3; done"
    more = f'[scratch]\nbacking = "{backing}"\n'
    assert desk.run(desk.write(["sh", "-c", script], more)).returncode == 0
    assert desk.scratch() == []


def test_private_tmp_on_disk_is_measured(anyones_desk: Desk) -> None:
    """What is written to a hard-coded /tmp counts for the quota at which a run is stopped."""
    desk = anyones_desk
    script = "head -c 20000000 /dev/zero > /tmp/hog; sleep 60"
    more = '[scratch]\nquota = "4MB"\nbacking = "disk"\n'
    assert desk.run(desk.write(["sh", "-c", script], more)).returncode == 1

    assert desk.events("scratch-relieved")[-1]["step"] == "run-stopped"
    assert desk.started()["limits"]["scratch"] == "polled"
    assert desk.scratch() == []


def test_project_below_tmp_stays_where_it_is(anyones_desk: Desk) -> None:
    """Its own folder, what its environment names and what else is wanted is there, and writable."""
    desk = anyones_desk
    assert str(desk.folder).startswith("/tmp/")
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as named,
        tempfile.TemporaryDirectory(dir="/tmp") as wanted,
        tempfile.TemporaryDirectory(dir="/tmp") as unnamed,
    ):
        Path(named, "tool").write_text("echo found\n")
        for path in (named, wanted, unnamed):
            Path(path).chmod(0o777)
        script = f"echo kept > result; sh $NAMED/tool; echo x > {wanted}/file; ls /tmp"
        more = f'[autopilot.env]\nNAMED = "{named}"\n[scratch]\nvisible = ["{wanted}"]\n'
        desk.write(["sh", "-c", script], more)
        assert desk.run(desk.config).returncode == 0
        added = Path(wanted, "file").read_text()

    assert (desk.folder / "result").read_text() == "kept\n"
    found, *names = shown(desk).split()
    assert (found, added) == ("found", "x\n")
    assert {Path(named).name, Path(wanted).name} <= {*names}
    assert Path(unnamed).name not in names


def test_sockets_that_the_environment_names_are_reached(anyones_desk: Desk) -> None:
    """An ssh agent's socket lies in a directory of its own in /tmp."""
    desk = anyones_desk
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ssh-") as folder:
        Path(folder).chmod(0o777)
        path = f"{folder}/agent.1"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            Path(path).chmod(0o777)
            server.listen()
            connect = (
                "import os, socket; socket.socket(socket.AF_UNIX).connect(os.environ['AGENT'])"
            )
            desk.write(["python3", "-c", connect], f'[autopilot.env]\nAGENT = "{path}"\n')
            assert desk.run(desk.config).returncode == 0


def test_work_in_tmp_itself_leaves_it_as_it_is(anyones_desk: Desk, marker: str) -> None:
    """Who works in /tmp must find there what he left; the others are his own all the same."""
    desk = anyones_desk
    script = f"echo x > {marker} && echo x > /var/tmp/{marker}"
    desk.write(["sh", "-c", script])
    desk.config.write_text(
        desk.config.read_text().replace("[autopilot]", "[autopilot]\ncwd = '/tmp'")
    )
    try:
        assert desk.run(desk.config).returncode == 0
        assert Path("/tmp", marker).exists()
        assert not Path("/var/tmp", marker).exists()
    finally:
        Path("/tmp", marker).unlink(missing_ok=True)


def test_pooled_calls_see_what_the_autopilot_sees(anyones_desk: Desk, marker: str) -> None:
    """A tool that runs in the pool is in the same /tmp."""
    desk = anyones_desk
    tool = f"sh -c 'cat /tmp/{marker} && echo b > /tmp/{marker}'"
    call = f"{desk.python} -m supervisor exec -- {tool}"
    script = f"echo a > /tmp/{marker}; {call} && cat /tmp/{marker}"
    assert desk.run(desk.write(["sh", "-c", script])).returncode == 0, shown(desk)
    assert shown(desk).split() == ["a", "b"]


def test_it_can_be_done_without(anyones_desk: Desk, marker: str) -> None:
    """With private_tmp off, the shared directories are the shared directories."""
    desk = anyones_desk
    more = "[scratch]\nprivate_tmp = false\n"
    try:
        assert desk.run(desk.write(["touch", f"/tmp/{marker}"], more)).returncode == 0
        assert Path("/tmp", marker).exists()
        assert desk.started()["limits"]["scratch"] == "polled"
    finally:
        Path("/tmp", marker).unlink(missing_ok=True)
