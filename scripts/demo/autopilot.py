"""A coding agent's shift without a model: real tools on a faulty project, and what agents leave.

It runs ruff, mypy and pytest as agents do, each call in a session of its own; mends what they
find; fills the temp folder and floods its output; leaves a watcher and a server running; and, when
supervised, dies in the middle of its first attempt. All its files are below the temp folder.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DEMO = Path(__file__).resolve().parent
CACHE_FILES = 200
CACHE_FILE_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in one file."""

    file: str
    old: str
    new: str


EDITS = (
    Edit("parcels/rates.py", "    best = None\n", ""),
    Edit("parcels/rates.py", "lambda zone: price[zone]", "prices.__getitem__, default=None"),
    Edit("parcels/rates.py", "grams // 1000", "max(0, grams - 1) // 1000"),
    Edit("parcels/rates.py", "base * (1 + extra / 10)", "base * (10 + extra) // 10"),
    Edit("parcels/labels.py", "dict[str, str] = {}", "dict[str, str] | None = None"),
    Edit("parcels/labels.py", "label = defaults", "label = dict(defaults or {})"),
    Edit("parcels/labels.py", 'line.split(":")', 'line.split(":", 1)'),
    Edit("parcels/labels.py", "-> int", "-> str"),
    Edit("parcels/labels.py", 'label.get("postcode")', 'label["postcode"]'),
)
"""What ``ruff --fix`` leaves to be mended in the project."""


def think(text: str) -> None:
    """Say what an agent would say between two calls."""
    print(f"\nThinking: {text}", flush=True)


def call(cwd: Path, *argv: str) -> int:
    """Run Python with ``argv``, its output on ours, and return its exit status."""
    print(f"$ python {shlex.join(argv)}", flush=True)
    done = subprocess.run(
        [sys.executable, *argv],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        check=False,
    )
    print(f"[exit {done.returncode}]", flush=True)
    return done.returncode


def leave_behind(script: str) -> None:
    """Start ``script`` in a session of its own and forget it once it has said that it is up."""
    reader, writer = os.pipe()
    subprocess.Popen(
        [sys.executable, DEMO / script],
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(writer)
    with os.fdopen(reader) as pipe:
        print(pipe.readline(), end="", flush=True)


def check(project: Path) -> bool:
    """Run the project's three checks; whether all of them are content."""
    calls = (["ruff", "check", "."], ["mypy", "."], ["pytest", "-q"])
    statuses = [call(project, "-m", *argv) for argv in calls]
    return not any(statuses)


def mend(project: Path) -> None:
    """Let ruff fix what it can, then edit the rest by hand."""
    call(project, "-m", "ruff", "check", "--fix", ".")
    for edit in EDITS:
        file = project / edit.file
        file.write_text(file.read_text().replace(edit.old, edit.new))
        print(f"edited {edit.file}")


def fill_cache(folder: Path) -> None:
    """Write the temp files that nobody removes."""
    folder.mkdir()
    for number in range(CACHE_FILES):
        (folder / f"object-{number:03}.bin").write_bytes(os.urandom(CACHE_FILE_BYTES))
    print(f"{CACHE_FILES} cache files in {folder}", flush=True)


def read_reply(reply: str) -> str:
    """The next instruction in a model's reply."""
    return str(json.loads(reply)["instruction"])


def work() -> int:
    """Play one attempt; returns the exit status."""
    folder = Path(tempfile.mkdtemp(prefix="shift-"))
    project = folder / "parcels"
    shutil.copytree(DEMO / "project", project)

    think("what is wrong with this project?")
    check(project)
    think("I need the development server and a file watcher.")
    leave_behind("server.py")
    leave_behind("watcher.py")
    think("I rebuild the index, with all the logging there is.")
    fill_cache(folder / "cache")
    call(folder, str(DEMO / "flood.py"))
    # Only a supervisor counts attempts, and without one nobody would start a second.
    if os.environ.get("SUPERVISE_ATTEMPT") == "1":
        think("I ask the model what to do next.")
        read_reply("")
    think("I fix what I can and check again.")
    mend(project)
    if not check(project):
        think("something is still wrong, I give up.")
        return 1
    think("ruff, mypy and pytest are content. Done.")
    return 0


if __name__ == "__main__":
    sys.exit(work())
