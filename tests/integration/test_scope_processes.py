"""Commands and background processes of a scope, on real ones."""

import asyncio
import os
import shlex
import signal
import sys
from pathlib import Path

import pytest

from supervisor.errors import CommandNotExecutableError, CommandNotFoundError
from supervisor.scope import Scope
from supervisor.scope_guard import Tier
from supervisor.scope_values import CommandFailedError, CommandTimedOutError
from tests import children
from tests.children import alive, carriers, eventually, named, unique_s
from tests.scopes import BACKENDS, DAEMON, NOTHING, left_by

pytestmark = pytest.mark.anyio
TIERS = pytest.mark.parametrize("tier", children.HELD)


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


async def test_command_gives_code_stdout_and_stderr_apart(tmp_path: Path) -> None:
    """What a command prints, and how it exits."""
    async with Scope(base=tmp_path) as scope:
        finished = await scope.run(["sh", "-c", "echo out; echo err >&2; exit 3"])

    assert (finished.code, finished.signum) == (3, None)
    assert (finished.stdout, finished.stderr) == (b"out\n", b"err\n")


async def test_command_that_dies_of_a_signal_says_which(tmp_path: Path) -> None:
    """A signal is no exit code."""
    async with Scope(base=tmp_path) as scope:
        finished = await scope.run(children.DIES_OF_ABRT)

    assert (finished.code, finished.signum) == (None, signal.SIGABRT)


async def test_command_has_its_words_folder_environment_and_stdin(tmp_path: Path) -> None:
    """No shell reads the words; the environment is what was given, and the cookie."""
    async with Scope(base=tmp_path / "base") as scope:
        shown = await scope.run(
            [sys.executable, "-S", "-c", "import os, sys; print(os.getcwd(), sys.argv[1])", "$A;b"],
            cwd=tmp_path,
        )
        env = await scope.run(["/usr/bin/env"], env={"ONLY": "this"})
        copied = await scope.run(["cat"], stdin=bytes(range(256)) * 1000)

    assert shown.stdout.decode() == f"{tmp_path} $A;b\n"
    assert sorted(line.split(b"=")[0] for line in env.stdout.splitlines()) == [
        b"ONLY",
        b"SUPERVISE_RUN",
    ]
    assert copied.stdout == bytes(range(256)) * 1000


async def test_missing_and_failing_commands_are_different_errors(tmp_path: Path) -> None:
    """Not there, not executable, failed: the last keeps what it said on stdout."""
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    async with Scope(base=tmp_path / "base") as scope:
        with pytest.raises(CommandNotFoundError, match="no-such-program"):
            await scope.run(["no-such-program"])
        with pytest.raises(CommandNotExecutableError, match="chmod"):
            await scope.run([script])
        script.chmod(0o755)
        with pytest.raises(CommandNotExecutableError, match="interpreter"):
            await scope.run([script])
        with pytest.raises(FileNotFoundError):
            await scope.run(["true"], cwd=tmp_path / "nowhere")
        with pytest.raises(CommandFailedError) as caught:
            await scope.run(["sh", "-c", "echo 'a.py:1: F401'; echo sorry >&2; exit 1"], check=True)
        assert scope.count("process") == 0

    assert caught.value.finished.code == 1
    assert caught.value.finished.stdout == b"a.py:1: F401\n"
    assert "exited with 1" in str(caught.value)
    assert "stdout: a.py:1: F401" in str(caught.value)
    assert "stderr: sorry" in str(caught.value)


async def test_file_that_the_kernel_refuses_is_an_error_before_it_runs(tmp_path: Path) -> None:
    """No program, though it may be executed: only exec finds out."""
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"\x7fELF rubbish")
    rubbish.chmod(0o755)
    async with Scope(base=tmp_path / "base") as scope:
        with pytest.raises(CommandNotExecutableError, match="rubbish"):
            await scope.run([rubbish])
        assert (await scope.run(["echo", "on"])).stdout == b"on\n"


