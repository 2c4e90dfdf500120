"""The history of a run that goes on: read while it runs, so that who asks need not wait."""

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.supervised import Desk

WITHIN_S = 60.0


@pytest.mark.slow
def test_running_supervisor_keeps_its_history_up_to_date(tmp_path: Path) -> None:
    """A failure is in the database while the run that met it goes on, though nobody has asked."""
    desk = Desk(tmp_path)
    tool = "print('a.py:1:8: F401 [*] `os` imported but unused\\nFound 1 error.\\n', flush=True)"
    desk.write([sys.executable, "-S", "-c", f"import time; {tool}; time.sleep(300)"])
    with desk.running() as process:
        deadline = time.monotonic() + WITHIN_S
        while not (tools := _failed_tools(tmp_path)) and time.monotonic() < deadline:
            time.sleep(0.2)
        running = process.poll() is None

    assert tools == ["ruff"]
    assert running


def _failed_tools(folder: Path) -> list[str]:
    for path in folder.glob("state/supervise/*/history.sqlite3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return [tool for (tool,) in connection.execute("SELECT tool FROM failures")]
    return []
