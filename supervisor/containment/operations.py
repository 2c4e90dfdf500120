"""What the tiers need of the kernel, really done, each chain in a child that is thrown away.

Executed as ``python -I -S operations.py``; writes a line per operation, ``name errno step`` with
tabs between: errno 0 means that it worked, -1 that the kernel gave no error and no effect either.
Standard library only, and single-threaded, since it forks.
"""

import errno
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, NoReturn

if __name__ == "__main__":
    # Behind the standard library, so that nothing next to this package can shadow it.
    sys.path.append(__file__.rsplit("/", 3)[0])

from supervisor.containment import ending, linux, namespace, scopes, trial_cgroups
from supervisor.containment.trial_cgroups import NoEffectError, step

_BOUND_S = 8.0
"""Far more than it takes: what is too late on a busy machine would be told to fail."""
_TMPFS_BYTES = 64 << 10
_MOST_PROCESSES = 3
_NO_EFFECT = -1
_REPORT_BYTES = 1 << 16

SCOPE = "systemd scope"
"""What it is called that systemd was asked, which it only is where nobody has given us a cgroup."""
Operation = tuple[str, Callable[[], None]]


def enter_namespace() -> None:
    """Become pid 1 with a /proc of its own, exactly as the guardian does it.

    Raises:
        OSError: the kernel refused; ``filename`` names the step.
        NoEffectError: we are no pid 1, or another user.
    """
    user = os.geteuid(), os.getegid()
    namespace.enter()
    if os.getpid() != 1 or os.readlink("/proc/self") != "1":  # noqa: PTH115 - pathlib would slow the start
        raise NoEffectError("become pid 1")
    if (os.geteuid(), os.getegid()) != user:
        raise NoEffectError("map the uid to itself")


def fill_tmpfs() -> None:
    """Mount a bounded tmpfs and find its bound; only after ``enter_namespace``.

    Raises:
        OSError: the kernel refused.
        NoEffectError: more could be written than its size.
    """
    flags = linux.MS_NOSUID | linux.MS_NODEV
    data = f"size={_TMPFS_BYTES},nr_inodes=8,mode=700"
    step("mount tmpfs", lambda: linux.mount("tmpfs", "/tmp", "tmpfs", flags, data))  # noqa: S108 - hidden in our namespace
    fd = os.open("/tmp/full", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)  # noqa: S108
    try:
        written = os.write(fd, bytes(2 * _TMPFS_BYTES))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return
        raise
    finally:
        os.close(fd)
    if written > _TMPFS_BYTES:
        raise NoEffectError("write beyond the size of a tmpfs")


def fork_beyond_limit() -> None:
    """Fork until RLIMIT_NPROC says no; only after ``enter_namespace``.

    Raises:
        OSError: it said no too early: the user's processes elsewhere count, too.
        NoEffectError: it never said no.
    """
    resource.setrlimit(resource.RLIMIT_NPROC, (_MOST_PROCESSES, _MOST_PROCESSES))
    children: list[int] = []
    try:
        while len(children) < _MOST_PROCESSES:
            children.append(_fork_sleeper())
    except OSError as error:
        if error.errno == errno.EAGAIN and children:
            return
        raise OSError(error.errno, error.strerror, "fork below RLIMIT_NPROC") from error
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    raise NoEffectError("fork beyond RLIMIT_NPROC")


def signal_by_pidfd() -> None:
    """Open a pidfd, kill through it and see it become readable.

    Raises:
        OSError: the kernel refused.
        NoEffectError: the process did not die of it.
    """
    pid = _fork_sleeper()
    try:
        pidfd = step("pidfd_open", lambda: os.pidfd_open(pid))
        step("pidfd_send_signal", lambda: signal.pidfd_send_signal(pidfd, signal.SIGKILL))
        if not select.select([pidfd], [], [], _BOUND_S / 2)[0]:
            raise NoEffectError("wait on a pidfd")
        os.close(pidfd)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def adopt_orphan() -> None:
    """Become a subreaper and wait for the child of a child that has ended.

    Raises:
        OSError: the kernel refused, or the orphan went elsewhere.
    """
    step("prctl PR_SET_CHILD_SUBREAPER", lambda: linux.set_subreaper(on=True))
    child = os.fork()
    if child == 0:
        os.fork()
        os._exit(0)
    os.waitpid(child, 0)
    step("wait for an orphan", lambda: os.waitpid(-1, 0))


