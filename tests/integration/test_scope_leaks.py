"""More of a kind than a scope may have: a warning, and then what was configured really happens."""

import logging
import os
from functools import partial
from pathlib import Path

import anyio
import pytest

from supervisor.scope import Scope
from supervisor.scope_values import (
    Action,
    Allowance,
    Allowances,
    Kind,
    Leak,
    LeakError,
    NotReleasedError,
    ScopeEvent,
)
from tests.children import alive, carriers, eventually
from tests.scopes import BACKENDS, NOTHING, Emitter, left_by

pytestmark = pytest.mark.anyio
KINDS: list[Kind] = ["listener", "stream", "process", "file"]


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


def allowing(count: int, action: Action) -> Allowances:
    """The same of every kind."""
    one = Allowance(count, action)
    return Allowances(listeners=one, streams=one, processes=one, files=one)


async def add(scope: Scope, kind: Kind, emitter: Emitter) -> None:
    match kind:
        case "listener":
            await scope.listen(emitter.on, emitter.off, "data", lambda: None)
        case "stream":
            await scope.stream(Path(os.devnull).open("rb"))  # noqa: SIM115, ASYNC230 - the scope closes it
        case "process":
            await scope.start(["sleep", "60"])
        case "file":
            await scope.file()


def real(scope: Scope, kind: Kind, emitter: Emitter, base: Path) -> int:
    """How many there really are, the scope not being asked."""
    match kind:
        case "listener":
            return len(emitter.heard)
        case "stream":
            fds = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
            return sum(os.path.realpath(fd) == os.devnull for fd in fds)
        case "process":
            return len(carriers(scope.cookie))
        case "file":
            return len([path for path in base.glob("*/*") if path.parent.suffix == ""])


def test_what_is_allowed_by_default() -> None:
    """50 listeners, 50 streams, 20 processes, 100 files; more is warned of."""
    allowed = Allowances()
    assert [allowed.of(kind).count for kind in KINDS] == [50, 50, 20, 100]
    assert {allowed.of(kind).action for kind in KINDS} == {"warn"}


@pytest.mark.parametrize("kind", KINDS)
async def test_one_more_than_allowed_is_warned_of(kind: Kind, tmp_path: Path) -> None:
    """Once, when it is crossed; nothing else happens."""
    events: list[ScopeEvent] = []
    emitter = Emitter()
    allowances = allowing(3, "warn")
    async with Scope(base=tmp_path, allowances=allowances, on_event=events.append) as scope:
        before = real(scope, kind, emitter, tmp_path)
        for number in range(5):
            assert len(events) == (number > 3)
            await add(scope, kind, emitter)
        await eventually(lambda: real(scope, kind, emitter, tmp_path) == before + 5)

    (leak,) = events
    assert isinstance(leak, Leak)
    assert (leak.kind, leak.count, leak.allowed, leak.action) == (kind, 4, 3, "warn")
    assert leak.oldest
    assert left_by(scope, tmp_path) == NOTHING


@pytest.mark.parametrize("kind", KINDS)
async def test_oldest_is_really_released(kind: Kind, tmp_path: Path) -> None:
    """Warned of each time, and there are never more than allowed."""
    events: list[ScopeEvent] = []
    emitter = Emitter()
    allowances = allowing(3, "release-oldest")
    async with Scope(
        base=tmp_path, allowances=allowances, on_event=events.append, grace_s=2
    ) as scope:
        before = real(scope, kind, emitter, tmp_path)
        for number in range(6):
            await add(scope, kind, emitter)
            now = before + min(number + 1, 3)
            # A program that has just been executed shows no environment for a moment.
            await eventually(partial(lambda now: real(scope, kind, emitter, tmp_path) == now, now))

    assert [type(event) for event in events] == [Leak] * 3
    assert left_by(scope, tmp_path) == NOTHING


@pytest.mark.parametrize("kind", KINDS)
async def test_one_more_is_really_refused(kind: Kind, tmp_path: Path) -> None:
    """With an error, before anything of it was begun; then there is room again."""
    events: list[ScopeEvent] = []
    emitter = Emitter()
    allowances = allowing(3, "error")
    async with Scope(base=tmp_path, allowances=allowances, on_event=events.append) as scope:
        before = real(scope, kind, emitter, tmp_path)
        for _ in range(3):
            await add(scope, kind, emitter)
        with pytest.raises(LeakError, match=f"4 of the kind '{kind}'"):
            await add(scope, kind, emitter)
        await eventually(lambda: real(scope, kind, emitter, tmp_path) == before + 3)

    assert [type(event) for event in events] == [Leak]
    assert left_by(scope, tmp_path) == NOTHING


async def test_oldest_that_cannot_be_released_is_told_and_in_nobodys_way(tmp_path: Path) -> None:
    """Whoever wanted one more gets it; the failure belongs to the scope's end."""

    def fail() -> None:
        raise OSError("no such listener")

    allowances = allowing(1, "release-oldest")
    calls: list[str] = []

    async def body() -> None:
        async with Scope(base=tmp_path, allowances=allowances, on_event=lambda _: None) as scope:
            await scope.on_release(fail)
            await scope.on_release(lambda: calls.append("released"))
            assert scope.count("listener") == 1

    with pytest.raises(NotReleasedError, match="not released"):
        await body()

    assert calls == ["released"]


async def test_oldest_process_is_the_one_that_is_stopped(tmp_path: Path) -> None:
    """Whoever waits for it learns that it was stopped."""
    allowances = allowing(2, "release-oldest")
    async with Scope(base=tmp_path, allowances=allowances, on_event=lambda _: None) as scope:
        first = await scope.start(["sleep", "60"])
        second = await scope.start(["sleep", "60"])
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first.wait)
            third = await scope.start(["sleep", "60"])
        assert not alive(first.pid)
        assert alive(second.pid)
        assert alive(third.pid)


async def test_warning_is_logged_where_nobody_listens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By the logger of this name, as libraries do."""
    with caplog.at_level(logging.WARNING, "supervisor.scope"):
        async with Scope(base=tmp_path, allowances=allowing(1, "warn")) as scope:
            await scope.on_release(lambda: None, name="the first")
            await scope.on_release(lambda: None)

    (record,) = caplog.records
    assert "2 of the kind 'listener' in one scope, which may have 1" in record.getMessage()
    assert "the first" in record.getMessage()
