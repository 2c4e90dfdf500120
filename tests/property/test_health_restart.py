"""Restarts are bounded for every policy and every ending."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped
from supervisor.health.restart import Restart, RestartPolicy, StayDown, count_failures, decide

codes = st.integers(0, 255)
endings: st.SearchStrategy[Ending] = st.one_of(
    st.builds(Exited, codes),
    st.builds(Signaled, st.integers(1, 64)),
    st.builds(Stopped, st.sampled_from(["operator", "wall", "scratch"])),
    st.builds(NotStarted, st.integers(1, 100), st.text()),
    st.just(Lost()),
)
policies = st.builds(
    RestartPolicy,
    when=st.sampled_from(["never", "on-failure", "always"]),
    attempts=st.integers(1, 10),
    backoff_s=st.lists(st.floats(0, 3600), min_size=1, max_size=6).map(tuple),
    jitter=st.floats(0, 1),
    reset_after_s=st.floats(0, 1e6),
    fatal_exit_codes=st.lists(codes, max_size=3).map(tuple),
    finished_exit_codes=st.lists(codes, max_size=3).map(tuple),
)
deterministic = settings(max_examples=100, deadline=None, derandomize=True)


@given(endings, st.integers(1, 1000), policies, st.floats(-1, 1))
@deterministic
def test_delay_stays_within_its_bounds(
    ending: Ending, failures: int, policy: RestartPolicy, jitter: float
) -> None:
    """A delay is never negative, and never more than twice the longest one."""
    verdict = decide(ending, failures, policy, jitter)
    if isinstance(verdict, Restart):
        assert 0 <= verdict.after_s <= 2 * max(policy.backoff_s)
        assert math.isfinite(verdict.after_s)


@given(st.integers(1, 255), policies)
@deterministic
def test_quick_crashes_come_to_an_end(code: int, policy: RestartPolicy) -> None:
    """A program that only crashes is started at most ``attempts`` times."""
    failures = starts = 0
    while starts <= policy.attempts:
        starts += 1
        failures = count_failures(failures, -1.0, policy)
        if isinstance(decide(Exited(code), failures, policy, 0.0), StayDown):
            return
    assert policy.when == "always"
    assert code in policy.finished_exit_codes


@given(policies, st.integers(1, 1000))
@deterministic
def test_operators_stop_is_final(policy: RestartPolicy, failures: int) -> None:
    """No policy restarts what a person has stopped."""
    assert decide(Stopped("operator"), failures, policy, 1.0) == StayDown("stopped")
