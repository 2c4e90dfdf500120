"""Who still holds the write end of a pipe (Linux)."""

import os
from collections.abc import Set as AbstractSet
from pathlib import Path

from supervisor.events import Member

_PROC = Path("/proc")
_ARGV_MOST_BYTES = 1024
_WRITABLE = 0o200  # The link's own mode says how the descriptor was opened: proc(5), /proc/pid/fd.


def holders(inodes: AbstractSet[int]) -> tuple[Member, ...]:
    """Processes other than ours with a write end of a pipe of one of these inodes.

    Processes of other users stay unseen unless we are root.
    """
    targets = {f"pipe:[{inode}]" for inode in inodes}
    pids = sorted(int(path.name) for path in _PROC.iterdir() if path.name.isdecimal())
    return tuple(
        Member(pid=pid, argv=_argv(pid))
        for pid in pids
        if pid != os.getpid() and _has_end(pid, targets)
    )


def _has_end(pid: int, targets: AbstractSet[str]) -> bool:
    try:
        return any(_is_end(path, targets) for path in (_PROC / str(pid) / "fd").iterdir())
    except OSError:  # It ended, or is not ours to look at.
        return False


def _is_end(path: Path, targets: AbstractSet[str]) -> bool:
    try:
        return str(path.readlink()) in targets and bool(path.lstat().st_mode & _WRITABLE)
    except FileNotFoundError:  # Closed just now.
        return False


def _argv(pid: int) -> tuple[str, ...]:
    try:
        with (_PROC / str(pid) / "cmdline").open("rb") as file:
            words = file.read(_ARGV_MOST_BYTES).rstrip(b"\0")
        if words:
            return tuple(word.decode(errors="replace") for word in words.split(b"\0"))
        name = (_PROC / str(pid) / "comm").read_bytes().strip()
    except OSError:
        return ("[ended]",)
    return (f"[{name.decode(errors='replace')}]",)
