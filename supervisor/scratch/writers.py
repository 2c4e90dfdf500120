"""Who writes to a file, found from outside, and cutting the middle out of what is written."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from supervisor.scratch.open_files import open_files
from supervisor.scratch.usage import BLOCK_BYTES, File, identity_of

_BLOCK = 4096
PunchHole = Callable[[int, int, int], None]
"""Give back the blocks of an open file from an offset on, so many bytes; raises OSError."""


class Writer(NamedTuple):
    """A process that has a file open for writing."""

    pid: int
    descriptor: int
    path: str
    """As the process sees it."""
    only_writes: bool
    """It cannot read what it writes, as of a log. A database can, and has to stay whole."""


def find_writers(pids: Iterable[int], file: File) -> list[Writer]:
    """Which of these processes have the file open for writing, as far as we may look."""
    return [writer for pid in pids for writer in _writers_in(pid, file)]


def find_large_writers(pids: Iterable[int], device: int, least_bytes: int) -> set[int]:
    """Which of these processes have a file of that size at least on a device open for writing."""
    return {
        pid
        for pid in pids
        for descriptor, seen in open_files(pid)
        if seen.st_dev == device
        and seen.st_blocks * BLOCK_BYTES >= least_bytes
        and _access(pid, descriptor) != os.O_RDONLY
    }


def cut_middle(writer: Writer, file: File, keep_bytes: int, punch: PunchHole) -> int:
    """Give back the blocks between the first and the last ``keep_bytes``; returns how many bytes.

    Who reads there gets zeros; length and offsets stay, so the writer goes on where it was. None
    are cut from what has another name elsewhere, or none any more.

    Raises:
        OSError: the file is not ours to write to, or its file system cannot do this.
    """
    fd = os.open(f"/proc/{writer.pid}/fd/{writer.descriptor}", os.O_RDWR | os.O_CLOEXEC)
    try:
        seen = os.fstat(fd)
        if identity_of(seen) != file.identity or seen.st_nlink != 1:
            return 0
        begin = -(-keep_bytes // _BLOCK) * _BLOCK
        end = (seen.st_size - keep_bytes) // _BLOCK * _BLOCK
        if end <= begin:
            return 0
        punch(fd, begin, end - begin)
        return (seen.st_blocks - os.fstat(fd).st_blocks) * BLOCK_BYTES
    finally:
        os.close(fd)


def _writers_in(pid: int, file: File) -> Iterator[Writer]:
    for descriptor, seen in open_files(pid):
        if identity_of(seen) == file.identity:
            access = _access(pid, descriptor)
            if access != os.O_RDONLY:
                yield Writer(pid, descriptor, _path_of(pid, descriptor), access == os.O_WRONLY)


def _access(pid: int, descriptor: int) -> int:
    """How a descriptor was opened; as for reading where it is closed by now.

    Source: proc_pid_fdinfo(5), ``flags`` in octal.
    """
    try:
        text = Path(f"/proc/{pid}/fdinfo/{descriptor}").read_text(encoding="ascii")
    except OSError:
        return os.O_RDONLY
    (flags,) = (line.split()[1] for line in text.splitlines() if line.startswith("flags:"))
    return int(flags, 8) & os.O_ACCMODE


def _path_of(pid: int, descriptor: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/fd/{descriptor}").readlink())
    except OSError:
        return "?"
