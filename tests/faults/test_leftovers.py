"""What runs leave in the temporary directories that they share with everybody."""

import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.supervised import Desk

SHARED = [place for place in ("/tmp", "/var/tmp", "/dev/shm") if os.access(place, os.W_OK)]
LEAVES = """
import os, sys, time
marker = sys.argv[1]
for place in sys.argv[2:]:
    os.makedirs(f"{place}/{marker}/deep")
    with open(f"{place}/{marker}/deep/file", "wb") as file:
        file.write(bytes(100_000))
held = open(f"{sys.argv[2]}/{marker}-held", "w")
open(f"{sys.argv[2]}/{marker}-gone", "w").close()
os.unlink(f"{sys.argv[2]}/{marker}-gone")
time.sleep(2.5)
"""


@pytest.fixture
def marker() -> Iterator[str]:
    """What the names of a run's leftovers begin with; they are removed at the end."""
    name = f"supervise-test-{os.urandom(6).hex()}"
    yield name
    for place in SHARED:
        for path in Path(place).glob(f"{name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def left_of(desk: Desk, marker: str) -> dict[str, Any]:
    """What was told to be left so far, of what bears the marker; others leave things as well."""
    return {
        one["path"]: one
        for event in desk.events("shared-left")
        for one in event["left"]
        if marker in one["path"]
    }


@pytest.mark.parametrize("tier", ["subreaper"], indirect=True)
def test_leftovers_are_told_with_their_owner_and_stay(anyones_desk: Desk, marker: str) -> None:
    """Whoever was seen with one is named; the user is certain in any case."""
    desk = anyones_desk
    done = desk.run(desk.write(["python3", "-c", LEAVES, marker, *SHARED]))
    assert done.returncode == 0, done.stdout

    left = left_of(desk, marker)
    folders = {f"{place}/{marker}" for place in SHARED}
    held = f"{SHARED[0]}/{marker}-held"
    assert left.keys() == {*folders, held}
    assert all(100_000 <= left[path]["used_bytes"] < 200_000 for path in folders)
    assert "python" in left[held]["by"][0]
    assert [left[path]["by"] for path in folders] == [[]] * len(folders)
    assert all(Path(path).exists() for path in left)

    (event,) = desk.events("shared-left")
    assert event["user"] == pwd.getpwuid(Path(held).stat().st_uid).pw_name
    assert event["count"] >= len(left)
    assert event["run"] == desk.started()["run"]
    assert f"outside scratch {event['count']}" in done.stdout
    assert f"owner {event['user']}" in done.stdout


@pytest.mark.parametrize("tier", ["namespaced"], indirect=True)
def test_private_directories_leave_nothing_to_tell(anyones_desk: Desk, marker: str) -> None:
    """They go with the run; only where it gets none of its own is there something to look at."""
    desk = anyones_desk
    script = f"touch {' '.join(f'{place}/{marker}' for place in SHARED)}"
    assert desk.run(desk.write(["sh", "-c", script])).returncode == 0
    assert left_of(desk, marker) == {}
    more = "[scratch]\nprivate_tmp = false\n"
    assert desk.run(desk.write(["sh", "-c", script], more)).returncode == 0
    assert left_of(desk, marker).keys() == {f"{place}/{marker}" for place in SHARED}


@pytest.mark.parametrize("tier", ["namespaced"], indirect=True)
def test_directory_that_stays_shared_is_looked_at(anyones_desk: Desk, marker: str) -> None:
    """A run that works in /tmp itself sees the real one."""
    desk = anyones_desk
    config = desk.write(["sh", "-c", f"touch {marker} /var/tmp/{marker}"])
    config.write_text(config.read_text().replace("[autopilot]", "[autopilot]\ncwd = '/tmp'"))
    assert desk.run(config).returncode == 0
    assert left_of(desk, marker).keys() == {f"/tmp/{marker}"}


@pytest.mark.parametrize("tier", ["subreaper"], indirect=True)
def test_many_leftovers_are_one_event(anyones_desk: Desk, marker: str) -> None:
    """A count, the bytes, and the largest by name."""
    desk = anyones_desk
    script = (
        f"for n in $(seq 200); do echo x > /tmp/{marker}-$n; done;"
        f" head -c 99999 /dev/zero > /tmp/{marker}"
    )
    done = desk.run(desk.write(["sh", "-c", script]))
    assert done.returncode == 0, done.stdout
    (event,) = desk.events("shared-left")
    assert event["count"] >= 201
    assert event["used_bytes"] >= 99_999 + 200 * 4096
    assert len(event["left"]) == 20
    assert f"/tmp/{marker}" in left_of(desk, marker)
