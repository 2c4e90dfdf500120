"""What the history tells a start of the supervisor about those before it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from supervisor.telemetry.history import History
from supervisor.telemetry.occurrences import FINGERPRINTS_MOST, Occurrence

_MOST_OUTPUTS = 1000


@dataclass(frozen=True, slots=True)
class Memory:
    """Failures and outputs of earlier starts."""

    failures: tuple[Occurrence, ...] = ()
    """Those that were not fixed, the most recent ones."""
    outputs: dict[str, str] = field(default_factory=dict)
    """The last run that had an output, by its hash; to be added to."""


def recall(path: Path, telemetry: Path, decompress: Callable[[Path], Iterator[bytes]]) -> Memory:
    """Bring the history at ``path`` up to date and look into it.

    Raises:
        StateError: it cannot be made, read or written.
        OSError: the telemetry cannot be read.
    """
    with History.open(path) as history:
        history.catch_up(telemetry, decompress)
        rows = history.connection.execute(
            "SELECT fingerprint, tool, summary, count, first, last FROM failures"
            " WHERE fixed IS NULL ORDER BY last DESC LIMIT ?",
            (FINGERPRINTS_MOST,),
        )
        failures = tuple(
            Occurrence(
                fingerprint=fingerprint,
                tool=tool,
                summary=summary,
                count=count,
                first=dt.datetime.fromisoformat(first),
                last=dt.datetime.fromisoformat(last),
            )
            for fingerprint, tool, summary, count, first, last in rows
        )
        outputs = history.connection.execute(
            "SELECT output_hash, run FROM runs WHERE output_hash IS NOT NULL"
            " ORDER BY started DESC LIMIT ?",
            (_MOST_OUTPUTS,),
        )
        return Memory(failures, dict(reversed(outputs.fetchall())))
