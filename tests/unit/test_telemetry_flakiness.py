"""Which tests are told to fail and pass on one tree."""

from supervisor.analyzer import analyze
from supervisor.telemetry.flakiness import Flakiness, Outcome, outcome_of


def outcome(*failing: str, ran: int = 9, tool: str = "pytest") -> Outcome:
    return Outcome(tool, ran, frozenset(failing))


def test_what_goes_otherwise_on_the_same_tree_is_flaky() -> None:
    """Each test is told once for each tree."""
    flakiness = Flakiness()
    assert flakiness.note("t1", outcome("a", "b")) == ()
    assert flakiness.note("t1", outcome("b")) == ("a",)
    assert flakiness.note("t1", outcome("a", "b", "c")) == ("c",)
    assert flakiness.note("t2", outcome()) == ()
    assert flakiness.note("t2", outcome("a")) == ("a",)


def test_another_selection_or_tool_says_nothing() -> None:
    """Fewer tests ran, or others."""
    flakiness = Flakiness()
    flakiness.note("t1", outcome("a"))
    assert flakiness.note("t1", outcome(ran=1)) == ()
    assert flakiness.note("t1", outcome(tool="jest")) == ()


def test_many_trees_are_forgotten() -> None:
    flakiness = Flakiness()
    for number in range(1000):
        flakiness.note(f"t{number}", outcome("a"))
        flakiness.note(f"t{number}", outcome())
    assert len(flakiness._failing) <= 200
    assert len(flakiness._told) <= 200


def test_many_names_are_forgotten_too() -> None:
    """A tree of which thousands fail takes the place of many others; half can be shed."""
    flakiness = Flakiness()
    for number in range(50):
        flakiness.note(f"t{number}", outcome(*map(str, range(1000))))
    assert flakiness.note("t49", outcome())[:1] == ("0",)
    assert flakiness.note("t0", outcome()) == ()
    flakiness.shed()
    assert flakiness.note("t0", outcome("a")) == ("a",)
    assert len(flakiness._failing) <= 12


def test_only_who_names_every_failure_can_tell() -> None:
    """Counts without names, and what are no tests, say nothing of any test."""

    def read(text: str) -> Outcome | None:
        return outcome_of(analyze([text.encode()]).segments[0])

    rule = "=" * 10
    tail = f"{rule} short test summary info {rule}\nFAILED a.py::x - no\n"
    assert read(f"{tail}{rule} 1 failed, 2 passed in 0.1s {rule}\n") == Outcome(
        "pytest", 3, frozenset({"a.py::x"})
    )
    assert read(f"{tail}{rule} 2 failed, 2 passed in 0.1s {rule}\n") is None
    assert read(f"{rule} 3 passed in 0.1s {rule}\n") == Outcome("pytest", 3, frozenset())
    assert read("a.py:1:1: F401 `os` imported but unused\nFound 1 error.\n") is None
