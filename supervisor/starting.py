"""The hall: what a run's program is started with."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from supervisor.containment.guardian import COOKIE_VARIABLE
from supervisor.house import House
from supervisor.options import Config


def environment_of(
    house: House, cookie: str, attempt: int, own: Mapping[str, str]
) -> dict[str, str]:
    """The program's environment; ``own`` are variables of this run, which the config may set."""
    config = house.config.autopilot
    outer = house.environ.get(COOKIE_VARIABLE)
    return {
        **(house.environ if config.inherit_env else {}),
        **own,
        # Ours may be another folder, and some agents (OpenCode) work where it says.
        "PWD": str(config.cwd),
        **config.env,
        COOKIE_VARIABLE: f"{outer}:{cookie}" if outer else cookie,
        "SUPERVISE_ATTEMPT": str(attempt),
        "SUPERVISE_SOCKET": str(house.places.calls),
    }


@contextmanager
def open_stdin(config: Config) -> Iterator[int]:
    """The descriptor that the program gets as its stdin; closed after the spawn.

    Raises:
        OSError: the file cannot be opened.
    """
    if config.autopilot.stdin is None:
        yield 0
        return
    fd = os.open(config.autopilot.stdin, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)
