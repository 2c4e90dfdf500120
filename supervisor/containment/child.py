"""The moments between fork and exec: turn a copy of the guardian into the program."""

import errno
import fcntl
import os
import resource
import signal
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn

from supervisor.containment import cgroupfs, linux, oom, private_tmp
from supervisor.containment.private_tmp import PrivateTmp

RLIMITS = {
    "data": resource.RLIMIT_DATA,
    "open_files": resource.RLIMIT_NOFILE,
    "file_size": resource.RLIMIT_FSIZE,
    "processes": resource.RLIMIT_NPROC,
}


_HEAD_BYTES = 128
_SHELL = "/bin/sh"
_STANDARD = (0, 1, 2)
PRIVATE_TMP = "private tmp"
"""The step in which a run gets temporary directories of its own."""


class Program(NamedTuple):
    """What to execute, and inside which bounds; every field crosses the wire as it stands."""

    path: str
    """Executable, already looked up."""
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    nice: int = 0
    limits: Mapping[str, int] = {}
    """Limits by a name of ``RLIMITS``. The hard limit stays, but for that of processes, which
    nobody may raise again; it binds in a user namespace only, where it counts what lives there."""
    leaves: int = 0
    """How many of the descriptors behind the streams are ``cgroup.procs`` files to join."""
    own_cgroups: bool = False
    """See the cgroup that it joins as the top of all, so that it cannot change its own limits;
    where that is not allowed, it sees what is there."""
    cpus: Sequence[int] = ()
    """Processors to run on; empty: on all."""
    oom_score: int | None = None
    """Its oom_score_adj; None: as it is."""
    private_tmp: PrivateTmp | None = None
    """Temporary directories of the run's own, which all that it starts will see."""
    streams: Sequence[int] = _STANDARD
    """Its open descriptors; of the standard streams those that are not among them are closed."""
    umask: int | None = None
    """None: as it is."""
    rlimits: Sequence[tuple[int, int, int]] = ()
    """Further limits, each a resource with its soft and its hard one, as far as they lower ours."""


def fork_exec(program: Program, fds: Sequence[int], mounts: int | None = None) -> int:
    """Start the program in a session of its own; returns its pid once it executes.

    ``fds`` become its streams, in their order; then come the leaves. ``mounts`` is a mount
    namespace to join. The caller closes them.

    Raises:
        OSError: a step before or at exec failed; ``filename`` names the step. Nothing is left.
    """
    parent = os.getpid()
    report, verdict = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            _become(program, fds, parent, verdict, mounts)
        os.close(verdict)
        verdict = -1
        # Exec closes the other end, so end-of-file means that the program runs.
        failure = os.read(report, 4096)
    finally:
        os.close(report)
        if verdict >= 0:
            os.close(verdict)
    if failure:
        os.waitpid(pid, 0)
        errno, _, step = failure.decode(errors="replace").partition(" ")
        raise OSError(int(errno), os.strerror(int(errno)), step)
    return pid


def _become(
    program: Program, fds: Sequence[int], parent: int, verdict: int, mounts: int | None
) -> NoReturn:
    step = "session"
    try:
        os.setsid()
        linux.die_with_parent(parent)
        _reset_signals()
        step = PRIVATE_TMP
        if mounts is not None:
            private_tmp.join(mounts)
        if program.private_tmp is not None:
            private_tmp.enter(program.private_tmp)
        step = "containment leaf"
        first = len(program.streams)
        for leaf in fds[first : first + program.leaves]:
            os.write(leaf, b"0")
        if program.own_cgroups:
            cgroupfs.hide_outer()
        if program.oom_score is not None:
            oom.set_score(os.getpid(), program.oom_score)
        step = "limits"
        if program.cpus:
            os.sched_setaffinity(0, program.cpus)
        _apply_limits(program)
        step = f"working directory {program.cwd}"
        os.chdir(program.cwd)
        step = "standard streams"
        verdict = _place_streams(program.streams, fds, verdict)
        if program.umask is not None:
            os.umask(program.umask)
        step = program.path
        _execute(program)
    except OSError as error:
        os.write(verdict, f"{error.errno} {step}".encode()[:4096])
    finally:
        # Whatever went wrong, this copy must never run the guardian's loop.
        os._exit(127)


def _execute(program: Program) -> None:
    """Become the program; a script without a first line that names its interpreter is sh(1)'s.

    Raises:
        OSError: that cannot be, as with the program of another machine.
    """
    path, argv, env = program.path, list(program.argv), dict(program.env)
    script = [_SHELL, path, *argv[1:]]
    # Last of all: under the limit of a small program's memory we could do nothing any more.
    for which, soft, hard in program.rlimits:
        most = _least(hard, resource.getrlimit(which)[1])
        resource.setrlimit(which, (_least(soft, most), most))
    try:
        os.execve(path, argv, env)  # noqa: S606 - there is no shell, on purpose
    except OSError as error:
        if error.errno != errno.ENOEXEC or _is_binary(path):
            raise
    os.execve(_SHELL, script, env)  # noqa: S606 - as execvp(3) has it


def _least(one: int, other: int) -> int:
    limits = {one, other} - {resource.RLIM_INFINITY}
    return min(limits, default=resource.RLIM_INFINITY)


def _is_binary(path: str) -> bool:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        head = os.read(fd, _HEAD_BYTES)
    finally:
        os.close(fd)
    return head.startswith(b"\x7fELF") or b"\0" in head


def _place_streams(numbers: Sequence[int], fds: Sequence[int], verdict: int) -> int:
    """Give descriptors the numbers that the program expects; returns where ``verdict`` is now.

    All that has yet to be read or written is moved out of their way first.
    """
    above = max(*numbers, *_STANDARD) + 1
    held = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, above) for fd in (*fds[: len(numbers)], verdict)]
    for number, fd in zip(numbers, held, strict=False):
        os.dup2(fd, number)
    for number in set(_STANDARD).difference(numbers):
        os.close(number)
    return held[-1]


def _reset_signals() -> None:
    """Defaults for every signal, none blocked: an ignored SIGCHLD makes exit codes lie."""
    for signum in range(1, signal.NSIG):
        # None: the C library has it for itself.
        if signal.getsignal(signum) not in {signal.SIG_DFL, None}:
            signal.signal(signum, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _apply_limits(program: Program) -> None:
    for name, value in program.limits.items():
        _, hard = resource.getrlimit(RLIMITS[name])
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(RLIMITS[name], (soft, soft if name == "processes" else hard))
    os.nice(program.nice)
