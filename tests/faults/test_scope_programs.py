"""Other people's programs with a scope: killed, unprivileged, with children of their own."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from supervisor.errors import StateError
from supervisor.scope import Scope
from supervisor.scope_guard import Tier
from supervisor.scope_values import LeftoversEnded, ScopeEvent
from tests import children
from tests.children import alive, carriers, eventually_sync
from tests.faults.conftest import SETPRIV
from tests.scopes import BACKENDS, DAEMON

pytestmark = pytest.mark.anyio
TIERS = pytest.mark.parametrize("tier", children.HELD)
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every claim holds under both event loops."""
    return str(request.param)


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


@TIERS
def test_user_without_any_privilege_has_the_same(tier: Tier, library: Path) -> None:
    """In a user namespace or by the guardian alone: a set is ended, also when its guardian dies."""
    script = """
    import os, signal, sys
    from pathlib import Path
    import anyio
    from supervisor import Scope
    from supervisor.containment.table import holders_of

    def left(scope):
        return len(holders_of([scope.cookie], "SUPERVISE_RUN"))

    async def main():
        base, tier, daemon = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
        for guardian_dies in False, True:
            async with Scope(base=base, grace_s=0.3, tier=tier) as scope:
                await scope.file(b"content")
                process = await scope.start(["sh", "-c", f"{daemon}; {daemon}; echo up; sleep 60"])
                while not process.stdout:
                    await anyio.sleep(0.01)
                assert left(scope) >= 3
                if guardian_dies:
                    os.kill(scope.guardian_pid, signal.SIGKILL)
            print(os.geteuid() != 0, left(scope), os.listdir(base))

    anyio.run(main)
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # Of pytest's only we may see anything.
        Path(folder).chmod(0o777)
        arguments = (f"{folder}/base", tier, DAEMON)
        ran = subprocess.run(
            [*SETPRIV, "/usr/bin/python3", "-B", "-c", textwrap.dedent(script), *arguments],
            cwd=library,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if "no guardian can be started" in ran.stderr:
            pytest.skip(f"THE KERNEL REFUSES THE TIER {tier.upper()} TO OTHER USERS")
    assert (ran.stderr, ran.stdout) == ("", "True 0 []\n" * 2)


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


def test_full_disk_is_told_before_a_process_is_started(tmp_path: Path, anyio_backend: str) -> None:
    """What cannot be found again is not begun; once there is room, it is."""
    if os.geteuid() != 0:
        pytest.skip("NEEDS ROOT TO MOUNT")
    script = """
    import errno, os, subprocess, sys
    from pathlib import Path
    import anyio
    from supervisor import Scope
    from supervisor.errors import StateError

    base = Path(sys.argv[1]) / "base"

    async def main():
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", base.parent]
        subprocess.run(mount, check=True)
        async with Scope(base=base) as scope:
            await scope.directory()
            full = base.parent / "full"
            try:
                full.write_bytes(bytes(1 << 20))
            except OSError as error:
                print(errno.errorcode[error.errno])
            for attempt in scope.start, scope.run:
                try:
                    await attempt(["echo", "never"])
                except StateError as error:
                    print("ledger" in str(error), scope.guardian_pid, scope.count("process"))
            full.unlink()
            print((await scope.run(["echo", "now"])).stdout)
        print(os.listdir(base))

    anyio.run(main, backend=sys.argv[2])
    """
    told = run_script(script, tmp_path, anyio_backend, unshared=True)
    assert told.splitlines() == ["ENOSPC", "True None 0", "True None 0", "b'now\\n'", "[]"]


async def test_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    """Before anything is begun: who may write there may lead us astray."""
    os.chmod(tmp_path, 0o777)  # noqa: S103 - the fault
    with pytest.raises(StateError, match="others may write"):
        async with Scope(base=tmp_path):
            pass
