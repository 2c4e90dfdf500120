"""Running the command itself, as a user does, in a state directory of the test's own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.children import eventually_sync, named

ROOT = Path(__file__).parents[1]
SUPERVISE = [sys.executable, "-m", "supervisor"]


@dataclass
class Desk:
    """A folder with a config, and the state that comes of it."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable
    prefix: Sequence[str] = ()
    """What executes ``supervise run``, such as setpriv(1) or env(1); a stranger too."""
    cwd: Path = ROOT
    always: str = ""
    """TOML that every config ends with."""

    @property
    def supervise(self) -> list[str]:
        """The command, as whoever this desk belongs to."""
        return [*self.prefix, self.python, "-m", "supervisor"]

    @property
    def config(self) -> Path:
        return self.folder / "autopilot.toml"

    def write(self, command: Sequence[str], more: str = "") -> Path:
        """A config that runs ``command`` once, with ``more`` TOML after it."""
        words = json.dumps(list(command))
        once = "" if "[restart]" in more else '[restart]\nwhen = "never"\n'
        begin = f'[autopilot]\ncommand = {words}\ngrace = "1s"\n'
        self.config.write_text(begin + once + more + self.always)
        return self.config

    def own_copy(self, program: Path) -> Path:
        """The program in the desk's folder, where its user reaches it."""
        copy = self.folder / program.name
        shutil.copy(program, copy)
        copy.chmod(0o755)
        return copy

    def run(
        self, *arguments: str | Path, timeout: float = 30
    ) -> "subprocess.CompletedProcess[str]":
        """One command to its end."""
        return subprocess.run(
            [*self.supervise, *map(str, arguments)],
            capture_output=True,
            text=True,
            env=self.environment(),
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        state = {"XDG_STATE_HOME": str(self.folder / "state"), "PYTHONPATH": path}
        temp = self.folder / "tmp"
        temp.mkdir(exist_ok=True)
        return {**os.environ, **state, "TMPDIR": str(temp), **self.environ}

    @contextmanager
    def running(self, **more: Any) -> Iterator["subprocess.Popen[str]"]:
        """``supervise run`` in the background; killed at the latest when the block ends."""
        streams: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
        }
        process = subprocess.Popen(
            [*self.supervise, "run", str(self.config)],
            text=True,
            env=self.environment(),
            cwd=self.cwd,
            **streams | more,
        )
        try:
            with process:
                try:
                    yield process
                finally:
                    process.kill()
        finally:
            self.wait_nobody()

    @contextmanager
    def stranger(
        self,
        argv: Sequence[str],
        cwd: str | Path,
        executable: str = "",
        stdout: int = subprocess.DEVNULL,
    ) -> Iterator[int]:
        """A process of the same user that looks like a member and must outlive the block.

        It carries a cookie, too, of a run that is not this one; ``STRANGER`` tells it who it is.
        """
        become = "import os, sys; os.execv(sys.argv[1], sys.argv[2:])"
        path = executable or shutil.which(argv[0]) or argv[0]
        process = subprocess.Popen(
            [*self.prefix, self.python, "-I", "-S", "-c", become, path, *argv],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            env={
                "PATH": os.environ["PATH"],
                "SUPERVISE_RUN": secrets.token_hex(16),
                "STRANGER": "1",
            },
            cwd=cwd,
        )
        with process:
            try:
                eventually_sync(lambda: process.pid in named(argv))
                yield process.pid
                assert process.poll() is None, "a stranger was harmed"
            finally:
                process.kill()

    def events(self, kind: str | None = None) -> list[Mapping[str, Any]]:
        """Telemetry so far, of one kind or all."""
        found = []
        for file in self.folder.glob("state/supervise/*/telemetry/events.jsonl"):
            found += [json.loads(line) for line in file.read_text().split("\n")[:-1]]
        return [event for event in found if kind in (None, event["kind"])]

    def started(self) -> Mapping[str, Any]:
        """The first run's start, once it has happened."""
        eventually_sync(lambda: bool(self.events("run-started")), within_s=20)
        return self.events("run-started")[0]

    def cookies(self) -> list[str]:
        """What the members of the current run carry."""
        pages = self.folder.glob("state/supervise/*/run/ledger.json")
        return [json.loads(page.read_text())["cookie"] for page in pages]

    def scratch(self) -> list[str]:
        """Every file and folder that is left in the scratch base."""
        bases = self.folder.glob("tmp/supervise-*")
        return [str(path) for base in bases for path in base.rglob("*")]

    def wait_nobody(self) -> None:
        """Wait until nothing below this folder's state is running."""
        eventually_sync(lambda: not holders(str(self.folder)), within_s=10)


def holders(text: str) -> list[int]:
    """Live processes that name ``text`` in their environment; a supervised one always does."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        if int(name) == os.getpid():
            continue
        try:
            environ = Path(f"/proc/{name}/environ").read_bytes()
        except OSError:
            continue
        if text.encode() in environ:
            found.append(int(name))
    return found


def wait_line(process: "subprocess.Popen[str]", matches: Callable[[str], bool]) -> str:
    """Read the tail until a line matches."""
    assert process.stdout is not None
    for line in process.stdout:
        if matches(line):
            return line
    raise AssertionError("the tail ended before such a line")
