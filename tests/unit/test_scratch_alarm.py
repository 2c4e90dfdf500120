"""What a usage means for its quota, and how soon to look again."""

import pytest

from supervisor.scratch.alarm import Alarm, Level
from supervisor.scratch.usage import Usage

GB = 10**9


@pytest.mark.parametrize(
    ("used_bytes", "used_files", "expected"),
    [
        (0, 0, None),
        (800, 80, None),
        (801, 0, "warn"),
        (0, 81, "warn"),
        (1000, 100, "warn"),
        (1001, 0, "over"),
        (0, 101, "over"),
    ],
)
def test_each_quota_is_judged(used_bytes: int, used_files: int, expected: Level | None) -> None:
    """Past 80 % of either quota it warns; a quota itself may be used up, but not passed."""
    alarm = Alarm(1000, 100)
    assert alarm.note(Usage(used_bytes, used_files), 0, held=False) == expected


def test_kernel_lets_nobody_come_further_than_full() -> None:
    """Where it holds the run, a quota that is used up is as far as it goes."""
    assert Alarm(1000, 100).note(Usage(1000, 5), 0, held=True) == "over"


def test_each_level_is_told_once() -> None:
    """It rises from level to level; what falls and comes again is no news."""
    alarm = Alarm(1000, 100)
    sizes = [0, 850, 100, 860, 1001, 10, 1001]
    told = [alarm.note(Usage(size, 1), 0.1 * at, held=False) for at, size in enumerate(sizes)]

    assert told == [None, "warn", None, None, "over", None, None]


def test_growth_is_told_long_before_the_quota() -> None:
    """Ten megabytes a second fill 2 GB in minutes; that is said after a few seconds of it."""
    alarm = Alarm(2 * GB, 50_000)
    told = [alarm.note(Usage(at * 10**7, at), at, held=False) for at in range(8)]

    assert told == [None, None, None, None, None, "fast", None, None]
    assert alarm.bytes_per_s == 10**7
    assert alarm.full_in_s == pytest.approx((2 * GB - 7 * 10**7) / 10**7)


def test_burst_and_slow_growth_are_no_alarm() -> None:
    """A compiler's temp files, once, or a log of a kilobyte a second."""
    burst, slow = Alarm(2 * GB, 50_000), Alarm(2 * GB, 50_000)
    for at in range(60):
        assert burst.note(Usage(10**8 if at > 3 else 0, 9), at, held=False) is None
        assert slow.note(Usage(1000 * at, 9), at, held=False) is None


def test_files_grow_as_well() -> None:
    """A thousand empty files a second are fifty seconds from the quota."""
    alarm = Alarm(2 * GB, 50_000)
    told = [alarm.note(Usage(0, at * 1000), at, held=False) for at in range(6)]

    assert told[-1] == "fast"
    assert alarm.full_in_s == 45


def test_looks_come_closer_near_the_quota() -> None:
    """A writer at the speed of memory is not let go further than a few looks' worth."""
    alarm = Alarm(2 * GB, 50_000)

    def look_s(used: int, cost_s: float, *, held: bool = False) -> float:
        return alarm.next_look_s(Usage(used, 0), cost_s, held=held)

    assert look_s(0, 0.001) == pytest.approx(0.5)
    assert look_s(GB + 6 * 10**8, 0.0001) == pytest.approx(0.1)
    assert look_s(2 * GB, 0.0001) == 0.05
    assert look_s(2 * GB, 0.5) == pytest.approx(100)
    assert look_s(2 * GB, 0.0001, held=True) == 1.0


@pytest.mark.parametrize(
    ("used_mb", "taken_mb", "expected"),
    [
        (0, 2000, False),
        (0, 2100, True),
        (1900, 140, False),
        (1900, 160, True),
        (2040, 100, False),
    ],
)
def test_what_the_disk_loses_brings_a_look_forward(
    used_mb: int, taken_mb: int, *, expected: bool
) -> None:
    """As much as the run has left, but not each of the few bytes when that is nearly nothing."""
    alarm = Alarm(2048 << 20, 50_000)
    assert alarm.is_pressing(Usage(used_mb << 20, 9), Usage(taken_mb << 20, 0)) is expected
    assert alarm.is_pressing(Usage(0, 49_000), Usage(0, 1001))
    assert not alarm.is_pressing(Usage(0, 49_900), Usage(0, 500))
