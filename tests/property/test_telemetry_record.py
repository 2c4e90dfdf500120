"""What holds for every value that an event might carry, and for every set of files."""

import datetime as dt
import json
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.events import Event
from supervisor.telemetry.record import LIST_MOST_ITEMS, STRING_MOST_BYTES, stamp, to_record
from supervisor.telemetry.retention import Closed, TelemetryLimits, plan_deletions
from supervisor.telemetry.writer import encode

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anything(Event):
    """An event with a field of any kind."""

    kind = "anything"
    value: object


@dataclass(frozen=True)
class Nested:
    """A value of ours around another."""

    inner: object


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.decimals()
    | st.text(st.characters(), max_size=30)
    | st.text(max_size=3).map(lambda text: text * 400)
    | st.binary(max_size=30)
    | st.binary(max_size=3).map(lambda data: data * 400)
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.uuids()
    | st.builds(ValueError, st.text())
    | st.just(object())
    | st.functions()
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, min_size=1, max_size=1).map(lambda one: one * 70)
        | st.dictionaries(st.text(max_size=5) | st.integers() | st.binary(), inner, max_size=5)
        | st.builds(Nested, inner)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


def bounded(value: object) -> bool:
    """Whether every string and every list in a JSON value is within its bound."""
    if isinstance(value, str):
        return len(value.encode(errors="replace")) <= STRING_MOST_BYTES
    if isinstance(value, list):
        return len(value) <= LIST_MOST_ITEMS + 1 and all(map(bounded, value))
    if isinstance(value, dict):
        return all(bounded(key) and bounded(inner) for key, inner in value.items())
    return True


@settings(max_examples=200, deadline=None, derandomize=True)
@given(values)
def test_every_value_becomes_one_bounded_json_line(value: object) -> None:
    """No value makes to_record or the encoder raise, and none passes its bounds (TM-05)."""
    line = encode(to_record(Anything(run=None, value=value), stamp(NOW), 1))

    assert line.count(b"\n") == 1
    assert bounded(json.loads(line))


files = st.lists(
    st.builds(
        Closed,
        seq=st.integers(1, 50),
        compressed=st.booleans(),
        written=st.timedeltas(dt.timedelta(0), dt.timedelta(days=20)).map(lambda age: NOW - age),
        size_bytes=st.integers(0, 2000),
    ),
    unique_by=lambda file: (file.seq, file.compressed),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(files, st.integers(0, 3000), st.integers(0, 20_000), st.integers(0, 20))
def test_retention_never_exceeds_its_caps(
    closed: list[Closed], rotate_bytes: int, quota_bytes: int, keep_files: int
) -> None:
    """What stays, with a full live file and one more archive, fits into the quota."""
    limits = TelemetryLimits(
        rotate_bytes=rotate_bytes,
        keep_for_s=10 * 86400.0,
        keep_files=keep_files,
        quota_bytes=quota_bytes,
    )
    doomed = plan_deletions(closed, limits, NOW)
    kept = [file for file in closed if file not in doomed]

    assert sum(file.size_bytes for file in kept) + 2 * limits.live_bytes <= quota_bytes
    assert len(kept) <= keep_files
    assert all((NOW - file.written).total_seconds() <= limits.keep_for_s for file in kept)
