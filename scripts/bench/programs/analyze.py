"""We, on a file: ``analyze.py STREAM REPORT``."""

from scripts.bench.programs.digest import digest
from scripts.bench.programs.metered import metered, named

with named() as stream:
    metered(digest, stream)
