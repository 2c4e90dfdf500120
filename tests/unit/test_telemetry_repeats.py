"""What happens again at once is counted, and never lost (TM-09, TM-10)."""

import datetime as dt

from supervisor.telemetry.repeats import IN_FULL, WINDOW, Key, Repeats

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
RUFF = Key("0123abcd", "ruff", "v1:1", "failed")
SECOND = dt.timedelta(seconds=1)


def note(repeats: Repeats, key: Key, count: int, begin: dt.datetime = NOON) -> int:
    """How many of so many, a second apart, are told."""
    return sum(repeats.note(key, begin + n * SECOND, (n, n)) for n in range(count))


def test_what_is_not_told_is_handed_over_when_its_window_is_over() -> None:
    """With the first and the last time; what comes then is told again."""
    repeats = Repeats()
    assert note(repeats, RUFF, 10) == IN_FULL
    assert repeats.take_over(NOON + WINDOW - SECOND) == []
    (over,) = repeats.take_over(NOON + WINDOW)
    assert (over.key, over.count, over.lines) == (RUFF, 10 - IN_FULL, (9, 9))
    assert (over.first, over.last) == (NOON + IN_FULL * SECOND, NOON + 9 * SECOND)
    assert repeats.take_over(NOON + 2 * WINDOW) == []
    assert note(repeats, RUFF, 1, NOON + WINDOW) == 1


def test_tools_and_runs_are_not_counted_together() -> None:
    """Nor is a tool that fails with one that came through."""
    others = [
        Key("0123abcd", "flake8", "v1:1", "failed"),
        Key("4567abcd", "ruff", "v1:1", "failed"),
        Key("0123abcd", "ruff", "v1:1", "ok"),
    ]
    repeats = Repeats()
    assert all(note(repeats, key, 9) == IN_FULL for key in (RUFF, *others))
    assert [one.key for one in repeats.take_all("flake8")] == others[:1]
    assert [one.key for one in repeats.take_all()] == [RUFF, *others[1:]]
    assert repeats.take_all() == []


def test_a_clock_set_back_ends_the_window() -> None:
    """Nothing is held for longer than a minute and an hour."""
    repeats = Repeats()
    note(repeats, RUFF, 9)
    (over,) = repeats.take_over(NOON - dt.timedelta(hours=1))
    assert over.count == 9 - IN_FULL


def test_few_are_remembered() -> None:
    """Of a flood of different ones the oldest are handed over early."""
    repeats = Repeats()
    note(repeats, RUFF, 9)
    for number in range(1500):
        repeats.note(Key("0123abcd", "ruff", f"v1:{number:x}x", "failed"), NOON, (1, 1))
    (over,) = repeats.take_over(NOON + SECOND)
    assert over.key == RUFF