async def test_output_is_bounded(tmp_path: Path) -> None:
    """Of a flood the beginning and the end are kept, with a word about the middle."""
    script = "import sys; sys.stdout.write('first\\n' + 'x' * 20_000_000 + '\\nlast\\n')"
    async with Scope(base=tmp_path) as scope:
        finished = await scope.run([sys.executable, "-S", "-c", script], keep_bytes=1000)

    assert finished.stdout.startswith(b"first\nxxx")
    assert finished.stdout.endswith(b"xxx\nlast\n")
    assert len(finished.stdout) < 1100
    assert finished.dropped_bytes == 20_000_012 - 1000
    assert b"[19999012 bytes left out]" in finished.stdout


async def test_output_goes_where_it_is_told(tmp_path: Path) -> None:
    """A file or a descriptor instead of being kept."""
    with (tmp_path / "log").open("wb") as log:
        async with Scope(base=tmp_path / "base") as scope:
            finished = await scope.run(
                ["sh", "-c", "echo out; echo err >&2"], stdout=log, stderr=log.fileno()
            )

    assert finished.stdout == finished.stderr == b""
    assert (tmp_path / "log").read_bytes() == b"out\nerr\n"


async def test_command_that_runs_too_long_is_stopped(tmp_path: Path) -> None:
    """The error has what it had said by then."""
    async with Scope(base=tmp_path, grace_s=0.2) as scope:
        with pytest.raises(TimeoutError) as caught:
            await scope.run(["sh", "-c", "echo asking; sleep 60"], timeout_s=2)
        assert carriers(scope.cookie) == []

    assert isinstance(caught.value, CommandTimedOutError)
    assert caught.value.finished.stdout == b"asking\n"


@TIERS
async def test_whole_set_is_ended(tier: Tier, tmp_path: Path) -> None:
    """Children, grandchildren in sessions of their own, daemons, and who ignores TERM."""
    async with Scope(base=tmp_path, grace_s=0.3, tier=tier) as scope:
        await scope.start(children.HAS_CHILDREN)
        await scope.start(children.IGNORES_TERM)
        await scope.start(["sh", "-c", f"{DAEMON}; sleep 60"])
        await scope.start(["sh", "-c", f"{DAEMON}; sleep 60"])
        await eventually(lambda: len(carriers(scope.cookie)) >= 8)
        assert scope.tier == tier

    assert left_by(scope, tmp_path) == NOTHING


@TIERS
@pytest.mark.parametrize(
    "argv",
    [children.DOUBLE_FORKS, children.LEAVES_IGNORERS, children.HOLDS_STDOUT],
    ids=["daemon", "ignorer", "holder"],
)
async def test_nothing_of_a_command_outlives_it(
    argv: list[str], tier: Tier, tmp_path: Path
) -> None:
    """Not until the scope's end: when ``run`` returns, its daemons are gone."""
    async with Scope(base=tmp_path, grace_s=0.2, tier=tier) as scope:
        other = await scope.start(["sleep", "60"])
        assert (await scope.run(argv)).code == 0
        assert carriers(scope.cookie) == [other.pid]


@TIERS
async def test_daemon_without_environment_ends_with_the_scope(tier: Tier, tmp_path: Path) -> None:
    """It has left its session and its cookie; the kernel still knows whose it is."""
    daemon = children.daemon("disguised", sys.executable)
    async with Scope(base=tmp_path, grace_s=0.2, tier=tier) as scope:
        await scope.start(["sh", "-c", f"{daemon.script}; sleep 60"])
        await eventually(lambda: bool(named(daemon.argv)))

    assert named(daemon.argv) == []


async def test_process_is_stopped_with_grace_and_says_so(tmp_path: Path) -> None:
    """TERM first; whoever acts on it ends as it likes."""
    script = "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done"
    async with Scope(base=tmp_path) as scope:
        process = await scope.start(["sh", "-c", script])
        await eventually(lambda: process.stdout == b"up\n")
        finished = await process.stop()
        assert scope.count("process") == 0
        assert await process.wait() == finished

    assert finished.stdout == b"up\nbye\n"
    assert str(finished).startswith(f"{shlex.join(process.argv)}: was stopped\n")


