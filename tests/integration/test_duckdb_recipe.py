"""The README's question to DuckDB has the history's answer."""

import re
from pathlib import Path

import duckdb
import pytest

from supervisor import events
from supervisor.output.frames import compress
from supervisor.telemetry.retention import TelemetryLimits
from supervisor.telemetry.writer import Telemetry
from tests.integration.test_telemetry_history import digest, run_of
from tests.supervised import ROOT


def test_duckdb_reads_the_live_file_and_the_archives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one table, whatever each file's records have."""
    (recipe,) = re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    limits = TelemetryLimits(rotate_bytes=10_000)
    with Telemetry.open(tmp_path / "telemetry", limits, compress) as telemetry:
        for number in range(20):
            for event in run_of(number):
                telemetry.emit(event)
        telemetry.emit(events.Digested(run="0" * 8, digest=digest(0)))
    assert len([*(tmp_path / "telemetry").glob("*.zst")]) > 1
    monkeypatch.chdir(tmp_path / "telemetry")
    rows = duckdb.connect().execute(recipe).fetchall()
    assert rows[0][:3] == ("ruff", "ruff: failure 0", 21)
    assert len(rows) == 21
