"""Times a command that is to make so many calls, one for each line: crowd.py REPORT COUNT WORDS."""

import json
import subprocess
import sys
import time
from pathlib import Path

report, count, *words = sys.argv[1:]
lines = "".join(f"{number}\n" for number in range(int(count)))
begun = time.perf_counter()
subprocess.run(words, input=lines, text=True, stdout=subprocess.DEVNULL, check=True)
figures = {"wall_s": time.perf_counter() - begun}
Path(report).write_text(json.dumps(figures), encoding="utf-8")
