"""What emit.c does, for a machine without a C compiler: emit.py CORPUS BYTES REPORT."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PLACEHOLDER = b"#0000000000\n"
_CHUNK_BYTES = 64 * 1024


def save(report: Path, started_s: float, ended_s: float, emitted_bytes: int, lines: int) -> None:
    draft = report.with_name(report.name + ".new")
    used = os.times()
    fields = {"pid": os.getpid(), "started_s": started_s, "ended_s": ended_s}
    fields |= {"cpu_s": used.user + used.system, "emitted_bytes": emitted_bytes, "lines": lines}
    draft.write_text(json.dumps(fields))
    draft.rename(report)


def chunks(corpus: bytes) -> Iterator[tuple[bytes, int]]:
    """Format strings of about 64 KiB with one number per line, and how many lines each has."""
    start = 0
    while start < len(corpus):
        end = corpus.find(b"\n", min(start + _CHUNK_BYTES, len(corpus) - 1)) + 1
        chunk = corpus[start:end]
        text = chunk.replace(b"%", b"%%").replace(_PLACEHOLDER, b"#%010d\n")
        yield text, chunk.count(b"\n")
        start = end


def write_all(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest) :]


def main() -> None:
    started_s = time.monotonic()
    corpus, wanted, report = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    formats = list(chunks(corpus.read_bytes()))
    save(report, started_s, 0.0, 0, 0)
    emitted = lines = turn = 0
    while emitted < wanted:
        text, count = formats[turn % len(formats)]
        data = text % tuple(range(lines, lines + count))
        write_all(data)
        emitted, lines, turn = emitted + len(data), lines + count, turn + 1
    save(report, started_s, time.monotonic(), emitted, lines)


main()
