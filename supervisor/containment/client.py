"""The supervisor's end of the guardian: requests out, what happened in."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

import anyio

from supervisor.containment import ending, table
from supervisor.containment.child import Program
from supervisor.containment.guardian import COOKIE_VARIABLE
from supervisor.containment.hold import Hold
from supervisor.containment.launch import Launched
from supervisor.endings import Exited, Lost, Signaled
from supervisor.events import Member
from supervisor.threads import run_in_thread
from supervisor.wire import WireError

_EXEC_S = 0.02


@dataclass(frozen=True, slots=True)
class Emptied:
    """The proof that a set is empty, or who is left of it."""

    seen: int
    ended: tuple[Member, ...]
    ended_count: int
    survivors: tuple[Member, ...]
    took_s: float
    most: int = 0
    """Most members that one scan found."""


@dataclass(slots=True)
class Leader:
    """One spawn, from the request to the proof that its set is empty."""

    spawn_id: str
    hold: Hold
    pid: int = 0
    code: int | None = None
    """Exit status once it has ended, or minus the signal."""
    cpu_s: float = 0.0
    """Processor time of the leader and of what it waited for."""
    emptied: Emptied | None = None
    failure: OSError | None = None
    started: anyio.Event = field(default_factory=anyio.Event)
    frozen: anyio.Event = field(default_factory=anyio.Event)
    ended: anyio.Event = field(default_factory=anyio.Event)
    gone: anyio.Event = field(default_factory=anyio.Event)
    """The set is empty, or what is left cannot be ended."""

    @property
    def ending(self) -> Exited | Signaled | Lost:
        """How it ended by itself; lost: nobody has waited for it."""
        if self.code is None:
            return Lost()
        return Exited(self.code) if self.code >= 0 else Signaled(-self.code)


class Guardian:
    """A launched guardian, spoken to from the event loop; the launcher ends it."""

    def __init__(self, launched: Launched, *, adopts: bool = True) -> None:
        """``adopts``: what loses the guardian comes to us, who have no children but these.

        Else only what carries a cookie of ours is ended when the guardian has died.
        """
        self._channel = launched.channel
        self._adopts = adopts
        self.pid = launched.pid
        """The guardian's own pid: the parent of every leader and every orphan."""
        self._leaders: dict[str, Leader] = {}
        self._cookies: set[str] = set()
        self._sending = anyio.Lock()
        self.lost = anyio.Event()
        """Set when the guardian has died; every set was killed before."""
        self.on_adopted: Callable[[Member], None] = lambda _: None

    async def listen(self) -> None:
        """Take in what the guardian tells, until it dies; cancel to stop listening."""
        try:
            while True:
                await anyio.wait_readable(self._channel)
                for packet in self._channel.receive():
                    self._hear(packet.message)
        except (EOFError, OSError, WireError):
            await run_in_thread(self._end_orphans)
            for leader in self._leaders.values():
                for event in (leader.started, leader.ended, leader.frozen, leader.gone):
                    event.set()
            self.lost.set()

    async def open(self, cookie: str) -> Leader:
        """Begin a run that has no leader: everything from now on belongs to it, until its stop.

        Who carries the id of a spawn inside this cookie belongs to that spawn.
        """
        run = self._leaders[cookie] = Leader(cookie, Hold({}))
        self._cookies.add(cookie)
        await self._send({"do": "open", "id": cookie, "cookie": cookie})
        return run

    async def spawn(
        self,
        spawn_id: str,
        program: Program,
        fds: Sequence[int],
        *,
        cookie: str | None = None,
        hold: Mapping[str, int] = MappingProxyType({}),
    ) -> Leader:
        """Start a program in a session of its own; ``fds`` are its standard streams and leaves.

        A ``cookie``, which is in its environment too, makes it the leader of a run: everything
        belongs to it, and nothing may be left of the run before. Without one it is a call.
        ``hold`` are the directories of its set's cgroup, by controller.

        Raises:
            OSError: it was not started; ``filename`` names the step.
        """
        held = Hold({kind: os.dup(fd) for kind, fd in hold.items()})
        leader = self._leaders[spawn_id] = Leader(spawn_id, held)
        if cookie is not None:
            self._cookies.add(cookie)
        request = {"do": "spawn", "id": spawn_id, "cookie": cookie, "hold": list(hold)}
        await self._send(request | {"program": program._asdict()}, (*fds, *hold.values()))
        await leader.started.wait()
        if leader.failure is not None:
            self._forget(leader)
            raise leader.failure
        return leader

    async def stop(self, leader: Leader, grace_s: float) -> Emptied:
        """TERM to the leader's whole set, KILL after the grace; returns the proof."""
        await self._send({"do": "stop", "id": leader.spawn_id, "grace_s": grace_s})
        await leader.gone.wait()
        self._forget(leader)
        if leader.emptied is None:
            return Emptied(0, (), 0, self._survivors(), 0.0)
        return leader.emptied

    def _forget(self, leader: Leader) -> None:
        if self._leaders.pop(leader.spawn_id, None) is not None:
            leader.hold.close()

    def members(self) -> list[tuple[Member, str]]:
        """Everything alive below the guardian, each with why it is ours; for a preview."""
        found = table.descendants(self.pid, table.read_table())
        return [
            (Member(pid=entry.pid, argv=table.argv_of(entry.pid)), self._why(entry))
            for entry in found
            if entry.alive
        ]

    def _why(self, entry: table.Entry) -> str:
        """Why a process below the guardian is ours."""
        for leader in self._leaders.values():
            if leader.pid == entry.pid:
                return f"leader of {leader.spawn_id}"
        return "adopted" if entry.ppid == self.pid else f"started by {entry.ppid}"

    async def freeze(self, leader: Leader) -> None:
        """Hold the leader's whole set still, until it is thawed or stopped."""
        leader.frozen = anyio.Event()
        await self._send({"do": "freeze", "id": leader.spawn_id})
        await leader.frozen.wait()

    async def thaw(self, leader: Leader) -> None:
        """Let a frozen set go on."""
        await self._send({"do": "thaw", "id": leader.spawn_id})

    async def hurry(self) -> None:
        """End the grace of every stop under way."""
        await self._send({"do": "hurry"})

    async def signal(self, leader: Leader, signum: int) -> None:
        """Send one signal to the leader alone."""
        await self._send({"do": "signal", "id": leader.spawn_id, "signum": signum})

    async def _send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        try:
            async with self._sending:
                self._channel.send(message, fds)
                while self._channel.unsent:
                    await anyio.wait_writable(self._channel)
                    self._channel.flush()
        except OSError:
            return  # The guardian is gone; ``listen`` finds that out and sets every event.

    def _hear(self, message: dict[str, Any]) -> None:
        leader = self._leaders.get(message["id"], Leader("", Hold({})))
        match message["is"]:
            case "started":
                leader.pid = message["pid"]
                leader.started.set()
            case "failed":
                errno = message["errno"]
                leader.failure = OSError(errno, os.strerror(errno), message["step"])
                leader.started.set()
            case "ended":
                leader.code, leader.cpu_s = message["code"], message["cpu_s"]
                leader.ended.set()
            case "empty":
                leader.emptied = _emptied(message)
                leader.gone.set()
            case "frozen":
                leader.frozen.set()
            case "adopted":
                self.on_adopted(_member(message["member"]))

    def _end_orphans(self) -> None:
        """The guardian's last duty, done by us: we are the next subreaper above it."""
        for leader in self._leaders.values():
            leader.hold.close_door()
            leader.hold.kill()
        toll = ending.Toll()
        if self._adopts:
            proof = partial(ending.end_children, ending.reap_silently)
            ending.kill_until_empty(_orphans, toll, proof)
        ending.kill_until_empty(self._carriers, toll)
        if not self._adopts:
            time.sleep(_EXEC_S)  # Who was in the middle of an exec had no environment to show.
            ending.kill_until_empty(self._carriers, toll)

    def _carriers(self) -> list[table.Entry]:
        return table.holders_of(self._cookies, COOKIE_VARIABLE)

    def _survivors(self) -> tuple[Member, ...]:
        return tuple(
            Member(pid=one.pid, argv=table.argv_of(one.pid), why=table.evidence_of(one))
            for one in (_orphans() if self._adopts else self._carriers())
        )


def _orphans() -> list[table.Entry]:
    """What lives below us, our dead children reaped."""
    if ending.reap_silently():
        return []
    return [e for e in table.descendants(os.getpid(), table.read_table()) if e.alive]


def _emptied(message: dict[str, Any]) -> Emptied:
    return Emptied(
        seen=message["seen"],
        ended=tuple(map(_member, message["ended"])),
        ended_count=message["ended_count"],
        survivors=tuple(map(_member, message["survivors"])),
        took_s=message["took_s"],
        most=message["most"],
    )


def _member(value: dict[str, Any]) -> Member:
    return Member(
        pid=value["pid"],
        argv=tuple(value["argv"]),
        escaped=value["escaped"],
        how=value["how"],
        why=value["why"],
    )
