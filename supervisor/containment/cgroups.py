"""A cgroup of its own for each run: limits that the kernel enforces, and a door to close.

Works with cgroup v2 where our own cgroup was given to us, and with v1 as root. Source:
Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_REMOVE_S = 5.0
_CPU_PERIOD_US = 100_000
_V2_CONTROLLERS = ("cpu", "memory", "pids")
_NO_LIMIT = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a leaf may use up; None: as much as there is."""

    processes: int | None = None
    """Processes and threads."""
    memory_bytes: int | None = None
    cpu_cores: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a leaf used up, as far as the kernel says."""

    oom_kills: int = 0
    """Members that the kernel killed because the leaf was out of memory."""
    refused_forks: int = 0
    """Forks that failed because the leaf was full."""
    peak_memory_bytes: int | None = None


class Leaf(Protocol):
    """One run's cgroup. Whoever has ``procs`` open may join by writing 0 to it."""

    held: frozenset[str]
    """Names of the limits that the kernel enforces here."""

    @property
    def procs(self) -> tuple[Path, ...]:
        """The files to join by."""

    @property
    def door(self) -> Path | None:
        """The file to which 0 is written so that no member can fork any more."""

    def account(self) -> Account:
        """What it has used up so far."""

    def remove(self) -> bool:
        """Take it away; False: something is still in it."""


class LeafV2:
    """A leaf in the unified hierarchy."""

    def __init__(self, directory: Path, limits: Limits, controllers: frozenset[str]) -> None:
        self._directory = directory
        directory.mkdir()
        self.held = frozenset(self._limit(limits, controllers))

    def _limit(self, limits: Limits, controllers: frozenset[str]) -> Iterator[str]:
        if limits.processes is not None and "pids" in controllers:
            _write(self._directory / "pids.max", limits.processes)
            yield "processes"
        if limits.memory_bytes is not None and "memory" in controllers:
            _write(self._directory / "memory.max", limits.memory_bytes)
            with suppress(OSError):  # A kernel without swap has no such file.
                _write(self._directory / "memory.swap.max", 0)
            yield "memory"
        if limits.cpu_cores is not None and "cpu" in controllers:
            quota = f"{round(limits.cpu_cores * _CPU_PERIOD_US)} {_CPU_PERIOD_US}"
            _write(self._directory / "cpu.max", quota)
            yield "cpu"

    @property
    def procs(self) -> tuple[Path, ...]:
        """The file to join by."""
        return (self._directory / "cgroup.procs",)

    @property
    def door(self) -> Path | None:
        """None where there is no pids controller."""
        door = self._directory / "pids.max"
        return door if door.exists() else None

    def account(self) -> Account:
        """From memory.events, pids.events and memory.peak."""
        return Account(
            oom_kills=_field(self._directory / "memory.events", "oom_kill"),
            refused_forks=_field(self._directory / "pids.events", "max"),
            peak_memory_bytes=_number(self._directory / "memory.peak"),
        )

    def remove(self) -> bool:
        """Cgroups that members have made below it go first."""
        return _remove([self._directory])


