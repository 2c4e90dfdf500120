"""The demo tells, in a screenful, of a shift that went wrong in every usual way."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 40
MOST_S = 40


def test_demo_is_short_and_leaves_nothing(tmp_path: Path) -> None:
    """It crashes, starts again and finishes; what its two attempts left is ended."""
    begun = time.monotonic()
    shift = subprocess.run(
        [sys.executable, "-m", "supervisor", "run", "configs/demo.toml"],
        cwd=ROOT,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=MOST_S,
        check=False,
    )
    assert shift.returncode == 0, shift.stdout + shift.stderr
    assert time.monotonic() - begun < MOST_S
    assert len(shift.stdout.splitlines()) <= MOST_LINES
    (log,) = tmp_path.glob("supervise/*/telemetry/events.jsonl")
    events = [json.loads(line) for line in log.read_text().splitlines()]
    endings = [event["ending"] for event in events if event["kind"] == "run-ended"]
    assert [ending["code"] for ending in endings] == [1, 0]
    told = {(e["digest"]["tool"], e["digest"]["verdict"]) for e in events if e["kind"] == "digest"}
    assert {(tool, "failed") for tool in ("ruff", "mypy", "pytest")} <= told
    receipts = [event for event in events if event["kind"] == "receipt"]
    for receipt in receipts:
        ended = {argument for member in receipt["ended"] for argument in member["argv"]}
        assert {"server.py", "watcher.py"} <= {Path(argument).name for argument in ended}
        assert receipt["survivors"] == []
        assert receipt["scratch_left"] == 0
    scratches = [Path(event["scratch"]) for event in events if event["kind"] == "run-started"]
    assert not any(scratch.exists() for scratch in scratches)
