"""The hall: one number of jobs for all builds of a run, beside the slots of its pool."""

from contextlib import suppress

import anyio

from supervisor.health import gauges
from supervisor.house import House
from supervisor.pool.jobs import JobTokens, make_flags, understands_fifo
from supervisor.pool.slots import Slots
from supervisor.threads import run_in_thread

_LOOK_S = 0.1
_TALLY_S = 2.0
_MAKE_S = 5.0
"""How long make has to say which one it is."""


def variables_for_builds(house: House) -> dict[str, str]:
    """What makes the builds of a run share tokens; nothing where that is not wanted.

    An older make ends with an error at a named pipe, so that only cargo hears of it then.
    """
    path, environ = house.places.jobs, {**house.environ, **house.config.autopilot.env}
    if house.config.pool.jobs is None or any(character.isspace() for character in str(path)):
        return {}
    import shutil  # noqa: PLC0415 - few share their jobs, and a start should not wait for it

    for_cargo = {"CARGO_MAKEFLAGS": make_flags(path, "").strip()}
    make = shutil.which("make", path=environ.get("PATH"))
    if make is not None and not understands_fifo(_version_of(make)):
        return for_cargo
    return for_cargo | {"MAKEFLAGS": make_flags(path, environ.get("MAKEFLAGS", ""))}


async def keep_tokens(house: House, slots: Slots) -> None:
    """Have as many tokens as jobs, less one for the first job of each call, until cancelled.

    What dead programs took along comes back as soon as no other program has the pipe open.
    """
    jobs = house.config.pool.jobs
    if jobs is None:
        return
    tokens = JobTokens(house.places.jobs)
    tally_due = 0.0
    try:
        while True:
            tokens.set(max(0, jobs - slots.held))
            if tokens.missing and anyio.current_time() > tally_due:
                tally_due = anyio.current_time() + _TALLY_S
                if not await run_in_thread(_in_use, house, tokens):
                    tokens.tally()
            await anyio.sleep(_LOOK_S)
    finally:
        tokens.close()


def _in_use(house: House, tokens: JobTokens) -> bool:
    return tokens.is_open_in(gauges.descendants(house.guardian.pid))


def _version_of(make: str) -> str:
    import subprocess  # noqa: PLC0415 - as above

    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            [make, "--version"], capture_output=True, text=True, timeout=_MAKE_S, check=False
        )
        return done.stdout
    return ""
