"""What the programs that read a stream have in common: the clocks and the report."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from scripts.bench.processes import memory


def metered(read: Callable[[IO[bytes]], object], stream: IO[bytes]) -> None:
    """Let ``read`` have the stream, and write to the report at the end of argv what that took.

    The program's start and its imports are over by then, and do not count.
    """
    started_s, used_s = time.monotonic(), time.process_time()
    said = read(stream)
    cpu_s, wall_s = time.process_time() - used_s, time.monotonic() - started_s
    held = memory(os.getpid())
    peak_bytes = held.peak_bytes if held else 0
    print(said)
    report = {"cpu_s": cpu_s, "wall_s": wall_s, "peak_bytes": peak_bytes}
    Path(sys.argv[-1]).write_text(json.dumps(report), encoding="ascii")


def named() -> IO[bytes]:
    """The stream at the path that argv begins with."""
    return Path(sys.argv[1]).open("rb")
