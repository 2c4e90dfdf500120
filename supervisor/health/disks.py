"""How full the disks are that a run writes to, and what that calls for."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_EASE_SHARE = 0.02
"""How much emptier a disk must be before a paused run goes on; else it would flutter."""

Pressure = Literal["ok", "pause", "stop"]


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system."""

    path: Path
    """What of the run is on it."""
    used_share: float
    """Of its bytes or of its inodes, whichever is more, as df(1) has it; 0 to 1."""
    free_bytes: int
    """What an ordinary user can still write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLimits:
    """When a disk is too full for a run to go on."""

    pause_share: float
    stop_share: float
    spare_bytes: int
    """So much left is enough, whatever share it is."""


def gauge_disks(paths: Iterable[Path]) -> list[Disk]:
    """The file systems of these paths, each once; one that cannot be asked is left out."""
    found: dict[int, Disk] = {}
    for path in paths:
        try:
            device = path.stat().st_dev
            if device not in found:
                found[device] = _gauge(path)
        except OSError:
            continue
    return [*found.values()]


def _gauge(path: Path) -> Disk:
    seen = os.statvfs(path)
    used = seen.f_blocks - seen.f_bfree
    bytes_share = used / (used + seen.f_bavail or 1)
    # File systems that make inodes as they need them say that they have none.
    files_share = 1 - seen.f_favail / seen.f_files if seen.f_files else 0.0
    # Where the inodes run out, it is no help how many bytes are left.
    free_bytes = seen.f_bavail * seen.f_frsize if bytes_share >= files_share else 0
    return Disk(path, max(bytes_share, files_share), free_bytes)


def judge_disk(disk: Disk, limits: DiskLimits, *, paused: bool) -> Pressure:
    """What a disk calls for, of a run that goes on or is ``paused``.

    >>> limits = DiskLimits(pause_share=0.9, stop_share=0.95, spare_bytes=5_000)
    >>> judge_disk(Disk(Path("/"), 0.93, 4_000), limits, paused=False)
    'pause'
    >>> judge_disk(Disk(Path("/"), 0.89, 4_500), limits, paused=True)
    'pause'
    >>> judge_disk(Disk(Path("/"), 0.99, 90_000), limits, paused=False)
    'ok'
    """
    if disk.free_bytes > limits.spare_bytes:
        return "ok"
    if disk.used_share >= limits.stop_share:
        return "stop"
    return "pause" if disk.used_share >= limits.pause_share - paused * _EASE_SHARE else "ok"
