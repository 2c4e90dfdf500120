"""The hall between config, scratch and containment: which temporary directories a run has."""

import os
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import supervisor
from supervisor.containment.child import PRIVATE_TMP, Program
from supervisor.containment.client import Leader
from supervisor.containment.private_tmp import PrivateTmp
from supervisor.health import gauges
from supervisor.house import House
from supervisor.options import Config

SHARED = {"/tmp": ".tmp", "/var/tmp": ".var-tmp", "/dev/shm": ".shm"}  # noqa: S108 - to be replaced
"""Directories for everybody's temporary files, and what a run's own are called in its scratch."""
_USUAL = ("/tmp/.X11-unix", "/tmp/.ICE-unix")  # noqa: S108 - where displays are
_SHARE_OF_AVAILABLE = 4
_SHARE_OF_LIMIT = 2
_OURS = ("TMPDIR", "TMP", "TEMP")


def private_tmp_of(house: House, root: Path) -> PrivateTmp | None:
    """What a run sees in place of the shared directories; ``root`` is its scratch directory.

    None: it sees them as they are, because that is wanted or no namespace can be had.
    """
    config = house.config
    if not config.scratch.private_tmp or house.containment.tier not in {"sealed", "namespaced"}:
        return None
    places = {os.path.realpath(place): name for place, name in SHARED.items()}
    environ = {**(house.environ if config.autopilot.inherit_env else {}), **config.autopilot.env}
    homes = {*_homes(house), environ.get("HOME", "")}
    ours = {*_OURS, *config.scratch.variables}
    wanted = {*homes, *_named_in_command(config), *_paths_in(environ, ours), *_USUAL}
    visible = {top for path in wanted if (top := _top_below(path, places))}
    covers = {place: name for place, name in places.items() if _may_cover(place, homes)}
    in_memory = _in_memory(config)
    return PrivateTmp(
        root=str(root),
        covers=covers,
        visible=sorted(path for path in visible if _top_below(path, covers)),
        size_bytes=config.scratch.quota if in_memory else None,
        files=config.scratch.files,
    )


async def spawn_privately(
    program: Program, spawn: Callable[[Program], Awaitable[Leader]]
) -> tuple[Leader, PrivateTmp | None]:
    """Start a program, with the shared directories as they are if the kernel refuses others.

    Returns what it got of its own, too.

    Raises:
        OSError: it was not started; ``filename`` names the step.
    """
    try:
        return await spawn(program), program.private_tmp
    except OSError as error:
        if error.filename != PRIVATE_TMP:
            raise
    return await spawn(program._replace(private_tmp=None)), None


def _in_memory(config: Config) -> bool:
    scratch = config.scratch
    if scratch.keep != "none":
        return False  # What is in memory ends with the run.
    if scratch.backing != "auto":
        return scratch.backing == "memory"
    most = [gauges.available_memory() // _SHARE_OF_AVAILABLE]
    if config.limits.memory is not None:
        most.append(config.limits.memory // _SHARE_OF_LIMIT)
    return scratch.quota <= min(most)


def _homes(house: House) -> list[str]:
    """What the run, or we below it, work in."""
    config = house.config
    pythons = Path(sys.prefix), Path(sys.base_prefix)
    ours = house.places.root, *pythons, Path(supervisor.__file__).parent
    theirs = config.path.parent, config.autopilot.cwd, Path(house.executable)
    return [str(path) for path in (*theirs, *ours, *config.scratch.visible)]


def _named_in_command(config: Config) -> Iterator[str]:
    for argument in config.autopilot.command[1:]:
        _, _, value = argument.rpartition("=")
        yield os.path.join(config.autopilot.cwd, value)  # noqa: PTH118 - an argument may be anything


def _paths_in(env: Mapping[str, str], ours: Collection[str]) -> Iterator[str]:
    """Absolute paths that the environment names, such as those of sockets and of programs.

    Those variables that we set ourselves name none.
    """
    for name, value in env.items():
        if name not in ours:
            yield from (word for word in value.replace(",", ":").split(":") if word[:1] == "/")


def _top_below(path: str, places: Iterable[str]) -> str | None:
    """The entry of one of these directories in which a path lies; None: it lies in none.

    The whole entry, because a program needs what is beside it: its library, its configuration.
    """
    absolute = os.path.normpath(path)
    for place in places:
        if absolute.startswith(f"{place}/"):
            first = absolute[len(place) + 1 :].split("/", 1)[0]
            return f"{place}/{first}"
    return None


def _may_cover(place: str, homes: Iterable[str]) -> bool:
    """Whether the directory is there, and not itself what somebody works in."""
    return Path(place).is_dir() and place not in map(os.path.normpath, homes)
