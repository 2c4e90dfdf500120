"""What first.c does, for a machine without a C compiler: first.py REPORT."""

import time

started_s = time.monotonic()

import json  # noqa: E402 - the clock comes first
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

draft = sys.argv[1] + ".new"
with open(draft, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes 10 ms to import
    json.dump({"pid": os.getpid(), "started_s": started_s}, file)
os.rename(draft, sys.argv[1])  # noqa: PTH104
signal.pause()
