"""The processes of a measurement, from /proc; no package, so that the scan stays cheap."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """What one process holds."""

    resident_bytes: int
    peak_bytes: int
    """The most it has ever held since its exec."""
    own_pid: int
    """What it calls itself; in a pid namespace we call it otherwise."""


def descendants(root: int) -> list[int]:
    """Every process below ``root`` that has not ended, parents before their children."""
    children: dict[int, list[int]] = {}
    for pid, parent, state in _table():
        if state not in "ZX":
            children.setdefault(parent, []).append(pid)
    found = list(children.get(root, ()))
    for pid in found:  # It grows while we walk it.
        found += children.get(pid, ())
    return found


def marked(marker: str) -> list[int]:
    """Every process with ``marker`` in its command line, wherever it is, that has not ended."""
    found = []
    for pid, _, _ in _table():
        with suppress(FileNotFoundError, ProcessLookupError):
            # A zombie has no command line left.
            if marker.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def memory(pid: int) -> Memory | None:
    """What ``pid`` holds; None once it has ended. Source: proc_pid_status(5)."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = dict(line.split(":", 1) for line in text.splitlines() if line[:2] in {"Vm", "NS"})
    if "VmHWM" not in fields:  # A zombie holds nothing.
        return None
    own_pid = int(fields["NSpid"].split()[-1])
    return Memory(_bytes(fields["VmRSS"]), _bytes(fields["VmHWM"]), own_pid)


def _bytes(field: str) -> int:
    return int(field.split(maxsplit=1)[0]) * 1024


def _table() -> Iterator[tuple[int, int, str]]:
    """Pid, parent and state of every process. Source: proc_pid_stat(5)."""
    for name in os.listdir("/proc"):  # noqa: PTH208 - a Path for each entry triples the cost
        if not name.isdigit():
            continue
        with suppress(FileNotFoundError, ProcessLookupError):
            stat = Path(f"/proc/{name}/stat").read_bytes()
            # The name before the last ")" may hold spaces and brackets of its own.
            state, parent = stat[stat.rindex(b")") + 2 :].split(maxsplit=2)[:2]
            yield int(name), int(parent), state.decode()
