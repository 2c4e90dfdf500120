"""Tool calls through a real socket: real clients, real commands, a small hall between them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
from anyio import to_thread
from anyio.abc import Process, TaskStatus

from supervisor.endings import CallEnding, Exited, NotStarted, Signaled
from supervisor.errors import CommandNotFoundError
from supervisor.pool.calls import CallRequest, Calls, serve_calls
from supervisor.pool.slots import Slots
from tests.children import eventually

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).parents[2]
_CLIENT = """
import sys
from supervisor.pool.client import Entrance, run_tool
sys.exit(run_tool(Entrance(sys.argv[1], ""), sys.argv[2:]))
"""


@dataclass
class Hall:
    """Runs calls as plain child processes, and notes what happened."""

    path: Path
    slots: Slots
    running: dict[str, Process] = field(default_factory=dict)
    most: int = 0
    order: list[str] = field(default_factory=list)
    cancelled: int = 0

    async def run(self, request: CallRequest) -> CallEnding:
        if request.argv[0] == "missing":
            raise CommandNotFoundError("missing: not found in PATH")
        stdin, stdout, stderr = request.fds
        try:
            process = await anyio.open_process(
                request.argv,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=request.cwd,
                env=request.env,
                start_new_session=True,
            )
        except OSError as error:
            return NotStarted(error.errno or 0, f"{request.argv[0]}: {error.strerror}")
        self.running[request.call_id] = process
        self.most = max(self.most, len(self.running))
        self.order.append(request.argv[-1])
        try:
            code = await process.wait()
        except BaseException:
            self.cancelled += 1
            with anyio.CancelScope(shield=True):
                with suppress(ProcessLookupError):  # It may have ended at the same moment.
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            raise
        finally:
            del self.running[request.call_id]
        return Exited(code) if code >= 0 else Signaled(-code)

    async def signal(self, call_id: str, signum: int) -> None:
        if call_id in self.running:
            self.running[call_id].send_signal(signal.Signals(signum))

    @asynccontextmanager
    async def client(
        self, *argv: str, env: Mapping[str, str] | None = None, **streams: int
    ) -> AsyncIterator["subprocess.Popen[bytes]"]:
        """A client process, as ``supervise exec`` is one; killed if it outlives the block."""
        words = [sys.executable, "-B", "-c", _CLIENT, str(self.path), *argv]
        env = os.environ | {"PYTHONPATH": str(REPOSITORY)} | dict(env or {})
        client = subprocess.Popen(words, env=env, **streams)  # type: ignore[call-overload] # noqa: ASYNC220 - as a shell would
        try:
            yield client
        finally:
            client.kill()
            client.wait()
            for stream in (client.stdin, client.stdout, client.stderr):
                if stream:
                    stream.close()

    async def call(self, *argv: str) -> "subprocess.CompletedProcess[bytes]":
        """One client from start to end, its output caught."""
        pipe = subprocess.PIPE
        async with self.client(*argv, stdin=pipe, stdout=pipe, stderr=pipe) as client:
            out, err = await to_thread.run_sync(client.communicate, b"typed\n")
            return subprocess.CompletedProcess(argv, client.returncode, out, err)


@asynccontextmanager
async def serving(place: Path, size: int = 2, wait_s: float = 20.0) -> AsyncIterator[Hall]:
    """A pool behind a socket."""
    hall = Hall(place / "calls", Slots(size))

    async def serve(*, task_status: TaskStatus[None]) -> None:
        calls = Calls(run=hall.run, signal=hall.signal)
        await serve_calls(hall.path, hall.slots, wait_s, calls, task_status=task_status)

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            await tasks.start(serve)
            yield hall
            tasks.cancel_scope.cancel()


async def wait_all(clients: Sequence["subprocess.Popen[bytes]"]) -> list[int]:
    """Exit codes of clients, as soon as all have ended."""
    return [await to_thread.run_sync(client.wait) for client in clients]


async def test_call_has_the_callers_streams_environment_and_directory(tmp_path: Path) -> None:
    """The command cannot tell that somebody else started it."""
    async with serving(tmp_path) as hall:
        script = "read line; echo $line; echo oops >&2; pwd; echo $PYTHONPATH; exit 7"
        ran = await hall.call("sh", "-c", script)
    assert ran.stdout.decode() == f"typed\n{os.getcwd()}\n{REPOSITORY}\n"
    assert (ran.stderr, ran.returncode) == (b"oops\n", 7)
    assert hall.slots.held == 0


async def test_client_dies_of_the_signal_that_its_call_died_of(tmp_path: Path) -> None:
    """A parent that looks at the wait status sees no difference."""
    async with serving(tmp_path) as hall:
        for name in ("KILL", "SEGV", "TERM"):
            ran = await hall.call("sh", "-c", f"kill -{name} $$")
            assert ran.returncode == -signal.Signals[f"SIG{name}"]


async def test_never_more_than_the_size_and_in_order(tmp_path: Path) -> None:
    """Fifty calls in four slots: four at once, and the first to come is the first to run."""
    gate = tmp_path / "gate"
    script = f"while [ ! -e {gate} ]; do sleep 0.01; done"
    async with serving(tmp_path, size=4) as hall, AsyncExitStack() as stack:
        clients = []
        for number in range(50):
            client = hall.client("sh", "-c", script, str(number))
            clients.append(await stack.enter_async_context(client))
            await eventually(lambda: len(hall.order) + hall.slots.waiting >= len(clients))
        assert (len(hall.running), hall.slots.waiting) == (4, 46)
        gate.touch()
        assert await wait_all(clients) == [0] * 50
        assert hall.most == 4
        assert hall.order == [str(number) for number in range(50)]


async def test_call_below_a_call_needs_no_slot(tmp_path: Path) -> None:
    """With one slot, a parent that waits for its child's call does not wait for ever."""
    async with serving(tmp_path, size=1) as hall:
        inner = [sys.executable, "-c", _CLIENT, str(hall.path), "sh", "-c", "exit 5"]
        ran = await hall.call(*inner)
    assert ran.returncode == 5
    assert hall.most == 2


