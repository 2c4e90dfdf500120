"""The hall between config and containment: what a run may use up, and who holds it to that."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from supervisor.config import Config
from supervisor.containment.cgroups import Account, Leaf, Limits
from supervisor.house import Containment, leaf_name

Strength = Literal["kernel", "polled", "not"]
"""Who enforces a limit: the kernel, we by looking from time to time, or nobody here."""


class Bounds:
    """One run's limits, each as strongly enforced as this machine allows."""

    def __init__(self, config: Config, tier: str, leaf: Leaf | None) -> None:
        self._config = config
        self._leaf = leaf
        self._held = leaf.held if leaf is not None else frozenset[str]()
        # RLIMIT_NPROC binds in a user namespace only, and there is one only where we are not root.
        self._counted = tier == "namespaced" and os.geteuid() != 0 and "processes" not in self._held

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
        strengths: dict[str, Strength] = {
            "nice": "kernel",
            "open_files": "kernel",
            "file_size": "kernel",
            "wall": "polled",
            "processes": "kernel" if "processes" in kernel else "polled",
            "memory": "kernel" if "memory" in kernel else "polled",
            "cpu": "kernel" if "cpu" in kernel else "not",
        }
        unset = {name for name in strengths if getattr(limits, name) is None}
        return {name: strength for name, strength in strengths.items() if name not in unset}

    @property
    def rlimits(self) -> dict[str, int]:
        """What the kernel holds each process to."""
        config = self._config
        most = {"open_files": config.limits.open_files, "file_size": config.limits.file_size}
        if self._counted and config.limits.processes is not None:
            most["processes"] = config.limits.processes + 1  # The guardian counts too.
        return {name: value for name, value in most.items() if value is not None}

    @contextmanager
    def open_leaf(self) -> Iterator[tuple[tuple[int, ...], int | None]]:
        """Descriptors for a spawn: those to join the leaf by, and the door that ends forking."""
        fds: list[int] = []
        leaf = self._leaf
        try:
            files = leaf.procs if leaf is not None else ()
            fds.extend(os.open(file, os.O_WRONLY | os.O_CLOEXEC) for file in files)
            joins = tuple(fds)
            if leaf is not None and leaf.door is not None:
                fds.append(os.open(leaf.door, os.O_WRONLY | os.O_CLOEXEC))
            yield joins, fds[-1] if len(fds) > len(joins) else None
        finally:
            for fd in fds:
                os.close(fd)

    def account(self) -> Account:
        """What the run has used up, as far as the kernel counts it."""
        return self._leaf.account() if self._leaf is not None else Account()


@contextmanager
def bounds_of(config: Config, containment: Containment, run: str) -> Iterator[Bounds]:
    """The limits of one run, with a cgroup of its own where one can be had; it goes afterwards."""
    wanted = Limits(
        processes=config.limits.processes,
        memory_bytes=config.limits.memory,
        cpu_cores=config.limits.cpu,
    )
    try:
        ground = containment.ground
        leaf = None if ground is None else ground.make(leaf_name(run), wanted)
    except OSError:
        leaf = None  # What is not held by the kernel is then polled, and said to be so.
    try:
        yield Bounds(config, containment.tier, leaf)
    finally:
        if leaf is not None:
            leaf.remove()
