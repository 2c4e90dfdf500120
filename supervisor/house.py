"""What one start of the supervisor holds from its first to its last moment."""

import os
import resource
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from supervisor import events
from supervisor.config import state_dir
from supervisor.containment import oom
from supervisor.containment.cgroups import Ground, find_ground
from supervisor.containment.client import Guardian
from supervisor.containment.launch import Launch, Launched, Refusal
from supervisor.containment.ledger import Ledger
from supervisor.containment.scopes import request_scope
from supervisor.control.instance import hold_instance
from supervisor.errors import StateError, SupervisorError, UnavailableError
from supervisor.health.preflight import check_command
from supervisor.journal import Journal
from supervisor.options import Config
from supervisor.output.frames import compress, decompress
from supervisor.places import Places
from supervisor.redaction import Redactor
from supervisor.scratch.base import default_base
from supervisor.telemetry.recall import Memory, recall
from supervisor.telemetry.writer import Telemetry, TelemetryLimits
from supervisor.view.screen import Screen, wants_colour

if TYPE_CHECKING:
    from supervisor.analyzer import Grammar

_STRENGTH = ("group", "subreaper", "cgroup", "namespaced", "sealed")
"""Weakest first."""
_UNIFIED = 2
_GUARDIANS: dict[str, tuple[str, ...]] = {
    "auto": ("namespaced", "subreaper", "group"),
    "sealed": ("namespaced",),
    "namespaced": ("namespaced",),
    "cgroup": ("subreaper",),
    "subreaper": ("subreaper",),
    "group": ("group",),
}
"""What the guardian may be for the tier that is wanted, strongest first."""
_DESCRIPTORS = 4352


@dataclass(frozen=True, slots=True)
class Containment:
    """What holds the runs of this start."""

    tier: str
    launched: Launched
    ground: Ground | None
    """Where runs get cgroups of their own; None: nowhere."""

    def leaf_directories(self, run: str) -> tuple[str, ...]:
        """Where the cgroup of a run is, whether or not it has been made."""
        homes = () if self.ground is None else self.ground.homes.values()
        return tuple(f"{home}/{leaf_name(run)}" for home in homes)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every run of one start of the supervisor shares."""

    config: Config
    places: Places
    scratch_base: Path
    guardian: Guardian
    ledger: Ledger
    journal: Journal
    memory: Memory
    stop_requested: anyio.Event
    executable: str
    environ: Mapping[str, str]
    containment: Containment
    users_grammars: Sequence["Grammar"]
    """How the user's own patterns read output."""


@contextmanager
def open_house(config: Config, launch: Launch) -> Iterator[House]:
    """Check that the run can start, take the instance lock, end what dead runs left running.

    Raises:
        SupervisorError: it cannot start; nothing was started then.
    """
    environ = dict(os.environ)
    path = config.autopilot.env.get("PATH", environ.get("PATH", os.defpath))
    executable = check_command(config.autopilot.command, config.autopilot.cwd, path)
    users_grammars = _read_patterns(config)
    places = Places(state_dir(config, environ))
    with (
        _settle_tier(config, launch) as containment,
        _hold_places(places, config.path),
        Telemetry.open(places.telemetry, _telemetry_limits(config), compress) as telemetry,
        Screen(sys.stdout, colour=wants_colour(sys.stdout, environ)) as screen,
    ):
        _raise_descriptor_limit()
        memory, problem = _recall(places)
        house = House(
            config=config,
            places=places,
            scratch_base=config.scratch.base or default_base(environ),
            guardian=Guardian(containment.launched),
            ledger=Ledger(places.ledger),
            journal=_open_journal(config, telemetry, screen, memory),
            memory=memory,
            stop_requested=anyio.Event(),
            executable=executable,
            environ=environ,
            containment=containment,
            users_grammars=users_grammars,
        )
        house.guardian.on_adopted = lambda member: house.journal.tell(
            events.Adopted(run=None, member=member)
        )
        # Privileged only; who may not is not protected, but those below it go first.
        oom.set_score(os.getpid(), oom.read() + oom.SUPERVISOR)
        if problem:
            house.journal.tell(events.HistoryLost(run=None, problem=problem))
        _recover(house)
        try:
            yield house
        except SupervisorError:
            raise
        except Exception:
            house.journal.tell(events.Defect(run=None, problem=traceback.format_exc()))
            raise
        finally:
            house.journal.close()


def _open_journal(config: Config, telemetry: Telemetry, screen: Screen, memory: Memory) -> Journal:
    redactor = Redactor({**os.environ, **config.autopilot.env})
    return Journal(telemetry, screen, memory.failures, config.autopilot.cwd, redactor)


