"""Scopes of a real systemd: for a user who has logged in, and for root in a service."""

import json
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.children import PATIENCE, daemon, eventually_sync, named, unique_s
from tests.faults.conftest import SETPRIV, UID, users_desk
from tests.supervised import Desk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("SUPERVISE_TEST_GUEST") != "systemd",
        reason="NO SYSTEMD THAT WE MAY LOG IN TO: scripts/test-kernel systemd",
    ),
]

TOP = Path("/sys/fs/cgroup")
RUNTIME = Path(f"/run/user/{UID}")
MANAGER = TOP / f"user.slice/user-{UID}.slice/user@{UID}.service"
LIMITS = '[limits]\nprocesses = 64\nmemory = "200MB"\ncpu = 1.0\n'
KERNEL = ("processes", "memory", "cpu")
LOGIN = "supervise-test-login.service"
ENTER = 'echo 0 >"$0"/cgroup.procs && exec "$@"'
PUT_IN_PLACE_OF_BUSCTL = 'mount --bind "$1" /usr/bin/busctl && shift && ' + ENTER

MOVES_ALL = """
import json, os, subprocess, sys
from supervisor.containment.scopes import request_scope
sleeps = [subprocess.Popen(["sleep", "60"]) for _ in range(20)]
pids = [os.getpid(), *(one.pid for one in sleeps)]
granted = request_scope("supervise-test", pids, os.environ)
places = {open(f"/proc/{pid}/cgroup").read().strip() for pid in pids}
for one in sleeps:
    one.kill()
print(json.dumps([granted, list(places)]))
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Path]:
    """The cgroup of a login session, which is root's, of a user whose manager has a bus."""
    user = pwd.getpwuid(UID).pw_name
    login = ["su", user, "-s", "/bin/sh", "-c", "exec sleep infinity"]
    sessions = TOP / f"user.slice/user-{UID}.slice"
    subprocess.run(["systemd-run", "--quiet", "--unit", LOGIN, *login], check=True)
    try:
        eventually_sync(lambda: bool(list(sessions.glob("session-*.scope"))), within_s=20)
        eventually_sync((RUNTIME / "bus").exists, within_s=20)
        yield next(sessions.glob("session-*.scope"))
    finally:
        subprocess.run(["systemctl", "stop", LOGIN], check=True)


@pytest.fixture
def desk(library: Path, session: Path) -> Iterator[Desk]:
    """What is started here starts in the login session, as a shell would start it."""
    with users_desk(library) as desk:
        desk.environ["XDG_RUNTIME_DIR"] = str(RUNTIME)
        desk.prefix = ("sh", "-c", ENTER, str(session), *SETPRIV)
        yield desk


def place_of(pid: int) -> Path:
    """The cgroup that a process is in."""
    return TOP / Path(f"/proc/{pid}/cgroup").read_text().strip().removeprefix("0::/")


def scopes(below: Path) -> list[Path]:
    """Those of ours that systemd has at this moment."""
    return list(below.glob("**/supervise-*.scope"))


def check_scope_of(desk: Desk, slice_: Path) -> None:
    """A run that is sealed by a scope in this slice, which goes with it."""
    desk.always = '[containment]\nrequire = "sealed"\n'
    desk.write(["sleep", unique_s()], LIMITS)
    with desk.running() as process:
        started = desk.started()
        assert started["tier"] == "sealed"
        assert [started["limits"][one] for one in KERNEL] == ["kernel"] * 3
        (scope,) = scopes(slice_)
        assert scope.parent == slice_
        leaf = scope / f"supervise-{started['run']}"
        assert place_of(process.pid) == scope / f"supervise-{process.pid}"
        assert place_of(started["pid"]) == leaf / "autopilot"
        assert (leaf / "memory.max").read_text() == f"{200_000_000 // 4096 * 4096}\n"
        assert (scope / "pids.max").read_text() == "max\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED
    eventually_sync(lambda: scopes(slice_) == [])


def test_run_from_a_login_session_is_sealed_by_a_scope(desk: Desk) -> None:
    """The user's manager gives what the session's cgroup, which is root's, does not."""
    check_scope_of(desk, MANAGER / "app.slice")


def test_run_of_root_is_sealed_by_a_scope(tmp_path: Path) -> None:
    """In a cgroup where others are, too, which can therefore pass nothing on."""
    check_scope_of(Desk(tmp_path), TOP / "system.slice")


def test_session_is_not_left_where_that_is_not_wanted(desk: Desk, session: Path) -> None:
    """Then limits are looked after, and said to be."""
    desk.always = "[containment]\nscope = false\n"
    desk.write(["sleep", unique_s()], LIMITS)
    with desk.running() as process:
        started = desk.started()
        assert (started["tier"], started["limits"]["memory"]) == ("namespaced", "polled")
        assert place_of(process.pid) == place_of(started["pid"]) == session
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED


def test_all_are_in_the_scope_when_it_is_granted(desk: Desk) -> None:
    """They are moved one by one, and after systemd has answered."""
    done = subprocess.run(
        [*desk.prefix, desk.python, "-c", MOVES_ALL],
        stdout=subprocess.PIPE,
        env=desk.environment(),
        cwd=desk.cwd,
        timeout=30 * PATIENCE,
        check=True,
    )
    granted, places = json.loads(done.stdout)

    assert granted
    assert len(places) == 1
    assert "/app.slice/supervise-test-" in places[0]


