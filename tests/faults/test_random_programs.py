"""Random programs, behind shims and without: nobody can tell which is which."""

import os
import sys
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests import shim_twins
from tests.supervised import ROOT, Desk

pytestmark = pytest.mark.slow

PROGRAMS = int(os.environ.get("SUPERVISE_PROGRAMS", "300"))
_PROGRAM_S = 2.0


def test_random_programs(tmp_path: Path) -> None:
    """Output of both streams, ends, input, descriptors that are closed, readers that leave."""
    desk = Desk(tmp_path)
    tool = tmp_path / "tools" / "actor"
    tool.parent.mkdir()
    tool.write_text(f"#!{os.path.realpath(sys.executable)} -IS\n{shim_twins.ACTOR}")
    tool.chmod(0o755)
    desk.environ["PATH"] = f"{tool.parent}:{os.environ['PATH']}"
    twins = str(ROOT / "tests" / "shim_twins.py")
    command = [sys.executable, twins, str(tool), str(PROGRAMS), "7"]
    more = '[pool]\nsize = 4\ntools = ["actor"]\n'
    done = desk.run(desk.write(command, more), timeout=60 + PROGRAMS * _PROGRAM_S)
    assert done.returncode == ExitCode.OK, done.stdout
    (run,) = (event["run"] for event in desk.events("run-started"))
    assert desk.run("show", run).stdout == f"{PROGRAMS} programs\n"
