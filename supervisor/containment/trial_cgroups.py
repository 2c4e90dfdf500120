"""Cgroups that are made, used and removed to see whether that is allowed; standard library only.

Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
"""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from supervisor.containment import cgroupfs, linux, table
from supervisor.containment.cgroupfs import UNIFIED

_NAME = "supervise-trial"
_REMOVE_S = 1.0
_TRIES = 10
_LEAVE_S = 0.5
_BETWEEN_LOOKS_S = 0.005
_T = TypeVar("_T")


class NoEffectError(Exception):
    """The kernel gave no error, and yet the step has not done what it is for."""


def step(name: str, call: Callable[[], _T]) -> _T:
    """The call's value.

    Raises:
        OSError: the call's; ``filename`` is the name.
    """
    try:
        return call()
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from error


def is_ours() -> bool:
    """Whether we may make cgroups where we are: in v2 with limits, or with any that v1 has."""
    homes = cgroupfs.homes()
    home = homes.get(UNIFIED, "")
    if os.access(f"{home}/cgroup.subtree_control", os.W_OK) and os.access(home, os.W_OK):
        passed_on = not _lacking(("pids", "memory"), home, "cgroup.subtree_control")
        if passed_on or not _strangers(home, os.getpid()):
            return True
    return any(os.access(homes[one], os.W_OK) for one in ("pids", "memory", "cpu") if one in homes)


def use_leaf() -> None:
    """Make a cgroup v2 below ours, join it, kill it at once, remove it.

    Raises:
        OSError: the kernel refused a step.
        NoEffectError: there is no cgroup v2, or the member lived on.
    """
    leaf = _make(_home(UNIFIED), "leaf")
    try:
        member = _join(leaf)
        try:
            cgroupfs.write(leaf, "cgroup.kill", "1")
            _wait_killed(member)
        finally:
            _end(member)
    finally:
        cgroupfs.remove(leaf, _REMOVE_S)


def use_v1_leaf(controller: str, file: str, value: str) -> None:
    """Make a cgroup in a v1 hierarchy, set a value, join it, kill its member, remove it.

    Raises:
        OSError: the kernel refused a step.
        NoEffectError: this controller has no v1 hierarchy.
    """
    leaf = _make(_home(controller), controller)
    try:
        cgroupfs.write(leaf, file, value)
        _end(_join(leaf))
    finally:
        cgroupfs.remove(leaf, _REMOVE_S)


def pass_on(controllers: Sequence[str]) -> None:
    """Have a cgroup below ours with these controllers; what was not passed on before, is not after.

    A cgroup with processes in it can pass nothing on, so while this lasts whoever started us
    and we move into one of our own if nobody else is in ours; the supervisor does the same.

    Raises:
        OSError: the kernel refused a step.
        NoEffectError: we were not given these controllers.
    """
    home = _home(UNIFIED)
    if missing := _lacking(controllers, home, "cgroup.controllers"):
        raise NoEffectError(f"find {' and '.join(missing)} in cgroup.controllers")
    missing = _lacking(controllers, home, "cgroup.subtree_control")
    aside = ""
    try:
        if missing:
            aside = _enable(home, missing)
        leaf = _make(home, "limits")
        lacking = _lacking(controllers, leaf, "cgroup.controllers")
        cgroupfs.remove(leaf, _REMOVE_S)
        if lacking:
            raise NoEffectError(f"find {' and '.join(lacking)} in a cgroup of our own")
    finally:
        if missing:
            cgroupfs.try_write(
                home, "cgroup.subtree_control", " ".join(f"-{one}" for one in missing)
            )
        if aside:
            _move_all(aside, home)
            cgroupfs.remove(aside, _REMOVE_S)


