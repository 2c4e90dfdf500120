"""Sightings of failures, counted (EA-09, TM-09, TM-10)."""

import datetime as dt

from supervisor.telemetry.occurrences import FINGERPRINTS_MOST, Occurrences

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def test_sightings_are_counted_with_first_and_last_time() -> None:
    """The same failure three times is one occurrence, seen three times."""
    seen = Occurrences()
    counts = [seen.note("v1:aa", "ruff", f"text {n}", NOON + n * MINUTE) for n in range(3)]

    (top,) = seen.top()

    assert counts == [1, 2, 3]
    assert (top.count, top.first, top.last) == (3, NOON, NOON + 2 * MINUTE)
    assert top.summary == "text 0"


def test_two_tools_never_share_an_occurrence() -> None:
    """Equal fingerprints of different tools are different failures."""
    seen = Occurrences()
    seen.note("v1:aa", "ruff", "", NOON)

    assert seen.note("v1:aa", "mypy", "", NOON) == 1


def test_most_frequent_comes_first() -> None:
    """The top is ordered by count, then by recency."""
    seen = Occurrences()
    for fingerprint in ("a", "b", "b", "c"):
        seen.note(fingerprint, "ruff", "", NOON)
    seen.note("a", "ruff", "", NOON + MINUTE)

    assert [o.fingerprint for o in seen.top()] == ["a", "b", "c"]


def test_fingerprint_unseen_for_longest_is_forgotten() -> None:
    """A thousand are kept; seeing one again keeps it."""
    seen = Occurrences()
    for number in range(FINGERPRINTS_MOST):
        seen.note(str(number), "ruff", "", NOON)
    seen.note("0", "ruff", "", NOON)
    seen.note("new", "ruff", "", NOON)

    assert seen.note("0", "ruff", "", NOON) == 3
    assert seen.note("1", "ruff", "", NOON) == 1
    assert len(seen.top()) == FINGERPRINTS_MOST
