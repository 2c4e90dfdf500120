"""``supervise doctor``: which tier holds here, how strong each capability is, what it misses."""

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from supervisor.containment.escapes import find_escapes
from supervisor.containment.probe import Probe, take_probes

_UNIFIED = ("cgroup v2", "cgroup v2 limits")
_NAMESPACE = ("pid namespace", "pidfd")
_NEEDS: dict[str, tuple[str, ...]] = {
    "sealed": (*_NAMESPACE, *_UNIFIED),
    "namespaced": _NAMESPACE,
    "cgroup": ("subreaper", "pidfd", *_UNIFIED),
    "subreaper": ("subreaper", "pidfd"),
    "group": ("pidfd",),
}
"""Probes that each tier needs, strongest first; v1 serves for ``cgroup`` in place of v2."""
_V1 = {"processes": "cgroup v1 pids", "memory": "cgroup v1 memory", "cpu": "cgroup v1 cpu"}
_V2 = dict.fromkeys(("processes", "memory"), "cgroup v2 limits") | {"cpu": "cgroup v2 cpu"}


def examine(environ: Mapping[str, str]) -> dict[str, Any]:
    """Everything that ``doctor --json`` says; probes the machine for about 0.1 s.

    Raises:
        OSError: no process can be started.
    """
    probes = take_probes()
    tier = tier_of(probes)
    stronger = list(_NEEDS)[: list(_NEEDS).index(tier)] if tier else list(_NEEDS)
    return {
        "tier": tier,
        "capabilities": [
            {"name": name, "strength": strength, "how": how}
            for name, (strength, how) in capabilities_of(tier, probes, os.geteuid()).items()
        ],
        "refused": [
            {"tier": name, "needs": [one for one in _NEEDS[name] if not _works(probes, one)]}
            for name in stronger
        ],
        "probes": [probe._asdict() for probe in probes],
        "escapes": [escape._asdict() for escape in find_escapes(environ)],
        "command": shutil.which("supervise", path=environ.get("PATH")),
    }


def tier_of(probes: Sequence[Probe]) -> str | None:
    """The tier of a run with ``containment.tier = "auto"``; None: nothing can be held here."""
    for tier, needs in _NEEDS.items():
        by_v1 = tier == "cgroup" and any(_works(probes, one) for one in _V1.values())
        needed = [one for one in needs if not (by_v1 and one in _UNIFIED)]
        if all(_works(probes, one) for one in needed):
            return tier
    return None


def capabilities_of(
    tier: str | None, probes: Sequence[Probe], uid: int
) -> dict[str, tuple[str, str]]:
    """Who holds each capability, and by what means: kernel, guardian, polled or not."""
    if tier is None:
        return {}
    held = _held(probes)
    # RLIMIT_NPROC does not bind root.
    counted = tier == "namespaced" and uid != 0 and _works(probes, "process limit")
    return {
        "kill": _kill(tier, held),
        "supervisor killed": (
            ("kernel", "the pid namespace dies with the guardian, which dies with the supervisor")
            if tier in {"sealed", "namespaced"}
            else ("guardian", "it ends the set; where it dies too, the next start does")
        ),
        "processes": _processes(held, counted=counted),
        "memory": ("kernel", held["memory"])
        if "memory" in held
        else ("polled", "the resident memory of the set, twice a second"),
        "cpu": ("kernel", held["cpu"]) if "cpu" in held else ("not", "only limits.nice applies"),
        "open files": ("kernel", "RLIMIT_NOFILE, per process"),
        "file size": ("kernel", "RLIMIT_FSIZE, per file"),
        "scratch": (
            ("kernel", "a file system in memory, also for /tmp, /var/tmp and /dev/shm")
            if tier in {"sealed", "namespaced"}
            else ("polled", "bytes and files of the scratch directory")
        ),
        "wall clock": ("polled", "the supervisor's own timer"),
    }


def _held(probes: Sequence[Probe]) -> dict[str, str]:
    """Limits that a run's own cgroup enforces, and how it comes by that."""
    if all(_works(probes, one) for one in _UNIFIED):
        scope = ", through a systemd scope" if _works(probes, "systemd scope") else ""
        how, needs = f"cgroup v2{scope}, the whole set", _V2
    else:
        how, needs = "cgroup v1, the whole set", _V1
    return {limit: how for limit in needs if _works(probes, needs[limit])}


def _kill(tier: str, held: Mapping[str, str]) -> tuple[str, str]:
    if tier in {"sealed", "namespaced"}:
        return "kernel", "one SIGKILL to the whole pid namespace, which no fork slips through"
    if tier == "group":
        return "guardian", "it looks for descendants, sessions and the cookie; some may get away"
    if "processes" in held:
        return "guardian", "it scans until nothing is left; nobody can fork meanwhile"
    return "guardian", "it scans until nothing is left; a fork bomb may outrun it"


def _processes(held: Mapping[str, str], *, counted: bool) -> tuple[str, str]:
    if "processes" in held:
        return "kernel", held["processes"]
    if counted:
        return "kernel", "RLIMIT_NPROC in the user namespace, which counts the set alone"
    return "polled", "the members of the set, twice a second"


def _works(probes: Sequence[Probe], name: str) -> bool:
    return any(probe.works for probe in probes if probe.name == name)
