"""What programs do to get away, and what hosts do to us: for us and for a user without privileges.

In every test a stranger that looks like a member lives on.
"""

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from supervisor.control.client import get
from supervisor.errors import ExitCode
from tests.children import DAEMONS, SLEEP, alive, daemon, eventually_sync, named, unique_s
from tests.supervised import Desk

pytestmark = pytest.mark.slow

GRACE_S = 1.0
DRAIN_S = 2.0
PIDS = Path("/sys/fs/cgroup/pids")


def members(argv: Sequence[str], stranger: int) -> list[int]:
    """Who is called so and is not the stranger."""
    return [pid for pid in named(argv) if pid != stranger]


@pytest.mark.parametrize("kind", DAEMONS)
def test_daemon_ends_with_the_run(anyones_desk: Desk, kind: str) -> None:
    """Dead within the grace and 2 s, and named by the receipt, however it hides."""
    desk, hides = anyones_desk, daemon(kind, anyones_desk.python)
    with desk.stranger(hides.argv, desk.folder / hides.cwd, SLEEP) as stranger:
        desk.write(["sh", "-c", f"{hides.script}; exec sleep {unique_s()}"])
        with desk.running() as process:
            eventually_sync(lambda: len(members(hides.argv, stranger)) == 1, within_s=20)
            desk.started()
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            eventually_sync(lambda: not members(hides.argv, stranger), within_s=GRACE_S + 2)
            assert process.wait(10) == ExitCode.TERMINATED
        assert time.monotonic() - begun < GRACE_S + 2

    (receipt,) = desk.events("receipt")
    assert receipt["survivors"] == []
    (ended,) = [one for one in receipt["ended"] if one["argv"] == list(hides.argv)]
    assert ended["escaped"]


def test_leader_that_leaves_at_term_does_not_end_the_escalation(anyones_desk: Desk) -> None:
    """The grandchild ignores TERM; the kill at the end of the grace is for the set."""
    desk, ignorer = anyones_desk, (SLEEP, unique_s())
    ignores = f"""setsid sh -c 'trap "" TERM; exec {" ".join(ignorer)}' &"""
    with desk.stranger(ignorer, desk.folder) as stranger:
        desk.write(["sh", "-c", f"trap 'exit 0' TERM; {ignores} wait"])
        with desk.running() as process:
            eventually_sync(lambda: len(members(ignorer, stranger)) == 1, within_s=20)
            desk.started()
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            assert process.wait(10) == ExitCode.TERMINATED
            took_s = time.monotonic() - begun
            assert members(ignorer, stranger) == []

    assert GRACE_S <= took_s < GRACE_S + 2
    (receipt,) = desk.events("receipt")
    assert [one["how"] for one in receipt["ended"] if one["argv"] == list(ignorer)] == ["killed"]


def test_hopper_in_c_ends_with_the_run(anyones_desk: Desk, forks: Path) -> None:
    """Thousands of forks a second, each in a session of its own, and none gets away."""
    desk = anyones_desk
    count = desk.folder / "count"
    argv = (str(desk.own_copy(forks)), "hop", "20", str(count))
    with desk.stranger(argv, desk.folder) as stranger:
        desk.write(["sh", "-c", f"{' '.join(argv)} & exec sleep {unique_s()}"])
        with desk.running() as process:
            desk.started()
            eventually_sync(lambda: count.exists() and hops(count) > 2000, within_s=15)
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            assert process.wait(15) == ExitCode.TERMINATED
            assert time.monotonic() - begun < GRACE_S + 2
        before = hops(count)
        assert members(argv, stranger) == []
    assert hops(count) == before
    assert desk.events("receipt")[0]["survivors"] == []


def hops(count: Path) -> int:
    """How often the hopper has hopped."""
    return int.from_bytes(count.read_bytes(), "little")


def test_supervisor_that_is_stopped_finishes_when_it_is_continued(anyones_desk: Desk) -> None:
    """The program ends meanwhile, nobody hangs on it, and the receipt is right afterwards."""
    desk, hides = anyones_desk, daemon("closed", anyones_desk.python)
    go = desk.folder / "go"
    wait = f"while [ ! -e {go} ]; do sleep 0.02; done"
    with desk.stranger(hides.argv, desk.folder) as stranger:
        desk.write(["sh", "-c", f"{hides.script}; {wait}; echo last words; exit 4"])
        with desk.running() as process:
            leader = desk.started()["pid"]
            eventually_sync(lambda: len(members(hides.argv, stranger)) == 1)
            process.send_signal(signal.SIGSTOP)
            go.touch()
            eventually_sync(lambda: not alive(leader))
            time.sleep(2)  # The claim is about a supervisor that is stopped for seconds.
            process.send_signal(signal.SIGCONT)
            assert process.wait(10) == ExitCode.FAILED
        assert members(hides.argv, stranger) == []

    (ended,), (receipt,) = desk.events("run-ended"), desk.events("receipt")
    assert ended["ending"] == {"type": "Exited", "code": 4}
    assert [one["argv"] for one in receipt["ended"]] == [list(hides.argv)]
    assert desk.run("show", ended["run"]).stdout == "last words\n"


