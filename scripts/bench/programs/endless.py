"""We, on a pipe from a program that writes a stream: ``endless.py NAME BYTES REPORT``."""

import subprocess
import sys

from scripts.bench.programs.digest import digest
from scripts.bench.programs.metered import metered

_WRITER = (sys.executable, "-P", "-m", "scripts.bench.streams", *sys.argv[1:3])

with subprocess.Popen(_WRITER, stdout=subprocess.PIPE) as writer:
    assert writer.stdout is not None  # noqa: S101 - for the type checker
    metered(digest, writer.stdout)
sys.exit(writer.returncode)
