"""A day that wrote 667 MB: linters' dumps again and again, and floods of JSON lines (TM-DAY)."""

import json
import sys
from pathlib import Path

import pytest

from tests.supervised import Desk

pytestmark = pytest.mark.slow

DAY_BYTES = 667_000_000
DUMPS, REPEATS = 40, 100
"""Distinct outputs of a linter, of 50 KB each, and how often each is printed."""
MOST_KEPT_BYTES = 5_000_000
QUOTA_MIB = 32

DAY = """
import json, os, sys
DUMPS, REPEATS, TOTAL = map(int, sys.argv[1:])
CODES = ("F401", "E402", "F841", "E501", "F821")

def dump(number):
    rows = []
    size = 0
    while size < 50_000:
        place = len(rows)
        code = CODES[place % (4 + (number % 2))]
        rows.append(f"src/part{number:02}/module_{place % 37}.py:{place + 1}:{place % 70 + 1}: "
            f"{code} [*] `tools.helper_{number}_{place % 11}` imported but unused\\n")
        size += len(rows[-1])
    return "".join([*rows, f"Found {len(rows)} errors.\\n"]).encode()

def log(first, count):
    return b"".join(
        json.dumps({
            "ts": f"2026-11-26T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z",
            "level": "error" if n % 50 == 0 else "info",
            "msg": f"request {n} " + ("refused: queue full" if n % 50 == 0 else "served"),
            "trace": "x" * 120, "ms": n * 7919 % 10007,
        }).encode() + b"\\n"
        for n in range(first, first + count)
    )

def write(data):
    while data:
        data = data[os.write(1, data):]

dumps = [dump(number) for number in range(DUMPS)]
logs = [log(first, 2000) for first in range(0, 20000, 2000)]
left = TOTAL - REPEATS * sum(map(len, dumps))
for turn in range(REPEATS):
    for number, text in enumerate(dumps):
        write(text)
        block = logs[(turn + number) % len(logs)]
        share = left // (REPEATS * DUMPS - turn * DUMPS - number)
        while share > 0:
            write(block[: block.rfind(b"\\n", 0, share) + 1] if share < len(block) else block)
            share -= len(block)
            left -= min(len(block), share + len(block))
"""


def test_a_day_of_bloat_becomes_a_few_megabytes(tmp_path: Path) -> None:
    """Every failure can still be asked for: when first and last, how often, and where it is."""
    desk = Desk(tmp_path)
    script = tmp_path / "day.py"
    script.write_text(DAY)
    numbers = [str(number) for number in (DUMPS, REPEATS, DAY_BYTES)]
    # It comes in a minute, and not in a day: all of it is read only after its end.
    more = f'[output]\nquota = "{QUOTA_MIB}MiB"\n[analyzer]\npatience = "5m"\n'
    desk.write([sys.executable, str(script), *numbers], more)
    assert desk.run("run", desk.config, timeout=600).returncode == 0
    answer = desk.run("errors", "--json", "--config", desk.config, timeout=60)

    (state,) = (tmp_path / "state/supervise").iterdir()
    raw = sum(path.stat().st_size for path in (state / "raw").rglob("*") if path.is_file())
    everything = sum(path.stat().st_size for path in state.rglob("*") if path.is_file())
    (ended,) = desk.events("run-ended")
    assert ended["output_bytes"] > 0.95 * DAY_BYTES
    assert raw <= QUOTA_MIB << 20
    kept = everything - raw
    print(f"{ended['output_bytes']} bytes told in {kept}, raw output in {raw}")
    assert kept <= MOST_KEPT_BYTES

    found = [row for row in json.loads(answer.stdout) if row["tool"] == "ruff"]
    assert len(found) == DUMPS
    for row in found:
        assert row["count"] == REPEATS
        assert "imported but unused" in row["summary"]
        assert row["first"] < row["last"]
        assert row["last_run"] == ended["run"]
    shown = desk.run("show", found[0]["last_run"], "--grep", r"Found \d+ errors", timeout=120)
    assert "Found" in shown.stdout
