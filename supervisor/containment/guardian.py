"""The process between the supervisor and the autopilot: it alone forks, waits and kills.

Executed as ``python -I -S boot.py FD TIER`` with one end of a socketpair, before the
supervisor has threads. Single-threaded, standard library only, so that it starts quickly,
also in a broken installation, and has nothing that can go wrong while it forks.
When the other end closes, however the supervisor died, it ends every process of the run.
"""

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from supervisor.containment import child, ending, linux, namespace, oom, stops, table
from supervisor.containment.hold import Hold
from supervisor.containment.private_tmp import Mounts, PrivateTmp
from supervisor.containment.roster import Roster
from supervisor.containment.stops import MOST_REPORTED, Stop
from supervisor.containment.strays import Strays
from supervisor.containment.table import Entry
from supervisor.containment.waking import wake_on_child
from supervisor.wire import Channel, Packet, WireError

COOKIE_VARIABLE = "SUPERVISE_RUN"
_SCAN_S = 2.0
"""Between two looks at the set while nothing happens."""
_FIRST_SCAN_S = 0.1
"""From a call's start to the first look at it."""
_SCAN_SHARE = 0.004
"""Most of one core that looking may cost."""
_STOP_SCAN_S = 0.02
"""Between two looks during a stop's grace."""
_TO_GROUPS = (signal.SIGINT, signal.SIGQUIT)
"""What a terminal sends to all of a job: a shell waits until its child has died of it, too."""


