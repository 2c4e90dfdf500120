"""What the kernel gives to hold a set by: its cgroup, as the guardian uses it.

Standard library only. The guardian gets directories as descriptors: inside a mount namespace, and
under another user's eyes, a path may lead elsewhere.
"""

import os
import time
from collections.abc import Mapping

from supervisor.containment.cgroupfs import UNIFIED

_READ_BYTES = 1 << 16
_FREEZE_S = 1.0


class Hold:
    """The cgroup of one spawn's set, of either version, or none: then nothing here has an effect.

    Owns its descriptors.
    """

    def __init__(self, directories: Mapping[str, int]) -> None:
        self._directories = dict(directories)

    @property
    def kills(self) -> bool:
        """Whether ``kill`` reaches the whole set at once."""
        return UNIFIED in self._directories

    def close_door(self) -> None:
        """Let nobody in the set fork any more."""
        for controller in ("pids", UNIFIED):
            self._write(controller, "pids.max", b"0")

    def kill(self) -> None:
        """SIGKILL to every member, frozen ones too, in one step that no fork slips through."""
        self._write(UNIFIED, "cgroup.kill", b"1")

    def freeze(self) -> bool:
        """Stop every member until ``thaw``; False: it has to be done one by one.

        Not with v1's freezer, whose members ignore even SIGKILL: should we die meanwhile, they
        would outlive us.
        """
        if not self._write(UNIFIED, "cgroup.freeze", b"1"):
            return False
        deadline = time.monotonic() + _FREEZE_S
        while b"frozen 1" not in self._read(UNIFIED, "cgroup.events"):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        return True

    def thaw(self) -> None:
        """Let the members go on that ``freeze`` has stopped."""
        self._write(UNIFIED, "cgroup.freeze", b"0")

    @property
    def populated(self) -> bool:
        """Whether the kernel says that there are members; False where it is not asked."""
        return b"populated 1" in self._read(UNIFIED, "cgroup.events")

    @property
    def size(self) -> int:
        """Tasks that count for its limit, dead ones that nobody has waited for included."""
        return int(self._read(UNIFIED, "pids.current") or 0)

    def close(self) -> None:
        """Give the descriptors back; the cgroup stays."""
        for fd in self._directories.values():
            os.close(fd)
        self._directories.clear()

    def _write(self, controller: str, name: str, value: bytes) -> bool:
        """Write a file of the cgroup, if there is one; it goes with its cgroup at any moment."""
        try:
            fd = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=self._directories[controller])
        except (KeyError, OSError):
            return False
        try:
            os.write(fd, value)
        except OSError:
            return False
        finally:
            os.close(fd)
        return True

    def _read(self, controller: str, name: str) -> bytes:
        try:
            fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._directories[controller])
        except (KeyError, OSError):
            return b""
        try:
            return os.read(fd, _READ_BYTES)
        except OSError:
            return b""
        finally:
            os.close(fd)
