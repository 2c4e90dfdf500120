"""Gauges of real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from supervisor.health import gauges
from supervisor.health.gauges import SetGauge
from tests.children import eventually_sync

_HOARDS = "import time; hoard = bytearray(64 << 20); print('up', flush=True); time.sleep(60)"
_BURNS = (
    "import time\nwhile time.process_time() < 0.3: pass\nprint('up', flush=True)\ntime.sleep(60)"
)
_FORKS = """
import os, time
for _ in range(3):
    if not os.fork():
        if not os.fork():
            time.sleep(60)
        time.sleep(60)
print("up", flush=True)
time.sleep(60)
"""
_ZOMBIE = "import os, time\nif not os.fork(): os._exit(0)\nprint('up', flush=True)\ntime.sleep(60)"


@contextmanager
def running(program: str) -> Iterator[int]:
    """A Python program that has said that it is ready; ended with all below it."""
    argv = [sys.executable, "-S", "-c", program]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        try:
            yield process.pid
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()


def test_root_itself_is_not_a_member() -> None:
    """The guardian is ours; what is below it is the set."""
    with running("print('up', flush=True); import time; time.sleep(60)") as pid:
        assert gauges.sample(pid) == SetGauge(0, 0, 0.0, 0)
        assert gauges.sample(os.getpid()).processes == 1


def test_all_generations_are_counted() -> None:
    """Children of children belong to the set."""
    with running(_FORKS) as pid:
        eventually_sync(lambda: gauges.sample(pid).processes == 6)
        assert gauges.sample(pid).threads == 6


def test_memory_and_processor_time_are_seen() -> None:
    """64 MiB and 0.3 s of a child show."""
    with running(_HOARDS):
        memory_bytes = gauges.sample(os.getpid()).memory_bytes
        assert memory_bytes is not None
        assert 64 << 20 <= memory_bytes < 128 << 20
    with running(_BURNS):
        cpu_s = gauges.sample(os.getpid()).cpu_s
        assert cpu_s is not None
        assert 0.25 <= cpu_s < 5


def test_zombie_is_no_process() -> None:
    """What only waits to be reaped executes nothing."""
    with running(_ZOMBIE) as pid:
        eventually_sync(lambda: any(c.status() == "zombie" for c in psutil.Process(pid).children()))
        assert gauges.sample(pid).processes == 0


def test_unknown_is_not_zero() -> None:
    """When the root is gone, nothing is known about its set."""
    process = subprocess.Popen(["true"])
    process.wait()
    assert gauges.sample(process.pid) == SetGauge(None, None, None, None)


def test_own_use_is_known() -> None:
    """A Python process holds some megabytes and has worked."""
    own = gauges.own()
    assert own.memory_bytes > 5 << 20
    assert own.cpu_s > 0
    assert own.descriptors >= 3
