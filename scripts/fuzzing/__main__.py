"""Gives the analyzer what no tool would write, and all its expressions what makes them slow.

Prints each input that breaks a rule, shrunk and written to a file, and at the end a line that sums
up; exits with 1 if there was one. The rules: nothing is raised, no grammar throws, summaries have
at most 500 bytes and excerpts 600, other chunks make no other result, a megabyte takes at most a
second of CPU, and the analyzer holds at most 16 MB.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom

from scripts.fuzzing.attacks import Slow, first_slow
from scripts.fuzzing.checks import Check, memory, problem, shrink
from scripts.fuzzing.inputs import Input, make
from scripts.fuzzing.uses import Use, uses

_EVERY = 8
"""One input in so many has its memory measured, which takes several times as long."""
_SHOWN_BYTES = 400


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1 << 32))
    parser.add_argument("--no-scan", action="store_true", help="leave the expressions out")
    parser.add_argument("--folder", type=Path, help="where inputs that fail are kept")
    options = parser.parse_args(argv)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="supervise-fuzz-"))
    print(f"seed {options.seed}; inputs that fail are kept in {folder}", flush=True)
    begun_s = time.monotonic()
    scanned = [] if options.no_scan else uses()
    slow = [found for found in map(_scan, scanned) if found]
    count = size = failed = 0
    while time.monotonic() - begun_s < options.seconds:
        # A state of its own for each, so that a single one can be made again.
        given = make(Random(f"{options.seed}-{count}"))  # noqa: S311 - no secret
        failed += _try(given, count, folder)
        count += 1
        size += len(given.data)
    print(
        f"seed {options.seed}: {count} inputs, {size / 1e6:.0f} MB in"
        f" {time.monotonic() - begun_s:.0f} s, {failed} failed;"
        f" {len(scanned)} expressions, {len(slow)} slow"
    )
    return int(bool(failed or slow))


def _scan(use: Use) -> Slow | None:
    found = first_slow(use)
    if found:
        print(f"SLOW {found}", flush=True)
    return found


def _try(given: Input, number: int, folder: Path) -> bool:
    """Check an input and report what is wrong; whether something is."""
    found = problem(given)
    if found is None and not number % _EVERY:
        said = memory(given)
        found = (said, memory) if said else None
    if found is None:
        return False
    _report(given, number, found, folder)
    return True


def _report(given: Input, number: int, found: tuple[str, Check], folder: Path) -> None:
    said, check = found
    (folder / f"{number}.whole").write_bytes(given.data)
    small = shrink(given, check)
    path = folder / f"{number}.small"
    path.write_bytes(small.data)
    print(
        f"FAILED {number} ({given.made}, {len(given.data)} bytes, tool {given.tool},"
        f" exit {given.exit_code}): {said}\n    {path}: {len(small.data)} bytes, cut at"
        f" {small.cuts[:8]}: {small.data[:_SHOWN_BYTES]!r}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
