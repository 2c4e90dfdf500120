"""The process between the supervisor and the autopilot: it alone forks, waits and kills.

Executed as ``python -I -S guardian.py FD`` with one end of a socketpair, before the
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
from typing import Any

if __name__ == "__main__":
    # Behind the standard library, so that nothing next to this package can shadow it.
    sys.path.append(__file__.rsplit("/", 3)[0])

from supervisor.containment import child, ending, linux, namespace, table
from supervisor.containment.roster import Roster
from supervisor.containment.table import Entry
from supervisor.wire import Channel, Packet, WireError

COOKIE_VARIABLE = "SUPERVISE_RUN"
_SCAN_S = 2.0
"""Between two looks at the set while nothing happens."""
_SCAN_SHARE = 0.004
"""Most of one core that looking may cost."""
_STOP_SCAN_S = 0.02
"""Between two looks during a stop's grace."""
_MOST_REPORTED = 50
"""Members named in one message, and adoptions told of in one run."""
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)


class _Stop:
    """A stop under way: its set gets SIGTERM and has until the deadline."""

    def __init__(self, grace_s: float, leader: int | None) -> None:
        self.begun = time.monotonic()
        self.deadline = self.begun + grace_s
        self.leader = leader
        self.toll = ending.Toll()
        self.terminated: set[tuple[int, int]] = set()
        self.escaped: set[tuple[int, int]] = set()
        self.outside: dict[int, int] = {}


class Guardian:
    """The set below it, and the stops under way."""

    def __init__(self, channel: Channel, host: namespace.HostPids | None) -> None:
        self._channel = channel
        self._host = host
        self._roster = Roster()
        self._cookies: dict[str, str] = {}
        self._doors: dict[str, int] = {}
        """Descriptors to which 0 is written so that nobody in a run can fork any more."""
        self._stops: dict[str, _Stop] = {}
        self._adoptions_told = 0
        self._next_scan = 0.0

    def serve(self) -> None:
        """Work until the supervisor's end closes, then end everything that is left."""
        wake = _wake_on_child()
        poller = select.poll()
        poller.register(wake, select.POLLIN)
        poller.register(self._channel, select.POLLIN)
        try:
            while True:
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
        except (EOFError, WireError, ConnectionError):
            return
        finally:
            self._end_everything()

    def _patience_ms(self) -> float | None:
        if self._stops:
            return _STOP_SCAN_S * 1000
        if self._roster.leaders:
            return max(0.0, self._next_scan - time.monotonic()) * 1000
        return None

    def _handle(self, packet: Packet) -> None:
        message = packet.message
        match message["do"]:
            case "spawn":
                self._spawn(message, packet.fds)
            case "signal":
                self._signal(message["id"], message["signum"])
            case "stop":
                leader = self._roster.leader_of(message["id"])
                self._stops.setdefault(message["id"], _Stop(message["grace_s"], leader))
            case "hurry":
                for stop in self._stops.values():
                    stop.deadline = 0.0
            case unknown:
                raise WireError(f"no such request: {unknown}")

    def _spawn(self, message: dict[str, Any], fds: tuple[int, ...]) -> None:
        spawn_id: str = message["id"]
        door = os.dup(fds[-1]) if message["door"] else -1
        try:
            pid = child.fork_exec(child.Program(**message["program"]), fds)
        except OSError as error:
            _shut(door)
            self._tell("failed", spawn_id, errno=error.errno, step=error.filename)
            return
        finally:
            for fd in fds:
                os.close(fd)
        if door >= 0:
            self._doors[spawn_id] = door
        if message["cookie"] is not None:
            self._roster.begin_run(spawn_id)
            self._adoptions_told = 0
            self._cookies[spawn_id] = message["cookie"]
        self._roster.add(pid, spawn_id)
        self._next_scan = time.monotonic()
        self._tell("started", spawn_id, pid=self._outside([pid]).get(pid, pid))

    def _signal(self, spawn_id: str, signum: int) -> None:
        leader = self._roster.leader_of(spawn_id)
        entry = None if leader is None else table.read_entry(leader)
        if entry is not None:
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
        members, adopted = self._roster.scan()
        for entry in adopted[: _MOST_REPORTED - self._adoptions_told]:
            self._adoptions_told += 1
            self._tell("adopted", "", member=self._describe(entry))
        self._next_scan = begun + max(_SCAN_S, (time.monotonic() - begun) / _SCAN_SHARE)
        return members

    def _advance(self) -> None:
        """Do what is due: the next look at the set, the next step of each stop."""
        if self._roster.leaders and not self._stops and time.monotonic() >= self._next_scan:
            self._scan()
        for spawn_id, stop in list(self._stops.items()):
            self._advance_stop(spawn_id, stop)

    def _advance_stop(self, spawn_id: str, stop: _Stop) -> None:
        members = self._members_of(spawn_id)
        stop.escaped |= {entry.identity for entry in members if self._roster.escaped(entry)}
        stop.outside |= self._outside(entry.pid for entry in members)
        if members and time.monotonic() < stop.deadline:
            fresh = [entry for entry in members if entry.identity not in stop.terminated]
            stop.terminated |= {entry.identity for entry in fresh}
            ending.terminate(fresh, stop.toll)
            return
        _shut(self._doors.pop(spawn_id, -1))
        whole = self._roster.is_run(spawn_id)
        if whole and self._host is not None:
            for entry in members:
                stop.toll.note(entry, "killed")
            _kill_namespace()
        survivors = ending.kill_until_empty(
            lambda: self._members_of(spawn_id),
            stop.toll,
            (lambda: ending.end_children(self._reap)) if whole else None,
        )
        if cookie := self._cookies.pop(spawn_id, None):
            survivors += self._kill_holders({cookie}, stop.toll)
        del self._stops[spawn_id]
        self._roster.forget(spawn_id)
        self._tell_empty(spawn_id, stop, survivors)

    def _members_of(self, spawn_id: str) -> list[Entry]:
        return [entry for entry in self._scan() if self._roster.belongs(entry, spawn_id)]

    def _kill_holders(self, cookies: set[str], toll: ending.Toll) -> list[Entry]:
        """Kill who carries a cookie of ours and is not below us, such as a job run by atd."""
        return ending.kill_until_empty(lambda: table.holders_of(cookies, COOKIE_VARIABLE), toll)

    def _end_everything(self) -> None:
        """Kill all there is; nobody is left to be told."""
        for door in self._doors.values():
            _shut(door)
        toll = ending.Toll()
        ending.kill_until_empty(
            lambda: self._roster.scan()[0],
            toll,
            lambda: ending.end_children(ending.reap_silently),
        )
        self._kill_holders(set(self._cookies.values()), toll)

    def _tell_empty(self, spawn_id: str, stop: _Stop, survivors: list[Entry]) -> None:
        toll = stop.toll
        left = {entry.identity for entry in survivors}
        ended = [one for one in toll.how if one[0] != stop.leader and one not in left]
        self._tell(
            "empty",
            spawn_id,
            seen=self._roster.seen,
            most=self._roster.most,
            ended=[
                {
                    "pid": stop.outside.get(one[0], one[0]),
                    "argv": toll.argv[one],
                    "escaped": one in stop.escaped,
                    "how": toll.how[one],
                }
                # Without a number outside it was gone before it could be looked up, and its
                # number inside is some stranger's there.
                for one in ended[:_MOST_REPORTED]
                if self._host is None or one[0] in stop.outside
            ],
            ended_count=len(ended),
            survivors=[self._describe(entry) for entry in survivors[:_MOST_REPORTED]],
            took_s=time.monotonic() - stop.begun,
        )

    def _describe(self, entry: Entry) -> dict[str, Any]:
        argv, escaped = table.argv_of(entry.pid), self._roster.escaped(entry)
        pid = self._outside([entry.pid]).get(entry.pid, entry.pid)
        return {"pid": pid, "argv": argv, "escaped": escaped, "how": "alive"}

    def _outside(self, pids: Iterable[int]) -> dict[int, int]:
        """What the host calls these members, where that differs."""
        return {} if self._host is None else self._host.of(pids)

    def _tell(self, what: str, spawn_id: str, **values: Any) -> None:
        self._channel.send({"is": what, "id": spawn_id} | values)


