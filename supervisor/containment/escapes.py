"""Ways out of every tier: daemons that start processes for whoever asks them."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_UNIX_SOCKETS = Path("/proc/net/unix")


class Escape(NamedTuple):
    """One way, and what closes it."""

    name: str
    path: str
    remedy: str


def find_escapes(environ: Mapping[str, str]) -> list[Escape]:
    """Those that this user has on this machine; ssh to localhost is not looked for."""
    return [
        *_sockets(environ),
        *_commands(environ),
        *_tmux(environ),
    ]


def _sockets(environ: Mapping[str, str]) -> Iterator[Escape]:
    own = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}")
    containers = "its containers live outside: keep it from the socket (leave the group docker)"
    units = "`systemd-run --user` starts units outside: set XDG_RUNTIME_DIR to another folder"
    units += " in autopilot.env, and DBUS_SESSION_BUS_ADDRESS to nothing"
    for name, path, remedy in (
        ("docker", Path("/var/run/docker.sock"), containers),
        ("docker", own / "docker.sock", containers),
        ("podman", Path("/run/podman/podman.sock"), containers),
        ("podman", own / "podman/podman.sock", containers),
        ("containerd", Path("/run/containerd/containerd.sock"), containers),
        ("user D-Bus", own / "bus", units),
        ("systemd --user", own / "systemd/private", units),
    ):
        if _is_ours_to_use(path):
            yield Escape(name, str(path), remedy)


def _commands(environ: Mapping[str, str]) -> Iterator[Escape]:
    for command, files in (("crontab", "/etc/cron.deny"), ("at", "/etc/at.deny")):
        found = shutil.which(command, path=environ.get("PATH"))
        if found is not None:
            yield Escape(command, found, f"its jobs start later and outside: list it in {files}")


def _tmux(environ: Mapping[str, str]) -> Iterator[Escape]:
    folder = Path(environ.get("TMUX_TMPDIR") or "/tmp") / f"tmux-{os.geteuid()}"  # noqa: S108 - only looked at
    try:
        sockets = sorted(folder.iterdir())
    except OSError:
        return
    # A socket outlives its server, and only a server can start anything.
    listening = {line.split(" ")[-1] for line in _UNIX_SOCKETS.read_text().splitlines()}
    for socket in sockets:
        if str(socket) in listening and _is_ours_to_use(socket):
            remedy = "its server starts programs outside: set TMUX_TMPDIR in autopilot.env"
            yield Escape("tmux", str(socket), remedy)


def _is_ours_to_use(path: Path) -> bool:
    try:
        return path.is_socket() and os.access(path, os.W_OK)
    except OSError:  # A folder on the way is not ours to search.
        return False
