"""Sweeping what a dead run left, beside the programs that clean temp directories."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.started import Started
from scripts.bench.subjects import ROOT, Launch, Subject

METRICS = (Metric("wall_s", "wall s"), Metric("cpu_s", "CPU s"))
REFERENCE = "rm -rf"
_FOLDERS = 100
_SLOWEST_FILES_PER_S = 100
_RUN = "0123abcd"

Prepare = Callable[[Path, Path], Sequence[str | Path]]
"""Says what removes a tree, given its folder and one for what else is needed."""


@dataclass(frozen=True, slots=True)
class Cleaner:
    """A program that removes a tree."""

    name: str
    prepare: Prepare

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Remove the tree that ``child`` names."""
        argv = self.prepare(Path(child[0]), work)
        return Launch(argv=argv, env={"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(work)})


def _ours(tree: Path, work: Path) -> Sequence[str | Path]:
    """What it takes to be a dead run's: a lock that nobody holds."""
    (tree.parent / f"{_RUN}.lock").write_bytes(b"scratch of supervise\n")
    config = work / "autopilot.toml"
    config.write_text(f'[autopilot]\ncommand = ["true"]\n[scratch]\nbase = "{tree.parent}"\n')
    return (sys.executable, "-P", "-m", "supervisor", "sweep", "--config", config)


def _tmpfiles(tree: Path, work: Path) -> Sequence[str | Path]:
    (work / "clean.conf").write_text(f"R {tree} - - - - -\n")
    return ("systemd-tmpfiles", "--remove", work / "clean.conf")


def tmpreaper(program: Path) -> Cleaner:
    """The Debian package, which looks at ages; everything is old enough here."""
    limits = ("--mtime", "--showdeleted", "--all", "--force", "--runtime=0", "0s")
    return Cleaner("tmpreaper", lambda tree, _: (program, *limits, tree))


CLEANERS = (
    Cleaner("supervise", _ours),
    Cleaner(REFERENCE, lambda tree, _: ("rm", "-rf", tree)),
    *(
        [Cleaner("systemd-tmpfiles", _tmpfiles)]
        if shutil.which("systemd-tmpfiles") is not None
        else []
    ),
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The benchmark: a dead run's tree of ``count`` files."""

    count: int

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one run.

        Raises:
            MeasureError: the subject failed, took too long, or left something.
        """
        base = work / "base"
        base.mkdir(mode=0o700)
        tree = base / _RUN
        _plant(tree, self.count)
        launch = subject.launch([str(tree)], work)
        os.sync()
        within_s = 60 + self.count / _SLOWEST_FILES_PER_S
        run = isolated(partial(_run, launch, work), within_s)
        left = sum(1 for _ in tree.rglob("*")) if tree.exists() else 0
        if left:
            raise MeasureError(f"{left} files are still there")
        return {"wall_s": run.value, "cpu_s": run.cpu_s}


def _plant(tree: Path, count: int) -> None:
    for number in range(_FOLDERS):
        folder = tree / f"folder{number}"
        folder.mkdir(parents=True)
        for file in range(count // _FOLDERS):
            (folder / f"file{file}").touch()


def _run(launch: Launch, work: Path) -> float:
    begun = time.monotonic()
    started = Started(launch, work)
    started.process.wait()
    took_s = time.monotonic() - begun
    started.check()
    return took_s