class Guardian:
    """The set below it, and the stops under way."""

    def __init__(
        self, channel: Channel, host: namespace.HostPids | None, oom_base: int, *, strays: bool
    ) -> None:
        self._channel = channel
        self._host = host
        self._strays = Strays(self._carriers) if strays else None
        self._roster = Roster(self._find)
        self._cookies: dict[str, str] = {}
        self._holds: dict[str, Hold] = {}
        self._mounts = Mounts()
        self._frozen: set[str] = set()
        self._unkillable: set[tuple[int, int]] = set()
        """Members that a stop has tried to end for long enough."""
        self._oom_base = oom_base
        self._stops: dict[str, Stop] = {}
        self._adoptions_told = 0
        self._next_scan = 0.0

    def serve(self) -> None:
        """Work until the supervisor's end closes, then end everything that is left."""
        wake = wake_on_child()
        poller = select.poll()
        poller.register(wake, select.POLLIN)
        poller.register(self._channel, select.POLLIN)
        try:
            while True:
                self._turn(poller, wake)
        except (EOFError, WireError, ConnectionError):
            return
        finally:
            self._end_everything()

    def _turn(self, poller: select.poll, wake: int) -> None:
        """Sleep until something happens or is due, and do it."""
        sending = select.POLLOUT if self._channel.unsent else 0
        poller.modify(self._channel, select.POLLIN | sending)
        ready = [fd for fd, _ in poller.poll(self._patience_ms())]
        if wake in ready:
            os.read(wake, 4096)
        self._reap()
        if self._channel.fileno() in ready:
            self._channel.flush()
            for packet in self._channel.receive():
                self._handle(packet)
        self._advance()

    def _patience_ms(self) -> float | None:
        if self._stops:
            return _STOP_SCAN_S * 1000
        if self._roster.leaders:
            return max(0.0, self._next_scan - time.monotonic()) * 1000
        return None

    def _handle(self, packet: Packet) -> None:
        message = packet.message
        match message["do"]:
            case "open":
                self._holds[message["id"]] = Hold({})
                self._open(message["id"], message["cookie"], COOKIE_VARIABLE)
            case "spawn":
                self._spawn(message, packet.fds)
            case "signal":
                self._signal(message["id"], message["signum"])
            case "stop":
                self._begin_stop(message["id"], message["grace_s"])
            case "freeze":
                self._freeze(message["id"])
            case "thaw":
                self._thaw(message["id"])
            case "hurry":
                for stop in self._stops.values():
                    stop.deadline = 0.0
            case unknown:
                raise WireError(f"no such request: {unknown}")

    def _spawn(self, message: dict[str, Any], fds: tuple[int, ...]) -> None:
        spawn_id: str = message["id"]
        kinds: list[str] = message["hold"]
        first = len(fds) - len(kinds)
        hold = Hold(dict(zip(kinds, fds[first:], strict=True)))
        leads = message["cookie"] is not None
        score = self._oom_base + (oom.AUTOPILOT if leads else oom.TOOL)
        program = child.Program(**message["program"])._replace(oom_score=score)
        if program.private_tmp is not None:
            program = program._replace(private_tmp=PrivateTmp(*program.private_tmp))
        try:
            pid = child.fork_exec(program, fds[:first], None if leads else self._mounts.fd)
        except OSError as error:
            hold.close()
            self._tell("failed", spawn_id, errno=error.errno, step=error.filename)
            return
        finally:
            for fd in fds[:first]:
                os.close(fd)
        self._holds[spawn_id] = hold
        if leads:
            self._open(spawn_id, message["cookie"])
            self._mounts.hold(None if program.private_tmp is None else pid)
        self._roster.add(pid, spawn_id)
        # Most calls are over before the first look, which is dear where the machine is crowded.
        self._next_scan = min(self._next_scan, time.monotonic() + (0 if leads else _FIRST_SCAN_S))
        self._tell("started", spawn_id, pid=stops.outside_pids([pid], self._host).get(pid, pid))

    def _open(self, run: str, cookie: str, marks: str = "") -> None:
        """Begin a run: from now on everything without another owner belongs to it."""
        self._roster = Roster(self._find, run, marks)
        self._adoptions_told = 0
        self._cookies[run] = cookie

    def _begin_stop(self, spawn_id: str, grace_s: float) -> None:
        """A frozen member could not act on SIGTERM."""
        if spawn_id not in self._stops:
            self._thaw(spawn_id)
            self._stops[spawn_id] = Stop(grace_s, self._roster.leader_of(spawn_id))

    def _freeze(self, spawn_id: str) -> None:
        """Hold a set still: by its cgroup at once, else one by one until no new one is found."""
        hold = self._holds.get(spawn_id)
        if hold is not None:
            self._frozen.add(spawn_id)
        if hold is not None and not hold.freeze():
            ending.stop_until_still(lambda: self._members_of(spawn_id))
        self._tell("frozen", spawn_id)

    def _thaw(self, spawn_id: str) -> None:
        if spawn_id in self._frozen:
            self._frozen.discard(spawn_id)
            self._holds[spawn_id].thaw()
            ending.continue_all(self._members_of(spawn_id))

    def _signal(self, spawn_id: str, signum: int) -> None:
        leader = self._roster.leader_of(spawn_id)
        if leader is None:
            return
        if signum in _TO_GROUPS:
            with suppress(ProcessLookupError, PermissionError):  # Not waited for: no stranger's.
                os.killpg(leader, signum)
        elif (entry := table.read_entry(leader)) is not None:
            ending.send(entry, signum)

    def _reap(self) -> bool:
        """Wait for every child that has ended, tell of leaders; True: no child is left."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            spawn_id = self._roster.reaped(pid)
            if spawn_id is not None:
                code = os.waitstatus_to_exitcode(status)
                self._tell("ended", spawn_id, code=code, cpu_s=usage.ru_utime + usage.ru_stime)

    def _scan(self) -> list[Entry]:
        """The whole set as it is now, our own zombies reaped."""
        self._reap()
        begun = time.monotonic()
        scan = self._roster.scan()
        for entry in scan.escaped:  # Agents give each tool a session of its own.
            oom.set_score(entry.pid, self._oom_base + oom.TOOL)
        told = scan.adopted[: MOST_REPORTED - self._adoptions_told]
        self._adoptions_told += len(told)
        for member in self._describe(told):
            self._tell("adopted", "", member=member)
        self._next_scan = begun + max(_SCAN_S, (time.monotonic() - begun) / _SCAN_SHARE)
        return scan.members

    def _advance(self) -> None:
        """Do what is due: the next look at the set, the next step of each stop."""
        if self._roster.leaders and not self._stops and time.monotonic() >= self._next_scan:
            self._scan()
        for spawn_id, stop in list(self._stops.items()):
            self._advance_stop(spawn_id, stop)

    def _advance_stop(self, spawn_id: str, stop: Stop) -> None:
        # When the grace is over, a look at a bomb's thousands would only give them more time.
        members = stop.members if stop.due else None
        if members is None:
            members = self._members_of(spawn_id)
            stop.look_at(members, self._roster, self._host)
        if members and not stop.due:
            fresh = [entry for entry in members if entry.identity not in stop.terminated]
            stop.terminated |= {entry.identity for entry in fresh}
            ending.terminate(fresh, stop.toll, stop.deadline)
            return
        survivors = self._kill(spawn_id, stop.toll, members)
        if cookie := self._cookies.pop(spawn_id, None):
            survivors += self._kill_holders({cookie}, stop.toll)
            self._mounts.hold(None)
        del self._stops[spawn_id]
        self._frozen.discard(spawn_id)
        self._holds.pop(spawn_id).close()
        self._roster.forget(spawn_id)
        self._tell(
            "empty",
            spawn_id,
            seen=self._roster.seen,
            most=self._roster.most,
            survivors=self._describe(survivors[:MOST_REPORTED], why=True),
            **stop.report(survivors, inside=self._host is not None),
        )

    def _kill(self, spawn_id: str, toll: ending.Toll, members: list[Entry]) -> list[Entry]:
        """Kill a set until it is proven empty; returns what could not be ended.

        The proof for a run is that we have no child left, for a call that its cgroup is empty;
        without one it is a second look.
        """
        hold, whole = self._holds[spawn_id], self._roster.is_run(spawn_id)
        hold.close_door()
        if hold.kills or (whole and self._host is not None):
            toll.note(members, "killed")
            hold.kill()
        if whole and self._host is not None:
            namespace.kill_everybody()
        ending.let_die(hold, self._reap)

        def proven() -> bool:
            if hold.populated:
                hold.kill()
                return False
            return self._proves_empty(self._reap) if whole else not self._members_of(spawn_id)

        if not members and not whole and proven():
            return []  # The look before was the first of two.
        left = ending.kill_until_empty(lambda: self._members_of(spawn_id), toll, proven)
        self._unkillable |= {entry.identity for entry in left}
        return left

    def _find(self) -> list[Entry]:
        """The whole set: everything below us, but for where orphans go elsewhere."""
        if self._strays is not None:
            return self._strays.find()
        return table.descendants(os.getpid(), table.read_table())

    def _carriers(self) -> list[Entry]:
        return table.holders_of(set(self._cookies.values()), COOKIE_VARIABLE)

    def _proves_empty(self, reap: ending.Proof) -> bool:
        """Whether the kernel says so; without a subreaper a second look has to do."""
        if self._strays is not None:
            return not [entry for entry in self._find() if entry.alive]
        return ending.end_children(reap)

    def _members_of(self, spawn_id: str) -> list[Entry]:
        return [entry for entry in self._scan() if self._roster.belongs(entry, spawn_id)]

    def _kill_holders(self, cookies: set[str], toll: ending.Toll) -> list[Entry]:
        """Kill who carries a cookie of ours and is not below us, such as a job run by atd."""
        return ending.kill_until_empty(
            lambda: self._killable(table.holders_of(cookies, COOKIE_VARIABLE)), toll
        )

    def _killable(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.identity not in self._unkillable]

    def _end_everything(self) -> None:
        """Kill all there is; nobody is left to be told."""
        for hold in self._holds.values():
            hold.close_door()
            hold.kill()
        toll = ending.Toll()
        ending.kill_until_empty(
            lambda: self._killable(self._roster.scan().members),
            toll,
            # Without a child left, or with none left but those that nobody can end.
            lambda: self._proves_empty(ending.reap_silently) or bool(self._unkillable),
        )
        self._kill_holders(set(self._cookies.values()), toll)

    def _describe(self, entries: list[Entry], *, why: bool = False) -> list[dict[str, Any]]:
        return stops.describe(entries, self._roster, self._host, why=why)

    def _tell(self, what: str, spawn_id: str, **values: Any) -> None:
        self._channel.send({"is": what, "id": spawn_id} | values)


def main() -> None:
    """Serve the socket whose descriptor is the first argument, in the tier of the second."""
    fd = int(sys.argv[1])
    os.set_inheritable(fd, False)  # noqa: FBT003 - the name says it
    channel = Channel(socket.socket(fileno=fd))
    host = None
    oom_base = oom.read()
    if not oom.set_score(os.getpid(), oom_base + oom.SUPERVISOR + oom.GUARDIAN):
        oom.set_score(os.getpid(), oom_base + oom.GUARDIAN)
    try:
        if sys.argv[2] == "namespaced":
            host = namespace.enter()
        if sys.argv[2] != "group":
            linux.set_subreaper(on=True)
    except OSError as error:
        refusal = {"is": "refused", "step": error.filename or "start", "errno": error.errno}
        # /proc is still the host's, which says what our parent calls us.
        channel.send(refusal | {"pid": int(os.readlink("/proc/self"))})  # noqa: PTH115 - pathlib would slow the start
        return
    channel.send({"is": "ready", "pid": host.own if host else os.getpid()})
    Guardian(channel, host, oom_base, strays=sys.argv[2] == "group").serve()
