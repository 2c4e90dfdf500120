"""What a scope tells, allows and raises: the words of the library for those who embed us."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal, TypedDict, assert_never

from supervisor.endings import Exited, Lost, Signaled, Stopped, signal_name
from supervisor.errors import SupervisorError
from supervisor.events import Member
from supervisor.units import render_seconds

Kind = Literal["listener", "stream", "process", "file"]
"""What a scope counts; a temp directory counts as a file."""
Action = Literal["warn", "release-oldest", "error"]
"""What follows the warning: nothing, the release of the oldest of its kind, or ``LeakError``."""
_LAST_BYTES = 500


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many of one kind a scope may hold, and what happens with one more."""

    count: int
    action: Action = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """How many of each kind a scope may hold before it takes that for a leak."""

    listeners: Allowance = Allowance(50)
    streams: Allowance = Allowance(50)
    processes: Allowance = Allowance(20)
    files: Allowance = Allowance(100)

    def of(self, kind: Kind) -> Allowance:
        """That of one kind."""
        match kind:
            case "listener":
                return self.listeners
            case "stream":
                return self.streams
            case "process":
                return self.processes
            case "file":
                return self.files
            case _:
                assert_never(kind)


@dataclass(frozen=True, slots=True)
class Leak:
    """One more than allowed is wanted. Told before the action is taken."""

    kind: Kind
    count: int
    """How many there would be with it."""
    allowed: int
    action: Action
    oldest: str
    """What the oldest of them is called."""
    oldest_s: float
    """How long the scope has had that."""

    def __str__(self) -> str:
        return (
            f"{self.count} of the kind {self.kind!r} in one scope, which may have {self.allowed};"
            f" the oldest is {self.oldest}, for {render_seconds(self.oldest_s)} ({self.action})"
        )


@dataclass(frozen=True, slots=True)
class NotReleased:
    """A release failed or took too long; the others go on."""

    kind: Kind | Literal["scope"]
    name: str
    error: Exception

    def __str__(self) -> str:
        return f"while releasing the {self.kind} {self.name}: {self.error!r}"


@dataclass(frozen=True, slots=True)
class LeftoversEnded:
    """A scope whose program had been killed has left processes; they were ended."""

    members: tuple[Member, ...]

    def __str__(self) -> str:
        pids = ", ".join(str(member.pid) for member in self.members)
        return f"ended what a dead scope had left running: {pids}"


ScopeEvent = Leak | NotReleased | LeftoversEnded


class CommandOptions(TypedDict, total=False):
    """How a command of a scope is started."""

    cwd: str | os.PathLike[str]
    """Working directory; ours by default."""
    env: Mapping[str, str]
    """The whole environment instead of ours; the scope's cookie is put into it."""
    stdin: bytes
    """What the command reads; /dev/null by default."""
    stdout: int | IO[bytes] | IO[str]
    """Where its stdout goes instead of being kept."""
    stderr: int | IO[bytes] | IO[str]
    """Where its stderr goes instead of being kept."""
    keep_bytes: int
    """Most that is kept of each stream, 1 MiB by default: its beginning and its end."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command went, and what it has printed."""

    argv: tuple[str, ...]
    ending: Exited | Signaled | Stopped | Lost
    stdout: bytes
    """As printed; over the limit the middle is a line that says how much was left out."""
    stderr: bytes
    dropped_bytes: int = 0
    """How much of both streams was left out."""
    wall_s: float = 0.0
    """From its start until it was gone; waiting for a slot does not count."""

    @property
    def code(self) -> int | None:
        """Its exit code; None: it did not exit by itself."""
        return self.ending.code if isinstance(self.ending, Exited) else None

    @property
    def signum(self) -> int | None:
        """The signal that it died of; None: of none, or of one that the scope sent."""
        return self.ending.signum if isinstance(self.ending, Signaled) else None

    def __str__(self) -> str:
        r"""One line about the ending, then the last lines of both streams.

        >>> print(Finished(("ruff", "check"), Exited(1), b"Found 3 errors.\n", b""))
        ruff check: exited with 1
        stdout: Found 3 errors.
        """
        lines = [f"{shlex.join(self.argv)}: {_render(self.ending)}"]
        for name, text in (("stdout", self.stdout), ("stderr", self.stderr)):
            if last := text[-_LAST_BYTES:].decode(errors="replace").strip():
                lines.append(f"{name}: {last}")
        return "\n".join(lines)


def _render(ending: Exited | Signaled | Stopped | Lost) -> str:
    match ending:
        case Exited(code=code):
            return f"exited with {code}"
        case Signaled(signum=signum):
            return f"died of {signal_name(signum)}"
        case Stopped(reason="wall"):
            return "ran too long and was stopped"
        case Stopped():
            return "was stopped"
        case Lost():
            return "was lost with its guardian"
        case _:
            assert_never(ending)


class CommandFailedError(SupervisorError):
    """A command ran and did not exit with 0; what it printed is in the message and the value."""

    def __init__(self, finished: Finished) -> None:
        super().__init__(str(finished))
        self.finished = finished


class CommandTimedOutError(CommandFailedError, TimeoutError):
    """A command ran for longer than it may and was stopped."""


class SlotTimeoutError(SupervisorError, TimeoutError):
    """No slot of a pool became free in time; nothing was started."""


class LeakError(SupervisorError):
    """A scope has as many of a kind as it may; what was asked for was not begun."""

    def __init__(self, leak: Leak) -> None:
        super().__init__(str(leak))
        self.leak = leak


class GuardianError(SupervisorError):
    """The process that starts and ends ours cannot be started, or has died."""


class NotReleasedError(ExceptionGroup[Exception]):
    """Releases that failed at a scope's end; each error has a note about what it was for."""

    def derive(self, excs: Sequence[Exception]) -> "NotReleasedError":  # type: ignore[override]
        """The same with other errors; Trio's cancel scopes make all groups anew."""
        return NotReleasedError(self.message, excs)
