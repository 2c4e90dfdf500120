"""A scope's promise: what is begun in a block ends with it, newest first, whatever happens."""

import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from supervisor.scope import Scope
from supervisor.scope_values import NotReleased, NotReleasedError, ScopeEvent
from tests.scopes import BACKENDS, NOTHING, BrokenError, Emitter, left_by

pytestmark = pytest.mark.anyio


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


async def test_body_returns_its_value(tmp_path: Path) -> None:
    """A function with a scope in it returns what it would without."""

    async def count_words() -> int:
        async with Scope(base=tmp_path) as scope:
            counted = await scope.run(["wc", "-w"], stdin=b"one two three")
            return int(counted.stdout)

    assert await count_words() == 3


async def test_bodys_error_is_propagated_as_it_is(tmp_path: Path) -> None:
    """Neither wrapped in a group nor replaced, and everything is released."""
    scope = Scope(base=tmp_path, grace_s=0.2)

    async def body() -> None:
        async with scope:
            await scope.start(["sleep", "60"])
            await scope.file()
            raise BrokenError("mine")

    with pytest.raises(BrokenError, match="mine") as caught:
        await body()

    assert not hasattr(caught.value, "__notes__")
    assert left_by(scope, tmp_path) == NOTHING


async def test_everything_is_released_in_reverse_order(tmp_path: Path) -> None:
    """Directory, stream, process and listener: each while what came before is still there."""
    emitter = Emitter()
    seen: list[tuple[bool, bool, bool, bool]] = []
    async with Scope(base=tmp_path, grace_s=2) as scope:

        def look() -> None:
            seen.append(
                (
                    bool(emitter.heard),
                    process.finished is None,
                    not stream.closed,
                    directory.exists(),
                )
            )

        await scope.on_release(look)
        directory = await scope.directory()
        await scope.on_release(look)
        stream = await scope.stream((directory / "file").open("wb"))
        await scope.on_release(look)
        process = await scope.start(["sleep", "60"])
        await scope.on_release(look)
        await scope.listen(emitter.on, emitter.off, "data", look)
        await scope.on_release(look)

    assert seen == [
        (True, True, True, True),
        (False, True, True, True),
        (False, False, True, True),
        (False, False, False, True),
        (False, False, False, False),
    ]
    assert left_by(scope, tmp_path) == NOTHING


@pytest.mark.parametrize("release", [lambda emitter: emitter.off, lambda emitter: emitter.off_soon])
async def test_listener_hears_until_the_scope_ends(
    release: Callable[[Emitter], Callable[..., object]], tmp_path: Path
) -> None:
    """Added now with what is given, removed with the same, by a plain or an async function."""

    class Slow(Emitter):
        async def off_soon(self, name: str, callback: Callable[..., object]) -> None:
            await anyio.lowlevel.checkpoint()
            self.off(name, callback)

    emitter = Slow()
    async with Scope(base=tmp_path) as scope:
        await scope.listen(emitter.on, release(emitter), "data", print)
        assert emitter.heard == [print]
        assert scope.count("listener") == 1

    assert emitter.heard == []


async def test_listener_that_cannot_be_added_is_not_removed(tmp_path: Path) -> None:
    """The error is the emitter's own, and nothing is tracked."""
    emitter = Emitter()
    async with Scope(base=tmp_path) as scope:
        with pytest.raises(AssertionError):
            await scope.listen(emitter.on, emitter.off, "no such event", print)
        assert scope.count("listener") == 0


async def test_what_is_released_early_is_released_once(tmp_path: Path) -> None:
    """By its owner, twice, and then by the scope: one call."""
    calls: list[str] = []
    async with Scope(base=tmp_path) as scope:
        tracked = await scope.on_release(lambda: calls.append("released"))
        await tracked.release()
        await tracked.release()

    assert calls == ["released"]


async def test_streams_are_closed(tmp_path: Path) -> None:
    """Sockets, files and memory streams, each in its own way."""
    ours, theirs = socket.socketpair()
    with theirs:
        async with Scope(base=tmp_path) as scope:
            file = await scope.stream((tmp_path / "file").open("w"))
            await scope.stream(ours)
            send, receive = anyio.create_memory_object_stream[int](1)
            await scope.stream(send)
            await scope.stream(receive)
            pipe = await scope.stream(await anyio.open_file(tmp_path / "file", "a"))
            assert scope.count("stream") == 5
        assert file.closed
        assert pipe.closed
        assert theirs.recv(1) == b""
    with pytest.raises(anyio.ClosedResourceError):
        send.send_nowait(1)


async def test_release_that_fails_keeps_none_from_its_own(tmp_path: Path) -> None:
    """Without an error of the body's, failures are raised together, each with what it was for."""
    calls: list[str] = []
    events: list[ScopeEvent] = []

    def fail() -> None:
        raise OSError("no such listener")

    scope = Scope(base=tmp_path, on_event=events.append)

    async def body() -> None:
        async with scope:
            await scope.on_release(lambda: calls.append("first"))
            await scope.on_release(fail)
            await scope.file()
            await scope.on_release(fail)
            await scope.on_release(lambda: calls.append("last"))

    with pytest.raises(NotReleasedError) as caught:
        await body()

    assert calls == ["last", "first"]
    assert [str(one) for one in caught.value.exceptions] == ["no such listener"] * 2
    (note,) = caught.value.exceptions[0].__notes__
    assert "fail" in note
    assert [type(event) for event in events] == [NotReleased] * 2
    assert left_by(scope, tmp_path) == NOTHING