class LeafV1:
    """A leaf in each v1 hierarchy that a limit needs."""

    def __init__(self, directories: Mapping[str, Path], limits: Limits) -> None:
        self._directories = directories
        made: list[Path] = []
        try:
            for directory in directories.values():
                directory.mkdir()
                made.append(directory)
        except OSError:
            _remove(made)
            raise
        self.held = frozenset(self._limit(limits))

    def _limit(self, limits: Limits) -> Iterator[str]:
        if limits.processes is not None and "pids" in self._directories:
            _write(self._directories["pids"] / "pids.max", limits.processes)
            yield "processes"
        if limits.memory_bytes is not None and "memory" in self._directories:
            _write(self._directories["memory"] / "memory.limit_in_bytes", limits.memory_bytes)
            with suppress(OSError):  # Without swap accounting there is no such file.
                both = self._directories["memory"] / "memory.memsw.limit_in_bytes"
                _write(both, limits.memory_bytes)
            yield "memory"
        if limits.cpu_cores is not None and "cpu" in self._directories:
            _write(self._directories["cpu"] / "cpu.cfs_period_us", _CPU_PERIOD_US)
            quota = round(limits.cpu_cores * _CPU_PERIOD_US)
            _write(self._directories["cpu"] / "cpu.cfs_quota_us", quota)
            yield "cpu"

    @property
    def procs(self) -> tuple[Path, ...]:
        """One file per hierarchy."""
        return tuple(directory / "cgroup.procs" for directory in self._directories.values())

    @property
    def door(self) -> Path | None:
        """None where there is no pids hierarchy."""
        return self._directories["pids"] / "pids.max" if "pids" in self._directories else None

    def account(self) -> Account:
        """From memory.oom_control, pids.events and memory.max_usage_in_bytes."""
        memory, pids = self._directories.get("memory"), self._directories.get("pids")
        return Account(
            oom_kills=_field(memory / "memory.oom_control", "oom_kill") if memory else 0,
            refused_forks=_field(pids / "pids.events", "max") if pids else 0,
            peak_memory_bytes=_number(memory / "memory.max_usage_in_bytes") if memory else None,
        )

    def remove(self) -> bool:
        """Cgroups that members have made below go first."""
        return _remove(list(self._directories.values()))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where leaves can be made."""

    version: int
    homes: tuple[Path, ...]
    """Directories in which a leaf has its directories."""
    make: Callable[[str, Limits], Leaf] = field(repr=False)

    def drop(self, name: str) -> None:
        """Remove the leaf of a run that cannot do it itself, if there is one."""
        _remove([home / name for home in self.homes if (home / name).exists()])


def find_ground(ours: Sequence[int]) -> Ground | None:
    """The place for leaves on this machine; None: we may make none.

    Under v2 this moves our processes, the pids ``ours``, into a cgroup of their own below the
    one that we were given, since a cgroup with processes in it cannot pass controllers on.
    """
    own = {names: path for _, names, path in _own_cgroups()}
    mounts = dict(_mounts())
    if "" in own and "cgroup2" in mounts:
        home = mounts["cgroup2"] / own[""].lstrip("/")
        controllers = _pass_controllers_on(home, ours)
        if controllers >= {"pids", "memory"}:
            return Ground(2, (home,), lambda name, limits: LeafV2(home / name, limits, controllers))
    homes = {
        name: mounts[name] / own[names].lstrip("/")
        for names in own
        for name in names.split(",")
        if name in {"pids", "memory", "cpu"} and name in mounts
    }
    usable = {name: home for name, home in homes.items() if os.access(home, os.W_OK)}
    if not usable:
        return None
    return Ground(
        1,
        tuple(usable.values()),
        lambda name, limits: LeafV1({one: home / name for one, home in usable.items()}, limits),
    )


def _pass_controllers_on(home: Path, ours: Sequence[int]) -> frozenset[str]:
    """Controllers that cgroups below ``home`` have, enabled if need be."""
    if not os.access(home / "cgroup.subtree_control", os.W_OK) or not os.access(home, os.W_OK):
        return frozenset()
    wanted = [one for one in _V2_CONTROLLERS if one in _words(home / "cgroup.controllers")]
    missing = [one for one in wanted if one not in _words(home / "cgroup.subtree_control")]
    if missing and not _enable(home, missing, ours):
        return frozenset()
    return frozenset(_words(home / "cgroup.subtree_control"))


def _enable(home: Path, controllers: list[str], pids: Sequence[int]) -> bool:
    line = " ".join(f"+{one}" for one in controllers)
    with suppress(OSError):
        _write(home / "cgroup.subtree_control", line)
        return True
    ours = home / f"supervise-{os.getpid()}"
    try:
        ours.mkdir()
        for pid in pids:
            _write(ours / "cgroup.procs", pid)
        _write(home / "cgroup.subtree_control", line)
    except OSError:
        for pid in pids:
            with suppress(OSError):
                _write(home / "cgroup.procs", pid)
        with suppress(OSError):
            ours.rmdir()
        return False
    return True


def _own_cgroups() -> Iterator[tuple[str, str, str]]:
    """Hierarchy, controllers and path of each cgroup that we are in."""
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        hierarchy, names, path = line.split(":", 2)
        yield hierarchy, names, path


def _mounts() -> Iterator[tuple[str, Path]]:
    """Mount point of each controller's v1 hierarchy, and of v2 as ``cgroup2``."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ")[:3]
        point = Path(before.split(" ")[4])
        if kind == "cgroup2":
            yield "cgroup2", point
        elif kind == "cgroup":
            yield from ((name, point) for name in options.split(","))


def _remove(directories: list[Path]) -> bool:
    """Remove cgroups, children first; the kernel takes a moment to forget dead members."""
    deadline = time.monotonic() + _REMOVE_S
    left = [path for top in directories for path in (*_below(top), top)]
    while left:
        left = [path for path in left if not _removed(path)]
        if time.monotonic() > deadline:
            return False
        if left:
            time.sleep(0.01)
    return True


def _below(directory: Path) -> list[Path]:
    """Cgroups below, deepest first."""
    return [Path(path) for path, _, _ in os.walk(directory, topdown=False)][:-1]


def _removed(directory: Path) -> bool:
    try:
        directory.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _write(file: Path, value: str | int) -> None:
    fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, str(value).encode())
    finally:
        os.close(fd)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").split()
    except OSError:
        return []


def _number(file: Path) -> int | None:
    words = _words(file)
    return int(words[0]) if words and words[0].isdecimal() else None


def _field(file: Path, name: str) -> int:
    """A number behind its name in a file of such lines; 0 where the kernel does not count it."""
    words = _words(file)
    return int(words[words.index(name) + 1]) if name in words else 0
