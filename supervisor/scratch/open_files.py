"""What a process has open, read from /proc."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress


def open_files(pid: int) -> Iterator[tuple[int, os.stat_result]]:
    """Its regular files by descriptor, as far as we may look; nothing if it has ended."""
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # Closed meanwhile.
                seen = entry.stat()
                if stat.S_ISREG(seen.st_mode):
                    yield int(entry.name), seen
