"""What the kernel allows here, and what to do where it does not; standard library only."""

import os
import subprocess
import sys
from typing import NamedTuple

from supervisor.containment.remedies import Place, find_place, remedy_for

NAMES = (
    "pid namespace",
    "tmpfs",
    "process limit",
    "cgroup v2",
    "cgroup v2 limits",
    "cgroup v2 cpu",
    "cgroup v1 pids",
    "cgroup v1 memory",
    "cgroup v1 cpu",
    "pidfd",
    "subreaper",
)
"""What is probed, in this order."""
_BOUND_S = 30.0


class Probe(NamedTuple):
    """One thing that a tier needs of the kernel."""

    name: str
    works: bool
    errno: int | None
    """Why it does not; None also where the kernel gave no error, and no effect either."""
    step: str
    """What failed; empty where it works."""
    remedy: str
    """What the user can do about it; empty where it works."""


def take_probes() -> list[Probe]:
    """Perform every operation in a process of its own; one probe per name in ``NAMES``.

    One more, ``systemd scope``, tells how systemd answered where it had to be asked for a cgroup.

    Takes about 70 ms, and 20 s at most. Nothing is left behind.

    Raises:
        OSError: no process can be started.
        subprocess.TimeoutExpired: the process did not end; it was killed.
    """
    program = os.path.join(os.path.dirname(__file__), "operations.py")  # noqa: PTH118, PTH120 - as for the guardian
    # In a session of its own, so that Ctrl-C does not keep it from tidying up.
    done = subprocess.run(
        [sys.executable, "-I", "-S", program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
        timeout=_BOUND_S,
        check=False,
    )
    return parse_probes(done.stdout.decode(), find_place())


def parse_probes(lines: str, place: Place) -> list[Probe]:
    r"""Probes from the lines of ``operations.py``; what is missing there does not work.

    >>> parse_probes("subreaper\t0\t\n", Place())[-1].works
    True
    """
    outcomes = dict.fromkeys(NAMES, (-1, "start"))
    for line in lines.splitlines():
        name, errno, step = line.split("\t", 2)
        outcomes[name] = int(errno), step
    return [
        Probe(
            name,
            works=errno == 0,
            errno=errno if errno > 0 else None,
            step=step,
            remedy="" if errno == 0 else remedy_for(name, errno, step, place),
        )
        for name, (errno, step) in outcomes.items()
    ]
