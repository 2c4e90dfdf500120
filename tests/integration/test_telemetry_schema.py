"""The published schema of the telemetry is true, and current."""

import json
from pathlib import Path

import pytest

from scripts.telemetry_schema import PUBLISHED, kinds_of_events, render
from tests.json_schema import faults
from tests.supervised import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A place to run from."""
    return Desk(tmp_path)


def test_schema_is_current() -> None:
    """``python -m scripts.telemetry_schema`` would change nothing."""
    assert PUBLISHED.read_text(encoding="utf-8") == render()


def test_schema_refuses_what_is_no_event() -> None:
    """Else the test below could not fail."""
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert list(faults({"kind": "receipt"}, schema, schema))
    assert {one["$ref"] for one in schema["oneOf"]} == {
        f"#/$defs/{kind.kind}" for kind in kinds_of_events()
    }


def test_what_a_run_writes_fits_the_schema(desk: Desk) -> None:
    """A run that fails, is restarted, leaves a daemon and is told apart by a linter."""
    red = "a.py:1:1: F401 [*] `os` imported but unused\\nFound 1 error.\\n"
    script = f"setsid sleep 60 & printf '{red}'; sleep 1; exit 1"
    more = '[restart]\nattempts = 2\nbackoff = ["10ms"]\n'
    desk.run(desk.write(["sh", "-c", script], more))
    desk.run(desk.write(["true"]))
    desk.run(desk.write(["no-such-command-at-all"]))
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    events = desk.events()

    assert {"run-started", "run-ended", "receipt", "digest", "restart-planned", "gauges"} <= {
        event["kind"] for event in events
    }
    for event in events:
        own = schema["$defs"][event["kind"]]
        assert list(faults(event, own, schema)) == []
        assert list(faults(event, schema, schema)) == []