def _shut(door: int) -> None:
    """Let nobody fork any more who is behind this door, if there is one, and close it."""
    if door < 0:
        return
    try:
        os.write(door, b"0")
    except OSError:
        return  # The cgroup is gone, and so is everybody in it.
    finally:
        os.close(door)


def _kill_namespace() -> None:
    """SIGKILL all but us in one call, which no fork can slip through; only as pid 1."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return


def _wake_on_child() -> int:
    """A descriptor that becomes readable when a child ends."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for signum in _IGNORED:
        signal.signal(signum, signal.SIG_IGN)
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wake


def main() -> None:
    """Serve the socket whose descriptor is the first argument, in the tier of the second."""
    fd = int(sys.argv[1])
    os.set_inheritable(fd, False)  # noqa: FBT003 - the name says it
    channel = Channel(socket.socket(fileno=fd))
    host = None
    try:
        if sys.argv[2] == "namespaced":
            host = namespace.enter()
        linux.become_subreaper()
    except OSError as error:
        refusal = {"is": "refused", "step": error.filename or "start", "errno": error.errno}
        # /proc is still the host's, which says what our parent calls us.
        channel.send(refusal | {"pid": int(os.readlink("/proc/self"))})  # noqa: PTH115 - pathlib would slow the start
        return
    channel.send({"is": "ready", "pid": host.own if host else os.getpid()})
    Guardian(channel, host).serve()


if __name__ == "__main__":
    main()
