"""What can go wrong around a scope: cancelled at any moment, killed, stopped, without means."""

import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import pytest

from supervisor import scope_guard
from supervisor.errors import SupervisorError
from supervisor.scope import Scope
from supervisor.scope_guard import Tier
from supervisor.scope_values import (
    Allowance,
    Allowances,
    GuardianError,
    LeftoversEnded,
    NotReleasedError,
    ScopeEvent,
)
from tests import children
from tests.children import alive, carriers, eventually, eventually_sync
from tests.scopes import BACKENDS, DAEMON, NOTHING, BrokenError, Emitter, left_by

pytestmark = pytest.mark.anyio
TIERS = pytest.mark.parametrize("tier", children.HELD)
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guardian that does not answer is given up soon."""
    monkeypatch.setattr(scope_guard, "_SPAWN_S", 0.5)
    monkeypatch.setattr(scope_guard, "_PROOF_S", 0.5)


@contextmanager
def own_child() -> Iterator["subprocess.Popen[bytes]"]:
    """A child of the embedding program's, which is nobody else's business."""
    with subprocess.Popen(["sleep", "60"]) as child:
        try:
            yield child
            assert child.poll() is None, "a child of the program's own was harmed"
        finally:
            child.kill()


async def test_cancelled_while_it_starts_it_leaves_nothing(tmp_path: Path) -> None:
    """At whatever moment: before the guardian, between fork and exec, after the answer."""
    for number in range(24):
        scope = Scope(base=tmp_path, grace_s=0.2)
        with anyio.move_on_after(0.004 * number):
            async with scope:
                await scope.start(["sh", "-c", f"{DAEMON}; {DAEMON}; sleep 60"])
                await scope.file()
                await anyio.sleep(0.05)
        assert left_by(scope, tmp_path) == NOTHING


@TIERS
async def test_guardian_killed_in_the_middle(tier: Tier, tmp_path: Path) -> None:
    """Its processes end, whoever waits is told, the rest is released, and nobody else is harmed."""
    events: list[ScopeEvent] = []
    with own_child():
        async with Scope(base=tmp_path, grace_s=0.3, tier=tier, on_event=events.append) as scope:
            await scope.file()
            process = await scope.start(["sh", "-c", f"{DAEMON}; sleep 60"])
            await eventually(lambda: len(carriers(scope.cookie)) >= 4)
            assert scope.guardian_pid is not None
            os.kill(scope.guardian_pid, signal.SIGKILL)
            finished = await process.wait()
            with pytest.raises(GuardianError, match="has died"):
                await scope.run(["true"])
            assert carriers(scope.cookie) == []

    assert str(finished).startswith("sh -c ")
    assert "was lost with its guardian" in str(finished)
    assert events == []
    assert left_by(scope, tmp_path) == NOTHING


@TIERS
@pytest.mark.usefixtures("quick")
async def test_guardian_that_does_not_answer_is_killed(tier: Tier, tmp_path: Path) -> None:
    """It hangs, so who starts something is told, and at the end its set is ended without it."""
    async with Scope(base=tmp_path, grace_s=0.3, tier=tier) as scope:
        await scope.start(["sh", "-c", f"{DAEMON}; sleep 60"])
        await eventually(lambda: len(carriers(scope.cookie)) >= 4)
        assert scope.guardian_pid is not None
        os.kill(scope.guardian_pid, signal.SIGSTOP)
        with pytest.raises(GuardianError):
            await scope.run(["true"])

    assert left_by(scope, tmp_path) == NOTHING


@TIERS
@pytest.mark.usefixtures("quick")
async def test_guardian_that_hangs_at_the_end_is_killed(tier: Tier, tmp_path: Path) -> None:
    """Nobody waits for it longer than it may need."""
    async with Scope(base=tmp_path, grace_s=0.3, tier=tier) as scope:
        await scope.start(["sh", "-c", f"{DAEMON}; sleep 60"])
        await eventually(lambda: len(carriers(scope.cookie)) >= 4)
        assert scope.guardian_pid is not None
        os.kill(scope.guardian_pid, signal.SIGSTOP)

    assert left_by(scope, tmp_path) == NOTHING


async def test_guardian_killed_while_it_starts_a_process(tmp_path: Path) -> None:
    """At any moment of a start: an error or a process that is gone, and nothing is left."""
    for number in range(12):
        async with Scope(base=tmp_path, grace_s=0.2) as scope, anyio.create_task_group() as tasks:
            await scope.run(["true"])
            pid = scope.guardian_pid
            assert pid is not None

            async def start(scope: Scope = scope) -> None:
                with suppress(GuardianError):
                    await scope.run(["sh", "-c", f"{DAEMON}; sleep 60"])

            tasks.start_soon(start)
            await anyio.sleep(0.001 * number)
            os.kill(pid, signal.SIGKILL)
        assert left_by(scope, tmp_path) == NOTHING


async def test_file_whose_close_hangs_is_left_after_the_grace(tmp_path: Path) -> None:
    """It wants to write what nobody reads; the others are released, and it is reported."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    calls: list[str] = []

    async def body() -> None:
        async with Scope(base=tmp_path / "base", grace_s=0.2, on_event=lambda _: None) as scope:
            await scope.on_release(lambda: calls.append("first"))
            stream = await scope.stream(fifo.open("wb", buffering=1 << 20))
            stream.write(bytes(1 << 19))

    with pytest.raises(NotReleasedError) as caught:
        await body()
    (error,) = caught.value.exceptions
    assert isinstance(error, TimeoutError)
    assert calls == ["first"]
    os.set_blocking(reader, True)
    while os.read(reader, 1 << 16):
        pass
    os.close(reader)


