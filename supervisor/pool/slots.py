"""Who may run and who waits, in order. Pure: no clock, no tasks, no processes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Granted:
    """The slot is held from now on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The slot will be granted later."""

    ahead: int
    """Others that come first."""


class Slots:
    """A first-come-first-served queue for ``size`` slots.

    Never more than ``size`` are held, except after a resize to fewer: then none is taken away,
    and none is granted until enough have been released.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: set[str] = set()
        # In order of arrival; a dict finds one in the middle without looking at all.
        self._waiting: dict[str, Callable[[], object]] = {}

    @property
    def size(self) -> int:
        """Slots that there are."""
        return self._size

    @property
    def held(self) -> int:
        """Slots in use."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """How many stand in the queue."""
        return len(self._waiting)

    def holds(self, key: str) -> bool:
        """Whether ``key`` holds a slot now."""
        return key in self._held

    def request(self, key: str, on_grant: Callable[[], object]) -> Granted | Waiting:
        """Ask for a slot under a new ``key``; ``on_grant`` is called if it comes later."""
        if self._waiting or len(self._held) >= self._size:
            self._waiting[key] = on_grant
            return Waiting(ahead=len(self._waiting) - 1)
        self._held.add(key)
        return Granted()

    def release(self, key: str) -> None:
        """Give back the slot, or the place in the queue; a key that has neither is fine."""
        self._held.discard(key)
        self._waiting.pop(key, None)
        self._grant()

    def resize(self, size: int) -> None:
        """Have ``size`` slots from now on."""
        self._size = size
        self._grant()

    def _grant(self) -> None:
        while self._waiting and len(self._held) < self._size:
            key = next(iter(self._waiting))
            on_grant = self._waiting.pop(key)
            self._held.add(key)
            on_grant()
