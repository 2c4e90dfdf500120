"""Who is measured: us, peers and floors, each as a value that says how to launch a child."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
GRACE_S = 2
"""What every supervisor gives its child between SIGTERM and SIGKILL."""


def _nothing() -> Sequence[str]:
    return ("true",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One start of a subject, ready to be executed."""

    argv: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    """Where the output lands, of a subject that goes on when its child has ended."""
    read_back: Callable[[], Sequence[str | Path]] = _nothing
    """A command that writes the stored output; asked for after the run."""
    pid_file: Path | None = None
    """Where a supervisor writes its pid that is not what ``argv`` becomes."""


class Subject(Protocol):
    """Something that can run a child; floors and sinks included."""

    @property
    def name(self) -> str:
        """How the table calls it."""

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Write what the subject needs into ``work`` and say how to start it with ``child``."""


@dataclass(frozen=True, slots=True)
class Sink:
    """The child in a shell pipe to one command."""

    name: str
    command: str
    """Shell text; its standard output becomes the log."""
    reader: str
    """Writes what the command stored, from the file that follows."""

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Pipe ``child`` into the command."""
        log = work / "log"
        return Launch(
            argv=["sh", "-c", f'"$@" | {self.command} > log', "sh", *child],
            read_back=lambda: [*shlex.split(self.reader), log],
        )


@dataclass(frozen=True, slots=True)
class Floor:
    """The child behind as little as possible."""

    name: str
    prefix: tuple[str, ...] = ()

    def launch(self, child: Sequence[str], work: Path) -> Launch:  # noqa: ARG002 - needs no files
        """Put ``child`` behind the prefix."""
        return Launch(argv=[*self.prefix, *child])


@dataclass(frozen=True, slots=True)
class Supervisord:
    """PyPI's ``supervisor`` in a virtual environment of its own."""

    name: str
    venv: Path

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Run ``child`` as the only program, in the foreground."""
        log = work / "log"
        # No rotation and no control socket: its quickest configuration.
        config = f"""\
[supervisord]
nodaemon=true
silent=true
logfile={work}/supervisord.log
pidfile={work}/supervisord.pid
[program:child]
command={shlex.join(child).replace("%", "%%")}
autorestart=false
startsecs=0
stopwaitsecs={GRACE_S}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=0
"""
        path = work / "supervisord.conf"
        path.write_text(config, encoding="utf-8")
        program = self.venv / "bin/supervisord"
        return Launch(
            argv=[self.venv / "bin/python", program, "-n", "-c", path],
            log=log,
            read_back=lambda: ["cat", log],
        )


@dataclass(frozen=True, slots=True)
class Circus:
    """PyPI's ``circus`` in a virtual environment of its own."""

    name: str
    venv: Path

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Run ``child`` as the only watcher, in the foreground."""
        # Its sockets lie in its working directory, because a longer path may not fit.
        config = f"""\
[circus]
endpoint=ipc://endpoint
pubsub_endpoint=ipc://pubsub
[watcher:child]
cmd={shlex.join(child)}
respawn=false
graceful_timeout={GRACE_S}
stop_children=true
"""
        path = work / "circus.ini"
        path.write_text(config, encoding="utf-8")
        return Launch(argv=[self.venv / "bin/python", self.venv / "bin/circusd", path])


@dataclass(frozen=True, slots=True)
class Pm2:
    """npm's ``pm2``: its command line starts a daemon, which starts the child."""

    name: str
    prefix: Path

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Run ``child`` as the only app; the daemon stays."""
        log = work / "log"
        app = {
            "name": "child",
            "script": child[0],
            "args": list(child[1:]),
            "interpreter": "none",
            "exec_mode": "fork",
            "autorestart": False,
            "kill_timeout": 1000 * GRACE_S,
            "merge_logs": True,
            "out_file": str(log),
            "error_file": str(work / "errors"),
        }
        path = work / "ecosystem.json"
        path.write_text(json.dumps({"apps": [app]}), encoding="utf-8")
        env = {
            "PM2_HOME": str(work / "pm2"),
            "PM2_DISABLE_VERSION_CHECK": "true",
            "PM2_KILL_SIGNAL": "SIGTERM",  # Its own choice is SIGINT.
        }
        program = self.prefix / "node_modules/pm2/bin/pm2"
        return Launch(
            argv=["node", program, "start", path],
            env=env,
            log=log,
            read_back=lambda: ["cat", log],
            pid_file=work / "pm2/pm2.pid",
        )


@dataclass(frozen=True, slots=True)
class Supervise:
    """We, from the working copy that the benchmark is in."""

    name: str
    quota: str | None = None
    """The raw store's quota; None: the default."""
    tier: str = "auto"
    """How the processes are held."""
    pool: str = ""
    """What the config says about the pool."""

    def launch(self, child: Sequence[str], work: Path) -> Launch:
        """Run ``child`` as the autopilot, once."""
        config = f"[autopilot]\ncommand = {json.dumps(list(child))}\ngrace = '{GRACE_S}s'\n"
        config += f"[restart]\nwhen = 'never'\n[containment]\ntier = '{self.tier}'\n"
        config += f"[pool]\n{self.pool}"
        if self.quota is not None:
            config += f"[output]\nquota = '{self.quota}'\ntotal = '{self.quota}'\n"
            config += "[state]\nquota = '1TiB'\n"
        path = work / "autopilot.toml"
        path.write_text(config, encoding="utf-8")
        state = work / "state"
        program = [sys.executable, "-P", "-m", "supervisor"]
        return Launch(
            argv=[*program, "run", path],
            env={"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(state)},
            read_back=lambda: [*program, "show", _run_id(state)],
        )


def _run_id(state: Path) -> str:
    """The id of the only run below ``state``."""
    for path in state.glob("supervise/*/telemetry/events.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["kind"] == "run-started":
                return str(event["run"])
    raise LookupError(f"no run-started event below {state}")


def environment(launch: Launch, work: Path) -> dict[str, str]:
    """What a subject finds in its environment: the search path, its own folders, no more."""
    inherited = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return inherited | {"HOME": str(work), "TMPDIR": str(work)} | dict(launch.env)
