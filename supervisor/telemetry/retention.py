"""Which telemetry files there are by name, and which must go. Pure."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

LIVE_NAME = "events.jsonl"
ARCHIVE_SUFFIX = ".zst"

_STAMP = "%Y%m%dT%H%M%SZ"
_CLOSED_NAME = re.compile(r"events-(\d{8}T\d{6}Z)-(\d{6,})\.jsonl(\.zst)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryLimits:
    """How much telemetry is kept."""

    rotate_bytes: int = 10_000_000
    """Length at which the live file is closed; a quarter of the quota where that is less."""
    keep_for_s: float = 30 * 86400.0
    keep_files: int = 1000
    quota_bytes: int = 200_000_000
    """Of all files together: the live one and one that is being compressed included."""

    @property
    def live_bytes(self) -> int:
        """What the live file never exceeds."""
        return min(self.rotate_bytes, self.quota_bytes // 4)


@dataclass(frozen=True, slots=True, order=True)
class Closed:
    """A file that is written to no more."""

    seq: int
    compressed: bool
    written: dt.datetime
    """When its last record was written."""
    size_bytes: int = 0

    @property
    def name(self) -> str:
        """Its file name."""
        suffix = ARCHIVE_SUFFIX if self.compressed else ""
        return f"events-{self.written.strftime(_STAMP)}-{self.seq:06}.jsonl{suffix}"


def parse_name(name: str, size_bytes: int = 0) -> Closed | None:
    """The closed file of that name; None: it is none of ours.

    >>> parse_name("events-20261124T021500Z-000007.jsonl.zst").seq
    7
    """
    match = _CLOSED_NAME.fullmatch(name)
    if match is None:
        return None
    try:
        written = dt.datetime.strptime(match[1], _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return Closed(int(match[2]), match[3] is not None, written, size_bytes)


def plan_deletions(
    files: Iterable[Closed], limits: TelemetryLimits, now: dt.datetime
) -> list[Closed]:
    """The files that must go, oldest first.

    What stays leaves room in the quota for a full live file and for the archive of one.
    """
    oldest_first = sorted(files)
    room_bytes = limits.quota_bytes - 2 * limits.live_bytes
    total = sum(file.size_bytes for file in oldest_first)
    doomed = []
    for index, file in enumerate(oldest_first):
        too_old = (now - file.written).total_seconds() > limits.keep_for_s
        too_many = len(oldest_first) - index > limits.keep_files
        if too_old or too_many or total > room_bytes:
            doomed.append(file)
            total -= file.size_bytes
    return doomed
