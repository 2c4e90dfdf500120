"""Where what we keep lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Where one config's state lies."""

    root: Path

    @property
    def lock(self) -> Path:
        """Held by the one supervisor of this config."""
        return self.root / "run" / "lock"

    @property
    def ledger(self) -> Path:
        """What to look for after a double kill."""
        return self.root / "run" / "ledger.json"

    @property
    def control(self) -> Path:
        """Socket for ``supervise status`` and ``supervise stop``."""
        return self.root / "run" / "socket"

    @property
    def calls(self) -> Path:
        """Socket for ``supervise exec``."""
        return self.root / "run" / "calls"

    @property
    def shims(self) -> Path:
        """Programs that stand in for tools; its path is in every PATH of a run, so it is short."""
        return self.root / "run" / "bin"

    @property
    def jobs(self) -> Path:
        """The named pipe that builds take their tokens from."""
        return self.root / "run" / "jobs"

    @property
    def telemetry(self) -> Path:
        """Events, and archives of them."""
        return self.root / "telemetry"

    @property
    def history(self) -> Path:
        """What the events add up to."""
        return self.root / "history.sqlite3"

    @property
    def raw(self) -> Path:
        """One directory of output per run."""
        return self.root / "raw"
