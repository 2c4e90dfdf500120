"""Verdicts from exit status, parse and timeout; text may worsen a verdict, never mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from supervisor.analyzer.tally import Tally
from supervisor.digests import Verdict
from supervisor.endings import signal_name

_TIMEOUT_CODE = 124  # timeout(1)
_COMMAND_CODES = (126, 127)  # POSIX sh: found but not executable, not found
_SIGNAL_BASE = 128
_MOST_SIGNAL = 64
_WORST_FIRST = (
    Verdict.TIMEOUT,
    Verdict.KILLED,
    Verdict.ERROR,
    Verdict.FAILED,
    Verdict.UNKNOWN,
    Verdict.OK,
)
BAD = frozenset(_WORST_FIRST[:4])
"""Verdicts that explain a bad exit status."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the operating system said about the end of the program."""

    code: int | None = None
    signum: int | None = None
    timed_out: bool = False

    @property
    def signal(self) -> int | None:
        """The signal that ended it, told directly or as a shell tells it."""
        if self.signum is not None or self.code is None:
            return self.signum
        if self.code < 0:
            return -self.code
        signum = self.code - _SIGNAL_BASE
        return signum if 0 < signum <= _MOST_SIGNAL else None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict of the exit status alone; None where there is none."""
        if self.timed_out or self.code == _TIMEOUT_CODE:
            return Verdict.TIMEOUT
        if self.signal is not None:
            return Verdict.KILLED
        if self.code is None:
            return None
        if self.code == 0:
            return Verdict.OK
        return Verdict.ERROR if self.code in _COMMAND_CODES else Verdict.FAILED

    def __str__(self) -> str:
        """The end in words.

        >>> str(Outcome(137)), str(Outcome(2)), str(Outcome(124))
        ('killed by SIGKILL', 'exit 2', 'timed out')
        """
        if self.verdict is Verdict.TIMEOUT:
            return "timed out"
        if self.signal is not None:
            return f"killed by {signal_name(self.signal)}"
        return "" if self.code is None else f"exit {self.code}"


def parsed(tally: Tally) -> Verdict:
    """The verdict of the tool's own words alone."""
    if tally.broken:
        return Verdict.ERROR
    if tally.problems or tally.red:
        return Verdict.FAILED
    if tally.green or (tally.ended and tally.declared.get("errors") == 0):
        return Verdict.OK
    return Verdict.UNKNOWN


def judge(outcome: Outcome, said: Verdict, *, explained: bool, closes: bool = True) -> Verdict:
    """The verdict of the last segment.

    ``explained`` if an earlier one accounts for the status, ``closes`` if the tool would say that
    it is through; of one that never does, the status says how it went.
    """
    status = outcome.verdict
    if status is None or status is Verdict.OK:
        return status if status is not None and said is Verdict.UNKNOWN and not closes else said
    if status in {Verdict.TIMEOUT, Verdict.KILLED}:
        return status
    if said is Verdict.ERROR or (said is Verdict.OK and explained):
        return said
    return status


def overall(outcome: Outcome, verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of the whole."""
    status = outcome.verdict
    seen = set(verdicts)
    if status in {Verdict.TIMEOUT, Verdict.KILLED}:
        return status
    if status is Verdict.FAILED and Verdict.FAILED in seen:
        return status
    worst = min(seen | {status or Verdict.OK}, key=_WORST_FIRST.index)
    return Verdict.UNKNOWN if status is None and not seen else worst
