"""Files that were deleted and are held open: they take up the disk, and no tree shows them."""

from collections.abc import Iterable

from supervisor.scratch.open_files import open_files
from supervisor.scratch.usage import BLOCK_BYTES, NO_FILE, File, Usage, identity_of


def measure_deleted(pids: Iterable[int], device: int) -> Usage:
    """What these processes hold on a device, each file once however often it is open."""
    sizes = {
        identity_of(seen): seen.st_blocks * BLOCK_BYTES
        for pid in pids
        for _, seen in open_files(pid)
        if seen.st_nlink == 0 and seen.st_dev == device
    }
    largest = max((File(size, identity) for identity, size in sizes.items()), default=NO_FILE)
    return Usage(sum(sizes.values()), len(sizes), largest)