async def test_dead_slot_gives_no_right(tmp_path: Path) -> None:
    """A slot's name in the environment counts only while its call lives."""
    async with serving(tmp_path, size=1) as hall, AsyncExitStack() as stack:
        env = {"SUPERVISE_SLOT": "0123456789abcdef"}
        clients = [
            await stack.enter_async_context(hall.client("sleep", "0.1", env=env)) for _ in range(3)
        ]
        assert await wait_all(clients) == [0] * 3
    assert hall.most == 1


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_signals_reach_the_call(tmp_path: Path, signum: signal.Signals) -> None:
    """Ctrl-C on the client is Ctrl-C on the command, which may take it its own way."""
    name = signum.name.removeprefix("SIG")
    script = f"trap 'exit 9' {name}; echo up; while :; do sleep 0.01; done"
    async with (
        serving(tmp_path) as hall,
        hall.client("sh", "-c", script, stdout=subprocess.PIPE) as client,
    ):
        assert client.stdout
        await to_thread.run_sync(client.stdout.readline)
        client.send_signal(signum)
        assert await to_thread.run_sync(client.wait) == 9


async def test_call_without_a_slot_in_time_fails_with_a_reason(tmp_path: Path) -> None:
    """Waiting has an end, and it is not the call's own exit code."""
    async with serving(tmp_path, size=1, wait_s=0.2) as hall, hall.client("sleep", "30"):
        await eventually(lambda: hall.slots.held == 1)
        ran = await hall.call("true")
    assert ran.returncode == 75
    assert ran.stderr == b"supervise: no slot became free within 200 ms\n"


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [("missing", 127, b"missing: command not found"), ("/etc/passwd", 126, b"/etc/passwd: ")],
)
async def test_command_that_cannot_start(
    tmp_path: Path, command: str, code: int, said: bytes
) -> None:
    """The client ends as a shell would, and says why."""
    async with serving(tmp_path) as hall:
        ran = await hall.call(command)
    assert ran.returncode == code
    assert said in ran.stderr


async def test_missing_supervisor_does_not_break_the_tool(tmp_path: Path) -> None:
    """Without a socket the command runs all the same, and one line says so."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))
    for place in (tmp_path / "dead", tmp_path / "none", Path()):
        ran = await Hall(place, Slots(1)).call("sh", "-c", "read line; echo $line; exit 4")
        assert (ran.stdout, ran.returncode) == (b"typed\n", 4)
        assert ran.stderr.startswith(b"supervise: running sh without a slot: ")
        assert ran.stderr.count(b"\n") == 1
    ran = await Hall(tmp_path / "none", Slots(1)).call("/none/tool")
    assert ran.returncode == 127


async def test_slots_can_become_more(tmp_path: Path) -> None:
    """A resize lets those who wait begin at once."""
    async with serving(tmp_path, size=1) as hall, AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(hall.client("sleep", "30"))
        await eventually(lambda: (hall.slots.held, hall.slots.waiting) == (1, 2))
        hall.slots.resize(3)
        await eventually(lambda: len(hall.running) == 3)
