"""Runs a command on a terminal that changes its size; what it says goes to the file ``said``."""

import fcntl
import os
import pty
import struct
import sys
import termios
from pathlib import Path


def resize(fd: int, rows: int, columns: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))


def main() -> None:
    pid, ours = pty.fork()
    if pid == 0:
        resize(0, 24, 80)
        os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is meant
    said = b""
    try:
        while data := os.read(ours, 4096):
            said += data
            if b"ready" in data:
                resize(ours, 30, 100)
    except OSError:  # Nobody holds the other side any more.
        os.waitpid(pid, 0)
    Path("said").write_bytes(said)


if __name__ == "__main__":
    main()
