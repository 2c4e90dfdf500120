"""What a usage means for its quota."""

import pytest

from supervisor.scratch.usage import Judgement, Usage, judge


@pytest.mark.parametrize(
    ("used_bytes", "used_files", "expected"),
    [
        (0, 0, "ok"),
        (800, 80, "ok"),
        (801, 0, "warn"),
        (0, 81, "warn"),
        (1000, 100, "warn"),
        (1001, 0, "over"),
        (0, 101, "over"),
    ],
)
def test_each_quota_is_judged(used_bytes: int, used_files: int, expected: Judgement) -> None:
    """Past 80 % of either quota it warns; a quota itself may be used up, but not passed."""
    assert judge(Usage(used_bytes, used_files), 1000, 100) == expected
