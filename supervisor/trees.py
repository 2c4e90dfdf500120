"""What content a working tree has, changes and untracked files included; asks git, writes none."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_WITHIN_S = 5.0
_MOST_UNTRACKED = 5000
_GIT = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


def identify_tree(directory: Path) -> str | None:
    """Twelve hex digits that are equal for equal content of the working tree around ``directory``.

    None where there is no git, no repository or no commit, or where it takes too long to say.
    """
    if shutil.which("git") is None:
        return None
    try:
        top = Path(os.fsdecode(_git(directory, "rev-parse", "--show-toplevel").rstrip(b"\n")))
        parts = [
            _git(top, "rev-parse", "HEAD"),
            _git(top, "diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv"),
            _untracked(top),
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()[:12]


def holds_test(directory: Path, test: str) -> bool:
    """Whether the file that a test's id begins with is below ``directory``.

    A program may work elsewhere, and then the tree says nothing about its tests.
    """
    return (directory / test.partition("::")[0]).is_file()


def _untracked(top: Path) -> bytes:
    """Names and contents of untracked files that are not ignored."""
    names = _git(top, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")[:-1]
    if len(names) > _MOST_UNTRACKED:
        raise subprocess.SubprocessError("too many untracked files")
    # git hash-object reads names by lines.
    plain = [name for name in names if b"\n" not in name and (top / os.fsdecode(name)).is_file()]
    hashes = _git(top, "hash-object", "--no-filters", "--stdin-paths", stdin=b"\n".join(plain))
    return b"\0".join([*names, hashes])


def _git(directory: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    command: Sequence[str] = (*_GIT, *arguments)
    done = subprocess.run(
        command,
        cwd=directory,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=_WITHIN_S,
        check=True,
    )
    return done.stdout
