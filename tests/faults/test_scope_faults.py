"""What can go wrong around a scope: cancelled at any moment, killed, stopped, without means."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import pytest

from supervisor import scope_guard
from supervisor.errors import SupervisorError
from supervisor.scope import Scope
from supervisor.scope_guard import Tier
from supervisor.scope_values import (
    GuardianError,
    NotReleasedError,
    ScopeEvent,
)
from tests import children
from tests.children import carriers, eventually
from tests.scopes import BACKENDS, DAEMON, NOTHING, left_by

pytestmark = pytest.mark.anyio
TIERS = pytest.mark.parametrize("tier", children.HELD)


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


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_cancelled_by_asyncio_while_it_starts_it_leaves_nothing(tmp_path: Path) -> None:
    """No shield of anyio's holds its own cancel() off, which is what asyncio.timeout() does."""
    for number in range(24):
        scope = Scope(base=tmp_path, grace_s=0.2)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.004 * number), scope:
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
