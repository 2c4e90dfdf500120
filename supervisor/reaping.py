"""``supervise reap``: what was left when a supervisor and its guardian died together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from supervisor.containment.ledger import Ledger
from supervisor.control.instance import hold_instance
from supervisor.errors import BusyError, SupervisorError
from supervisor.events import Member
from supervisor.places import Places
from supervisor.scope_home import default_base as default_scopes
from supervisor.scope_home import end_leftovers, find_leftovers
from supervisor.scratch.base import default_base
from supervisor.scratch.sweep import sweep
from supervisor.state_places import state_home


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What one config's dead runs had left."""

    state: Path
    members: tuple[Member, ...] = ()
    problem: str = ""
    """Why nothing was done here."""


def reap(environ: Mapping[str, str], *, adopt: bool) -> Iterator[Left]:
    """End what carries a cookie of a run whose supervisor is dead, in every state directory.

    And of a scope whose program is.

    ``adopt`` only lists it. Runs that are supervised now are left alone: their instance is held.
    """
    for state in sorted(state_home(environ).glob("*")):
        places = Places(state)
        if not places.ledger.exists():
            continue
        try:
            with hold_instance(places.lock, state):
                yield _reap_one(places, adopt=adopt)
        except BusyError:
            continue
        except SupervisorError as error:
            yield Left(state=state, problem=str(error))
    yield _reap_scopes(default_scopes(environ), adopt=adopt)
    if not adopt:
        sweep(default_base(environ))


def _reap_scopes(base: Path, *, adopt: bool) -> Left:
    """The same for programs that embed us and keep their scopes in the usual place."""
    try:
        return Left(state=base, members=(find_leftovers if adopt else end_leftovers)(base))
    except SupervisorError as error:
        return Left(state=base, problem=str(error))


def _reap_one(places: Places, *, adopt: bool) -> Left:
    ledger = Ledger(places.ledger)
    if adopt:
        return Left(state=places.root, members=ledger.leftovers())
    return Left(state=places.root, members=ledger.recover())