async def test_program_without_descriptors_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """EMFILE where a pipe or the guardian's socket is made."""
    for room in range(14):
        async with Scope(base=tmp_path, grace_s=0.2) as scope:
            await scope.file()
            taken: list[int] = []
            with suppress(OSError):
                while True:
                    taken.append(os.open(os.devnull, os.O_RDONLY))
                    assert len(taken) < 100_000
            try:
                for fd in taken[-room:] if room else []:
                    os.close(fd)
                with suppress(OSError, SupervisorError):
                    await scope.start(["sleep", "60"])
            finally:
                for fd in taken[: len(taken) - room]:
                    os.close(fd)
        assert left_by(scope, tmp_path) == NOTHING


_PROGRAM = """
import os, sys
from pathlib import Path
import anyio
from supervisor import Scope

async def main():
    base, backend, tier, daemon = sys.argv[1:]
    async with Scope(base=Path(base), tier=tier) as scope:
        await scope.file(b"left behind")
        process = await scope.start(["sh", "-c", f"{daemon}; {daemon}; echo up; sleep 60"])
        while not process.stdout:
            await anyio.sleep(0.01)
        print(scope.cookie, scope.guardian_pid, flush=True)
        await anyio.sleep_forever()

anyio.run(main, backend=sys.argv[2])
"""


