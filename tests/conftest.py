"""What every test gets: an event loop, and a check that it left nothing behind."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest


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


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test that leaks a descriptor, a process, a thread or a file fails, whatever it asserts."""
    here = Path.cwd()
    temp = tmp_path_factory.getbasetemp().parent
    fds = _descriptors()
    files = set(os.listdir(here)) | set(os.listdir(temp))
    threads = set(threading.enumerate())
    yield
    assert psutil.Process().children(recursive=True) == []
    assert set(threading.enumerate()) <= threads, "threads left running"
    assert _descriptors() <= fds
    assert set(os.listdir(here)) | set(os.listdir(temp)) <= files, "files left behind"
