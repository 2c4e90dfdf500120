"""Sets of real processes below a real guardian, and what is left of them."""

import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path

import anyio
import pytest

from supervisor.containment.child import Program
from supervisor.containment.client import Emptied, Guardian, Leader
from supervisor.containment.launch import Launch
from supervisor.events import Member
from tests import children
from tests.children import HELD, alive, carriers, eventually, ignores_term, named, unique_s

pytestmark = pytest.mark.anyio
TIER: ContextVar[str] = ContextVar("TIER")


@pytest.fixture(params=HELD, autouse=True)
def _tier(request: pytest.FixtureRequest) -> None:
    """Every claim holds in every tier."""
    TIER.set(request.param)


@asynccontextmanager
async def guarded() -> AsyncIterator[Guardian]:
    """A guardian that is listened to."""
    with Launch() as launch, anyio.fail_after(30):
        launched = launch.settle([TIER.get()])
        assert launched is not None, launch.refusals
        guardian = Guardian(launched)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(guardian.listen)
            yield guardian
            tasks.cancel_scope.cancel()


async def start(guardian: Guardian, argv: Sequence[str], cookie: str, cwd: str = "/") -> Leader:
    """Spawn as the leader of a run, all streams on /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    env = {"PATH": os.environ["PATH"], "SUPERVISE_RUN": cookie}
    path = shutil.which(argv[0]) or argv[0]
    program = Program(path=path, argv=argv, env=env, cwd=cwd)
    try:
        return await guardian.spawn(cookie, program, [null] * 3, cookie=cookie)
    finally:
        os.close(null)


async def run_to_end(argv: Sequence[str], grace_s: float = 0.2) -> tuple[Leader, Emptied, str]:
    """One whole run; returns the leader, the proof and the cookie."""
    cookie = secrets.token_hex(16)
    async with guarded() as guardian:
        leader = await start(guardian, argv, cookie)
        await leader.ended.wait()
        return leader, await guardian.stop(leader, grace_s), cookie


@pytest.mark.parametrize(
    ("argv", "code"), [(children.EXITS_3, 3), (children.DIES_OF_ABRT, -signal.SIGABRT)]
)
async def test_exit_status_is_the_leaders_own(argv: list[str], code: int) -> None:
    """An exit code and a signal arrive as the kernel gave them."""
    leader, emptied, _ = await run_to_end(argv)

    assert leader.code == code
    assert emptied.survivors == ()


@pytest.mark.parametrize(
    "argv",
    [
        children.DOUBLE_FORKS,
        children.DOUBLE_FORKS_BARE,
        children.LEAVES_IGNORERS,
        children.HOLDS_STDOUT,
    ],
)
async def test_what_outlives_its_leader_is_ended(argv: list[str]) -> None:
    """A daemon is in the set whatever it did to its session, descriptors and environment."""
    _, emptied, cookie = await run_to_end(argv)

    assert emptied.ended_count >= 1
    assert emptied.survivors == ()
    assert not any(alive(member.pid) for member in emptied.ended)
    assert carriers(cookie) == []


async def test_process_hopper_is_caught() -> None:
    """A process that forks and exits for ever is ended too."""
    _, emptied, cookie = await run_to_end(children.HOPS, grace_s=0.0)

    assert emptied.survivors == ()
    assert carriers(cookie) == []


async def test_term_ignored_is_followed_by_kill_after_the_grace() -> None:
    """The grace is given in full, and not longer."""
    async with guarded() as guardian:
        leader = await start(guardian, children.IGNORES_TERM, secrets.token_hex(16))
        await eventually(lambda: ignores_term(leader.pid))
        emptied = await guardian.stop(leader, 0.5)

    assert leader.code == -signal.SIGKILL
    assert 0.5 <= emptied.took_s < 2


async def test_hurry_ends_the_grace() -> None:
    """A second request does not wait for the grace of the first."""
    async with guarded() as guardian:
        leader = await start(guardian, children.IGNORES_TERM, secrets.token_hex(16))
        await eventually(lambda: ignores_term(leader.pid))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(guardian.stop, leader, 25.0)
            await anyio.sleep(0.1)
            await guardian.hurry()

    assert leader.code == -signal.SIGKILL


async def test_set_dies_with_the_supervisor_end() -> None:
    """When our end closes without a word, the guardian ends everything before it exits."""
    cookie = secrets.token_hex(16)
    async with guarded() as guardian:
        await start(guardian, children.HAS_CHILDREN, cookie)
        await eventually(lambda: len(carriers(cookie)) == 3)

    assert carriers(cookie) == []


async def test_set_dies_when_the_guardian_is_killed() -> None:
    """The orphans of a killed guardian are ours, and are ended."""
    cookie = secrets.token_hex(16)
    async with guarded() as guardian:
        leader = await start(guardian, children.HAS_CHILDREN, cookie)
        await eventually(lambda: len(carriers(cookie)) == 3)
        os.kill(guardian.pid, signal.SIGKILL)
        await guardian.lost.wait()
        assert carriers(cookie) == []
        emptied = await guardian.stop(leader, 1.0)

    assert emptied.survivors == ()


async def test_orphan_is_told_of_when_it_is_adopted() -> None:
    """A member whose parent died is named while the run still goes on."""
    adopted: list[Member] = []
    async with guarded() as guardian:
        guardian.on_adopted = adopted.append
        await start(
            guardian, ["sh", "-c", "sh -c 'setsid sleep 61 & sleep 0.5'; sleep 60"], "c" * 32
        )
        await eventually(lambda: bool(adopted))

    assert adopted[0].argv == ("sleep", "61")
    assert adopted[0].escaped


async def test_end_of_a_call_leaves_the_run_alone() -> None:
    """A call's set is what its leader started, not everything below the guardian."""
    cookie = secrets.token_hex(16)
    async with guarded() as guardian:
        leader = await start(guardian, children.SLEEPS, cookie)
        null = os.open(os.devnull, os.O_RDWR)
        argv = ["sh", "-c", "sleep 62 & sleep 63 & exit 4"]
        program = Program(path="/bin/sh", argv=argv, env={"SUPERVISE_RUN": cookie}, cwd="/")
        call = await guardian.spawn("call", program, [null] * 3)
        os.close(null)
        await call.ended.wait()
        emptied = await guardian.stop(call, 1.0)
        assert carriers(cookie) == [leader.pid]
        await guardian.stop(leader, 0.0)

    assert call.code == 4
    assert emptied.ended_count == 2


