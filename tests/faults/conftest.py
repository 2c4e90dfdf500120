"""Desks for everybody: what works for root must work for a user who owns nothing here."""

import os
import shutil
import site
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.children import FORKS, HELD
from tests.small_disk import run_python
from tests.supervised import ROOT, Desk

UID = 1000
SETPRIV = ("setpriv", "--reuid", str(UID), "--regid", str(UID), "--clear-groups")
_PYTHON = "/usr/bin/python3"
_WHAT_IS_LOADED = """
import json, os, sys
import supervisor.analyzer, supervisor.cli, supervisor.config, supervisor.house, supervisor.shift
paths = {os.path.relpath(file, sys.argv[1]).split(os.sep)[0]
         for module in sys.modules.values() if (file := getattr(module, "__file__", None))}
print(json.dumps([path for path in paths if path != ".."]))
"""


@pytest.fixture(scope="session")
def library() -> Iterator[Path]:
    """A copy of the package and of what it imports, which everybody may read; they need setpriv(1).

    pytest's own folders are closed to other users, so it lies beside them.
    """
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("NOT ROOT OR NO SETPRIV, SO NOTHING RUNS AS ANOTHER USER")
    packages = Path(site.getsitepackages()[0])
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="supervise-library-") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "supervisor", folder / "supervisor")
        for loaded in run_python(_WHAT_IS_LOADED, str(packages)):
            source = packages / loaded
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / loaded)
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        check = [*SETPRIV, _PYTHON, "-c", "import ahocorasick_rs, supervisor.house"]
        if subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode:
            pytest.skip(f"{_PYTHON.upper()} CANNOT IMPORT WHAT WAS INSTALLED FOR OURS")
        yield folder


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The C program that forks without end; everybody may execute it."""
    if shutil.which("cc") is None:
        pytest.skip("NO C COMPILER, SO NOTHING FORKS FAST ENOUGH")
    folder = tmp_path_factory.mktemp("forks")
    (folder / "forks.c").write_text(FORKS)
    subprocess.run(["cc", "-O", "-o", folder / "forks", folder / "forks.c"], check=True)
    return folder / "forks"


@pytest.fixture(params=HELD)
def tier(request: pytest.FixtureRequest) -> str:
    """Every claim holds in every tier."""
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture(params=["ourselves", "another-user"])
def anyones_desk(request: pytest.FixtureRequest, tier: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk of ours, then one of a user without any privilege; in every tier."""
    always = f'[containment]\ntier = "{tier}"\n'
    if request.param == "ourselves":
        desk = Desk(tmp_path, always=always)
        _skip_without_tier(desk, tier)
        yield desk
        return
    with users_desk(request.getfixturevalue("library"), always) as desk:
        _skip_without_tier(desk, tier)
        yield desk


@contextmanager
def users_desk(library: Path, always: str = "") -> Iterator[Desk]:
    """A desk of a user without any privilege, who can read this copy of the package."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="supervise-desk-") as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        for path in (folder, folder / "tmp"):
            os.chown(path, UID, UID)
        environ = {"PYTHONPATH": str(library), "HOME": name}
        desk = Desk(folder, environ, _PYTHON, SETPRIV, cwd=library, always=always)
        yield desk


def _skip_without_tier(desk: Desk, tier: str) -> None:
    """Say loudly that this user cannot have this tier here."""
    if desk.run("run", desk.write(["true"])).returncode == 69:
        pytest.skip(f"NO {tier.upper()} TIER FOR THIS USER HERE")
    shutil.rmtree(desk.folder / "state")
