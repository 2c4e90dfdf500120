"""The hall between config and containment: what a run may use up, and who holds it to that."""

import math
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from supervisor.containment.cgroupfs import UNIFIED
from supervisor.containment.cgroups import Account, Leaf, Limits
from supervisor.health import gauges
from supervisor.health.disks import DiskLimits
from supervisor.house import Containment, leaf_name
from supervisor.options import Config

Strength = Literal["kernel", "polled", "not"]
"""Who enforces a limit: the kernel, we by looking from time to time, or nobody here."""
_FUSE = 2
"""How many times the processes that are allowed an ordinary user may have before the kernel says
no, where nothing but a look holds a run; it is all that a kill loop needs to win against a bomb."""


class Bounds:
    """One run's limits, each as strongly enforced as this machine allows."""

    def __init__(self, config: Config, containment: Containment, leaf: Leaf | None) -> None:
        self._config = config
        self._leaf = leaf
        self._unified = leaf is not None and UNIFIED in leaf.directories
        self._held = leaf.held if leaf is not None else frozenset[str]()
        self._root = os.geteuid() == 0
        # RLIMIT_NPROC binds in a user namespace only, and there is one only where we are not root.
        self._counted = (
            containment.tier == "namespaced" and not self._root and "processes" not in self._held
        )
        self._cpus = () if "cpu" in self._held else choose_cpus(config.limits.cpu)

    @property
    def polled(self) -> dict[str, int]:
        """Limits that nobody looks after but we, and how much each allows."""
        limits = self._config.limits
        most = {"processes": limits.processes, "memory": limits.memory}
        ours = {name for name, strength in self.strengths.items() if strength == "polled"}
        return {name: value for name, value in most.items() if value is not None and name in ours}

    @property
    def strengths(self) -> dict[str, Strength]:
        """Each limit that is set, and how it is enforced here."""
        limits = self._config.limits
        kernel = self._held | ({"processes"} if self._counted else set())
        kernel |= {"cpu"} if self._cpus else set()
        strengths: dict[str, Strength] = {
            "nice": "kernel",
            "open_files": "kernel",
            "file_size": "kernel",
            "wall": "polled",
            "processes": "kernel" if "processes" in kernel else "polled",
            "memory": "kernel" if "memory" in kernel else "polled",
            "cpu": "kernel" if "cpu" in kernel else "not",
            "cpu_weight": "kernel" if "cpu_weight" in kernel else "not",
        }
        unset = {name for name in strengths if getattr(limits, name) is None}
        return {name: strength for name, strength in strengths.items() if name not in unset}

    @property
    def of_program(self) -> dict[str, Any]:
        """What each program of the run is started with; fields of ``child.Program``."""
        return {
            "nice": self._config.limits.nice,
            "limits": self.rlimits,
            "cpus": self._cpus,
            # Under v1 there is nothing to hide.
            "own_cgroups": self._unified,
        }

    @property
    def rlimits(self) -> dict[str, int]:
        """What the kernel holds each process to."""
        limits, polled = self._config.limits, self.polled
        most = {
            "open_files": limits.open_files,
            "file_size": limits.file_size,
            # No process can take more than all may have together.
            "data": polled.get("memory"),
        }
        if self._counted and limits.processes is not None:
            most["processes"] = limits.processes + 1  # The guardian counts too.
        elif "processes" in polled and not self._root:
            most["processes"] = gauges.count_tasks(os.geteuid()) + _FUSE * polled["processes"]
        return {name: value for name, value in most.items() if value is not None}

    def seat_leader(self) -> "Seat":
        """Where the run's leader goes: into a cgroup below the run's, and held by the run's."""
        leaf = self._leaf
        if leaf is None:
            return Seat(None, None)
        return Seat(_branch(leaf, "autopilot", Limits(), whole=False) or leaf, leaf)

    @contextmanager
    def seat_call(self, call: str, memory_bytes: int | None = None) -> Iterator["Seat"]:
        """Where a tool call goes, and all that belongs to it; nobody is left in it afterwards."""
        leaf = self._leaf
        most = Limits(memory_bytes=memory_bytes)
        branch = None if leaf is None else _branch(leaf, call, most, whole=True)
        try:
            # In the run's own cgroup it could not be told from the rest.
            yield Seat(branch or leaf, branch)
        finally:
            if leaf is not None and branch is not None:
                leaf.drop(branch)

    def account(self) -> Account:
        """What the run has used up, as far as the kernel counts it."""
        return self._leaf.account() if self._leaf is not None else Account()


@dataclass(frozen=True, slots=True)
class Seat:
    """The cgroup that a spawn joins, and the one that holds its set; None: there is none."""

    joined: Leaf | None
    held: Leaf | None

    @contextmanager
    def open(self) -> Iterator[tuple[tuple[int, ...], dict[str, int]]]:
        """Descriptors for the spawn: files to join by, and directories to hold it by.

        Raises:
            OSError: descriptors ran out, or the cgroup is gone.
        """
        with ExitStack() as stack:
            joins = () if self.joined is None else stack.enter_context(self.joined.open_joins())
            hold = {} if self.held is None else stack.enter_context(self.held.open_hold())
            yield joins, hold

    @property
    def holds_memory(self) -> bool:
        """Whether the kernel holds the set to a limit of its own."""
        return self.held is not None and "memory" in self.held.held

    @property
    def oom_kills(self) -> int:
        """Members that the kernel has killed for want of memory."""
        return self.held.account().oom_kills if self.held is not None else 0


def _branch(leaf: Leaf, name: str, limits: Limits, *, whole: bool) -> Leaf | None:
    """A leaf below a run's; None where it cannot be had, which costs no limit of the run's."""
    try:
        return leaf.branch(name, limits, whole=whole)
    except OSError:
        return None


def choose_cpus(cores: float | None) -> tuple[int, ...]:
    """Processors for a run that may keep ``cores`` busy, rounded up; empty: it may use them all.

    By chance, so that runs side by side do not crowd on the same ones.
    """
    allowed = sorted(os.sched_getaffinity(0))
    if cores is None or math.ceil(cores) >= len(allowed):
        return ()
    return tuple(random.sample(allowed, math.ceil(cores)))  # no secret


def disk_limits(config: Config) -> DiskLimits:
    """The config's ``[health]`` about disks as the health room wants it."""
    health = config.health
    return DiskLimits(
        pause_share=health.disk_pause,
        stop_share=health.disk_stop,
        spare_bytes=health.disk_spare,
    )


@contextmanager
def bounds_of(config: Config, containment: Containment, run: str) -> Iterator[Bounds]:
    """The limits of one run, with a cgroup of its own where one can be had; it goes afterwards."""
    limits = config.limits
    wanted = Limits(
        processes=limits.processes,
        memory_bytes=limits.memory,
        cpu_cores=limits.cpu,
        cpu_weight=limits.cpu_weight,
    )
    try:
        ground = containment.ground
        leaf = None if ground is None else ground.make(leaf_name(run), wanted)
    except OSError:
        leaf = None  # What is not held by the kernel is then polled, and said to be so.
    try:
        yield Bounds(config, containment, leaf)
    finally:
        if leaf is not None:
            leaf.remove()