async def test_process_that_ends_by_itself_is_held_no_longer(tmp_path: Path) -> None:
    """A scope that lives long does not grow with what has ended."""
    async with Scope(base=tmp_path) as scope:
        processes = [await scope.start(["true"]) for _ in range(5)]
        for process in processes:
            assert (await process.wait()).code == 0
        await eventually(lambda: scope.count("process") == 0)


async def test_signal_reaches_the_process(tmp_path: Path) -> None:
    """And only as long as it lives."""
    script = "trap 'echo again' HUP; echo up; while :; do sleep 0.05; done"
    async with Scope(base=tmp_path, grace_s=0.2) as scope:
        process = await scope.start(["sh", "-c", script])
        await eventually(lambda: process.stdout == b"up\n")
        await process.signal(signal.SIGHUP)
        await eventually(lambda: process.stdout == b"up\nagain\n")
        await process.stop()
        await process.signal(signal.SIGHUP)


async def test_reused_pid_is_never_signalled(tmp_path: Path) -> None:
    """Who gets the number of a process that has ended is a stranger to its scope."""
    last = Path("/proc/sys/kernel/ns_last_pid")
    if not os.access(last, os.W_OK):
        pytest.skip("NEEDS TO SAY WHICH PID COMES NEXT")
    async with Scope(base=tmp_path, grace_s=0.2, tier="subreaper") as scope:
        process = await scope.start(["true"])
        await process.wait()
        stranger = _start_as(process.pid, last)
        try:
            await process.signal(signal.SIGKILL)
            assert process._leader is not None
            await scope._guard.signal(process._leader, signal.SIGKILL)
            await process.stop()
            await scope.run(["true"])
            assert alive(stranger)
        finally:
            await scope._guard.close(0.2)
            assert alive(stranger)
            _end(stranger)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _start_as(pid: int, last: Path) -> int:
    """A child of ours with exactly this pid; others fork, too, so it may take a few attempts."""
    for _ in range(500):
        last.write_text(str(pid - 1))
        got = os.posix_spawn("/bin/sleep", ["sleep", "60"], {})
        if got == pid:
            return got
        _end(got)
    pytest.skip("SOMEBODY ELSE HAS TAKEN THE PID")


async def test_nested_scopes_end_their_own_processes_only(tmp_path: Path) -> None:
    """The inner one's end is no concern of the outer one's processes."""
    async with Scope(base=tmp_path, grace_s=0.2) as outer:
        kept = await outer.start(["sleep", "60"])
        async with Scope(base=tmp_path, grace_s=0.2) as inner:
            ended = await inner.start(["sleep", "60"])
        assert alive(kept.pid)
        assert not alive(ended.pid)

    assert left_by(outer, tmp_path) == NOTHING


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_cancelled_twice_by_asyncio_itself_it_still_ends_everything(tmp_path: Path) -> None:
    """No shield of anyio's holds that off; the release goes on beside it."""
    scope = Scope(base=tmp_path, grace_s=0.5)
    calls: list[str] = []

    async def body() -> None:
        async with scope:
            await scope.on_release(lambda: calls.append("released"))
            await scope.start(children.IGNORES_TERM)
            await asyncio.sleep(60)

    task = asyncio.create_task(body())
    await eventually(lambda: len(carriers(scope.cookie)) > 0)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.1)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert calls == ["released"]
    assert left_by(scope, tmp_path) == NOTHING


async def test_unique_command_is_found_by_nobody_afterwards(tmp_path: Path) -> None:
    """By its command line, too, there is nothing left."""
    argv = (children.SLEEP, unique_s())
    async with Scope(base=tmp_path) as scope:
        await scope.start(argv)
        await eventually(lambda: bool(named(argv)))

    assert named(argv) == []
