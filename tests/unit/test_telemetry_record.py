"""Events as bounded JSON objects (TM-01, TM-03, TM-05)."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from supervisor.digests import Verdict
from supervisor.endings import Exited, Stopped
from supervisor.events import Event, RunEnded, StayedDown
from supervisor.telemetry.record import RECORD_MOST_BYTES, stamp, to_record

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anything(Event):
    """An event with a field of any kind."""

    kind = "anything"
    value: object


def shown(value: object) -> Any:
    """What becomes of one value, through JSON and back."""
    record = to_record(Anything(run=None, value=value), stamp(NOON), 1)
    return json.loads(json.dumps(record, allow_nan=False))["value"]


def test_record_carries_its_event() -> None:
    """Time, number, kind, level and run come first, then the event's own fields."""
    record = to_record(StayedDown(run="0123abcd", why="gave up", failures=6), stamp(NOON), 7)

    assert list(record.items()) == [
        ("time", "2026-11-24T12:00:00.000+00:00"),
        ("seq", 7),
        ("kind", "stayed-down"),
        ("level", "info"),
        ("run", "0123abcd"),
        ("why", "gave up"),
        ("failures", 6),
    ]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (Exited(1), {"type": "Exited", "code": 1}),
        (Stopped("wall"), {"type": "Stopped", "reason": "wall"}),
    ],
)
def test_union_keeps_its_type(ending: Exited | Stopped, expected: dict[str, object]) -> None:
    """Exited(1) and Signaled(1) stay different things on disk."""
    ended = RunEnded(
        run="0123abcd",
        ending=ending,
        cause="failed",
        wall_s=1.0,
        cpu_s=0.5,
        peak_memory_bytes=1,
        peak_processes=1,
        output_bytes=1,
        kept_bytes=1,
        dropped_bytes=0,
        output_hash=None,
    )

    assert to_record(ended, stamp(NOON), 1)["ending"] == expected


def test_long_string_keeps_its_start_and_its_fingerprint() -> None:
    """50 KB of tool output become 500 bytes that still tell two dumps apart."""
    one, other = shown("é" * 25_000), shown("é" * 24_999 + "x")

    assert one.startswith("éééé")
    assert "[50000 bytes, blake2b:" in one
    assert len(one.encode()) <= 500
    assert one[-18:] != other[-18:]


def test_long_list_says_how_much_is_missing() -> None:
    """Fifty items and the count of the rest."""
    items = shown(tuple(range(1000)))

    assert (len(items), items[49], items[50]) == (51, 49, "… 950 more")


def test_cycle_and_depth_end() -> None:
    """A value that contains itself, or 5000 levels, is cut, not followed."""
    cycle: dict[str, object] = {}
    cycle["self"] = [cycle]
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]

    assert shown(cycle) == {"self": ["<cycle>"]}
    assert "…" in json.dumps(shown(deep), ensure_ascii=False)


def test_one_record_is_bounded_whatever_it_holds() -> None:
    """A tree of fifty times fifty times … strings costs one record's bytes, not gigabytes."""
    tree: object = "x" * 400
    for _ in range(7):
        tree = [tree] * 50

    assert len(json.dumps(shown(tree))) < 3 * RECORD_MOST_BYTES


class Hostile(Mapping[str, object]):
    """A mapping whose every method raises."""

    def __getitem__(self, key: str) -> object:
        raise ZeroDivisionError

    def __iter__(self) -> Iterator[str]:
        raise ZeroDivisionError

    def __len__(self) -> int:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOON, "2026-11-24T12:00:00+00:00"),
        (dt.timedelta(minutes=1), 60.0),
        (b"abc\xff", "abc\\xff"),
        (Path("/tmp/x"), "/tmp/x"),
        (Verdict.FAILED, "failed"),
        (float("nan"), "nan"),
        (10**30, hex(10**30)),
        ({1: {"a"}}, {"1": ["a"]}),
        ("\udc80", "\udc80"),
        (Hostile(), "<Hostile that cannot be shown: ZeroDivisionError>"),
    ],
)
def test_odd_value_is_represented(value: object, expected: object) -> None:
    """What JSON has no word for is shown, never {} and never an exception (TM-05)."""
    assert shown(value) == expected


def test_exception_keeps_message_place_and_cause() -> None:
    """An error in an event says what failed, where, and why."""
    try:
        int("x")
    except ValueError as cause:
        error = RuntimeError("outer")
        error.__cause__ = cause

    value = shown(error)

    assert (value["type"], value["message"]) == ("RuntimeError", "outer")
    assert "test_telemetry_record.py" in value["cause"]["where"]
    assert "invalid literal" in value["cause"]["message"]
