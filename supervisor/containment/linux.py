"""What only Linux has: the one module that calls into libc."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Make orphans below us our children instead of init's (Linux >= 3.4).

    Raises:
        OSError: the kernel refused.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


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
        errno = ctypes.get_errno()
        raise OSError(errno, os.strerror(errno))
