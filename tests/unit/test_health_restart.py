"""What follows each ending."""

import pytest

from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped
from supervisor.health.restart import (
    Restart,
    RestartPolicy,
    StayDown,
    Why,
    count_failures,
    decide,
    finished,
)

PLAIN = RestartPolicy(jitter=0)


def test_delays_double_until_it_gives_up() -> None:
    """1, 2, 4, 8, 16 s, and the sixth failure in a row is the last."""
    verdicts = [decide(Exited(1), failures, PLAIN, 0.0) for failures in range(1, 7)]
    assert verdicts == [*map(Restart, (1.0, 2.0, 4.0, 8.0, 16.0)), StayDown("gave up")]


def test_last_delay_repeats() -> None:
    """More attempts than delays are allowed."""
    policy = RestartPolicy(jitter=0, attempts=100)
    assert decide(Exited(1), 99, policy, 0.0) == Restart(16.0)


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        (Exited(0), "finished"),
        (Exited(143), "finished"),
        (Signaled(15), "finished"),
        (Exited(100), "fatal exit code"),
        (Stopped("operator"), "stopped"),
        (Stopped("wall"), "wall-clock limit"),
        (Stopped("scratch"), "scratch quota"),
        (NotStarted(2, "execve: codex"), "not started"),
        (Lost(), "guardian lost"),
    ],
)
def test_ending_without_a_restart(ending: Ending, why: Why) -> None:
    """What is finished, fatal or our own doing is not started again."""
    assert decide(ending, 1, PLAIN, 0.0) == StayDown(why)


@pytest.mark.parametrize("ending", [Exited(1), Exited(137), Signaled(9), Signaled(11)])
def test_crash_is_restarted(ending: Ending) -> None:
    """An error exit and a signal are failures, the OOM killer's included."""
    assert decide(ending, 1, PLAIN, 0.0) == Restart(1.0)


def test_never_means_never() -> None:
    """With restarts off a failure is the end, and so is success."""
    policy = RestartPolicy(when="never")
    assert decide(Exited(1), 1, policy, 0.0) == StayDown("restart is off")
    assert decide(Exited(0), 1, policy, 0.0) == StayDown("finished")


def test_always_restarts_what_finished() -> None:
    """Success is started again, however often it came quickly; a fatal code is not."""
    policy = RestartPolicy(when="always", jitter=0)
    assert decide(Exited(0), 50, policy, 0.0) == Restart(16.0)
    assert decide(Exited(100), 1, policy, 0.0) == StayDown("fatal exit code")


def test_long_run_resets_the_count() -> None:
    """300 s of health make a failure the first one again."""
    assert count_failures(5, 299.9, PLAIN) == 6
    assert count_failures(5, 300.0, PLAIN) == 1


def test_finished_is_said_by_the_exit_code() -> None:
    """Death by SIGTERM is what a shell calls 143."""
    assert finished(Exited(0), PLAIN)
    assert finished(Signaled(15), PLAIN)
    assert not finished(Exited(1), PLAIN)
