"""The stored outputs of all runs of one config: which there are, and which must go."""

from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from supervisor.output.segments import segment_paths

_DIRECTORY_BYTES = 4096
"""Charged for each directory, so that a crash loop of silent runs cannot pile them up."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """The raw store of one run."""

    run: str
    disk_bytes: int
    """Allocated on the disk, its directory included."""
    written: float
    """When its newest segment was last written, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning removed."""

    directories: int = 0
    freed_bytes: int = 0
    left: int = 0
    """Directories that should have gone and could not be removed."""


def list_runs(raw_directory: Path) -> tuple[StoredRun, ...]:
    """The runs stored in ``raw_directory``, oldest first; none where there is no directory.

    Raises:
        OSError: the directory cannot be read.
    """
    if not raw_directory.is_dir():
        return ()
    # A link is never ours, and what it points at must not be counted or deleted.
    directories = [p for p in raw_directory.iterdir() if p.is_dir() and not p.is_symlink()]
    runs = []
    for directory in directories:
        with suppress(FileNotFoundError):  # Its owner deletes it meanwhile.
            runs.append(_measure(directory))
    return tuple(sorted(runs, key=lambda run: (run.written, run.run)))


def prune(raw_directory: Path, keep_bytes: int, live: AbstractSet[str]) -> Pruned:
    """Delete the oldest runs until the rest takes at most ``keep_bytes``; never a ``live`` one.

    Only segment files are deleted; a directory with anything else in it stays.

    Raises:
        OSError: the directory cannot be read.
    """
    runs = list_runs(raw_directory)
    total = sum(run.disk_bytes for run in runs)
    pruned = Pruned()
    for run in runs:
        if total <= keep_bytes:
            break
        if run.run in live:
            continue
        try:
            _delete(raw_directory / run.run)
        except OSError:
            pruned = Pruned(pruned.directories, pruned.freed_bytes, pruned.left + 1)
            continue
        total -= run.disk_bytes
        pruned = Pruned(pruned.directories + 1, pruned.freed_bytes + run.disk_bytes, pruned.left)
    return pruned


def _measure(directory: Path) -> StoredRun:
    stats = [path.lstat() for path in segment_paths(directory)]
    # Blocks are not yet counted on file systems that allocate late; the length is.
    size = sum(max(stat.st_size, stat.st_blocks * 512) for stat in stats)
    written = max((stat.st_mtime for stat in stats), default=directory.lstat().st_mtime)
    return StoredRun(directory.name, size + _DIRECTORY_BYTES, written)


def _delete(directory: Path) -> None:
    for path in segment_paths(directory):
        path.unlink(missing_ok=True)
    directory.rmdir()
