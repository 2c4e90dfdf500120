"""Starting the guardian, before there is an event loop or a second thread."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Self

from supervisor.containment import linux


@dataclass(frozen=True, slots=True)
class Launched:
    """A guardian that boots, and our end of its socket. Leaving the block ends it."""

    process: "subprocess.Popen[bytes]"
    socket: socket.socket

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        # It ends by itself once its set is empty; what it cannot kill it gives up on in time.
        self.process.wait()


def launch() -> Launched:
    """Start a guardian, from the main thread: the thread that starts it must outlive it.

    Raises:
        OSError: it cannot be started.
    """
    # When the guardian dies, its orphans must come to us and to nobody else.
    linux.become_subreaper()
    ours, theirs = socket.socketpair()
    program = os.path.join(os.path.dirname(__file__), "guardian.py")  # noqa: PTH118, PTH120 - start-up counts
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", program, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            cwd="/",
        )
    return Launched(process, ours)