async def test_release_that_hangs_is_cancelled_after_the_grace(tmp_path: Path) -> None:
    """Its time is bounded, it is reported, and the others are released."""
    calls: list[str] = []
    scope = Scope(base=tmp_path, grace_s=0.2, on_event=lambda _: None)

    async def body() -> None:
        async with scope:
            await scope.on_release(lambda: calls.append("first"))
            await scope.on_release(anyio.sleep_forever)
            await scope.start(["sleep", "60"])

    with pytest.raises(NotReleasedError) as caught:
        await body()

    (error,) = caught.value.exceptions
    assert isinstance(error, TimeoutError)
    assert calls == ["first"]
    assert left_by(scope, tmp_path) == NOTHING


async def test_failed_releases_are_notes_on_the_bodys_error(tmp_path: Path) -> None:
    """Whoever catches the body's error still does."""

    def fail() -> None:
        raise OSError("no such listener")

    async def body() -> None:
        async with Scope(base=tmp_path, on_event=lambda _: None) as scope:
            await scope.on_release(fail, name="the socket's watcher")
            raise BrokenError

    with pytest.raises(BrokenError) as caught:
        await body()

    (note,) = caught.value.__notes__
    assert "the socket's watcher" in note
    assert "no such listener" in note


async def test_cancellation_releases_everything(tmp_path: Path) -> None:
    """Processes have their grace, async releases their time, though all around is cancelled."""
    calls: list[str] = []

    async def release() -> None:
        await anyio.sleep(0.05)
        calls.append("released")

    with anyio.CancelScope() as around:
        async with Scope(base=tmp_path, grace_s=5) as scope:
            await scope.on_release(release)
            script = "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done"
            process = await scope.start(["sh", "-c", script])
            while not process.stdout:  # noqa: ASYNC110 - what we wait for sends no event
                await anyio.sleep(0.01)
            around.cancel()
            await anyio.sleep_forever()

    assert around.cancelled_caught
    assert calls == ["released"]
    assert process.stdout == b"up\nbye\n"
    assert left_by(scope, tmp_path) == NOTHING


async def test_failed_release_is_raised_instead_of_a_cancellation(tmp_path: Path) -> None:
    """Nobody would read a note on a cancellation."""

    def fail() -> None:
        raise OSError("no such listener")

    async def body() -> None:
        with anyio.move_on_after(0.01):
            async with Scope(base=tmp_path, on_event=lambda _: None) as scope:
                await scope.on_release(fail)
                await anyio.sleep_forever()

    with pytest.raises(NotReleasedError):
        await body()


async def test_ended_scope_takes_nothing_in(tmp_path: Path) -> None:
    """Who comes too late is told, and leaves nothing."""
    async with Scope(base=tmp_path) as scope:
        pass
    with pytest.raises(anyio.ClosedResourceError):
        await scope.file()
    with pytest.raises(anyio.ClosedResourceError):
        await scope.start(["sleep", "60"])
    ours, theirs = socket.socketpair()
    with theirs:
        with pytest.raises(anyio.ClosedResourceError):
            await scope.stream(ours)
        assert theirs.recv(1) == b""
    assert left_by(scope, tmp_path) == NOTHING


async def test_temp_files_are_new_private_and_removed(tmp_path: Path) -> None:
    """0600 and 0700, whatever the umask; a directory goes with all that is in it."""
    async with Scope(base=tmp_path) as scope:
        file = await scope.file(b"content", suffix=".json")
        directory = await scope.directory()
        assert file.read_bytes() == b"content"
        assert file.suffix == ".json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        for number in range(50):
            (directory / f"{number}" / "deep").mkdir(parents=True)
            (directory / f"{number}" / "deep" / "file").write_text("x")
        (directory / "7").chmod(0)
        (directory / "link").symlink_to(tmp_path.parent)

    assert left_by(scope, tmp_path) == NOTHING
    assert tmp_path.parent.exists()


async def test_temp_file_can_be_gone_before(tmp_path: Path) -> None:
    """Whoever renames or removes it is free to."""
    async with Scope(base=tmp_path / "base") as scope:
        removed, moved = await scope.file(), await scope.file(b"kept")
        removed.unlink()
        moved.rename(tmp_path / "moved")

    assert (tmp_path / "moved").read_bytes() == b"kept"
    assert left_by(scope, tmp_path / "base") == NOTHING


def test_importing_the_package_stays_cheap() -> None:
    """The scope and its event loop are imported when they are asked for, not before."""
    script = """
import sys, supervisor
assert not {"anyio", "asyncio", "typing", "supervisor.scope"} & set(sys.modules)
from supervisor import Scope
assert Scope.__module__ == "supervisor.scope" and "anyio" in sys.modules
try:
    supervisor.NoSuchName
except AttributeError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{script}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "module 'supervisor' has no attribute 'NoSuchName'\n"