def test_pipe_held_from_outside_is_named_and_does_not_hold_the_run(anyones_desk: Desk) -> None:
    """A stranger has the write end, so there is no end of file; the run is over all the same."""
    desk, go = anyones_desk, anyones_desk.folder / "go"
    argv = (SLEEP, unique_s())
    looks_so = " ".join(argv)
    desk.write(["sh", "-c", f"{looks_so} & while [ ! -e {go} ]; do sleep 0.02; done"])
    with desk.running() as process:
        pipe = os.open(f"/proc/{desk.started()['pid']}/fd/1", os.O_WRONLY)
        with desk.stranger(argv, desk.folder, stdout=pipe) as stranger:
            os.close(pipe)
            go.touch()
            begun = time.monotonic()
            assert process.wait(10) == ExitCode.OK
            assert time.monotonic() - begun < GRACE_S + DRAIN_S + 2
            assert named(argv) == [stranger]

    (held,) = desk.events("pipe-held")
    assert [(one["pid"], one["argv"]) for one in held["holders"]] == [(stranger, list(argv))]
    assert desk.events("receipt")[0]["survivors"] == []


def test_launch_without_streams_home_or_a_writable_folder(anyones_desk: Desk) -> None:
    """Nothing of the launcher's state reaches our files or the program's ending."""
    desk, hides = anyones_desk, daemon("closed", anyones_desk.python)
    odd = 'umask 777; ulimit -n 64; cd /proc; exec "$@" <&- >&- 2>&-'
    ignore = ("env", "-u", "HOME", "-u", "XDG_RUNTIME_DIR", "--ignore-signal=CHLD")
    report = "false; echo $? $(readlink /proc/self/fd/0) $(grep SigIgn /proc/self/status)"
    with desk.stranger(hides.argv, desk.folder) as stranger:
        desk.write(["sh", "-c", f"{hides.script}; {report}; exit 5"])
        user = desk.prefix
        desk.prefix = (*user, "sh", "-c", odd, "sh", *ignore)
        with desk.running() as process:
            assert process.wait(20) == ExitCode.FAILED
        desk.prefix = user
        assert members(hides.argv, stranger) == []

    (ended,) = desk.events("run-ended")
    assert ended["ending"] == {"type": "Exited", "code": 5}
    assert desk.run("show", ended["run"]).stdout.split() == [
        "1", "/dev/null", "SigIgn:", "0000000000000000",
    ]  # fmt: skip
    files = [path for path in (desk.folder / "state").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_member_of_another_uid_is_ended_or_named(anyones_desk: Desk) -> None:
    """Root ends it; who may not is told so by receipt and exit status, and nothing hangs."""
    desk, argv = anyones_desk, (SLEEP, unique_s())
    if os.geteuid() != 0:
        pytest.skip("NOT ROOT, SO NO PROGRAM CAN BE GIVEN TO ANOTHER USER")
    become = desk.folder / "setpriv"
    shutil.copy(shutil.which("setpriv") or "", become)
    if desk.prefix:
        os.chown(become, 65534, 65534)
        become.chmod(0o4755)
    failed = desk.folder / "failed"
    script = f"({become} --reuid 65534 {' '.join(argv)} || touch {failed}) & exec sleep 3600"
    with desk.stranger(argv, desk.folder) as stranger:
        desk.write(["sh", "-c", script])
        with desk.running() as process:
            # In a user namespace there is no other user to become.
            eventually_sync(lambda: bool(members(argv, stranger)) or failed.exists(), within_s=20)
            desk.started()
            process.send_signal(signal.SIGTERM)
            code = process.wait(25)
            left = members(argv, stranger)
            for pid in left:
                os.kill(pid, signal.SIGKILL)

    (receipt,) = desk.events("receipt")
    assert [one["pid"] for one in receipt["survivors"]] == left
    assert code == (ExitCode.SURVIVORS if left else ExitCode.TERMINATED)
    assert desk.prefix or left == []


@pytest.fixture
def frozen(anyones_desk: Desk) -> Iterator[Path]:
    """A file system that can be frozen: whoever writes to it then waits in the kernel."""
    folder, image = anyones_desk.folder / "frozen", anyones_desk.folder / "image"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(16 << 20)
    make = f"mkfs.ext4 -q {image} && mount -o loop {image} {folder} && chmod 777 {folder}"
    if os.geteuid() != 0 or subprocess.run(["sh", "-c", make], check=False).returncode:
        pytest.skip("NO FILE SYSTEM OF OUR OWN CAN BE MOUNTED, SO NOTHING WAITS IN THE KERNEL")
    try:
        yield folder
    finally:
        subprocess.run(["fsfreeze", "-u", folder], check=False, stderr=subprocess.DEVNULL)
        eventually_sync(lambda: subprocess.run(["umount", folder], check=False).returncode == 0)


def test_member_that_waits_in_the_kernel_is_named(anyones_desk: Desk, frozen: Path) -> None:
    """It ignores even SIGKILL, so it is not claimed dead; the receipt says where it waits."""
    desk = anyones_desk
    writer = (desk.python, "-S", "-c", f"while True: open('{frozen}/file', 'w').write('x')")
    desk.write([desk.python, "-c", f"import subprocess; subprocess.run({list(writer)})"])
    with desk.running() as process:
        eventually_sync((frozen / "file").exists, within_s=20)
        desk.started()
        subprocess.run(["fsfreeze", "-f", frozen], check=True)
        (stuck,) = named(writer)
        eventually_sync(lambda: Path(f"/proc/{stuck}/stat").read_text().split()[-50] == "D")
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == ExitCode.SURVIVORS
        assert alive(stuck)
        subprocess.run(["fsfreeze", "-u", frozen], check=True)
        eventually_sync(lambda: not alive(stuck))

    (survivor,) = desk.events("receipt")[0]["survivors"]
    assert survivor["pid"] == stuck
    assert survivor["why"].startswith("it waits in the kernel (state D, in ")


def test_two_at_the_same_moment_are_one(anyones_desk: Desk) -> None:
    """Whoever comes second leaves with the owner's pid, and the owner's set is unharmed."""
    desk, argv = anyones_desk, (SLEEP, unique_s())
    with desk.stranger(argv, desk.folder) as stranger:
        desk.write(argv)
        with desk.running() as one, desk.running() as other:
            eventually_sync(lambda: None in {one.poll(), other.poll()} != {None}, within_s=20)
            refused, owner = (one, other) if other.poll() is None else (other, one)
            assert refused.returncode == ExitCode.BUSY
            assert refused.stdout is not None
            assert str(owner.pid) in refused.stdout.read()
            desk.started()
            assert len(members(argv, stranger)) == 1
            owner.send_signal(signal.SIGTERM)
            assert owner.wait(10) == ExitCode.TERMINATED
        assert members(argv, stranger) == []


@pytest.fixture
def ceiling() -> Iterator[Path]:
    """A cgroup of the host that holds at most 64 processes; gone afterwards."""
    cgroup = PIDS / f"supervise-test-{os.getpid()}"
    try:
        cgroup.mkdir()
    except OSError:
        pytest.skip("NO CGROUP V1 PIDS CONTROLLER THAT WE MAY USE, SO NO FORK BOMB")
    (cgroup / "pids.max").write_text("64")
    yield cgroup
    eventually_sync(lambda: (cgroup / "cgroup.procs").read_text() == "")
    cgroup.rmdir()


def test_fork_bomb_below_a_ceiling(tmp_path: Path, tier: str, ceiling: Path, forks: Path) -> None:
    """It is held, the supervisor answers meanwhile, and it is dead soon after the stop."""
    desk = Desk(tmp_path, always=f'[containment]\ntier = "{tier}"\n')
    argv = (str(forks), "bomb", "20", str(tmp_path / "count"))
    with desk.stranger(argv, desk.folder) as stranger:
        script = f"echo 0 >{ceiling}/cgroup.procs; exec {' '.join(argv)}"
        desk.write(["sh", "-c", script])
        desk.config.write_text(desk.config.read_text().replace('"1s"', '"10ms"'))
        with desk.running() as process:
            desk.started()
            eventually_sync(lambda: refusals(ceiling) > 0, within_s=10)
            (socket,) = desk.folder.glob("state/supervise/*/run/socket")
            begun = time.monotonic()
            assert get(socket, "/status")["run"] is not None
            assert time.monotonic() - begun < 1
            process.send_signal(signal.SIGTERM)
            eventually_sync(lambda: not members(argv, stranger), within_s=1)
            assert process.wait(10) == ExitCode.TERMINATED

    assert desk.events("receipt")[0]["survivors"] == []


def refusals(ceiling: Path) -> int:
    """How many forks the kernel has refused."""
    return int((ceiling / "pids.events").read_text().split()[1])
