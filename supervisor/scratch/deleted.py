"""Files that were deleted and are held open: they take up the disk, and no tree shows them."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress

from supervisor.scratch.usage import BLOCK_BYTES, Usage


def measure_deleted(pids: Iterable[int], device: int) -> Usage:
    """What these processes hold on a device, each file once however often it is open."""
    sizes = {
        seen.st_ino: seen.st_blocks * BLOCK_BYTES
        for pid in pids
        for seen in _open_files(pid)
        if seen.st_nlink == 0 and seen.st_dev == device and stat.S_ISREG(seen.st_mode)
    }
    return Usage(sum(sizes.values()), len(sizes))


def _open_files(pid: int) -> Iterator[os.stat_result]:
    """What a process has open, as far as we may look; nothing if it has ended."""
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # Closed meanwhile.
                yield entry.stat()