@contextmanager
def program(base: Path, backend: str, tier: str) -> Iterator[tuple[int, str, int]]:
    """A program of somebody's that is in the middle of a scope: pid, cookie, guardian."""
    running = subprocess.Popen(
        [sys.executable, "-B", "-c", _PROGRAM, str(base), backend, tier, DAEMON],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stdout is not None
        cookie, guardian = running.stdout.readline().split()
        try:
            yield running.pid, cookie, int(guardian)
        finally:
            running.kill()


@TIERS
async def test_killed_program_leaves_no_process(
    tier: Tier, tmp_path: Path, anyio_backend: str
) -> None:
    """Its guardian ends them at once; the next scope removes its files."""
    with program(tmp_path, anyio_backend, tier) as (pid, cookie, _):
        os.kill(pid, signal.SIGKILL)
        eventually_sync(lambda: carriers(cookie) == [])
        assert os.listdir(tmp_path) != []

    async with Scope(base=tmp_path):
        assert os.listdir(tmp_path) == []


@TIERS
async def test_next_start_ends_what_is_left_when_all_were_killed(
    tier: Tier, tmp_path: Path, anyio_backend: str
) -> None:
    """By the ledger on disk; of a live scope in the same place nothing is touched."""
    events: list[ScopeEvent] = []
    async with Scope(base=tmp_path) as live:
        kept, file = await live.start(["sleep", "60"]), await live.file()
        with program(tmp_path, anyio_backend, tier) as (pid, cookie, guardian):
            os.kill(pid, signal.SIGSTOP)  # Else it would end them itself, now or a moment later.
            os.kill(guardian, signal.SIGKILL)
            os.kill(pid, signal.SIGKILL)
        left = carriers(cookie)
        # In a namespace the kernel has ended them, else only those who were started directly.
        if tier == "subreaper":
            assert len(left) >= 2
        async with Scope(base=tmp_path, on_event=events.append):
            assert carriers(cookie) == []
        assert alive(kept.pid)
        assert file.exists()

    ended = [
        one.pid for event in events if isinstance(event, LeftoversEnded) for one in event.members
    ]
    # The two that ignore TERM; what they start ends by itself every second.
    assert len(set(left) & set(ended)) >= 2 or tier == "namespaced"
    assert os.listdir(tmp_path) == []


def test_supervise_reap_ends_what_is_left_too(tmp_path: Path, anyio_backend: str) -> None:
    """Where programs keep their scopes in the usual place; asked to, it only lists."""
    base = tmp_path / f"supervise-scopes-{os.geteuid()}"
    environ = {**os.environ, "TMPDIR": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    with program(base, anyio_backend, "subreaper") as (pid, cookie, guardian):
        os.kill(pid, signal.SIGSTOP)
        os.kill(guardian, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
    left = carriers(cookie)
    assert len(left) >= 2

    def reap(*options: str) -> list[int]:
        argv = [sys.executable, "-B", "-m", "supervisor", "reap", *options]
        ran = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, check=True)
        return [int(line.split()[0]) for line in ran.stdout.splitlines()]

    # The two that ignore TERM; what they start ends by itself every second.
    assert len(set(left) & set(reap("--adopt"))) >= 2
    assert len(carriers(cookie)) >= 2
    assert len(set(left) & set(reap())) >= 2
    assert carriers(cookie) == []
    assert os.listdir(base) == []
    assert reap() == []


def run_script(script: str, *arguments: str | Path, unshared: bool = False) -> str:
    """Run a program of somebody's to its end."""
    prefix = ["unshare", "-m"] if unshared else []
    ran = subprocess.run(
        [*prefix, sys.executable, "-B", "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "unshare failed" in ran.stderr:
        pytest.skip("NEEDS A MOUNT NAMESPACE")
    assert (ran.stderr, ran.returncode) == ("", 0)
    return ran.stdout


@TIERS
def test_embedding_programs_own_children_stay_its_own(
    tier: Tier, tmp_path: Path, anyio_backend: str
) -> None:
    """Exit codes are not taken, orphans not taken in, and a guardian's death harms none of them."""
    script = """
    import os, signal, subprocess, sys
    from pathlib import Path
    import anyio
    from supervisor import Scope
    from supervisor.containment.linux import is_subreaper

    async def main():
        before = is_subreaper()
        dead, live = subprocess.Popen(["sh", "-c", "exit 7"]), subprocess.Popen(["sleep", "60"])
        async with Scope(base=Path(sys.argv[1]), grace_s=0.2, tier=sys.argv[3]) as scope:
            await scope.start(["sh", "-c", "(setsid sleep 60 &); sleep 60"])
            assert is_subreaper() == before == False
            os.kill(scope.guardian_pid, signal.SIGKILL)
            await anyio.sleep(0.3)
        assert live.poll() is None
        assert dead.wait() == 7
        live.kill()
        assert live.wait() == -9
        print("unharmed")

    anyio.run(main, backend=sys.argv[2])
    """
    assert run_script(script, tmp_path, anyio_backend, tier) == "unharmed\n"


def test_directory_that_cannot_be_removed_is_reported_and_left_to_the_next_scope(
    tmp_path: Path, anyio_backend: str
) -> None:
    """Something is mounted in it; the other files are gone, and once it is not, all are."""
    if os.geteuid() != 0:
        pytest.skip("NEEDS ROOT TO MOUNT")
    script = """
    import subprocess, sys
    from pathlib import Path
    import anyio
    from supervisor import Scope
    from supervisor.scope_values import NotReleasedError

    base = Path(sys.argv[1])

    async def leave():
        async with Scope(base=base, on_event=lambda event: print("event", event.kind)) as scope:
            await scope.file()
            global place
            place = await scope.directory()
            subprocess.run(["mount", "-t", "tmpfs", "none", place], check=True)
            await scope.file()

    async def main():
        try:
            await leave()
        except NotReleasedError as group:
            for one in group.exceptions:
                print(type(one).__name__, "could not be removed" in str(one))
        left = [path for path in base.rglob("*") if path.is_mount()]
        for path in left:
            subprocess.run(["umount", path], check=True)
        async with Scope(base=base):
            print(len(left), list(base.iterdir()))

    anyio.run(main, backend=sys.argv[2])
    """
    told = run_script(script, tmp_path, anyio_backend, unshared=True)
    assert told.splitlines() == [
        "event file",
        "event scope",
        "StateError True",
        "StateError True",
        "1 []",
    ]


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.slow)])
async def test_random_scopes_with_random_failures_leave_nothing(count: int, tmp_path: Path) -> None:
    """Whatever is begun and whatever fails, ten at a time: no process, file, descriptor is left."""
    async with Scope(base=tmp_path):  # Loads whatever is loaded once.
        pass
    fds = len(os.listdir("/proc/self/fd"))
    cookies: list[str] = []
    for first in range(0, count, 10):
        async with anyio.create_task_group() as tasks:
            for number in range(first, first + 10):
                tasks.start_soon(_perish, tmp_path, number, cookies)
        assert os.listdir(tmp_path) == [], first
        assert len(os.listdir("/proc/self/fd")) <= fds, first
    assert len(cookies) == count
    assert [cookie for cookie in cookies if carriers(cookie)] == []


async def _perish(base: Path, number: int, cookies: list[str]) -> None:
    """One scope in which something may fail, and around which something may."""
    chance = random.Random(number)  # noqa: S311 - not secrets
    tiers: list[Tier] = ["namespaced", "subreaper"]
    scope = Scope(
        base=base,
        grace_s=0.1,
        tier=chance.choice(tiers),
        allowances=Allowances(files=Allowance(3, chance.choice(["error", "release-oldest"]))),
        on_event=lambda _: None,
    )
    cookies.append(scope.cookie)
    with (
        suppress(BrokenError, NotReleasedError, SupervisorError, TimeoutError),
        anyio.move_on_after(chance.choice([0.01, 0.05, 0.2, 10])),
    ):
        await _live(scope, chance)


async def _live(scope: Scope, chance: random.Random) -> None:
    """Begin some things, and then do what was not agreed."""
    emitter = Emitter()

    def fail() -> None:
        raise OSError("no such listener")

    async def kill_guardian() -> None:
        if scope.guardian_pid is not None:
            os.kill(scope.guardian_pid, signal.SIGKILL)

    async def fail_body() -> None:
        raise BrokenError

    async def open_stream() -> None:
        await scope.stream(Path(os.devnull).open("rb"))  # noqa: SIM115, ASYNC230 - the scope closes it

    steps: list[Callable[[], Awaitable[object]]] = [
        lambda: scope.start(["sh", "-c", f"{DAEMON}; sleep 60"]),
        lambda: scope.start(["no-such-program"]),
        lambda: scope.run(children.LEAVES_IGNORERS),
        lambda: scope.run(["sleep", "60"], timeout_s=0.05),
        lambda: scope.file(b"content"),
        scope.directory,
        open_stream,
        lambda: scope.listen(emitter.on, emitter.off, "data", print),
        lambda: scope.on_release(fail),
        lambda: scope.on_release(anyio.sleep_forever),
        kill_guardian,
        fail_body,
        lambda: anyio.sleep(0.02),
    ]
    async with scope:
        for _ in range(chance.randrange(7)):
            await chance.choice(steps)()