def tidy(owner: int) -> None:
    """Remove what a trial of this process could not, since it was killed."""
    for home in set(cgroupfs.homes().values()):
        try:
            names = os.listdir(home)  # noqa: PTH208 - pathlib would slow the start
        except OSError:
            continue
        for name in names:
            if name.startswith(f"{_NAME}-{owner}-"):
                _move_all(f"{home}/{name}", home)
                cgroupfs.remove(f"{home}/{name}", _REMOVE_S)


def _home(controller: str) -> str:
    homes = cgroupfs.homes()
    if controller not in homes:
        raise NoEffectError(f"find a mounted {controller} hierarchy")
    return homes[controller]


def _make(home: str, name: str) -> str:
    directory = f"{home}/{_NAME}-{os.getppid()}-{name}"
    step(f"mkdir in {home}", lambda: os.mkdir(directory))  # noqa: PTH102 - pathlib would slow the start
    return directory


def _join(leaf: str) -> int:
    """A child of ours that sleeps in the cgroup."""
    report, verdict = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        linux.die_with_parent(parent)
        refusal = cgroupfs.try_write(leaf, "cgroup.procs", "0")
        os.write(verdict, str(refusal).encode())
        signal.pause()
        os._exit(0)
    os.close(verdict)
    refusal = int(os.read(report, 16) or errno.ECHILD)
    os.close(report)
    if refusal:
        _end(pid)
        raise OSError(refusal, os.strerror(refusal), "write 0 to cgroup.procs")
    return pid


def _wait_killed(member: int) -> None:
    deadline = time.monotonic() + _REMOVE_S
    while os.waitid(os.P_PID, member, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > deadline:
            raise NoEffectError("die of cgroup.kill")
        time.sleep(0.0005)


def _enable(home: str, controllers: Sequence[str]) -> str:
    """Pass controllers on; returns the cgroup that our processes had to move into, or nothing."""
    line = " ".join(f"+{one}" for one in controllers)
    try:
        cgroupfs.write(home, "cgroup.subtree_control", line)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
    else:
        return ""
    if strangers := _strangers(home, os.getppid()):
        text = f"pass controllers on from a cgroup that {strangers} other processes are in"
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), text)
    aside = _make(home, "aside")
    for _ in range(_TRIES):  # The other trials fork all the time.
        _move_all(home, aside)
        refusal = cgroupfs.try_write(home, "cgroup.subtree_control", line)
        if refusal == 0:
            return aside
    _move_all(aside, home)
    cgroupfs.remove(aside, _REMOVE_S)
    raise OSError(refusal, os.strerror(refusal), "write cgroup.subtree_control")


def _strangers(home: str, top: int) -> int:
    """How many in a cgroup are not of our family.

    Who was there before us is one. Who came later may be a trial that has lost its parent and
    dies, so that is one only who stays.
    """
    first = table.read_entry(top)
    deadline = time.monotonic() + _LEAVE_S
    strangers = set(_members(home))
    while strangers := (strangers - set(_family(top))) & set(_members(home)):
        entries = map(table.read_entry, strangers)
        if first is None or time.monotonic() > deadline:
            break
        if any(entry is not None and entry.start < first.start for entry in entries):
            break
        time.sleep(_BETWEEN_LOOKS_S)
    return len(strangers)


def _family(top: int) -> Iterator[int]:
    """Whoever started the trials, the process that performs them, and all below it."""
    entry = table.read_entry(top)
    if entry is not None:
        yield from (entry.ppid, entry.pid)
        yield from (one.pid for one in table.descendants(top, table.read_table()))


def _members(directory: str) -> list[int]:
    return [int(pid) for pid in cgroupfs.read(f"{directory}/cgroup.procs").split()]


def _move_all(source: str, target: str) -> None:
    for _ in range(_TRIES):
        members = _members(source)
        for pid in members:
            cgroupfs.try_write(target, "cgroup.procs", str(pid))
        if not members:
            break


def _lacking(controllers: Sequence[str], directory: str, file: str) -> list[str]:
    present = cgroupfs.read(f"{directory}/{file}").split()
    return [one for one in controllers if one not in present]


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
