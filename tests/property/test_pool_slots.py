"""The queue for slots as a state machine, against the simplest model of it."""

from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from supervisor.pool.slots import Granted, Rank, Slots, Waiting


class SlotsMachine(RuleBasedStateMachine):
    """Requests, releases in any order, and resizes."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 2
        self.slots = Slots(self.size)
        self.arrived: list[str] = []
        """Everyone who holds or waits, in order of arrival."""
        self.granted: list[str] = []
        """Everyone who was granted a slot, in that order, and has not released it."""
        self.count = 0

    @rule()
    def request(self) -> None:
        key = str(self.count)
        self.count += 1
        free = len(self.granted) < self.size and len(self.granted) == len(self.arrived)
        ahead = len(self.arrived) - len(self.granted)
        self.arrived.append(key)
        answer = self.slots.request(key, lambda: self.grant(key))
        assert answer == (Granted() if free else Waiting(ahead))
        if free:
            self.granted.append(key)

    def grant(self, key: str) -> None:
        assert len(self.granted) < self.size, "a slot was granted that there is not"
        self.granted.append(key)

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.arrived))
        self.arrived.remove(key)
        if key in self.granted:
            self.granted.remove(key)
        self.slots.release(key)

    @rule()
    def release_a_stranger(self) -> None:
        self.slots.release("stranger")

    @rule(size=st.integers(1, 5))
    def resize(self, size: int) -> None:
        self.size = size
        self.slots.resize(size)

    @invariant()
    def first_come_first_served(self) -> None:
        """Whoever holds a slot arrived before everyone who waits, and no slot lies idle."""
        assert self.granted == self.arrived[: len(self.granted)]
        assert all(self.slots.holds(key) for key in self.granted)
        assert not any(self.slots.holds(key) for key in self.arrived[len(self.granted) :])
        assert (self.slots.held, self.slots.waiting) == (
            len(self.granted),
            len(self.arrived) - len(self.granted),
        )
        assert len(self.granted) >= min(self.size, len(self.arrived))


TestSlots = SlotsMachine.TestCase
TestSlots.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True
)


RANKS = {"make": Rank(most=1), "lint": Rank(priority=5), "test": Rank(most=2, priority=5)}


class RankedMachine(RuleBasedStateMachine):
    """Tools with sizes and priorities of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 2
        self.slots = Slots(self.size, RANKS)
        self.tools: dict[str, str] = {}
        """Of everyone who holds or waits, in order of arrival."""
        self.granted: list[str] = []
        self.overtaken: dict[str, int] = {}
        """How often one that came later was granted a slot before it."""

    @rule(tool=st.sampled_from(["make", "lint", "test", "other"]))
    def request(self, tool: str) -> None:
        key = f"{tool}{len(self.overtaken)}"
        self.tools[key] = tool
        self.overtaken[key] = 0
        if self.slots.request(key, lambda: self.grant(key), tool) == Granted():
            self.granted.append(key)

    def grant(self, key: str) -> None:
        better = [
            one
            for one in self.waiters()
            if self.priority(one) > self.priority(key) and self.room(one)
        ]
        assert not better or self.overtaken[key] >= 8, "it was not its turn"
        assert self.room(key), "its tool has enough"
        self.granted.append(key)
        arrived = list(self.tools)
        for other in self.waiters():
            self.overtaken[other] += arrived.index(other) < arrived.index(key)

    def waiters(self) -> list[str]:
        return [key for key in self.tools if key not in self.granted]

    def priority(self, key: str) -> int:
        return RANKS.get(self.tools[key], Rank()).priority

    def room(self, key: str) -> bool:
        most = RANKS.get(self.tools[key], Rank()).most
        running = sum(self.tools[one] == self.tools[key] for one in self.granted)
        return most is None or running < most

    @precondition(lambda self: self.tools)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(list(self.tools)))
        del self.tools[key]
        if key in self.granted:
            self.granted.remove(key)
        self.slots.release(key)

    @rule(size=st.integers(1, 5))
    def resize(self, size: int) -> None:
        self.size = size
        self.slots.resize(size)

    @invariant()
    def no_tool_has_too_many_and_no_slot_lies_idle(self) -> None:
        """A waiter waits for a slot or for its tool, never for another's tool."""
        for tool, rank in RANKS.items():
            running = sum(self.tools[one] == tool for one in self.granted)
            assert rank.most is None or running <= rank.most
        if len(self.granted) < self.size:
            assert not any(self.room(key) for key in self.waiters())


TestRankedSlots = RankedMachine.TestCase
TestRankedSlots.settings = TestSlots.settings


def test_more_important_tools_go_first_but_not_for_ever() -> None:
    """Within a priority in order of arrival; who was passed over eight times is next."""
    slots = Slots(1, {"lint": Rank(priority=1)})
    ran: list[str] = []
    assert slots.request("holder", lambda: None) == Granted()
    assert slots.request("slow", lambda: ran.append("slow")) == Waiting(0)
    for number in range(12):
        name = f"lint{number}"
        assert slots.request(name, partial(ran.append, name), "lint") == Waiting(number)
    assert slots.request("late", lambda: ran.append("late")) == Waiting(13)
    slots.release("holder")
    while slots.held:
        slots.release(ran[-1])

    first, last = [f"lint{n}" for n in range(8)], [f"lint{n}" for n in range(8, 12)]
    assert ran == [*first, "slow", *last, "late"]


def test_tool_at_its_size_holds_nobody_up() -> None:
    """The second make waits for the first; the linter behind it does not."""
    slots = Slots(3, {"make": Rank(most=1)})
    granted: list[str] = []
    assert slots.request("make1", lambda: None, "make") == Granted()
    assert slots.request("make2", lambda: granted.append("make2"), "make") == Waiting(0)
    assert slots.request("ruff", lambda: None, "ruff") == Granted()
    slots.release("ruff")
    assert granted == []
    slots.release("make1")
    assert granted == ["make2"]
