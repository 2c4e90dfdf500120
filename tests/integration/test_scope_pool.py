"""A scope's pool: no more at once than it has slots, in order, and waiting is no run time."""

from pathlib import Path

import anyio
import pytest

from supervisor.scope import Scope
from supervisor.scope_values import SlotTimeoutError
from tests.children import carriers
from tests.scopes import BACKENDS

pytestmark = pytest.mark.anyio


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


async def test_pool_never_runs_more_than_its_size(tmp_path: Path) -> None:
    """Seven commands, two slots: never three at once, and in the order in which they came."""
    log = tmp_path / "log"
    order: list[int] = []
    script = f"echo + >> {log}; sleep 0.1; echo - >> {log}"

    async with Scope(base=tmp_path / "base") as scope:
        pool = scope.pool(2)

        async def work(number: int) -> None:
            async with pool.slot():
                order.append(number)
                await scope.run(["sh", "-c", script])

        async with anyio.create_task_group() as tasks:
            for number in range(7):
                tasks.start_soon(work, number)
        assert (pool.held, pool.waiting) == (0, 0)

    running = most = 0
    for line in log.read_text().split():
        running += 1 if line == "+" else -1
        most = max(most, running)
    assert most == 2
    assert sorted(order) == list(range(7))


async def test_waiters_come_in_order(tmp_path: Path) -> None:
    """Whoever asked first, though a later one gave up."""
    order: list[int] = []
    async with Scope(base=tmp_path) as scope, anyio.create_task_group() as tasks:
        pool = scope.pool(1)

        async def work(number: int) -> None:
            with anyio.move_on_after(0 if number == 3 else 30):
                async with pool.slot():
                    order.append(number)

        async with pool.slot():
            for number in range(1, 6):
                tasks.start_soon(work, number)
                await anyio.wait_all_tasks_blocked()

    assert order == [1, 2, 4, 5]


async def test_waiting_for_a_slot_is_not_run_time(tmp_path: Path) -> None:
    """A limit on the run begins with the run; one on the wait is another error."""
    ended = []
    async with Scope(base=tmp_path, grace_s=0.2) as scope, anyio.create_task_group() as tasks:
        pool = scope.pool(1)

        async def run() -> None:
            ended.append(await pool.run(["true"], timeout_s=2))

        async with pool.slot():
            with pytest.raises(SlotTimeoutError, match="no slot of 1"):
                await pool.run(["true"], wait_s=0.1)
            tasks.start_soon(run)
            await anyio.sleep(2.5)
            assert pool.waiting == 1

    (finished,) = ended
    assert finished.code == 0
    assert finished.wall_s < 2


async def test_cancelled_caller_gives_its_slot_back(tmp_path: Path) -> None:
    """Waiting or running, it leaves nothing."""
    async with Scope(base=tmp_path, grace_s=0.2) as scope:
        pool = scope.pool(1)
        with anyio.move_on_after(0.3):
            await pool.run(["sleep", "60"])
        assert (pool.held, pool.waiting) == (0, 0)
        assert carriers(scope.cookie) == []
        assert (await pool.run(["true"])).code == 0
