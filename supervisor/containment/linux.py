"""What only Linux has: the one module that calls into libc."""

import ctypes
import os
import signal

CLONE_NEWNS = 0x00020000  # linux/sched.h
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
MS_NOSUID = 2  # linux/mount.h
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 1 << 12
MS_REC = 1 << 14
MS_SLAVE = 1 << 19
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37
_FALLOC_FL_KEEP_SIZE = 0x01
_FALLOC_FL_PUNCH_HOLE = 0x02
_libc = ctypes.CDLL(None, use_errno=True)


def set_subreaper(*, on: bool) -> None:
    """Make orphans below us our children instead of init's (Linux >= 3.4), or no longer.

    Raises:
        OSError: the kernel refused.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, int(on))


def is_subreaper() -> bool:
    """Whether orphans below us become our children.

    Raises:
        OSError: the kernel refused.
    """
    answer = ctypes.c_int()
    if _libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0) != 0:
        raise _error()
    return answer.value != 0


def die_with_parent(parent: int) -> None:
    """Have the kernel kill us when the thread that forked us ends.

    Reaches only us, not our children, and is cleared by a set-uid exec: a second line of
    defence, never the first. Source: prctl(2), PR_SET_PDEATHSIG.

    Raises:
        OSError: the kernel refused.
        ProcessLookupError: ``parent`` had died before the kernel knew.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise ProcessLookupError(parent)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise _error()


def _error() -> OSError:
    errno = ctypes.get_errno()
    return OSError(errno, os.strerror(errno))


def unshare(flags: int) -> None:
    """Give us namespaces of our own; a pid namespace is for the children only.

    Raises:
        OSError: the kernel refused.
    """
    if _libc.unshare(flags) != 0:
        raise _error()


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount a file system, or with no ``kind`` change how a mount behaves.

    Raises:
        OSError: the kernel refused.
    """
    options = [None if text is None else os.fsencode(text) for text in (kind, data)]
    names = os.fsencode(source), os.fsencode(target)
    if _libc.mount(*names, options[0], ctypes.c_ulong(flags), options[1]) != 0:
        raise _error()


def setns(namespace: int, kind: int) -> None:
    """Go into a namespace that a descriptor refers to.

    Raises:
        OSError: the kernel refused.
    """
    if _libc.setns(namespace, kind) != 0:
        raise _error()


def punch_hole(fd: int, offset: int, length: int) -> None:
    """Give back the blocks of a stretch of a file, which reads as zeros then.

    Raises:
        OSError: the file system cannot do that, or the descriptor is not open for writing.

    Source: fallocate(2), linux/falloc.h.
    """
    mode = _FALLOC_FL_KEEP_SIZE | _FALLOC_FL_PUNCH_HOLE
    if _libc.fallocate(fd, mode, ctypes.c_long(offset), ctypes.c_long(length)) != 0:
        raise _error()


def trim_heap() -> None:
    """Give the kernel back what the C library keeps of freed memory, where it can."""
    if hasattr(_libc, "malloc_trim"):  # glibc's own.
        _libc.malloc_trim(0)
