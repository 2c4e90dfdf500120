"""A cgroup of its own for each run, with one below it for the autopilot and for each tool call.

The run's cgroup has the limits, those below it tell tools apart: the kernel can end one of them
for want of memory and leave the others alone. Works with cgroup v2 where our own cgroup was given
to us, and with v1 as root. Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the
kernel.
"""

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from supervisor.containment import cgroupfs
from supervisor.containment.cgroupfs import UNIFIED

_CPU_PERIOD_US = 100_000
_CONTROLLERS = ("cpu", "memory", "pids")
_SHARES_PER_WEIGHT = 1024 / 100
_NAME = re.compile(r"supervise-(?:trial-)?[0-9a-f]+(?:-\w+)?")
_STALE_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a leaf may use up; None: as much as there is."""

    processes: int | None = None
    """Processes and threads."""
    memory_bytes: int | None = None
    cpu_cores: float | None = None
    cpu_weight: int | None = None
    """Share of the processors when others want them, too; 100 is everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a leaf used up, as far as the kernel says."""

    oom_kills: int = 0
    """Members that the kernel killed because the leaf was out of memory."""
    refused_forks: int = 0
    """Forks that failed because the leaf was full."""
    peak_memory_bytes: int | None = None


class _Files(Protocol):
    """The files of one version of cgroups."""

    controllers: frozenset[str]

    def limit(self, limits: Limits) -> Iterator[str]:
        """Set what can be set; yields the names of the limits that the kernel enforces now."""

    def own_account(self) -> Account:
        """What was counted in this cgroup, leaving out those below it."""


class Leaf:
    """One cgroup, in one directory or, with v1, in one for each controller."""

    def __init__(self, directories: Mapping[str, str], limits: Limits) -> None:
        self.directories = directories
        """By controller; ``cgroup2`` stands for all of v2."""
        made: list[str] = []
        try:
            for directory in directories.values():
                os.mkdir(directory)  # noqa: PTH102 - these are names of files, not places
                made.append(directory)
            self._files: _Files = (_V2 if UNIFIED in directories else _V1)(directories)
            self.held = frozenset(self._files.limit(limits))
            """Names of the limits that the kernel enforces here."""
        except OSError:
            for directory in made:
                cgroupfs.remove(directory)
            raise
        self._branches: list[Leaf] = []
        self._gone: list[Account] = []

    @property
    def joins(self) -> tuple[str, ...]:
        """The files to which a process that has one thread writes 0 to become a member.

        With v1's ``tasks`` the kernel does not wait for all forks and exits everywhere, which
        takes milliseconds. Source: cgroup_procs_write_start in kernel/cgroup/cgroup.c.
        """
        file = "cgroup.procs" if UNIFIED in self.directories else "tasks"
        return tuple(f"{directory}/{file}" for directory in self.directories.values())

    def branch(self, name: str, limits: Limits, *, whole: bool) -> "Leaf":
        """A leaf below this one; of a ``whole`` one v2's kernel kills all for want of memory.

        Raises:
            OSError: it cannot be made.
        """
        below = {one: f"{directory}/{name}" for one, directory in self.directories.items()}
        if UNIFIED in self.directories:
            line = " ".join(f"+{one}" for one in self._files.controllers)
            cgroupfs.write(self.directories[UNIFIED], "cgroup.subtree_control", line)
        branch = Leaf(below, limits)
        if whole and UNIFIED in below:
            cgroupfs.try_write(below[UNIFIED], "memory.oom.group", 1)
        self._branches.append(branch)
        return branch

    def account(self) -> Account:
        """What it and those below it have used up so far.

        A fork that this cgroup's limit refused is counted here by some kernels, where it was
        tried by others.
        """
        own = self._files.own_account()
        below = [*self._gone, *(branch.account() for branch in self._branches)]
        return Account(
            oom_kills=max(own.oom_kills, sum(one.oom_kills for one in below)),
            refused_forks=max(own.refused_forks, sum(one.refused_forks for one in below)),
            peak_memory_bytes=own.peak_memory_bytes,
        )

    def drop(self, branch: "Leaf") -> bool:
        """Remove a branch; False: something is still in it."""
        self._gone.append(branch.account())
        self._branches.remove(branch)
        return branch.remove()

    def remove(self) -> bool:
        """Remove it and, before that, what is below it; False: something is still in there."""
        removed = [cgroupfs.remove(directory) for directory in self.directories.values()]
        return all(removed)

    @contextmanager
    def open_joins(self) -> Iterator[tuple[int, ...]]:
        """Descriptors for a spawn that is to become a member.

        Raises:
            OSError: descriptors ran out, or the cgroup is gone.
        """
        with _opened(self.joins, os.O_WRONLY) as fds:
            yield fds

    @contextmanager
    def open_hold(self) -> Iterator[dict[str, int]]:
        """Descriptors of the directories, for whoever is to end its members.

        Raises:
            OSError: descriptors ran out, or the cgroup is gone.
        """
        with _opened(self.directories.values(), os.O_RDONLY | os.O_DIRECTORY) as fds:
            yield dict(zip(self.directories, fds, strict=True))


class _V2:
    """The unified hierarchy."""

    def __init__(self, directories: Mapping[str, str]) -> None:
        self._directory = directories[UNIFIED]
        present = cgroupfs.read(f"{self._directory}/cgroup.controllers").split()
        self.controllers = frozenset(present) & frozenset(_CONTROLLERS)

    def limit(self, limits: Limits) -> Iterator[str]:
        directory = self._directory
        if limits.processes is not None and "pids" in self.controllers:
            cgroupfs.write(directory, "pids.max", limits.processes)
            yield "processes"
        if limits.memory_bytes is not None and "memory" in self.controllers:
            cgroupfs.write(directory, "memory.max", limits.memory_bytes)
            # A kernel without swap has no such file.
            cgroupfs.try_write(directory, "memory.swap.max", 0)
            yield "memory"
        if limits.cpu_cores is not None and "cpu" in self.controllers:
            quota = f"{round(limits.cpu_cores * _CPU_PERIOD_US)} {_CPU_PERIOD_US}"
            cgroupfs.write(directory, "cpu.max", quota)
            yield "cpu"
        if limits.cpu_weight is not None and "cpu" in self.controllers:
            cgroupfs.write(directory, "cpu.weight", limits.cpu_weight)
            yield "cpu_weight"

    def own_account(self) -> Account:
        killed, whole = (
            cgroupfs.count(self._directory, "memory.events", name)
            for name in ("oom_kill", "oom_group_kill")
        )
        return Account(
            # Of a cgroup that is killed whole, the one that was chosen counts twice.
            oom_kills=killed - whole,
            refused_forks=cgroupfs.count(self._directory, "pids.events", "max"),
            peak_memory_bytes=cgroupfs.number(self._directory, "memory.peak"),
        )


class _V1:
    """A hierarchy per controller."""

    def __init__(self, directories: Mapping[str, str]) -> None:
        self._directories = directories
        self.controllers = frozenset(directories)

    def limit(self, limits: Limits) -> Iterator[str]:
        if limits.processes is not None and (pids := self._directories.get("pids")):
            cgroupfs.write(pids, "pids.max", limits.processes)
            yield "processes"
        if memory := self._directories.get("memory"):
            # Without it, what is below does not count; the kernel has insisted on it since 5.11.
            cgroupfs.try_write(memory, "memory.use_hierarchy", 1)
        if limits.memory_bytes is not None and memory:
            cgroupfs.write(memory, "memory.limit_in_bytes", limits.memory_bytes)
            # Without swap accounting there is no such file.
            cgroupfs.try_write(memory, "memory.memsw.limit_in_bytes", limits.memory_bytes)
            yield "memory"
        cpu = self._directories.get("cpu")
        if limits.cpu_cores is not None and cpu:
            cgroupfs.write(cpu, "cpu.cfs_period_us", _CPU_PERIOD_US)
            cgroupfs.write(cpu, "cpu.cfs_quota_us", round(limits.cpu_cores * _CPU_PERIOD_US))
            yield "cpu"
        if limits.cpu_weight is not None and cpu:
            cgroupfs.write(cpu, "cpu.shares", round(limits.cpu_weight * _SHARES_PER_WEIGHT))
            yield "cpu_weight"

    def own_account(self) -> Account:
        memory, pids = self._directories.get("memory"), self._directories.get("pids")
        return Account(
            oom_kills=cgroupfs.count(memory, "memory.oom_control", "oom_kill") if memory else 0,
            refused_forks=cgroupfs.count(pids, "pids.events", "max") if pids else 0,
            peak_memory_bytes=(
                cgroupfs.number(memory, "memory.max_usage_in_bytes") if memory else None
            ),
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """Where leaves can be made."""

    version: int
    homes: Mapping[str, str] = field(repr=False)
    """The directories in which a leaf has its own, by controller."""
    aside: str = ""
    """The cgroup that we had to move into, so that its parent can pass controllers on."""

    def make(self, name: str, limits: Limits) -> Leaf:
        """A leaf; the caller removes it.

        Raises:
            OSError: it cannot be made, or not with these limits.
        """
        return Leaf({one: f"{home}/{name}" for one, home in self.homes.items()}, limits)

    def sweep(self) -> None:
        """Remove cgroups that supervisors have left who were killed; nobody is in them any more.

        A run that is about to begin has an empty one, too, but not for long.
        """
        for home in self.homes.values():
            for entry in os.scandir(home):
                if entry.is_dir() and _NAME.fullmatch(entry.name):
                    age_s = time.time() - entry.stat().st_ctime
                    if age_s > _STALE_S and not cgroupfs.pids_below(entry.path):
                        cgroupfs.remove(entry.path, within_s=0)

    def leave(self, ours: Sequence[int]) -> None:
        """Move back to where we were, if nobody else has a cgroup there by now."""
        if not self.aside:
            return
        home = self.homes[UNIFIED]
        given = cgroupfs.read(f"{home}/cgroup.subtree_control").split()
        line = " ".join(f"-{one}" for one in given)
        if cgroupfs.try_write(home, "cgroup.subtree_control", line) == 0:
            _move(ours, home)
            cgroupfs.remove(self.aside, within_s=0)


def find_ground(ours: Sequence[int]) -> Ground | None:
    """The place for leaves on this machine; None: we may make none.

    Under v2 this moves our processes, the pids ``ours``, into a cgroup of their own below the
    one that we were given, since a cgroup with processes in it cannot pass controllers on.
    """
    homes = cgroupfs.homes()
    if UNIFIED in homes and (ground := _find_unified(homes[UNIFIED], ours)) is not None:
        return ground
    usable: dict[str, str] = {
        controller: homes[controller]
        for controller in ("pids", "memory", "cpu")
        if controller in homes and os.access(homes[controller], os.W_OK)
    }
    return Ground(1, usable) if usable else None


def _find_unified(home: str, ours: Sequence[int]) -> Ground | None:
    given = f"{home}/cgroup.subtree_control"
    if not os.access(given, os.W_OK) or not os.access(home, os.W_OK):
        return None
    present = set(cgroupfs.read(f"{home}/cgroup.controllers").split())
    missing = set(_CONTROLLERS) & present - set(cgroupfs.read(given).split())
    line = " ".join(f"+{one}" for one in sorted(missing))
    aside = ""
    if missing and cgroupfs.try_write(home, "cgroup.subtree_control", line) != 0:
        aside = f"{home}/supervise-{os.getpid()}"
        if not _make_room(home, aside, ours, line):
            return None
    if not {"pids", "memory"} <= set(cgroupfs.read(given).split()):
        return None
    return Ground(2, {UNIFIED: home}, aside)


def _make_room(home: str, aside: str, ours: Sequence[int], line: str) -> bool:
    """Move our processes out of ``home`` and pass its controllers on; False: all is as before."""
    try:
        os.mkdir(aside)  # noqa: PTH102 - as above
        for pid in ours:
            cgroupfs.write(aside, "cgroup.procs", pid)
        cgroupfs.write(home, "cgroup.subtree_control", line)
    except OSError:
        _move(ours, home)
        with suppress(OSError):
            os.rmdir(aside)  # noqa: PTH106 - as above
        return False
    return True


def _move(pids: Sequence[int], directory: str) -> None:
    for pid in pids:
        cgroupfs.try_write(directory, "cgroup.procs", pid)


@contextmanager
def _opened(paths: Iterable[str], flags: int) -> Iterator[tuple[int, ...]]:
    fds: list[int] = []
    try:
        for path in paths:
            fds.append(os.open(path, flags | os.O_CLOEXEC))  # noqa: PERF401 - closed one by one
        yield tuple(fds)
    finally:
        for fd in fds:
            os.close(fd)
