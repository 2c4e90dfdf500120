"""Programs that misbehave in one way each, and how to watch them from outside."""

import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import anyio
import psutil

HELD = ("namespaced", "subreaper")
"""Tiers in which nothing gets away; in the tier ``group`` some could."""

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

SLEEP = shutil.which("sleep") or "/bin/sleep"


class Daemon(NamedTuple):
    """A process that has left whoever started it."""

    script: str
    """What a shell does to leave it behind."""
    argv: tuple[str, ...]
    """What it is called from then on."""
    cwd: str = "."


def daemon(kind: str, python: str) -> Daemon:
    """One of ``DAEMONS``; its duration is nobody else's, so that it can be told from outside."""
    time_s = unique_s()
    closed = "<&- >&- 2>&- &"
    match kind:
        case "closed":
            return Daemon(f"(setsid {SLEEP} {time_s} {closed})", (SLEEP, time_s))
        case "bare":
            script = f'(env -i "$(command -v setsid)" {SLEEP} {time_s} {closed})'
            return Daemon(script, (SLEEP, time_s))
        case "disguised":
            argv = ("[kworker/u9:7]", time_s)
            become = f"import os; os.setsid(); os.execv({SLEEP!r}, {list(argv)!r})"
            script = f'(cd / && env -i {python} -S -c "{become}" {closed})'
            return Daemon(script, argv, "/")
    raise ValueError(kind)


DAEMONS = ("closed", "bare", "disguised")
"""Double fork, a session of its own, no descriptors; without environment too; in / and renamed."""

FORKS = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* forks hop|bomb SECONDS COUNT: COUNT is a file that holds how often a hopper has hopped. */
int main(int argc, char **argv) {
    time_t end = time(0) + atol(argv[2]);
    long hops = 0;
    while (getenv("STRANGER")) pause();
    int count = open(argv[3], O_RDWR | O_CREAT, 0600);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    while (time(0) < end) {
        pid_t pid = fork();
        if (strcmp(argv[1], "bomb") == 0) continue;
        if (pid > 0) _exit(0);
        if (pid == 0) {
            setsid();
            hops++;
            if (pwrite(count, &hops, sizeof hops, 0) < 0) _exit(1);
        }
    }
    return 0;
}
"""
"""C, since an interpreter forks ten times slower; it gives up by itself after SECONDS."""

SHORT = r"""
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* short BATCHES FOLDER: a thousand children per batch, each with an exit code to be checked; every
   second one leaves an orphan behind. Waits at the end until FOLDER/go exists. */
int main(int argc, char **argv) {
    int batches = 0, wanted = 0, status;
    char path[4096], fresh[4096];
    sscanf(argv[1], "%d", &wanted);
    snprintf(path, sizeof path, "%s/batch", argv[2]);
    snprintf(fresh, sizeof fresh, "%s/batch.new", argv[2]);
    for (; batches < wanted; batches++) {
        for (int i = 0; i < 1000; i++) {
            pid_t pid = fork();
            if (pid < 0) return 98;
            if (pid == 0) {
                if (i % 2 && fork() == 0) _exit(7);
                _exit(i % 100);
            }
            if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return 99;
            if (WEXITSTATUS(status) != i % 100) return 99;
        }
        FILE *file = fopen(fresh, "w");
        fprintf(file, "%d", batches + 1);
        fclose(file);
        rename(fresh, path);
    }
    snprintf(path, sizeof path, "%s/go", argv[2]);
    while (access(path, F_OK)) usleep(20000);
    return 42;
}
"""


def unique_s() -> str:
    """A duration of about an hour that no other process sleeps for."""
    return f"3{secrets.randbelow(600):03}.{secrets.randbelow(10**9):09}"


def named(argv: Sequence[str]) -> list[int]:
    """Pids of live processes with exactly this command line."""
    line = b"".join(os.fsencode(word) + b"\0" for word in argv)
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if file.read() == line:
                    found.append(int(name))
        except OSError:
            continue
    return found


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


def ignores_term(pid: int) -> bool:
    """Whether a process has got as far as ignoring SIGTERM; before that, one would end it."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        (line,) = (line for line in file if line.startswith("SigIgn:"))
    return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


PATIENCE = float(os.environ.get("SUPERVISE_TEST_PATIENCE", "1"))
"""How many times as long as usual to wait; more than 1 where everything is slow."""


async def eventually(holds: Callable[[], bool], *, within_s: float = 5.0) -> None:
    """Wait until ``holds()``; a fixed sleep is either too short or too slow."""
    with anyio.fail_after(within_s * PATIENCE):
        while not holds():  # noqa: ASYNC110 - what we wait for sends no event
            await anyio.sleep(0.01)


def eventually_sync(holds: Callable[[], bool], *, within_s: float = 5.0) -> None:
    """The same outside an event loop."""
    deadline = time.monotonic() + within_s * PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
