"""What a process would have passed on to a child, had it started the child itself."""

import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

_STATUS_BYTES = 1 << 13
_RLIMITS = sorted({getattr(resource, name) for name in dir(resource) if name[:7] == "RLIMIT_"})


class Inherited(NamedTuple):
    """Beside descriptors, environment and working directory."""

    umask: int | None = None
    """None: unknown."""
    nicer: int = 0
    """How much nicer than we it is."""
    rlimits: Sequence[tuple[int, int, int]] = ()
    """Each resource with its soft and its hard limit, as ulimit(1) sets them."""


def read_inherited(pid: int) -> Inherited:
    """What this process would pass on; nothing that is known, if it is gone."""
    with suppress(OSError):
        return Inherited(
            umask=_umask_of(pid),
            nicer=os.getpriority(os.PRIO_PROCESS, pid) - os.getpriority(os.PRIO_PROCESS, 0),
            rlimits=[(which, *resource.prlimit(pid, which)) for which in _RLIMITS],
        )
    return Inherited()


def _umask_of(pid: int) -> int | None:
    """Source: proc_pid_status(5), ``Umask``; Linux >= 4.7."""
    fd = os.open(f"/proc/{pid}/status", os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.read(fd, _STATUS_BYTES)
    finally:
        os.close(fd)
    _, found, rest = status.partition(b"\nUmask:")
    return int(rest.split(None, 1)[0], 8) if found else None
