"""PyPI's ``drain3``: every line into a tree of templates."""

from typing import IO

from drain3 import TemplateMiner  # type: ignore[import-not-found] # a peer's package

from scripts.bench.programs.metered import metered, named


def drain(lines: IO[bytes]) -> str:
    """How many templates there were."""
    miner = TemplateMiner()
    for line in lines:
        miner.add_log_message(line.decode("utf-8", "replace").rstrip("\n"))
    return f"{len(miner.drain.clusters)} templates"


with named() as stream:
    metered(drain, stream)
