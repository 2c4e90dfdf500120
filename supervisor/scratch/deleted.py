"""Files that were deleted and are held open: they take up the disk, and no tree shows them."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress

from supervisor.scratch.usage import BLOCK_BYTES, Usage


def measure_deleted(pids: Iterable[int], device: int) -> Usage:
    """What these processes hold on a device, each file once however often it is open."""
    sizes: dict[int, int] = {}
    for pid in pids:
        # Who has ended meanwhile holds nothing; whom we may not look at is not counted.
        with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with suppress(OSError):
                    seen = entry.stat()
                    if seen.st_nlink == 0 and seen.st_dev == device and stat.S_ISREG(seen.st_mode):
                        sizes[seen.st_ino] = seen.st_blocks * BLOCK_BYTES
    return Usage(sum(sizes.values()), len(sizes))
