"""Probing: real operations of the kernel, of which nothing is left."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from errno import EBUSY
from pathlib import Path

import pytest

import supervisor
from supervisor.containment import cgroupfs, operations, table
from supervisor.containment.escapes import find_escapes
from supervisor.containment.probe import NAMES, take_probes
from tests.supervised import Desk

PACKAGE = Path(supervisor.__file__).parent
PROGRAM = "supervisor/containment/operations.py"
PYTHON = "/usr/bin/python3"
MOST_STARTS = 12
ORDINARY = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]

IN_A_CGROUP = """
import json, os, sys
package, own, strangers = sys.argv[1:]
sys.path.append(package)
from supervisor.containment.probe import take_probes
with open(f"{own}/cgroup.procs", "w") as procs:
    procs.write("0")
reads, writes = os.pipe()
stranger = int(strangers) and os.fork()
if int(strangers) and not stranger:
    os.close(writes)
    os.read(reads, 1)
    os._exit(0)
print(json.dumps({one.name: [one.works, one.errno] for one in take_probes()}))
with open(f"{own}/cgroup.procs") as procs:
    print(len(procs.readlines()), os.listdir(own))
os.close(writes)
if stranger:
    os.waitpid(stranger, 0)
"""
"""Enters a cgroup, with a second process where wanted, and probes there."""


@pytest.fixture(autouse=True)
def _leaves_no_trial_behind() -> Iterator[None]:
    """No cgroup, no mount; of processes and files the fixture of all tests takes care."""
    mounts = Path("/proc/self/mountinfo").read_bytes()
    yield
    homes = set(cgroupfs.homes().values())
    assert [one for home in homes for one in Path(home).glob("supervise-trial-*")] == []
    assert Path("/proc/self/mountinfo").read_bytes() == mounts


@pytest.fixture
def world_readable() -> Iterator[Path]:
    """A copy of the package that every user may read."""
    folder = Path(f"/tmp/supervise-test-{os.getpid()}")
    shutil.copytree(PACKAGE, folder / "supervisor", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    yield folder
    shutil.rmtree(folder)


def perform(prefix: list[str], folder: Path) -> dict[str, int]:
    """Errno by operation, as the program tells it."""
    argv = [*prefix, PYTHON, "-B", "-I", "-S", str(folder / PROGRAM)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    assert done.stderr == ""
    return {line.split("\t")[0]: int(line.split("\t")[1]) for line in done.stdout.splitlines()}


def test_every_operation_is_told_once() -> None:
    """The names that remedies go by are those of the operations."""
    names = [probe.name for probe in take_probes() if probe.name != operations.SCOPE]
    assert names == list(NAMES)
    assert tuple(name for chain in operations.CHAINS for name, _ in chain) == NAMES


def test_what_fails_has_a_step_and_a_remedy() -> None:
    """And what works has neither."""
    for probe in take_probes():
        assert (probe.step == "") == (probe.remedy == "") == probe.works, probe


def test_every_linux_has_a_subreaper_and_pidfds() -> None:
    """The weakest tier works wherever the tests do."""
    works = {probe.name for probe in take_probes() if probe.works}
    assert {"subreaper", "pidfd"} <= works


def best_of_five(call: Callable[[], object]) -> float:
    took = []
    for _ in range(5):
        begun = time.monotonic()
        call()
        took.append(time.monotonic() - begun)
    return min(took)


def test_probing_is_quick() -> None:
    """Nobody waits for doctor: about 70 ms where an interpreter takes 13 to start."""
    bare = best_of_five(lambda: subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True))
    assert best_of_five(take_probes) < MOST_STARTS * bare


@pytest.mark.parametrize("strangers", [0, 1])
def test_own_cgroup_passes_on_and_is_left_as_it_was(strangers: int) -> None:
    """Who is alone in a cgroup v2 can have limits; beside others that fails, and says so."""
    home = cgroupfs.homes().get("cgroup2", "")
    given = Path(home, "cgroup.subtree_control")
    if not (os.access(home, os.W_OK) and {"pids", "memory"} <= set(given.read_text().split())):
        pytest.skip("NEEDS A CGROUP V2 WITH PIDS AND MEMORY TO GIVE AWAY: scripts/test-kernel v2")
    own = Path(home, "supervise-test")
    own.mkdir()
    argv = [sys.executable, "-I", "-S", "-B", "-c", IN_A_CGROUP]
    argv += [str(PACKAGE.parent), str(own), str(strangers)]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True)
        told, after = done.stdout.splitlines()
        assert (own / "cgroup.subtree_control").read_text().split() == []
    finally:
        own.rmdir()
    assert json.loads(told)["cgroup v2 limits"] == ([False, EBUSY] if strangers else [True, None])
    assert after.startswith(f"{1 + strangers} ")
    assert "supervise-trial" not in after


@pytest.mark.skipif(os.geteuid() != 0, reason="NEEDS ROOT")
def test_root_has_namespaces_but_no_process_limit() -> None:
    """RLIMIT_NPROC does not bind root, in whatever namespace."""
    told = {probe.name: probe for probe in take_probes()}
    if told["pid namespace"].errno is not None:
        pytest.skip(f"ROOT HAS NO NAMESPACES HERE: {told['pid namespace'].step}")
    assert told["tmpfs"].works
    assert told["process limit"].step == "fork beyond RLIMIT_NPROC"
    assert told["process limit"].errno is None


@pytest.mark.skipif(os.geteuid() != 0, reason="NEEDS ROOT")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="NEEDS SETPRIV")
@pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"NEEDS {PYTHON}")
def test_ordinary_user_gets_a_process_limit_and_no_cgroup(world_readable: Path) -> None:
    """The namespaced tier needs no root; a cgroup must have been delegated."""
    told = perform(ORDINARY, world_readable)
    if told["pid namespace"]:
        pytest.skip(f"USERS HAVE NO NAMESPACES HERE: errno {told['pid namespace']}")
    works = {name for name, errno in told.items() if errno == 0}
    assert works == {"pid namespace", "tmpfs", "process limit", "pidfd", "subreaper"}


@pytest.mark.skipif(os.geteuid() != 0, reason="NEEDS ROOT, WHOSE CAPABILITIES ARE TAKEN")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="NEEDS SETPRIV")
@pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"NEEDS {PYTHON}")
def test_refused_namespace_fails_what_needs_it(world_readable: Path) -> None:
    """Where unshare is refused, each operation behind it fails for that reason, and only these."""
    drop = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]
    told = perform(drop, world_readable)
    assert told["pid namespace"] == told["tmpfs"] == told["process limit"] != 0
    assert told["pidfd"] == told["subreaper"] == 0


def test_hung_operation_is_bounded() -> None:
    """An operation that never ends is a failure, and its process is ended."""
    code = (
        "import sys, time; sys.path.append(sys.argv[1])\n"
        "from supervisor.containment import operations\n"
        "operations._BOUND_S = 0.2\n"
        "operations.CHAINS = ((('hangs', lambda: time.sleep(60)),),)\n"
        "operations.main()\n"
    )
    argv = [sys.executable, "-I", "-S", "-c", code, str(PACKAGE.parent)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=True)
    assert done.stdout.startswith("hangs\t110\t")


def test_doctor_names_the_tier_that_a_run_gets(tmp_path: Path) -> None:
    """What doctor says is what a run then says, for the tier and for each limit."""
    desk = Desk(tmp_path)
    doctor = json.loads(desk.run("doctor", "--json").stdout)
    desk.write(
        ["true"], '[limits]\nmemory = "64MiB"\ncpu = 1.0\nwall = "1m"\n[scratch]\nquota = "8MiB"\n'
    )
    assert desk.run(desk.config).returncode == 0
    (started,) = desk.events("run-started")
    strengths = {one["name"].replace(" ", "_"): one["strength"] for one in doctor["capabilities"]}
    strengths["wall"] = strengths["wall_clock"]
    limits = started["limits"]
    assert started["tier"] == doctor["tier"]
    assert limits == {name: strengths.get(name, "kernel") for name in limits}


def test_doctor_is_readable(tmp_path: Path) -> None:
    """A line per capability, and the ways out of every tier."""
    done = Desk(tmp_path).run("doctor")
    assert done.returncode == 0, done.stderr
    assert re.match(r"tier: \w+\n  kill +(kernel|guardian) ", done.stdout)
    assert "\nno tier sees what these start" in done.stdout
    assert "\non PATH: " in done.stdout


def test_ways_out_are_found_where_they_are_open(tmp_path: Path) -> None:
    """The user's D-Bus and a running tmux; a socket whose server has gone starts nothing."""
    folder = tmp_path / f"tmux-{os.geteuid()}"
    folder.mkdir()
    environ = {"XDG_RUNTIME_DIR": str(tmp_path), "TMUX_TMPDIR": str(tmp_path), "PATH": ""}
    for path in (tmp_path / "bus", folder / "default", folder / "stale"):
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(str(path))
    with socket.socket(socket.AF_UNIX) as server:
        (folder / "default").unlink()
        server.bind(str(folder / "default"))
        server.listen()
        ways = {(one.name, Path(one.path).name) for one in find_escapes(environ)}
    assert {("user D-Bus", "bus"), ("tmux", "default")} <= ways
    assert ("tmux", "stale") not in ways


def test_nobody_is_left_of_the_trials() -> None:
    """Not even a zombie below us."""
    before = table.children()
    take_probes()
    assert table.children() == before