def _read_patterns(config: Config) -> Sequence["Grammar"]:
    if not (config.analyzer.problem_matchers or config.analyzer.errorformat):
        return ()
    # Most have none, and would wait for the analyzer.
    from supervisor.patterns import users_grammars  # noqa: PLC0415

    return users_grammars(config)


@contextmanager
def _settle_tier(config: Config, launch: Launch) -> Iterator[Containment]:
    """The strongest containment that works here and is wanted.

    Under v2 we may be in another cgroup for as long as the block lasts.

    Raises:
        UnavailableError: it is weaker than required.
    """
    wanted = config.containment.tier
    launched = launch.settle(_GUARDIANS[wanted])
    if launched is None:
        raise _too_weak(config, None, launch.refusals, None)
    ours = (os.getpid(), launched.pid)
    with _on_ground(ours, config) as ground:
        tier = _name_tier(launched.tier, ground)
        if _STRENGTH.index(tier) < _STRENGTH.index(_least(config)):
            raise _too_weak(config, tier, launched.refusals, ground)
        yield Containment(tier, launched, ground)


@contextmanager
def _on_ground(ours: Sequence[int], config: Config) -> Iterator[Ground | None]:
    """Where runs can have cgroups: in the one that we were given, or in one that we ask for."""
    ground = None
    if config.containment.tier not in {"subreaper", "group"}:
        ground = find_ground(ours)
        name = f"supervise-{os.getpid()}"
        if ground is None and config.containment.scope and request_scope(name, ours, os.environ):
            ground = find_ground(ours)
    try:
        yield ground
    finally:
        if ground is not None:
            ground.leave(ours)


def _least(config: Config) -> str:
    """The weakest tier that will do."""
    wanted, required = config.containment.tier, config.containment.require
    return max(required, required if wanted == "auto" else wanted, key=_STRENGTH.index)


def _too_weak(
    config: Config, tier: str | None, refusals: Sequence[Refusal], ground: Ground | None
) -> UnavailableError:
    missing = [str(refusal) for refusal in refusals]
    if ground is None or ground.version == 1:
        missing.append("no cgroup v2 with the controllers pids and memory was delegated to us")
    return UnavailableError(
        f"{config.path}: containment: tier {_least(config)!r} does not work here, the strongest"
        f" that does is {tier or 'none'!r} ({'; '.join(missing)});"
        " lower containment.require and containment.tier"
    )


def _name_tier(guardian: str, ground: Ground | None) -> str:
    if guardian == "namespaced":
        return "sealed" if ground is not None and ground.version == _UNIFIED else guardian
    return guardian if ground is None else "cgroup"


def run_of(cookie: str) -> str:
    """The id of the run that has this cookie."""
    return cookie[:8]


def leaf_name(run: str) -> str:
    """What a run's cgroup is called."""
    return f"supervise-{run}"


def _raise_descriptor_limit() -> None:
    """Let a thousand callers of the pool wait, who hold four descriptors each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _telemetry_limits(config: Config) -> TelemetryLimits:
    telemetry = config.telemetry
    return TelemetryLimits(
        rotate_bytes=telemetry.rotate,
        keep_for_s=telemetry.keep_for,
        quota_bytes=telemetry.quota,
    )


@contextmanager
def _hold_places(places: Places, config: Path) -> Iterator[None]:
    """Make the folders of our state, and hold the instance.

    Raises:
        StateError: they cannot be made or written.
        BusyError: another holds it.
    """
    _make_folders(places)
    with hold_instance(places.lock, config):
        yield


def _make_folders(places: Places) -> None:
    for folder in (places.root, places.lock.parent, places.telemetry, places.raw):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made and filled, since root may write where a full or read-only disk may not.
            # Named after us, since two may start at the same moment.
            probe = folder / f".writable-{os.getpid()}"
            probe.write_bytes(b"supervise")
            probe.unlink()
        except OSError as error:
            raise StateError(
                f"{folder}: cannot keep state here: {error.strerror}; make it writable,"
                " free some space, or set state.dir or XDG_STATE_HOME to another folder"
            ) from error


def _recall(places: Places) -> tuple[Memory, str]:
    """What earlier starts have met; nothing, and why, where that cannot be read."""
    try:
        return recall(places.history, places.telemetry, decompress), ""
    except (StateError, OSError) as error:
        return Memory(), str(error)


def _recover(house: House) -> None:
    """End what dead runs left running, remove their cgroups."""
    journal = house.journal
    if (dead := house.ledger.noted()) is not None:
        run = run_of(dead.cookie)
        journal.tell(events.Recovered(run=run, members=house.ledger.recover()))
    if house.containment.ground is not None:
        house.containment.ground.sweep()
