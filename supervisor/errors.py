"""Errors that a user can cause and fix, and what our exit status says about them."""

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Every exit status of ``supervise``; sysexits(3) where that has a word for it."""

    OK = 0
    """The autopilot finished, and nothing of it is left."""
    FAILED = 1
    """The autopilot failed and was given up on; nothing of it is left."""
    USAGE = 2
    """The command line makes no sense."""
    SURVIVORS = 3
    """Something of the run could not be ended; the receipt names it."""
    NO_INPUT = 66
    """A file that was named cannot be read."""
    UNAVAILABLE = 69
    """This platform cannot do what was asked."""
    BUG = 70
    """A defect of ours; the traceback is on stderr and in the telemetry."""
    NO_STATE = 73
    """The state directory cannot be written."""
    BUSY = 75
    """The same config already runs; try again later."""
    CONFIG = 78
    """The config is wrong; every problem was shown."""
    WALL = 124
    """The wall-clock limit ended it, as timeout(1) has it."""
    NOT_EXECUTABLE = 126
    """The command was found and cannot be executed."""
    NOT_FOUND = 127
    """The command was not found."""
    INTERRUPTED = 130
    """Stopped by SIGINT; nothing is left."""
    TERMINATED = 143
    """Stopped by SIGTERM or ``supervise stop``; nothing is left."""


class SupervisorError(Exception):
    """Base of every error that a user can fix; one line with the place and the remedy."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class UsageError(SupervisorError):
    """The command line names something that cannot be."""

    exit_code = ExitCode.USAGE


class NoInputError(SupervisorError):
    """A file that was named is missing or unreadable."""

    exit_code = ExitCode.NO_INPUT


class ConfigError(SupervisorError):
    """The config asks for what we cannot give; carries every problem found."""

    exit_code = ExitCode.CONFIG

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class CommandNotFoundError(SupervisorError):
    """The autopilot's command does not exist."""

    exit_code = ExitCode.NOT_FOUND


class CommandNotExecutableError(SupervisorError):
    """The autopilot's command exists and cannot be executed."""

    exit_code = ExitCode.NOT_EXECUTABLE


class StateError(SupervisorError):
    """Our own directory cannot be made or written."""

    exit_code = ExitCode.NO_STATE


class BusyError(SupervisorError):
    """Another supervise holds this config."""

    exit_code = ExitCode.BUSY


class UnavailableError(SupervisorError):
    """The platform lacks what was asked for."""

    exit_code = ExitCode.UNAVAILABLE
