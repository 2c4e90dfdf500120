"""Which temporary directory a program and its tools are told of, in every tier."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.supervised import ROOT, Desk

PRESETS = [path for path in sorted((ROOT / "configs").glob("*.toml")) if path.name != "demo.toml"]
_SAYS = "import json, os; print(json.dumps(dict(os.environ)))"


def environment_of(desk: Desk, more: str) -> tuple[dict[str, str], str]:
    """What a program finds in its environment, and the run's scratch directory."""
    done = desk.run(desk.write(["python3", "-c", _SAYS], more))
    assert done.returncode == 0, done.stdout + done.stderr
    started = desk.started()
    return json.loads(desk.run("show", started["run"]).stdout), started["scratch"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.stem)
def test_every_variable_of_a_preset_reaches_the_program(tmp_path: Path, preset: Path) -> None:
    """Whatever they were before."""
    scratch = tomllib.loads(preset.read_text()).get("scratch", {})
    named = scratch.get("variables", ["BUN_TMPDIR", "CLAUDE_CODE_TMPDIR"])
    desk = Desk(tmp_path, dict.fromkeys(named, "/elsewhere"))
    env, path = environment_of(desk, f"[scratch]\nvariables = {json.dumps(named)}\n")

    assert {env[name] for name in ("TMPDIR", "TMP", "TEMP", *named)} == {path}


def test_variables_are_what_the_config_says(anyones_desk: Desk) -> None:
    """Others stay as they were, and what env sets has the last word."""
    desk = anyones_desk
    desk.environ |= {"BUN_TMPDIR": "/elsewhere", "MY_TEMP": "/elsewhere"}
    more = '[scratch]\nvariables = ["MY_TEMP", "ITS_TEMP"]\n[autopilot.env]\nITS_TEMP = "/own"\n'
    env, path = environment_of(desk, more)

    assert (env["MY_TEMP"], env["TMPDIR"]) == (path, path)
    assert (env["ITS_TEMP"], env["BUN_TMPDIR"]) == ("/own", "/elsewhere")
