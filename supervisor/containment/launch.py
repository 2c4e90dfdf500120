"""Starting the guardian, before there is an event loop or a second thread."""

import errno
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, Self

from supervisor.containment import linux
from supervisor.wire import Channel, Packet

TIERS = ("namespaced", "subreaper", "group")
"""What a guardian can be, strongest first."""
_READY_S = 10.0
_END_S = 8.0
"""A guardian tries for 5 s to kill what there is, and once more what carries the cookie."""
_LOOK_S = 0.002


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a tier does not work here."""

    tier: str
    step: str
    errno: int

    def __str__(self) -> str:
        return f"{self.tier}: {self.step}: {os.strerror(self.errno)}"


@dataclass(frozen=True, slots=True)
class Launched:
    """A guardian that is ready, and our end of its socket."""

    tier: str
    pid: int
    channel: Channel
    refusals: tuple[Refusal, ...]
    """Stronger tiers that were tried before."""


class Launch:
    """A guardian that boots while we do other things. Leaving the block ends it.

    The thread that makes it must be the main one and outlive it: the kernel kills a guardian in
    a namespace with the thread that started it.
    """

    def __init__(self, first: str = TIERS[0], *, adopts: bool = True) -> None:
        """``adopts``: be a subreaper from now on, who has no children but guardians' orphans."""
        # When the guardian dies, its orphans must come to us and to nobody else.
        if adopts:
            with suppress(OSError):  # Then the guardian is refused it, too, and says so.
                linux.set_subreaper(on=True)
        self.refusals: tuple[Refusal, ...] = ()
        """Why none of the tiers that were tried last works here."""
        self._boot = _boot(first)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._boot.end()

    def end(self) -> bool:
        """What the end of the block does; False: the guardian is still there."""
        return self._boot.end()

    def settle(self, tiers: Sequence[str]) -> Launched | None:
        """The first of these tiers that works here, strongest first; None: none does.

        Raises:
            OSError: a guardian cannot be started at all.
        """
        refusals: list[Refusal] = []
        for tier in tiers:
            if tier != self._boot.tier or refusals:
                self._boot.end()
                if tier == "group":
                    linux.set_subreaper(on=False)
                self._boot = _boot(tier)
            answer = self._boot.wait_answer()
            if answer["is"] == "ready":
                return Launched(tier, self._boot.pid, self._boot.channel, tuple(refusals))
            refusals.append(Refusal(tier, answer["step"], answer["errno"]))
        self.refusals = tuple(refusals)
        return None


class _Boot:
    """One guardian, from its start to its end."""

    def __init__(self, tier: str, process: "subprocess.Popen[bytes]", ours: socket.socket) -> None:
        self.tier = tier
        self.channel = Channel(ours)
        self.pid = process.pid
        self._process = process
        self._answered = False

    def wait_answer(self) -> dict[str, Any]:
        """What the guardian says first; a refusal where it says nothing."""
        self._answered = True
        poller = select.poll()
        poller.register(self.channel, select.POLLIN)
        packets: list[Packet] = []
        try:
            while not packets and poller.poll(_READY_S * 1000):
                packets = self.channel.receive()
        except (EOFError, OSError):
            packets = []
        if not packets:
            return {"is": "refused", "step": "start", "errno": errno.EPIPE}
        self.pid = packets[0].message["pid"]
        if self.pid != self._process.pid:
            self._process.wait()  # It has made way for its child, which is ours now.
        return packets[0].message

    def end(self) -> bool:
        """Close our end and wait for as long as a guardian may need to kill what there is.

        False: it is still there. One that is pid 1 cannot end before the last member has; of a
        member that waits in the kernel for ever it is left behind, and init waits for both.
        """
        if not self._answered:
            self.wait_answer()  # It may have become a child of its own, which we must know.
        self.channel.close()
        deadline = time.monotonic() + _END_S
        if self.pid == self._process.pid:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_S)
            return self._process.returncode is not None
        self._process.wait()  # It has made way for its child long ago.
        try:
            while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    return False
                time.sleep(_LOOK_S)
        except ChildProcessError:
            pass  # It died before, and was waited for with its orphans.
        return True


def _boot(tier: str) -> _Boot:
    ours, theirs = socket.socketpair()
    program = os.path.join(os.path.dirname(__file__), "boot.py")  # noqa: PTH118, PTH120 - start-up counts
    with theirs, ExitStack() as opened:
        opened.callback(ours.close)
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", program, str(theirs.fileno()), tier],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            cwd="/",
        )
        opened.pop_all()
    return _Boot(tier, process, ours)
