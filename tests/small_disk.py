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

# The image takes 16 MB, what it is kept on 4: the device fails (EIO) where that is used up.
_FAILING = """
mkdir "$0.under" && mount -t tmpfs -o size=4m none "$0.under" || exit 9
truncate -s 16M "$0.under/image" && mkfs.ext4 -q -E nodiscard "$0.under/image" || exit 9
mount -o loop "$0.under/image" "$0" || exit 9
"$@"; status=$?
umount "$0"; umount "$0.under"
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
    _need("mkfs.ext4", "fsfreeze")
    return _mounted(_EXT4, script, directory)


def on_failing_disk(script: str, directory: Path) -> Any:
    """Run ``script`` with a file system on ``directory`` whose device fails after some 2 MB."""
    _need("mkfs.ext4")
    return _mounted(_FAILING, script, directory)


def _need(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"NO {tool.upper()} HERE, SO NO DISK CAN BE MADE")


def _mounted(mount: str, script: str, directory: Path) -> Any:
    if os.geteuid() != 0:
        pytest.skip("NOT ROOT, SO NO FILE SYSTEM CAN BE MOUNTED")
    directory.mkdir()
    prefix = ("unshare", "-m", "sh", "-c", mount, str(directory))
    return run_python(script, str(directory), prefix=prefix)