async def test_program_that_cannot_start_names_the_step() -> None:
    """A missing working directory and a file that is no program are told apart."""
    cookie = secrets.token_hex(16)
    async with guarded() as guardian:
        with pytest.raises(OSError, match="No such file") as gone:
            await start(guardian, ["true"], cookie, cwd="/no such folder")
        with pytest.raises(PermissionError):
            await start(guardian, ["/etc/passwd"], cookie)

    assert gone.value.filename == "working directory /no such folder"


async def test_signals_are_reset_for_the_program() -> None:
    """The guardian ignores SIGINT and SIGTERM; its programs do not."""
    check = "import signal as s; print(); exit(s.getsignal(s.SIGTERM) is not s.SIG_DFL)"
    leader, _, _ = await run_to_end(["python3", "-c", check])

    assert leader.code == 0


async def test_program_has_no_descriptors_but_its_streams(tmp_path: Path) -> None:
    """Neither the files it joined a cgroup by nor the directory it is held by stay open in it."""
    listing = os.open(tmp_path / "listing", os.O_WRONLY | os.O_CREAT)
    other, held = os.open(os.devnull, os.O_RDWR), os.open(tmp_path, os.O_RDONLY)
    program = Program(
        path=shutil.which("ls") or "", argv=["ls", "/proc/self/fd"], env={}, cwd="/", leaves=1
    )
    async with guarded() as guardian:
        streams = (other, listing, other)
        leader = await guardian.spawn(
            "x", program, (*streams, other), cookie="d" * 32, hold={"pids": held}
        )
        await leader.ended.wait()
        await guardian.stop(leader, 0.0)
    for fd in (listing, other, held):
        os.close(fd)

    assert (tmp_path / "listing").read_text().split() == ["0", "1", "2", "3"], "3 is the listing's"


async def test_many_short_runs_leave_no_trace() -> None:
    """Exit codes stay right and descriptors flat over many spawns through one guardian."""
    async with guarded() as guardian:
        for number in range(100):
            leader = await start(guardian, ["sh", "-c", f"exit {number}"], f"{number:032}")
            await leader.ended.wait()
            emptied = await guardian.stop(leader, 0.0)
            assert leader.code == number
            assert emptied.survivors == ()
        open_now = len(os.listdir(f"/proc/{guardian.pid}/fd"))

    assert open_now <= 8


async def test_frozen_set_stands_still_until_it_is_thawed(tmp_path: Path) -> None:
    """Sessions of their own included; a stop thaws it, so that it can act on SIGTERM."""
    count = "while :; do echo >>{0}; sleep 0.01; done"
    one, other = tmp_path / "one", tmp_path / "other"
    script = f"setsid sh -c '{count.format(other)}' & {count.format(one)}"

    def sizes() -> tuple[int, int]:
        return one.stat().st_size, other.stat().st_size

    async with guarded() as guardian:
        leader = await start(guardian, ["sh", "-c", script], secrets.token_hex(16))
        await eventually(lambda: one.exists() and other.exists())
        await guardian.freeze(leader)
        before = sizes()
        await anyio.sleep(0.2)
        assert sizes() == before
        await guardian.thaw(leader)
        await eventually(lambda: all(now > then for now, then in zip(sizes(), before, strict=True)))
        await guardian.freeze(leader)
        emptied = await guardian.stop(leader, 2.0)

    assert emptied.survivors == ()
    assert emptied.took_s < 2, "it could act on SIGTERM"
    assert leader.code == -signal.SIGTERM


async def test_member_in_a_namespace_of_its_own_is_named_as_the_host_names_it() -> None:
    """It has a number in each of three namespaces, and only one of them is ours."""
    if TIER.get() == "namespaced" and os.geteuid() != 0:
        pytest.skip("NEEDS ROOT TO MAKE A NAMESPACE WITHIN ONE")
    argv = (children.SLEEP, unique_s())
    async with guarded() as guardian:
        leader = await start(guardian, ["unshare", "--pid", "--fork", *argv], secrets.token_hex(16))
        await eventually(lambda: bool(named(argv)))
        (pid,) = named(argv)
        emptied = await guardian.stop(leader, 0.2)

    assert pid in [member.pid for member in emptied.ended]
    assert named(argv) == []
