"""Which tests pass and fail on one and the same tree; bounded. Pure."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supervisor.digests import Digest

_MOST_TREES = 200
_MOST_NAMES = 20_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One execution of tests, of which every failing one is known by name."""

    tool: str
    ran: int
    failing: frozenset[str]


def outcome_of(digest: Digest) -> Outcome | None:
    """The outcome that a digest of tests tells; None if it does not name all that failed."""
    said: Mapping[str, int] = {**digest.counted, **digest.declared}
    failed = said.get("failed", 0) + said.get("errors", 0)
    if digest.kind != "tests" or "passed" not in said or sum(digest.by_code.values()) != failed:
        return None
    return Outcome(digest.tool, failed + said["passed"], frozenset(digest.by_code))


class Flakiness:
    """What was seen of the trees that were tested last."""

    def __init__(self) -> None:
        self._failing: OrderedDict[tuple[str, str, int], frozenset[str]] = OrderedDict()
        """Tests that failed, by tool, tree and how many ran."""
        self._told: set[tuple[str, str]] = set()

    def note(self, tree: str, outcome: Outcome) -> tuple[str, ...]:
        """Tests that went otherwise on this tree before, each told once for each tree."""
        key = (outcome.tool, tree, outcome.ran)
        before = self._failing.get(key)
        self._failing[key] = outcome.failing
        self._failing.move_to_end(key)
        while len(self._failing) > _MOST_TREES or self._names > _MOST_NAMES:
            self._forget(self._failing.popitem(last=False)[0][1])
        if before is None:
            return ()
        return tuple(self._fresh(tree, before ^ outcome.failing))

    def shed(self) -> None:
        """Forget half of the trees: those not tested for longest."""
        for _ in range(len(self._failing) // 2):
            self._forget(self._failing.popitem(last=False)[0][1])

    @property
    def _names(self) -> int:
        return sum(map(len, self._failing.values()))

    def _fresh(self, tree: str, tests: Iterable[str]) -> Iterable[str]:
        for test in sorted(tests):
            if (tree, test) not in self._told:
                self._told.add((tree, test))
                yield test

    def _forget(self, tree: str) -> None:
        if not any(tree == other for _, other, _ in self._failing):
            self._told = {one for one in self._told if one[0] != tree}
