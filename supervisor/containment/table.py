"""The kernel's process table, read from /proc; standard library only."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_STAT_BYTES = 4096
_ENVIRON_BYTES = 1 << 20
_ARGV_BYTES = 400


class Entry(NamedTuple):
    """One process. ``(pid, start)`` names it for as long as the machine is up."""

    pid: int
    ppid: int
    group: int
    session: int
    state: str
    """One letter, as ps(1) shows it."""
    start: int
    """Clock ticks from boot to its start; a reused pid has another."""
    threads: int
    cpu_ticks: int
    """Processor time of its own, children left out."""

    @property
    def identity(self) -> tuple[int, int]:
        """What a reused pid does not share."""
        return self.pid, self.start

    @property
    def alive(self) -> bool:
        """Whether anything of it still executes; a zombie leader may have live threads."""
        return self.state not in "ZX" or self.threads > 1


def read_entry(pid: int) -> Entry | None:
    """The process with this pid; None: there is none.

    Source: proc_pid_stat(5). The command's name may hold any byte, so fields count from the
    last closing parenthesis.
    """
    try:
        fd = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            stat = os.read(fd, _STAT_BYTES)
        finally:
            os.close(fd)
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()
    return Entry(
        pid=pid,
        ppid=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        state=fields[0].decode(),
        start=int(fields[19]),
        threads=int(fields[17]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
    )


def identity_of(pid: int) -> tuple[int, int] | None:
    """What a process is known by that a later one with its pid is not; None: it is gone."""
    entry = read_entry(pid)
    return None if entry is None else entry.identity


def read_table() -> dict[int, Entry]:
    """Every process that we may see, by pid."""
    found = map(read_entry, _pids())
    return {entry.pid: entry for entry in found if entry is not None}


def descendants(root: int, table: dict[int, Entry]) -> list[Entry]:
    """Everything below ``root`` in the table, parents before children; zombies included."""
    children: dict[int, list[Entry]] = {}
    for entry in table.values():
        children.setdefault(entry.ppid, []).append(entry)
    found: list[Entry] = []
    level = children.get(root, [])
    while level:
        found += level
        level = [child for entry in level for child in children.get(entry.pid, ())]
    return found


def children() -> list[int]:
    """Pids of our own children at this moment, zombies included; none where /proc lacks them.

    Source: proc_pid_task(5), ``children``; needs CONFIG_PROC_CHILDREN.
    """
    return [int(pid) for pid in _read(os.getpid(), f"task/{os.getpid()}/children", 1 << 20).split()]


def holders_of(cookies: Iterable[str], name: str) -> list[Entry]:
    """Processes whose environment's variable ``name`` carries one of these cookies.

    The value may nest runs as ``outer:inner``. Processes of other users and those that
    emptied their environment are not seen.
    """
    wanted = set(cookies)
    found = []
    for pid in _pids():
        if wanted.intersection(cookies_of(pid, name)):
            entry = read_entry(pid)
            found += [entry] if entry is not None and entry.alive else []
    return found


def cookies_of(pid: int, name: str) -> list[str]:
    """What a process's variable ``name`` nests, outermost first; nothing where we may not look."""
    prefix = name.encode() + b"="
    return [
        cookie
        for variable in _read(pid, "environ", _ENVIRON_BYTES).split(b"\0")
        if variable.startswith(prefix)
        for cookie in os.fsdecode(variable[len(prefix) :]).split(":")
    ]


def argv_of(pid: int) -> tuple[str, ...]:
    """Command line, at most 400 bytes of it; the kernel's name in brackets without one."""
    line = _read(pid, "cmdline", _ARGV_BYTES).rstrip(b"\0")
    if line:
        return tuple(os.fsdecode(word) for word in line.split(b"\0"))
    return short_name_of(pid)


def short_name_of(pid: int) -> tuple[str, ...]:
    """The kernel's name for it in brackets: at most 15 bytes, and nothing to wait for."""
    return (f"[{os.fsdecode(_read(pid, 'comm', _ARGV_BYTES).strip())}]",)


def evidence_of(entry: Entry) -> str:
    """Why a process may have outlived SIGKILL, as far as the kernel says."""
    status = dict(
        line.split(":", 1)
        for line in os.fsdecode(_read(entry.pid, "status", _STAT_BYTES)).splitlines()
        if ":" in line
    )
    uids = {int(uid) for uid in status.get("Uid", "").split()}
    if uids and os.geteuid() not in {0, *uids}:
        return f"it belongs to uid {min(uids)}, whom we may not signal"
    if entry.state == "D":
        where = os.fsdecode(_read(entry.pid, "wchan", _ARGV_BYTES)).strip("\0\n")
        return f"it waits in the kernel (state D, in {where if where not in {'', '0'} else '?'})"
    return f"it is in state {entry.state}"


def boot_id() -> str:
    """Random for each boot of this machine; pids and start times hold only within one."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123 - pathlib would slow the guardian's start
        return file.read().strip()


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208 - pathlib would slow the guardian's start


def _read(pid: int, name: str, most_bytes: int) -> bytes:
    try:
        fd = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # Gone, or another user's.
        return b""
    try:
        return os.read(fd, most_bytes)
    except OSError:
        return b""
    finally:
        os.close(fd)
