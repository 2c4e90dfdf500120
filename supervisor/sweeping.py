"""``supervise sweep``: what dead runs left on disk. It imports little, so that it is quick."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from supervisor.scratch.base import default_base
from supervisor.scratch.sweep import find_dead, sweep


def scratch_base_of(environ: Mapping[str, str], config: Path | None) -> Path:
    """Where the runs of a config, or of one that does not say, have their scratch.

    Raises:
        ConfigError: the config is wrong.
    """
    if config is None:
        return default_base(environ)
    from supervisor.config import load  # noqa: PLC0415 - mostly none is named

    return load(config).scratch.base or default_base(environ)


def list_dead(base: Path) -> list[dict[str, Any]]:
    """Dead runs whose scratch is still there: ``run``, ``bytes`` on disk and ``files``."""
    return [
        {"run": dead.run, "bytes": dead.usage.bytes, "files": dead.usage.files}
        for dead in find_dead(base)
    ]


def sweep_dead(base: Path) -> dict[str, int]:
    """Remove it: how many ``directories``, ``freed_bytes``, and ``left`` files that stayed."""
    return asdict(sweep(base))
