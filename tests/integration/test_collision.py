"""Sharing an environment with PyPI's supervisor, which has the same import name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.supervised import ROOT


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages with ours in it."""
    shutil.copytree(ROOT / "supervisor", tmp_path / "supervisor")
    return tmp_path


def complaint(site: Path) -> str:
    """What our command says there."""
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", "--version"],
        cwd=site,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr.splitlines()[-1]


def test_theirs_beside_ours_is_named(site: Path) -> None:
    """Their modules beside our __init__: ours was installed last."""
    (site / "supervisor" / "supervisord.py").write_text("")

    assert "supervisord" in complaint(site)
    assert "uv tool install" in complaint(site)


def test_theirs_over_ours_is_named(site: Path) -> None:
    """Their __init__ over ours: theirs was installed last."""
    (site / "supervisor" / "__init__.py").write_text("#\n")

    assert complaint(site).startswith("supervise: PyPI's supervisor")
