"""Running Python on a disk that is small or stalls, in a mount namespace of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
_TMPFS = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
_EXT4 = """
truncate -s 16M "$0.image" && mkfs.ext4 -q "$0.image" && mount -o loop "$0.image" "$0" || exit 9
"$@"; status=$?
umount "$0"; rm "$0.image"
exit $status
"""


def run_python(script: str, *arguments: str, prefix: tuple[str, ...] = ()) -> Any:
    """Run ``script`` in a fresh interpreter; returns what it printed as JSON."""
    command = [*prefix, sys.executable, "-c", script, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def on_tmpfs(script: str, directory: Path) -> Any:
    """Run ``script`` with a tmpfs of 1 MB on ``directory``, which is its argument."""
    return _mounted(_TMPFS, script, directory)


def on_ext4(script: str, directory: Path) -> Any:
    """Run ``script`` with a file system on ``directory`` that fsfreeze(8) can stall."""
    for tool in ("mkfs.ext4", "fsfreeze"):
        if shutil.which(tool) is None:
            pytest.skip(f"NO {tool.upper()} HERE, SO NO DISK THAT STALLS CAN BE MADE")
    return _mounted(_EXT4, script, directory)


def _mounted(mount: str, script: str, directory: Path) -> Any:
    if os.geteuid() != 0:
        pytest.skip("NOT ROOT, SO NO FILE SYSTEM CAN BE MOUNTED")
    directory.mkdir()
    prefix = ("unshare", "-m", "sh", "-c", mount, str(directory))
    return run_python(script, str(directory), prefix=prefix)