@pytest.mark.parametrize("busctl", ["", "#!/bin/sh\nexit 1", "#!/bin/sh\nexec sleep 3600.125"])
def test_run_starts_without_an_answer(desk: Desk, session: Path, busctl: str) -> None:
    """Where busctl is missing, refuses or hangs; all of that costs 3 s at most."""
    fake = desk.folder / "busctl"
    fake.write_text(busctl)
    fake.chmod(0o755 if busctl else 0o644)
    put = ("unshare", "-m", "sh", "-c", PUT_IN_PLACE_OF_BUSCTL, str(session), str(fake))
    desk.prefix = (*put, *SETPRIV)
    begun = time.monotonic()
    done = desk.run("run", desk.write(["true"]), timeout=30 * PATIENCE)

    assert done.returncode == ExitCode.OK
    assert desk.events("run-started")[0]["tier"] == "namespaced"
    assert time.monotonic() - begun < 3 + 8 * PATIENCE
    assert named(["sleep", "3600.125"]) == []


def test_scope_is_had_where_sigchld_is_ignored(desk: Desk) -> None:
    """Nobody hears then how busctl ended; only where we are counts. Nor is a variable needed."""
    del desk.environ["XDG_RUNTIME_DIR"]
    desk.prefix = (*desk.prefix, "env", "-u", "XDG_RUNTIME_DIR", "--ignore-signal=CHLD")
    done = desk.run("run", desk.write(["true"]), timeout=30 * PATIENCE)

    assert done.returncode == ExitCode.OK
    assert desk.events("run-started")[0]["tier"] == "sealed"


def test_scope_of_a_killed_pair_goes_with_the_next_start(desk: Desk) -> None:
    """What is left in it has nothing else that tells whose it is."""
    hides = daemon("disguised", desk.python)
    desk.always = '[containment]\ntier = "cgroup"\n'
    desk.write(["sh", "-c", f"{hides.script}; exec sleep {unique_s()}"])
    with desk.running() as process:
        leader = desk.started()["pid"]
        eventually_sync(lambda: len(named(hides.argv)) == 1, within_s=20)
        (scope,) = scopes(MANAGER)
        os.kill(process.pid, signal.SIGSTOP)
        guardian = Path(f"/proc/{leader}/stat").read_text().rpartition(")")[2].split()[1]
        os.kill(int(guardian), signal.SIGKILL)
        process.kill()
        process.wait()
        assert len(named(hides.argv)) == 1
        desk.write(["true"])
        assert desk.run("run", desk.config, timeout=30 * PATIENCE).returncode == ExitCode.OK
        assert named(hides.argv) == []
    eventually_sync(lambda: not scope.exists())


def test_run_within_a_run_stays_in_its_cgroup(desk: Desk) -> None:
    """A scope would take the inner one out of the outer one's limits."""
    slept = unique_s()
    inner = desk.write(["sleep", slept]).rename(desk.folder / "inner.toml")
    # The shell beside it is why the inner one cannot divide the cgroup that they are in.
    desk.write(["sh", "-c", f"{desk.python} -m supervisor run {inner}; true"])
    with desk.running() as process:
        eventually_sync(lambda: len(desk.events("run-started")) == 2, within_s=30)
        runs = {one["argv"][0]: one for one in desk.events("run-started")}
        inner_run, outer_run = runs["sleep"], runs["sh"]
        assert (outer_run["tier"], inner_run["tier"]) == ("sealed", "namespaced")
        (sleeper,) = named(["sleep", slept])
        assert place_of(sleeper).parent.name == f"supervise-{outer_run['run']}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED


def test_doctor_says_that_a_scope_would_do(desk: Desk) -> None:
    """For a user in a session, and for root; nothing is left of having tried it."""
    told = json.loads(desk.run("doctor", "--json", timeout=30 * PATIENCE).stdout)
    check_doctor(told)
    eventually_sync(lambda: scopes(TOP) == [])

    desk.prefix, desk.environ = (), {}
    check_doctor(json.loads(desk.run("doctor", "--json", timeout=30 * PATIENCE).stdout))
    eventually_sync(lambda: scopes(TOP) == [])


def check_doctor(told: dict[str, object]) -> None:
    """Sealed, and how it comes by that."""
    assert told["tier"] == "sealed"
    capabilities = told["capabilities"]
    assert isinstance(capabilities, list)
    how = {one["name"]: (one["strength"], one["how"]) for one in capabilities}
    for limit in KERNEL:
        assert how[limit] == ("kernel", "cgroup v2, through a systemd scope, the whole set")


def test_doctor_says_what_to_do_without_an_answer(desk: Desk, session: Path) -> None:
    """Where systemd is there and gives nothing."""
    fake = desk.folder / "busctl"
    fake.write_text("#!/bin/sh\nexit 1")
    fake.chmod(0o755)
    put = ("unshare", "-m", "sh", "-c", PUT_IN_PLACE_OF_BUSCTL, str(session), str(fake))
    desk.prefix = (*put, *SETPRIV)
    said = desk.run("doctor", timeout=30 * PATIENCE).stdout

    assert said.startswith("tier: namespaced\n")
    assert "fix: systemd-run --user --scope -p Delegate=yes supervise FILE" in said