CHAINS: tuple[tuple[Operation, ...], ...] = (
    (
        ("pid namespace", enter_namespace),
        ("tmpfs", fill_tmpfs),
        ("process limit", fork_beyond_limit),
    ),
    (
        ("cgroup v2", trial_cgroups.use_leaf),
        ("cgroup v2 limits", lambda: trial_cgroups.pass_on(("pids", "memory"))),
        ("cgroup v2 cpu", lambda: trial_cgroups.pass_on(("cpu",))),
    ),
    (("cgroup v1 pids", lambda: trial_cgroups.use_v1_leaf("pids", "pids.max", "64")),),
    (
        (
            "cgroup v1 memory",
            lambda: trial_cgroups.use_v1_leaf("memory", "memory.limit_in_bytes", "64M"),
        ),
    ),
    (("cgroup v1 cpu", lambda: trial_cgroups.use_v1_leaf("cpu", "cpu.cfs_quota_us", "100000")),),
    (("pidfd", signal_by_pidfd),),
    (("subreaper", adopt_orphan),),
)
"""Operations one after the other in one child each; after one that fails, the rest is not tried."""


class _Trial(NamedTuple):
    """A chain under way, and the pipe that its outcomes come through."""

    names: tuple[str, ...]
    pipe: int


def _fork_sleeper() -> int:
    pid = os.fork()
    if pid == 0:
        signal.pause()
        os._exit(0)
    return pid


def _start(chain: tuple[Operation, ...]) -> _Trial:
    pipe, theirs = os.pipe()
    parent = os.getpid()
    if os.fork() == 0:
        os.close(pipe)
        linux.die_with_parent(parent)
        _perform(chain, theirs)
    os.close(theirs)
    return _Trial(tuple(name for name, _ in chain), pipe)


def _perform(chain: tuple[Operation, ...], report: int) -> NoReturn:
    """A namespace's pid 1 goes on with what its parent began, and reports to the same pipe."""
    for _, operation in chain:
        outcome = f"{_outcome(operation)}\n"
        os.write(report, outcome.encode())
        if not outcome.startswith("0\t"):
            break
    os._exit(0)


def _outcome(operation: Callable[[], None]) -> str:
    try:
        operation()
    except NoEffectError as error:
        return f"{_NO_EFFECT}\t{error}"
    except OSError as error:
        return f"{error.errno or _NO_EFFECT}\t{error.filename or 'start'}"
    return "0\t"


def _finish(trial: _Trial, deadline: float) -> list[str]:
    """A line per operation, also where its child was too slow or died."""
    outcomes = _read_until(trial.pipe, deadline).decode().splitlines()
    os.close(trial.pipe)
    late = time.monotonic() >= deadline
    missing = f"{errno.ETIMEDOUT}\tend in time" if late else f"{_NO_EFFECT}\tlive to the end"
    # What was not tried fails for the reason that ended its chain.
    last = outcomes[-1] if outcomes and not outcomes[-1].startswith("0\t") else missing
    outcomes += [last] * (len(trial.names) - len(outcomes))
    return [f"{name}\t{outcome}" for name, outcome in zip(trial.names, outcomes, strict=True)]


def _read_until(pipe: int, deadline: float) -> bytes:
    """Everything up to end-of-file, or what came by the deadline."""
    taken = b""
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(pipe, _REPORT_BYTES)
        if not chunk:
            break
        taken += chunk
    return taken


def _enter_scope() -> Iterator[str]:
    """Ask systemd for a cgroup, where the supervisor would; yields how that went.

    We are thrown away, and the scope goes with us.
    """
    if trial_cgroups.is_ours() or not scopes.can_ask(os.environ):
        return
    granted = scopes.request_scope(f"supervise-trial-{os.getpid()}", [os.getpid()], os.environ)
    yield f"{SCOPE}\t0\t" if granted else f"{SCOPE}\t{_NO_EFFECT}\tget a scope from systemd"


def main() -> None:
    """Perform every chain at the same time, end what is left of them, tell how it went."""
    linux.set_subreaper(on=True)
    lines = list(_enter_scope())
    deadline = time.monotonic() + _BOUND_S
    trials = [_start(chain) for chain in CHAINS]
    lines += [line for trial in trials for line in _finish(trial, deadline)]
    given_up = time.monotonic() + _BOUND_S
    while not ending.end_children(ending.reap_silently) and time.monotonic() < given_up:
        time.sleep(0.001)
    trial_cgroups.tidy(os.getpid())
    os.write(1, "".join(f"{line}\n" for line in lines).encode())


if __name__ == "__main__":
    main()
