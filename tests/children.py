"""Programs that misbehave in one way each, and how to watch them from outside."""

import os
import sys
import time
from collections.abc import Callable

import anyio
import psutil

EXITS_3 = ["sh", "-c", "exit 3"]
DIES_OF_ABRT = ["sh", "-c", "kill -ABRT $$"]
SLEEPS = ["sleep", "60"]
IGNORES_TERM = ["sh", "-c", "trap '' TERM INT HUP; echo up; while :; do sleep 1; done"]
LEAVES_IGNORERS = ["sh", "-c", "setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & exit 0"]
HAS_CHILDREN = ["sh", "-c", "sleep 60 & sleep 60 & wait"]
HOLDS_STDOUT = ["sh", "-c", "setsid sleep 60 & echo done"]

_DAEMON = """
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.chdir("/")
os.closerange(0, 256)
{last}
"""
DOUBLE_FORKS = [sys.executable, "-S", "-c", _DAEMON.format(last="time.sleep(60)")]
"""A classic daemon: reparented, in a session of its own, with no descriptor of ours."""
DOUBLE_FORKS_BARE = [
    sys.executable,
    "-S",
    "-c",
    _DAEMON.format(last='os.execve("/bin/sleep", ["[kworker/u9:7]", "60"], {})'),
]
"""The same with an empty environment and a forged name."""
_HOPPER = """
import os, time
end = time.time() + 60
while time.time() < end:
    if os.fork(): os._exit(0)
    os.setsid()
"""
HOPS = [sys.executable, "-S", "-c", _HOPPER]
"""Never the same process for longer than a fork takes."""


def carriers(text: str) -> list[int]:
    """Pids of live processes whose environment or command line holds ``text``."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdecimal() or int(name) == os.getpid():
            continue
        try:
            process = psutil.Process(int(name))
            words = [*process.environ().values(), *process.cmdline()]
            if process.status() != psutil.STATUS_ZOMBIE and any(text in word for word in words):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def alive(pid: int) -> bool:
    """Whether a process executes; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def eventually(holds: Callable[[], bool], *, within_s: float = 5.0) -> None:
    """Wait until ``holds()``; a fixed sleep is either too short or too slow."""
    with anyio.fail_after(within_s):
        while not holds():  # noqa: ASYNC110 - what we wait for sends no event
            await anyio.sleep(0.01)


def eventually_sync(holds: Callable[[], bool], *, within_s: float = 5.0) -> None:
    """The same outside an event loop."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
