"""Sweeping what a dead run left, beside the programs that clean temp directories."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.rounds import Metric, Sample
from scripts.bench.runner import MeasureError, isolated
from scripts.bench.started import Started
from scripts.bench.subjects import ROOT, Launch, Subject
from scripts.bench.table import Budget

WALL, CPU = Metric("wall_s", "wall s"), Metric("cpu_s", "CPU s")
METRICS = (WALL, CPU)
OURS, REFERENCE = "supervise", "rm -rf"
BUDGETS = (Budget(OURS, WALL, 2, REFERENCE), Budget(OURS, WALL, 2, "systemd-tmpfiles"))
SHARE = Metric("share", "CPU % of a core", 2)
LOOK_METRICS = (Metric("look_ms", "CPU ms a look", 1), Metric("each_s", "one each s", 1), SHARE)
_FOLDERS = 100
_SLOWEST_FILES_PER_S = 100
_MEMORY = Path("/dev/shm")  # noqa: S108 - where a file system in memory is
_BYTES_PER_FILE = 4096
_AGE_S = 1.1
"""What tmpreaper wants a file to be old at least, which looks at whole seconds."""
_LOOK_WITHIN_S = 300.0
_REPORT = "report"
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
        tree = Path(child[0])
        argv = self.prepare(tree, work)
        return Launch(argv=argv, env={"PYTHONPATH": str(ROOT), "TMPDIR": str(tree.parent.parent)})


def _ours(tree: Path, _: Path) -> Sequence[str | Path]:
    """What it takes to be a dead run's: a lock that nobody holds."""
    (tree.parent / f"{_RUN}.lock").write_bytes(b"scratch of supervise\n")
    return (sys.executable, "-P", "-m", "supervisor", "sweep")


def tmpfiles(program: Path) -> Cleaner:
    """What systemd cleans at boot."""

    def prepare(tree: Path, work: Path) -> Sequence[str | Path]:
        (work / "clean.conf").write_text(f"R {tree} - - - - -\n")
        return (program, "--remove", work / "clean.conf")

    return Cleaner("systemd-tmpfiles", prepare)


def tmpreaper(program: Path) -> Cleaner:
    """The Debian package, which looks at ages; everything is old enough here."""
    limits = ("--mtime", "--mtime-dir", "--all", "--force", "--runtime=0", "0s")
    return Cleaner("tmpreaper", lambda tree, _: (program, *limits, tree))


CLEANERS = (
    Cleaner(OURS, _ours),
    Cleaner(REFERENCE, lambda tree, _: ("rm", "-rf", tree)),
)


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the tree is."""

    name: str
    open: Callable[[int, Path], AbstractContextManager[Path]]
    """An empty folder there, for a number of files; may use the work folder."""


@contextmanager
def _in_memory(_: int, __: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_MEMORY, prefix="supervise-bench-") as name:
        yield Path(name)


@contextmanager
def _on_ext4(files: int, work: Path) -> Iterator[Path]:
    """A new file system in an image: an old one without a journal is slow to make files on.

    It looks past every inode that was deleted in the last minutes.
    """
    image, place = work / "image", work / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate((1 << 28) + 2 * files * _BYTES_PER_FILE)
    _do("mkfs.ext4", "-q", "-N", str(2 * files + 1000), image)
    _do("mount", "-o", "loop", image, place)
    try:
        yield place
    finally:
        _do("umount", place)


def _do(*argv: str | Path) -> None:
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MeasureError(f"{argv[0]}: {done.stderr.strip()}")


def disks() -> tuple[list[Disk], list[str]]:
    """Where trees can be made here, and a loud line for each place where they cannot."""
    found, skipped = [], []
    if _MEMORY.is_mount():
        found.append(Disk("tmpfs", _in_memory))
    else:
        skipped.append("SKIPPED SWEEP IN MEMORY: NOTHING IS MOUNTED ON /DEV/SHM")
    if os.geteuid() == 0 and shutil.which("mkfs.ext4"):
        found.append(Disk("ext4", _on_ext4))
    else:
        skipped.append("SKIPPED SWEEP ON A DISK: NOT ROOT OR NO MKFS.EXT4")
    return found, skipped


@dataclass(frozen=True, slots=True)
class Sweep:
    """The benchmark: a dead run's tree of ``count`` files on a disk."""

    count: int
    disk: Disk

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of one run.

        Raises:
            MeasureError: the subject failed, took too long, or left something.
        """
        with self.disk.open(self.count, work) as place:
            base = place / f"supervise-{os.geteuid()}"
            base.mkdir(mode=0o700)
            tree = base / _RUN
            _plant(tree, self.count)
            launch = subject.launch([str(tree)], work)
            _do("sync", "-f", tree)
            time.sleep(_AGE_S)
            within_s = 60 + self.count / _SLOWEST_FILES_PER_S
            run = isolated(partial(_run, launch, work), within_s)
            left = sum(1 for _ in tree.rglob("*")) if tree.exists() else 0
        if left:
            raise MeasureError(f"{left} files are still there")
        return {"wall_s": run.value, "cpu_s": run.cpu_s}


@dataclass(frozen=True, slots=True)
class Tree:
    """We, looking at a run's scratch of so many files."""

    files: int

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{self.files} files"

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Look at the tree that ``child`` names."""
        program = (sys.executable, "-P", "-m", "scripts.bench.programs.look")
        return Launch(argv=[*program, *child, work / _REPORT], env={"PYTHONPATH": str(ROOT)})


@dataclass(frozen=True, slots=True)
class Looking:
    """The benchmark: what it costs to know how full scratch is where no kernel counts."""

    disk: Disk

    def measure(self, subject: Subject, work: Path) -> Sample:
        """Figures of a few looks.

        Raises:
            MeasureError: the subject failed, or took too long.
        """
        assert isinstance(subject, Tree)  # noqa: S101 - for the type checker
        with self.disk.open(subject.files, work) as place:
            _plant(place / "tree", subject.files)
            launch = subject.launch([str(place), "tree"], work)
            isolated(partial(_run, launch, work), _LOOK_WITHIN_S)
        return dict(json.loads((work / _REPORT).read_text(encoding="ascii")))


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
