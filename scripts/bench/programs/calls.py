"""Times calls of a tool, by its path and as the words say, in turn: calls.py REPORT COUNT WORDS."""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles

BARE = ["/bin/true"]


def call_ms(words: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return 1000 * (time.perf_counter() - begun)


report, count, *words = sys.argv[1:]
call_ms(words)  # The first may have to start a server.
pairs = [(call_ms(BARE), call_ms(words)) for _ in range(int(count))]
bare, calls = ([pair[which] for pair in pairs] for which in (0, 1))
figures = {
    "bare_ms": median(bare),
    "call_ms": median(calls),
    "over_ms": median(calls) - median(bare),
    "p90_ms": quantiles(calls, n=10)[-1],
}
Path(report).write_text(json.dumps(figures), encoding="utf-8")
