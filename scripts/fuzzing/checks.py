"""What holds for every input, and the smallest part of one for which it does not."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

from scripts.fuzzing.inputs import Input
from supervisor.analyzer import Analysis, analyze

SECONDS_PER_MB = 1.0
ALLOWANCE_S = 0.1
"""What the smallest input may take."""
MOST_MEMORY_BYTES = 16 << 20
_SUMMARY_BYTES, _EXCERPT_BYTES = 500, 600
_CHUNK_BYTES = 1 << 16
_SHRINK_S = 5.0
_TRIES = 3

Check = Callable[[Input], str | None]


def problem(given: Input) -> tuple[str, Check] | None:
    """What is wrong with how an input is read, and the check that says so."""
    checks: tuple[Check, ...] = (reading, speed)
    return next(((said, check) for check in checks if (said := check(given))), None)


def reading(given: Input) -> str | None:
    """What is wrong with the result."""
    try:
        whole, failures = _analysis(given, whole=True)
        pieces, _ = _analysis(given, whole=False)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"raised {type(error).__name__}: {error}"
    if failures:
        return f"a grammar threw: {failures[0]}"
    if whole != pieces:
        return "another result for other chunks"
    longest = max((len(one.summary.encode()) for one in whole.segments), default=0)
    if longest > _SUMMARY_BYTES:
        return f"a summary of {longest} bytes"
    if len(whole.excerpt.encode()) > _EXCERPT_BYTES:
        return f"an excerpt of {len(whole.excerpt.encode())} bytes"
    return None


def speed(given: Input) -> str | None:
    """What is wrong with the time it takes; expressions are compiled in the first of the tries."""
    size_mb = len(given.data) / 1e6
    most_s = ALLOWANCE_S + size_mb * SECONDS_PER_MB
    took_s = most_s
    for _ in range(_TRIES):
        begun_s = time.process_time()
        _analysis(given, whole=True)
        took_s = time.process_time() - begun_s
        if took_s <= most_s:
            return None
    return f"{took_s:.2f} s of CPU for {size_mb:.3f} MB"


def memory(given: Input) -> str | None:
    """What is wrong with the memory it takes; slow."""
    _analysis(given, whole=True)  # What is made once for all does not count.
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        _analysis(given, whole=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    held = peak - before
    return f"{held / 1e6:.1f} MB held" if held > MOST_MEMORY_BYTES else None


def shrink(given: Input, check: Check) -> Input:
    """The input with as many lines, then bytes, left out as the problem bears."""
    until_s = time.monotonic() + _SHRINK_S
    for unit in (b"\n", b""):
        given = _without(given, check, unit, until_s)
    return given


def _without(given: Input, check: Check, unit: bytes, until_s: float) -> Input:
    parts = (
        given.data.split(unit) if unit else [given.data[i : i + 1] for i in range(len(given.data))]
    )
    size = len(parts) // 2
    while size and time.monotonic() < until_s:
        place = 0
        while place < len(parts) and time.monotonic() < until_s:
            fewer = parts[:place] + parts[place + size :]
            data = unit.join(fewer)
            cuts = tuple(cut for cut in given.cuts if cut < len(data))
            if check(replace(given, data=data, cuts=cuts)):
                parts = fewer
            else:
                place += size
        size //= 2
    data = unit.join(parts)
    return replace(given, data=data, cuts=tuple(cut for cut in given.cuts if cut < len(data)))


def _analysis(given: Input, *, whole: bool) -> tuple[Analysis, list[str]]:
    failures: list[str] = []
    data, size = given.data, _CHUNK_BYTES
    blocks = (data[place : place + size] for place in range(0, len(data), size))
    analysis = analyze(
        blocks if whole else given.chunks,
        tool=given.tool,
        exit_code=given.exit_code,
        on_failure=lambda name, said: failures.append(f"{name}: {said}"),
    )
    return analysis, failures
