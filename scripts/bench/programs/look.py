"""Looks at a tree as the supervisor looks at scratch, and says what share of a core that takes."""

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

from supervisor.options import validate
from supervisor.scratch.alarm import Alarm
from supervisor.scratch.usage import measure_tree

_LOOKS = 5


def main(folder: Path, name: str, report: Path) -> None:
    """Write the figures to ``report``."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    costs_s = []
    for _ in range(_LOOKS):
        begun = time.thread_time()
        usage = measure_tree(name, fd)
        costs_s.append(time.thread_time() - begun)
    cost_s = median(costs_s)
    limits = validate({"autopilot": {"command": ["true"]}}, report).scratch
    each_s = Alarm(limits.quota, limits.files).next_look_s(usage, cost_s, held=False)
    share = 100 * cost_s / (cost_s + each_s)
    figures = {"look_ms": 1000 * cost_s, "each_s": each_s, "share": share}
    report.write_text(json.dumps(figures), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
