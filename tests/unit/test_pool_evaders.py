"""Who of those that evade the pool works, and who stands still."""

from collections.abc import Mapping

from supervisor.pool.evaders import Evaders


def look(evaders: Evaders, ticks: Mapping[int, int], size: int, now: float) -> set[int]:
    """Who stands still, where these sessions have used so much processor time."""
    return set(evaders.look(ticks, ticks.__getitem__, size, now))


def test_newcomers_beyond_the_size_wait_in_order() -> None:
    """Each goes on when one before it has ended."""
    evaders = Evaders(1000)
    assert look(evaders, {1: 5, 2: 5, 3: 5, 4: 5}, 2, 0.0) == {3, 4}
    assert look(evaders, {1: 6, 2: 6, 3: 5, 4: 5}, 2, 1.0) == {3, 4}
    assert look(evaders, {2: 7, 3: 5, 4: 5}, 2, 2.0) == {4}
    assert look(evaders, {2: 8, 3: 6, 4: 5, 5: 0}, 2, 3.0) == {4, 5}
    assert look(evaders, {4: 5, 5: 0}, 2, 4.0) == set()


def test_who_rests_leaves_its_place_and_is_never_held_for_working_again() -> None:
    """A server that nobody asks anything is no reason to wait; asked, it must answer."""
    evaders = Evaders(1000)
    look(evaders, {1: 5, 2: 5, 3: 5}, 2, 0.0)
    assert look(evaders, {1: 5, 2: 5, 3: 5}, 2, 3.0) == set()
    assert look(evaders, {1: 9, 2: 9, 3: 9, 4: 0}, 2, 4.0) == {4}


def test_nobody_is_held_for_ever() -> None:
    """Somebody may wait for it in a way that we do not see."""
    evaders = Evaders(10)
    look(evaders, {1: 0, 2: 0}, 1, 0.0)
    assert look(evaders, {1: 1, 2: 0}, 1, 9.0) == {2}
    assert look(evaders, {1: 2, 2: 0}, 1, 11.0) == set()


def test_smaller_size_holds_newcomers_only() -> None:
    """Who works already is not stopped for it."""
    evaders = Evaders(1000)
    look(evaders, {1: 0, 2: 0}, 4, 0.0)
    assert look(evaders, {1: 1, 2: 1, 3: 0}, 1, 1.0) == {3}
