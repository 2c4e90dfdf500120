"""The queue for slots as a state machine, against the simplest model of it."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from supervisor.pool.slots import Granted, Slots, Waiting


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
