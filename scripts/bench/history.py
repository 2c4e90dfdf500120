"""The history: how soon it answers over many events, beside reading the files anew."""

import sys

from scripts.bench.rounds import Metric
from scripts.bench.table import Budget
from scripts.bench.telemetry import Library

ASKED = tuple(Metric(f"{name}_ms", f"{name} ms", 1) for name in ("errors", "why", "killed", "diff"))
METRICS = (*ASKED, Metric("read_per_s", "taken in/s", 0, compared=False, rate=True))
OURS, REFERENCE = "supervise", "every line"
BUDGETS = tuple(Budget(OURS, metric, 50) for metric in ASKED)
READINGS = tuple(Library(name, sys.executable, "history") for name in (OURS, REFERENCE))
