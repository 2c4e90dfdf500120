"""A cgroup v2 that root has delegated to a user: what holds there, and what cannot be undone.

The user has no privilege at all. Each start of the supervisor begins in a cgroup of its own, as in
a unit of systemd's with ``Delegate=yes``.
"""

import errno
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from supervisor.containment import cgroupfs
from supervisor.errors import ExitCode
from tests.children import PATIENCE, daemon, eventually_sync, named, unique_s
from tests.faults.conftest import SETPRIV, UID, users_desk
from tests.supervised import Desk

pytestmark = pytest.mark.slow

TOP = Path("/sys/fs/cgroup")
GIVEN = ("", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads")
"""What is given to whom a cgroup is delegated; source: cgroup-v2.rst, "Model of Delegation"."""
ENTER = 'echo 0 >"$0"/cgroup.procs && exec "$@"'
TIERS = ("sealed", "cgroup")
LIMITS = '[limits]\nprocesses = 64\nmemory = "200MB"\ncpu = 1.0\n'

TAMPERS = r"""
import errno, json, os, subprocess, sys

def attempt(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "allowed"

def write(path, text):
    with open(path, "w") as file:
        file.write(text)

top, home = "/sys/fs/cgroup", sys.argv[1]
leaf = f"{home}/supervise-{os.environ['SUPERVISE_RUN'][:8]}"
nested = f"umount {top}; cat {leaf}/pids.max; mount -t cgroup2 none /mnt && ls -d /mnt/supervise-*"
done = subprocess.run(["unshare", "-UrmC", "sh", "-c", nested], capture_output=True, text=True)
told = {"own below": attempt(os.mkdir, top + "/below"), "nested": done.stdout}
for view in ("", "/proc/1/root"):
    told["raise its own" + view] = attempt(write, f"{view}{leaf}/autopilot/pids.max", "max")
    told["raise the run's" + view] = attempt(write, f"{view}{leaf}/pids.max", "max")
    told["leave" + view] = attempt(write, f"{view}{home}/cgroup.procs", "0")
told["raise at its top"] = attempt(write, top + "/pids.max", "max")
told["place"] = open("/proc/self/cgroup").read().strip()
print(json.dumps(told))
"""
"""A member that tries to lift its limits and to leave, by what its cgroup is called outside."""

ASKS = """
import os, sys, time
from pathlib import Path
from supervisor.control.client import get
socket, within_s = Path(sys.argv[1]), float(sys.argv[2])
while True:
    begun = time.monotonic()
    assert get(socket, "/status")["run"] is not None
    assert time.monotonic() - begun < within_s
    os.write(1, b".")
    time.sleep(0.1)
"""

FREEZES = """
import json, os, sys
import anyio
from supervisor.containment import cgroupfs
from supervisor.containment.cgroups import Limits, find_ground
from supervisor.containment.child import Program
from supervisor.containment.client import Guardian
from supervisor.containment.launch import Launch

count = "while :; do echo >>{}; sleep 0.01; done"
argv = ["sh", "-c", f"setsid sh -c '{count.format('one')}' & {count.format('other')}"]
sizes = lambda: [os.stat(name).st_size for name in ("one", "other")]

async def grow(before):
    with anyio.fail_after(30):
        while not all(now > then for now, then in zip(sizes(), before)):
            await anyio.sleep(0.05)

async def main(launch):
    launched = launch.settle([sys.argv[1]])
    ground = find_ground((os.getpid(), launched.pid))
    leaf = ground.make("supervise-0badcafe", Limits())
    guardian = Guardian(launched)
    frozen = lambda: cgroupfs.count(leaf.directories["cgroup2"], "cgroup.events", "frozen")
    for name in ("one", "other"):
        open(name, "w").close()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guardian.listen)
        null = os.open(os.devnull, os.O_RDWR)
        program = Program("/bin/sh", argv, dict(os.environ), os.getcwd(), leaves=1)
        with leaf.open_joins() as joins, leaf.open_hold() as hold:
            leader = await guardian.spawn(
                "x", program, (null, null, null, *joins), cookie="e" * 32, hold=hold
            )
        await grow([0, 0])
        await guardian.freeze(leader)
        told = {"frozen": frozen()}
        before = sizes()
        await anyio.sleep(0.5)
        told["still"] = sizes() == before
        await guardian.thaw(leader)
        await grow(before)
        await guardian.freeze(leader)
        emptied = await guardian.stop(leader, 20.0)
        tasks.cancel_scope.cancel()
    told |= {"code": leader.code, "survivors": len(emptied.survivors), "removed": leaf.remove()}
    ground.leave((os.getpid(), launched.pid))
    print(json.dumps(told))

with Launch() as launch:
    anyio.run(main, launch)
"""


class Delegation:
    """Cgroups of a user's, one below the other's sibling, and a desk whose starts enter one."""

    def __init__(self, desk: Desk, top: Path) -> None:
        self.desk = desk
        self._top = top
        self._count = 0
        self.home = top
        self.renew()

    def renew(self, most: str = "unlimited") -> None:
        """Let the next start begin in another cgroup; those before are left as they are.

        ``most`` is how many processes the user may have everywhere.
        """
        self._count += 1
        self.home = self._top / f"unit-{self._count}"
        self.home.mkdir()
        for name in GIVEN:
            os.chown(self.home / name, UID, UID)
        self.desk.prefix = (
            "sh",
            "-c",
            ENTER,
            str(self.home),
            "prlimit",
            f"--nproc={most}",
            *SETPRIV,
        )

    def leaf(self) -> Path:
        """The cgroup of the run that goes on."""
        return self.home / f"supervise-{self.desk.started()['run']}"

    def left(self) -> list[str]:
        """Cgroups that were made below those that were given, and what these still pass on."""
        given = [unit / "cgroup.subtree_control" for unit in self._top.glob("unit-*")]
        below = [str(path) for path in self._top.glob("unit-*/**/") if path.parent != self._top]
        return below + [word for file in given for word in file.read_text().split()]


@pytest.fixture
def delegation(library: Path) -> Iterator[Delegation]:
    passed_on = cgroupfs.read(f"{TOP}/cgroup.subtree_control").split()
    if not {"pids", "memory", "cpu"} <= set(passed_on):
        pytest.skip("NO CGROUP V2 WITH PIDS, MEMORY AND CPU TO DELEGATE: scripts/test-kernel v2")
    top = TOP / f"delegated-{os.getpid()}"
    top.mkdir()
    (top / "cgroup.subtree_control").write_text("+pids +memory +cpu")
    try:
        with users_desk(library) as desk:
            yield Delegation(desk, top)
    finally:
        (top / "cgroup.kill").write_text("1")
        assert cgroupfs.remove(str(top))


def tier_of(desk: Desk, tier: str) -> None:
    """Want exactly this tier."""
    desk.always = f'[containment]\ntier = "{tier}"\nrequire = "{tier}"\n'


def test_run_is_sealed_and_leaves_no_cgroup(delegation: Delegation) -> None:
    """Tier and limits are the strongest there are, and afterwards all is as it was given."""
    desk, home = delegation.desk, delegation.home
    desk.always = '[containment]\nrequire = "sealed"\n'
    desk.write(["sleep", unique_s()], LIMITS)
    with desk.running() as process:
        started, leaf = desk.started(), delegation.leaf()
        assert started["tier"] == "sealed"
        assert [started["limits"][one] for one in ("processes", "memory", "cpu")] == ["kernel"] * 3
        assert (leaf / "pids.max").read_text() == "64\n"
        assert cgroup_of(process.pid) == home / f"supervise-{process.pid}"
        assert cgroup_of(started["pid"]) == leaf / "autopilot"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED

    assert delegation.left() == []


def cgroup_of(pid: int) -> Path:
    """Where a process is, as seen from the top."""
    (line,) = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    return Path(f"{TOP}{line.removeprefix('0::')}")


@pytest.mark.parametrize("tier", TIERS)
def test_fork_bomb_is_held_and_dead_within_a_second(
    delegation: Delegation, forks: Path, tier: str
) -> None:
    """It never has more processes than allowed, and the supervisor answers meanwhile."""
    tier_of(delegation.desk, tier)
    assert bomb(delegation, forks, 64, within_s=10) <= 64


@pytest.mark.skipif(
    "SUPERVISE_TEST_GUEST" not in os.environ, reason="NOT IN A KERNEL OF ITS OWN, SO NO LARGE BOMB"
)
def test_bomb_of_thousands_is_held_and_dead_within_seconds(
    delegation: Delegation, forks: Path
) -> None:
    """As many as no scan could end; of the time, an emulated kernel takes most to bury them."""
    assert bomb(delegation, forks, 3000, within_s=30, dead_s=2.5) <= 3000


def test_bomb_that_takes_all_that_the_user_may_have_is_ended(
    delegation: Delegation, forks: Path
) -> None:
    """Where the user's own limit comes first, there is no thread left for us; we go on without."""
    desk = delegation.desk
    delegation.renew("100")
    argv = [str(desk.own_copy(forks)), "bomb", "60", str(desk.folder / "count")]
    desk.write(argv, '[health]\nsample = "100ms"\n')
    with desk.running() as process:
        desk.started()
        eventually_sync(lambda: len(named(argv)) > 90, within_s=20)
        time.sleep(12)  # Until the threads that there are have been idle for so long that they end.
        assert len(named(argv)) > 90
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED

    assert desk.events("receipt")[0]["survivors"] == []
    assert delegation.left() == []


def bomb(
    delegation: Delegation, forks: Path, cap: int, within_s: float, dead_s: float = 1.0
) -> int:
    """Fork to the cap, stop, and return how many there were at most."""
    desk = delegation.desk
    argv = (str(desk.own_copy(forks)), "bomb", "120", str(desk.folder / "count"))
    desk.write(argv, f"[limits]\nprocesses = {cap}\n")
    desk.config.write_text(desk.config.read_text().replace('"1s"', '"10ms"'))
    with desk.running() as process:
        leaf = delegation.leaf()
        with asking(desk) as answered:
            refused = partial(cgroupfs.count, str(leaf / "autopilot"), "pids.events", "max")
            eventually_sync(lambda: refused() > 0, within_s=within_s)
            most = int((leaf / "pids.current").read_text())
            assert answered() > 0
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        eventually_sync(lambda: not populated(leaf), within_s=dead_s)
        took_s = time.monotonic() - begun
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED

    (receipt,) = desk.events("receipt")
    assert receipt["survivors"] == []
    assert receipt["took_s"] < dead_s * PATIENCE
    print(f"{most} processes dead after {took_s:.2f} s, proven after {receipt['took_s']:.2f} s")
    assert delegation.left() == []
    return most


@contextmanager
def asking(desk: Desk) -> Iterator[Callable[[], int]]:
    """Have the desk's user ask for the status all the time; yields how often it came in time."""
    (socket,) = desk.folder.glob("state/supervise/*/run/socket")
    asks = subprocess.Popen(
        [*SETPRIV, desk.python, "-c", ASKS, str(socket), str(PATIENCE)],
        stdout=subprocess.PIPE,
        env=desk.environment(),
        cwd=desk.cwd,
    )
    with asks:
        assert asks.stdout is not None
        os.set_blocking(asks.stdout.fileno(), False)
        taken = 0

        def answered() -> int:
            nonlocal taken
            assert asks.poll() is None, "the supervisor did not answer in time"
            taken += len((asks.stdout and asks.stdout.read()) or b"")
            return taken

        try:
            eventually_sync(lambda: answered() > 0, within_s=20)
            yield answered
            before = answered()
            eventually_sync(lambda: answered() > before)
        finally:
            asks.kill()


def populated(cgroup: Path) -> bool:
    """Whether anybody lives in it or below; not where it is gone."""
    return cgroupfs.count(str(cgroup), "cgroup.events", "populated") > 0


@pytest.fixture
def hog(delegation: Delegation) -> str:
    """A command that wants twice the memory that ``LIMITS`` allow."""
    path = delegation.desk.folder / "hog.py"
    path.write_text("x = bytearray(400_000_000)")
    return f"{delegation.desk.python} -S {path}"


def test_memory_hog_dies_and_the_autopilot_lives(delegation: Delegation, hog: str) -> None:
    """The kernel takes the tool and not the autopilot below which it runs."""
    desk = delegation.desk
    desk.write(["sh", "-c", f"{hog}; echo tool $?; exit 4"], LIMITS)
    done = desk.run("run", desk.config, timeout=30 * PATIENCE)
    (ended,) = desk.events("run-ended")

    assert done.returncode == ExitCode.FAILED
    assert (ended["ending"], ended["cause"]) == ({"type": "Exited", "code": 4}, "oom(tool)")
    assert "tool 137" in desk.run("show", ended["run"], "--stdout").stdout


def test_call_out_of_memory_is_killed_whole(delegation: Delegation, hog: str) -> None:
    """By the kernel at once, with what has only a small part in it; all others go on."""
    desk, bystander, other, part = delegation.desk, unique_s(), unique_s(), unique_s()
    go, told = desk.folder / "go", desk.folder / "told"
    call = f"{desk.python} -m supervisor exec --"
    script = f"""
        sleep {bystander} & {call} sleep {other} &
        until [ -e {go} ]; do sleep 0.1; done
        {call} sh -c "setsid sleep {part} & {hog}; sleep 3600"
        echo $? >{told}; exec sleep {unique_s()}
    """
    desk.write(["sh", "-c", script], LIMITS)
    with desk.running() as process:
        leaf = delegation.leaf()
        eventually_sync(lambda: bool(named(("sleep", other))), within_s=20)
        go.touch()
        eventually_sync(lambda: told.exists() and told.read_text() == "137\n", within_s=30)
        assert cgroupfs.count(str(leaf), "memory.events", "oom_group_kill") == 1
        assert cgroupfs.count(str(leaf), "memory.events", "oom_kill") >= 3
        assert named(("sleep", part)) == []
        assert len(named(("sleep", bystander))) == len(named(("sleep", other))) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED

    assert delegation.left() == []


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("killed", ["nobody", "supervisor", "guardian", "both"])
def test_daemon_dies_with_the_run(delegation: Delegation, tier: str, killed: str) -> None:
    """However it hides and whoever dies first; after both, at the latest with the next start."""
    desk, hides = delegation.desk, daemon("disguised", delegation.desk.python)
    tier_of(desk, tier)
    desk.write(["sh", "-c", f"{hides.script}; exec sleep {unique_s()}"])
    with desk.running() as process:
        leader = desk.started()["pid"]
        eventually_sync(lambda: len(named(hides.argv)) == 1, within_s=20)
        guardian = parent_of(leader)
        match killed:
            case "nobody":
                process.send_signal(signal.SIGTERM)
            case "supervisor":
                process.kill()
            case "guardian":
                os.kill(guardian, signal.SIGKILL)
            case "both":
                os.kill(process.pid, signal.SIGSTOP)
                os.kill(guardian, signal.SIGKILL)
                process.kill()
        process.wait(10 * PATIENCE)
        if killed == "both" and tier == "cgroup":
            assert len(named(hides.argv)) == 1, "only its cgroup tells whose it is"
        delegation.renew()
        if killed in {"supervisor", "both"}:
            desk.write(["true"])
            assert desk.run("run", desk.config, timeout=30 * PATIENCE).returncode == ExitCode.OK
        assert named(hides.argv) == []


def parent_of(pid: int) -> int:
    """The parent's pid."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_member_cannot_change_its_cgroup(delegation: Delegation) -> None:
    """Neither lift its limits nor leave; it sees its own cgroup as the top, and may divide it."""
    desk = delegation.desk
    (desk.folder / "tampers.py").write_text(TAMPERS)
    desk.write([desk.python, "-S", str(desk.folder / "tampers.py"), str(delegation.home)])
    done = desk.run("run", desk.config, timeout=30 * PATIENCE)
    (started,) = desk.events("run-started")
    told: dict[str, str] = json.loads(desk.run("show", started["run"], "--stdout").stdout)

    assert done.returncode == ExitCode.OK
    assert told.pop("place") == "0::/"
    assert told.pop("nested") == ""
    assert told.pop("own below") == "allowed"
    assert told["raise at its top"] == "EPERM"
    assert "allowed" not in told.values(), told
    assert delegation.left() == []


@pytest.mark.parametrize("guardian", ["namespaced", "subreaper"])
def test_set_is_frozen_by_its_cgroup(delegation: Delegation, guardian: str) -> None:
    """All of it until it is thawed; a stop thaws it, so that it can act on SIGTERM."""
    desk = delegation.desk
    (desk.folder / "freezes.py").write_text(FREEZES)
    done = subprocess.run(
        [*desk.prefix, desk.python, str(desk.folder / "freezes.py"), guardian],
        stdout=subprocess.PIPE,
        env=desk.environment(),
        cwd=desk.folder,
        timeout=30 * PATIENCE,
        check=True,
    )
    told = json.loads(done.stdout)

    assert told == {"frozen": 1, "still": True, "code": -15, "survivors": 0, "removed": True}
    assert delegation.left() == []


def test_start_that_is_refused_leaves_no_cgroup(delegation: Delegation) -> None:
    """It has gone into a cgroup of its own before it sees that another holds the config."""
    desk = delegation.desk
    desk.write(["sleep", unique_s()])
    with desk.running() as process:
        desk.started()
        delegation.renew()
        assert desk.run("run", desk.config, timeout=30 * PATIENCE).returncode == ExitCode.BUSY
        process.send_signal(signal.SIGTERM)
        assert process.wait(10 * PATIENCE) == ExitCode.TERMINATED

    assert delegation.left() == []


def test_doctor_names_the_tier_of_who_has_a_cgroup(delegation: Delegation) -> None:
    """And tells who has none what to do about it."""
    desk = delegation.desk
    with_one = json.loads(desk.run("doctor", "--json", timeout=30 * PATIENCE).stdout)
    assert with_one["tier"] == "sealed"
    strengths = {one["name"]: one["strength"] for one in with_one["capabilities"]}
    assert [strengths[one] for one in ("kill", "processes", "memory", "cpu")] == ["kernel"] * 4
    assert delegation.left() == []

    desk.prefix = SETPRIV
    without = json.loads(desk.run("doctor", "--json", timeout=30 * PATIENCE).stdout)
    assert without["tier"] == "namespaced"
    assert without["refused"][0]["tier"] == "sealed"
    (probe,) = [one for one in without["probes"] if one["name"] == "cgroup v2"]
    assert probe["errno"] == errno.EACCES
    assert "chown" in probe["remedy"]
    desk.always = '[containment]\nrequire = "sealed"\n'
    refused = desk.run("run", desk.write(["true"]), timeout=30 * PATIENCE)
    assert refused.returncode == ExitCode.UNAVAILABLE
    assert "no cgroup v2" in refused.stderr
