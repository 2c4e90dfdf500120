"""What a run's usage means for its quota, and how soon to look again. Pure: no clock, no disk."""

import math
from collections import deque
from itertools import pairwise
from statistics import median
from typing import Literal

from supervisor.scratch.usage import Usage

Level = Literal["ok", "fast", "warn", "over"]

_LEVELS: tuple[Level, ...] = ("ok", "fast", "warn", "over")
_WARN_SHARE = 0.8
_SOON_S = 600.0
_STEPS = 5
_STEP_S = 1.0
"""Growth is what most of so many steps have, each so long at least: a burst is none."""
_QUICK_BYTES_PER_S = 4e9
"""What one program writes at most, to the page cache; until it is full we need not look."""
_SLACK_SHARE = 16
_SLACK_BYTES = 128 << 20
_SLACK_FILES = 1000
"""What others may write to the disk while the run is near its quota, without a look each time."""
_LEAST_LOOK_S = 0.05
_MOST_LOOK_S = 1.0
LOOK_SHARE = 0.005
"""Most of one core that looking may cost."""


class Alarm:
    """Levels of alarm that only rise: growing fast, past 80 % of a quota, over it."""

    def __init__(self, quota_bytes: int, quota_files: int) -> None:
        self._quota = Usage(quota_bytes, quota_files)
        self._seen: deque[tuple[float, Usage]] = deque(maxlen=_STEPS + 1)
        self._told: Level = "ok"
        self.over = False
        """Whether the last look found more than the quota."""
        self.full_in_s: float | None = None
        """When it is full, if it goes on growing like this; None: it does not grow."""
        self.bytes_per_s = 0.0
        """How fast it grows, over the last few seconds."""

    def note(self, usage: Usage, now_s: float, *, held: bool) -> Level | None:
        """The level that this look has reached first, if it is a new one.

        Where the kernel holds the run to its quota, it is over when it is full.
        """
        self._measure_growth(usage, now_s)
        level = self._judge(usage, held=held)
        self.over = level == "over"
        if _LEVELS.index(level) <= _LEVELS.index(self._told):
            return None
        self._told = level
        return level

    def next_look_s(self, usage: Usage, cost_s: float, *, held: bool) -> float:
        """How long to wait, after a look that took ``cost_s``."""
        if held:
            return _MOST_LOOK_S
        return max(self.next_glance_s(usage), cost_s / LOOK_SHARE)

    def next_glance_s(self, usage: Usage) -> float:
        """How long to wait until a glance at what the disk has left, which costs nothing."""
        quick_s = (self._quota.bytes - usage.bytes) / _QUICK_BYTES_PER_S
        return max(_LEAST_LOOK_S, min(quick_s, _MOST_LOOK_S))

    def is_pressing(self, usage: Usage, taken: Usage) -> bool:
        """Whether the disk has lost so much since the last look that the quota may be passed."""
        left = Usage(self._quota.bytes - usage.bytes, self._quota.files - usage.files)
        slack = min(self._quota.bytes // _SLACK_SHARE, _SLACK_BYTES)
        return taken.bytes > max(left.bytes, slack) or taken.files > max(left.files, _SLACK_FILES)

    def _judge(self, usage: Usage, *, held: bool) -> Level:
        shares = usage.bytes / self._quota.bytes, usage.files / self._quota.files
        if max(shares) > 1 or (held and max(shares) == 1):
            return "over"
        if max(shares) > _WARN_SHARE:
            return "warn"
        return "fast" if self.full_in_s is not None and self.full_in_s < _SOON_S else "ok"

    def _measure_growth(self, usage: Usage, now_s: float) -> None:
        if self._seen and now_s - self._seen[-1][0] < _STEP_S:
            return
        self._seen.append((now_s, usage))
        if len(self._seen) <= _STEPS:
            return
        steps = [
            (after.bytes - before.bytes, after.files - before.files, at_s - since_s)
            for (since_s, before), (at_s, after) in pairwise(self._seen)
        ]
        self.bytes_per_s = max(0.0, median(grown / took_s for grown, _, took_s in steps))
        files_per_s = max(0.0, median(grown / took_s for _, grown, took_s in steps))
        full_in_s = min(
            _time_to(self._quota.bytes - usage.bytes, self.bytes_per_s),
            _time_to(self._quota.files - usage.files, files_per_s),
        )
        self.full_in_s = full_in_s if full_in_s < math.inf else None


def _time_to(distance: float, speed: float) -> float:
    return max(0.0, distance) / speed if speed > 0 else math.inf
