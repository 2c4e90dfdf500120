"""Who may run and who waits, in order. Pure: no clock, no tasks, no processes."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_MOST_PASSED = 8
"""How often a call is passed over for more important ones before it is the next."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The slot is held from now on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The slot will be granted later."""

    ahead: int
    """Others that wait and would come first."""


@dataclass(frozen=True, slots=True)
class Rank:
    """What the calls of one tool are due."""

    most: int | None = None
    """How many of them run at once; None: as many as there are slots."""
    priority: int = 0
    """Higher goes first."""


@dataclass(slots=True)
class _Waiter:
    tool: str
    rank: Rank
    on_grant: Callable[[], object]
    passed: int = 0


class Slots:
    """A queue for ``size`` slots: by priority, then first come, first served.

    A tool that has as many as it may have holds nobody up behind it, and who was passed over
    eight times goes next. Never more than ``size`` are held, except after a resize to fewer: then
    none is taken away, and none is granted until enough have been released.
    """

    def __init__(self, size: int, ranks: Mapping[str, Rank] = MappingProxyType({})) -> None:
        self._size = size
        self._ranks = ranks
        self._held: dict[str, str] = {}
        """The tool of each holder."""
        self._running: Counter[str] = Counter()
        # In order of arrival; a dict finds one in the middle without looking at all.
        self._waiting: dict[str, _Waiter] = {}

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

    def request(
        self, key: str, on_grant: Callable[[], object], tool: str = ""
    ) -> Granted | Waiting:
        """Ask for a slot under a new ``key``; ``on_grant`` is called if it comes later."""
        rank = self._ranks.get(tool, Rank())
        ahead = sum(self._goes_before(one, rank) for one in self._waiting.values())
        if len(self._held) < self._size and self._has_room(tool, rank):
            # Whoever waits now waits for its tool, or it would run.
            self._hold(key, tool)
            return Granted()
        self._waiting[key] = _Waiter(tool, rank, on_grant)
        return Waiting(ahead)

    def release(self, key: str) -> None:
        """Give back the slot, or the place in the queue; a key that has neither is fine."""
        if (tool := self._held.pop(key, None)) is not None:
            self._running[tool] -= 1
        self._waiting.pop(key, None)
        self._grant()

    def resize(self, size: int) -> None:
        """Have ``size`` slots from now on."""
        self._size = size
        self._grant()

    def _grant(self) -> None:
        while len(self._held) < self._size and (key := self._next()) is not None:
            waiter = self._waiting.pop(key)
            self._hold(key, waiter.tool)
            waiter.on_grant()

    def _next(self) -> str | None:
        """Who is due the next slot; notes whom that passes over."""
        ready = {
            key: one for key, one in self._waiting.items() if self._has_room(one.tool, one.rank)
        }
        if not ready:
            return None
        chosen = max(ready, key=lambda key: _claim(ready[key]))  # The first of equals.
        for key, one in ready.items():
            if key == chosen:
                break
            one.passed += 1
        return chosen

    def _has_room(self, tool: str, rank: Rank) -> bool:
        return rank.most is None or self._running[tool] < rank.most

    def _hold(self, key: str, tool: str) -> None:
        self._held[key] = tool
        self._running[tool] += 1

    def _goes_before(self, one: _Waiter, rank: Rank) -> bool:
        """Whether a waiter goes before a newcomer, as far as can be said now."""
        return self._has_room(one.tool, one.rank) and _claim(one) >= (False, rank.priority)


def _claim(one: _Waiter) -> tuple[bool, int]:
    return one.passed >= _MOST_PASSED, one.rank.priority
