"""What every test gets: an event loop, and a check that it left nothing behind."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from supervisor.containment.linux import set_subreaper


def _reaped(process: psutil.Process) -> bool:
    """Wait for a dead child that came to us because we are a subreaper, as init would."""
    try:
        return os.waitpid(process.pid, os.WNOHANG)[0] == process.pid
    except ChildProcessError:
        return not process.is_running()


def _unreaped() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if not _reaped(one)]


_PATIENCE_S = 5
collect_ignore = ["fixtures"]
"""Projects of other tools, with tests that fail."""
CACHES = {".hypothesis", ".mypy_cache", ".ruff_cache", "__pycache__"}
"""What tools make beside the code, whenever they like."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _descriptors() -> set[str]:
    """Open descriptors as ``number target``, so that a leak can be named."""
    found = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            found.add(f"{fd} {os.readlink(f'/proc/self/fd/{fd}')}")
        except FileNotFoundError:  # The listing's own descriptor.
            continue
    return found


@pytest.fixture(scope="session", autouse=True)
def _subreaper() -> None:
    """Orphans of a test come to us, so that they show."""
    set_subreaper(on=True)


@pytest.fixture(scope="session")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The temp folder of everything that a test starts, so that what it leaves there shows."""
    folder = tmp_path_factory.mktemp("temp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(temp: Path) -> Iterator[None]:
    """A test that leaks a descriptor, a process, a thread or a file fails, whatever it asserts."""
    here = Path.cwd()
    fds = _descriptors()
    files = set(os.listdir(here)) | CACHES
    threads = set(threading.enumerate())
    yield
    # Who was killed, or has lost its parent, takes a moment to end; who was leaked stays.
    until = time.monotonic() + _PATIENCE_S
    while (unreaped := _unreaped()) and time.monotonic() < until:
        time.sleep(0.01)
    assert unreaped == []
    for thread in set(threading.enumerate()) - threads:
        if thread.name.startswith("Trio thread"):
            continue  # Idle ones are kept for ten seconds, for whichever loop needs one.
        thread.join(2)  # An event loop's idle workers end just after the loop.
        assert not thread.is_alive(), f"{thread} was left running"
    assert _descriptors() <= fds
    assert set(os.listdir(here)) <= files, "files left in the project"
    left = [path for path in temp.rglob("*") if path != temp / f"supervise-{os.geteuid()}"]
    assert left == [], "files left in the temp folder"
