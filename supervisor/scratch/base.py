"""The directory that holds the scratch of every run, and the lock that says a run is alive."""

import fcntl
import os
import stat
from collections.abc import Mapping
from errno import EISDIR, ENOENT, EOPNOTSUPP
from pathlib import Path

from supervisor.errors import StateError

_MARK = b"scratch of supervise\n"
_SUFFIX = ".lock"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def default_base(environ: Mapping[str, str]) -> Path:
    """A private folder with a short path: sockets in it must stay below 108 bytes."""
    return Path(environ.get("TMPDIR") or "/tmp") / f"supervise-{os.geteuid()}"  # noqa: S108 - ours alone, and verified


def open_base(base: Path) -> int:
    """Make the base if it is missing, and open it; the caller closes.

    Everything below is named relative to this descriptor, so whoever swaps the path later
    cannot lead us elsewhere.

    Raises:
        StateError: it cannot be made, or others could put things into it.
    """
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        base.mkdir(mode=0o700, exist_ok=True)
        fd = os.open(base, _FOLDER)
    except OSError as error:
        raise StateError(
            f"{base}: scratch cannot be kept here: {error.strerror};"
            " it must be a directory of yours, no link; remove it or set scratch.base to another"
        ) from error
    if problem := _distrust(os.fstat(fd)):
        os.close(fd)
        raise StateError(f"{base}: scratch cannot be kept here: {problem}")
    return fd


def _distrust(base: os.stat_result) -> str | None:
    if base.st_uid != os.geteuid():
        return f"it belongs to uid {base.st_uid}; set scratch.base to a directory of yours"
    if base.st_mode & _OTHERS_WRITE:
        return "others may write to it; chmod 700 it or set scratch.base to another directory"
    return None


def create_lock(base_fd: int, run_id: str) -> int:
    """A new lock for the run, held for as long as the descriptor is open.

    Raises:
        OSError: it cannot be made; FileExistsError when the run has one.
    """
    name = run_id + _SUFFIX
    fd, named = _open_new(base_fd, name)
    try:
        # Held before it is marked: a sweep that finds the mark finds it held.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(fd, _MARK)
        if not named:
            os.link(f"/proc/self/fd/{fd}", name, dst_dir_fd=base_fd, follow_symlinks=True)
    except OSError:
        if named:
            os.unlink(name, dir_fd=base_fd)
        os.close(fd)
        raise
    return fd


def _open_new(base_fd: int, name: str) -> tuple[int, bool]:
    """A new file, and whether it has its name already.

    Without one nobody sees it before it is marked, and whoever is killed until then leaves nothing.
    Not every file system can do that.
    """
    try:
        return os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=base_fd), False
    except OSError as error:
        if error.errno not in {EISDIR, ENOENT, EOPNOTSUPP}:
            raise
    return os.open(name, _LOCK | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=base_fd), True


def take_lock(base_fd: int, run_id: str) -> int | None:
    """The lock of a run that is dead; None while it lives, or when this is no lock of ours."""
    try:
        fd = os.open(run_id + _SUFFIX, _LOCK, dir_fd=base_fd)
    except OSError:
        return None
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode) and os.pread(fd, len(_MARK), 0) == _MARK:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(fd).st_nlink:  # Else another sweep was here between open and lock.
                return fd
    except BlockingIOError:
        pass
    os.close(fd)
    return None


def drop_lock(base_fd: int, run_id: str) -> None:
    """Remove the lock's file; nothing of the run is left then."""
    os.unlink(run_id + _SUFFIX, dir_fd=base_fd)


def locked_runs(base_fd: int) -> list[str]:
    """Runs that have a file named like a lock; ``take_lock`` knows whether it is one."""
    names = (name for name in os.listdir(base_fd) if name.endswith(_SUFFIX))
    return sorted(name.removesuffix(_SUFFIX) for name in names)
