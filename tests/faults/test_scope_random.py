"""A thousand scopes in which anything may be begun and anything may fail."""

import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

from supervisor.errors import SupervisorError
from supervisor.scope import Scope
from supervisor.scope_guard import Tier
from supervisor.scope_values import Allowance, Allowances, NotReleasedError
from tests import children
from tests.children import carriers
from tests.scopes import BACKENDS, DAEMON, BrokenError, Emitter

pytestmark = pytest.mark.anyio


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


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
