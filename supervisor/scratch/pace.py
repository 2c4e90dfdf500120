"""How hard a removal works: in the background for a share of the time, else as fast as it can."""

import math
import threading
import time

_SLICE_S = 0.01


class LeftOffError(Exception):
    """There is no more time; what is left is for the next sweep."""


class Pace:
    """Lets a removal work for a ``share`` of the time, since the disk is others' too.

    The first ``eager_s`` seconds are free, so that what is small is gone without a pause. One
    thread works; any other may tell it to hurry.
    """

    def __init__(self, share: float = 1.0, eager_s: float = 0.0) -> None:
        self._rest_per_work = 1 / share - 1
        self._slice_began = time.monotonic()
        self._eager_until = self._slice_began + eager_s
        self._leave_at = math.inf
        self._hurried = threading.Event()

    def hurry(self, leave_at: float = math.inf) -> None:
        """Work without pauses from now on, until a time on the monotonic clock, in seconds."""
        self._leave_at = leave_at
        self._hurried.set()

    def step(self) -> None:
        """Between two steps of the work: pause if a slice of it is done.

        Raises:
            LeftOffError: the time is over.
        """
        now = time.monotonic()
        if now > self._leave_at:
            raise LeftOffError
        worked_s = now - self._slice_began
        if worked_s < _SLICE_S:
            return
        if now > self._eager_until:
            self._hurried.wait(worked_s * self._rest_per_work)
        self._slice_began = time.monotonic()
