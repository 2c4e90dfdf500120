"""Sightings of failures, counted (EA-09, TM-09, TM-10)."""

import datetime as dt

from supervisor.telemetry.occurrences import FINGERPRINTS_MOST, Occurrence, Occurrences

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def test_sightings_are_counted_with_first_and_last_time() -> None:
    """The same failure three times is one occurrence, seen three times."""
    seen = Occurrences()
    counts = [seen.note("v1:aa", "ruff", f"text {n}", NOON + n * MINUTE).count for n in range(3)]

    (top,) = seen.top()

    assert counts == [1, 2, 3]
    assert (top.count, top.first, top.last) == (3, NOON, NOON + 2 * MINUTE)
    assert top.summary == "text 0"


def test_two_tools_never_share_an_occurrence() -> None:
    """Equal fingerprints of different tools are different failures."""
    seen = Occurrences()
    seen.note("v1:aa", "ruff", "", NOON)

    assert seen.note("v1:aa", "mypy", "", NOON).count == 1


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

    assert seen.note("0", "ruff", "", NOON).count == 3
    assert seen.note("1", "ruff", "", NOON).count == 1
    assert len(seen.top()) == FINGERPRINTS_MOST


def test_failure_of_an_earlier_start_is_known() -> None:
    """New and known are told apart by what the history says; the first time is the earliest."""
    before = Occurrence(
        fingerprint="a", tool="ruff", summary="", count=7, first=NOON, last=NOON + MINUTE
    )
    seen = Occurrences([before])
    known = seen.note("a", "ruff", "", NOON + 9 * MINUTE)
    new = seen.note("b", "ruff", "", NOON + 9 * MINUTE)

    assert (known.count, known.status, known.first) == (1, "known", NOON)
    assert (new.count, new.status, new.first) == (1, "new", NOON + 9 * MINUTE)


def test_failures_are_fixed_once_their_tool_comes_through() -> None:
    """Those of earlier starts too, each once; another tool's stay."""
    before = Occurrence(fingerprint="a", tool="ruff", summary="", count=1, first=NOON, last=NOON)
    seen = Occurrences([before])
    seen.note("b", "ruff", "", NOON)
    seen.note("c", "mypy", "", NOON)

    assert [one.fingerprint for one in seen.fix("ruff")] == ["a", "b"]
    assert seen.fix("ruff") == ()
    seen.note("b", "ruff", "", NOON)
    assert [one.fingerprint for one in seen.fix("ruff")] == ["b"]


def test_the_older_half_is_shed() -> None:
    """What was seen last goes on being counted."""
    seen = Occurrences()
    for name in ("old", "older", "new", "newer"):
        seen.note(name, "ruff", "", NOON)
    seen.note("old", "ruff", "", NOON)
    seen.shed()

    assert {o.fingerprint for o in seen.top()} == {"newer", "old"}
    assert seen.note("old", "ruff", "", NOON).count == 3
