"""Of a command that the pool has run an agent's events tell nothing new."""

import datetime as dt

from supervisor.telemetry.doubles import Doubles

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_each_of_the_pools_stands_for_one_of_the_agents() -> None:
    """Of the same tool, in the same run."""
    doubles = Doubles()
    assert doubles.is_news("pool", "0123abcd", "ruff", NOON)
    assert doubles.is_news("pool", "0123abcd", "ruff", NOON + SECOND)
    later = NOON + 2 * SECOND
    assert doubles.is_news("stream", "0123abcd", "mypy", later)
    assert doubles.is_news("stream", "4567abcd", "ruff", later)
    told = [doubles.is_news("stream", "0123abcd", "ruff", later) for _ in range(4)]
    assert told == [False, False, True, True]


def test_what_the_pool_ran_long_ago_stands_for_nothing() -> None:
    """Nor what it will have run once the clock is set back."""
    doubles = Doubles()
    doubles.is_news("pool", "0123abcd", "ruff", NOON)
    assert doubles.is_news("stream", "0123abcd", "ruff", NOON + 3600 * SECOND)
    doubles.is_news("pool", "0123abcd", "ruff", NOON)
    assert doubles.is_news("stream", "0123abcd", "ruff", NOON - 3600 * SECOND)


def test_flood_of_an_agents_is_bounded() -> None:
    """A thousand in a minute are told, of the pool's as many as there are."""
    doubles = Doubles()
    news = [doubles.is_news("stream", "0123abcd", "ruff", NOON) for _ in range(3000)]
    assert sum(news) == 1000
    assert all(doubles.is_news("pool", f"{n}", f"tool {n}", NOON) for n in range(3000))
    assert doubles.is_news("stream", "0123abcd", "mypy", NOON + 61 * SECOND)
