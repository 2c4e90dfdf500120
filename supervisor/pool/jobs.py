"""Tokens that builds share: what make, ninja and cargo may run at once, all together.

Source: the GNU Make manual, "POSIX Jobserver Interaction": whoever runs a job beside its first one
takes a byte out of a named pipe before it and puts it back afterwards.
"""

import fcntl
import os
import stat
import sys
import termios
from collections.abc import Iterable
from pathlib import Path

_TOKEN = b"+"
_INT_BYTES = 4


class JobTokens:
    """The named pipe, and how many tokens there are to be.

    Who dies with a token takes it along. ``tally`` puts it back as soon as nobody has the pipe
    open; then every token must be in it.
    """

    def __init__(self, path: Path) -> None:
        """Make the pipe anew.

        Raises:
            OSError: it cannot be made.
        """
        self.path = path
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        # For both, so that it never ends and never waits for anybody.
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._issued = 0
        """In the pipe, or taken by somebody."""

    def close(self) -> None:
        """Take the pipe away; who waits at it hears of its end."""
        os.close(self._fd)
        self.path.unlink(missing_ok=True)

    @property
    def free(self) -> int:
        """Tokens that nobody has taken."""
        held = fcntl.ioctl(self._fd, termios.FIONREAD, bytes(_INT_BYTES))
        return int.from_bytes(held, sys.byteorder)

    @property
    def missing(self) -> int:
        """Tokens that somebody has taken, or lost."""
        return self._issued - self.free

    def set(self, wanted: int) -> None:
        """Have so many tokens, as far as those that are too many can be had back now."""
        if wanted > self._issued:
            self._issued += os.write(self._fd, _TOKEN * (wanted - self._issued))
        elif wanted < self._issued:
            self._issued -= self._take(self._issued - wanted)

    def tally(self) -> int:
        """Make good what was lost, or is too many, given that nobody else has the pipe open.

        Returns how many had been lost; less than 0: how many too many there were.
        """
        lost = self.missing
        if lost > 0:
            os.write(self._fd, _TOKEN * lost)
        elif lost < 0:
            self._take(-lost)
        return lost

    def is_open_in(self, pids: Iterable[int]) -> bool:
        """Whether one of these processes has the pipe open, as far as we may look."""
        ours = os.fstat(self._fd)
        return any(_has_open(pid, (ours.st_dev, ours.st_ino)) for pid in pids)

    def _take(self, most: int) -> int:
        try:
            return len(os.read(self._fd, most))
        except BlockingIOError:
            return 0


def make_flags(path: Path, before: str) -> str:
    """``MAKEFLAGS`` for a pipe, whatever they were before but for another jobserver and ``-j``.

    >>> make_flags(Path("/run/jobs"), "k -j8 --jobserver-auth=3,4 -- A=1")
    'k -j --jobserver-auth=fifo:/run/jobs -- A=1'
    """
    options, dashes, variables = before.partition("-- ")
    kept = [
        word
        for word in options.split()
        if not word.startswith(("-j", "--jobserver-auth", "--jobserver-fds"))
    ]
    flags = " ".join([*kept, "-j", f"--jobserver-auth=fifo:{path}"])
    # The first word is read as single letters where it does not begin with a dash.
    return f"{'' if kept else ' '}{flags}{' ' + dashes + variables if dashes else ''}"


def understands_fifo(version: str) -> bool:
    """Whether the make that says so of itself takes a named pipe; older ones end with an error.

    >>> understands_fifo("GNU Make 4.4.1"), understands_fifo("GNU Make 4.3")
    (True, False)
    """
    words = version.split()
    if words[:2] != ["GNU", "Make"] or len(words) < 3:  # noqa: PLR2004 - the third is its number
        return False
    major, _, rest = words[2].partition(".")
    minor = rest.partition(".")[0]
    return major.isdecimal() and minor.isdecimal() and (int(major), int(minor)) >= (4, 4)


def _has_open(pid: int, identity: tuple[int, int]) -> bool:
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            return any(_identity(entry) == identity for entry in entries)
    except OSError:
        return False


def _identity(entry: "os.DirEntry[str]") -> tuple[int, int] | None:
    try:
        seen = entry.stat()
    except OSError:
        return None
    return (seen.st_dev, seen.st_ino) if stat.S_ISFIFO(seen.st_mode) else None
