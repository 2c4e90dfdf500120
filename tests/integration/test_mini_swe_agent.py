"""A real agent, driven by a scripted model, does real work and leaves nothing."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.scripted_model import scripted_model

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "tests" / "mini_swe_agent.txt"
INSTALL_S = 900
RUN_S = 180


def _run(argv: Sequence[str | Path], timeout_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def _installer(python: Path) -> list[str | Path]:
    """The command that installs into ``python``'s environment, whatever this machine has."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", python]
    base = Path(sys.base_prefix, "bin", "python3")
    pip = sys.executable if importlib.util.find_spec("pip") else base
    return [pip, "-m", "pip", "--python", python, "install"]


@pytest.fixture(scope="module")
def mini() -> Path:
    """The agent's program, in an environment that outlives the tests: it takes minutes to make."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    key = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    venv = cache / "agent-supervise" / f"mini-swe-agent-{key}"
    program = venv / "bin" / "mini"
    if (venv / "ready").exists():
        return program
    python = venv / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", venv], check=True)
    pinned = [*_installer(python), "-c", PINS]
    alone = _run([*pinned, "--no-deps", "mini-swe-agent"], INSTALL_S)
    if alone.returncode != 0:
        problem = alone.stdout.splitlines()[-1]
        pytest.skip(f"MINI-SWE-AGENT NOT TESTED: PYPI DOES NOT GIVE IT ({problem})")
    whole = _run([*pinned, "mini-swe-agent", "mcp"], INSTALL_S)
    assert whole.returncode == 0, whole.stdout
    (venv / "ready").touch()
    return program


def _toml(value: Any) -> str:
    """Any config on one line: TOML's strings, numbers and booleans are JSON's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def _derived(mini: Path, model_url: str, home: Path) -> str:
    """The config that we ship, with its program, model, folder and environment replaced."""
    config = tomllib.loads((ROOT / "configs" / "mini-swe-agent.toml").read_text())
    autopilot = config["autopilot"]
    command = autopilot["command"]
    command[0] = str(mini)
    command[command.index("--model") + 1] = "openai/scripted"
    autopilot["env"] |= {
        "HOME": str(home),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "MSWEA_COST_TRACKING": "ignore_errors",
        "NO_PROXY": "127.0.0.1",
        "OPENAI_API_BASE": model_url,
        "OPENAI_API_KEY": "none",
        "XDG_CONFIG_HOME": str(home),
    }
    config["restart"]["when"] = "never"
    return "\n".join(f"{section} = {_toml(options)}" for section, options in config.items())


def _command_lines() -> list[list[str]]:
    processes = psutil.process_iter(["cmdline"])
    return [process.info["cmdline"] or [] for process in processes]


def test_real_agent_works_and_leaves_nothing(
    mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its work stays, its tool's failure is told, and its leftovers are gone."""
    forever = f"300.{uuid.uuid4().int}"
    work, home, state = (tmp_path / name for name in ("work", "home", "state"))
    work.mkdir()
    home.mkdir()
    commands = [
        "printf 'print(prices)\\n' > shop.py",
        f"{sys.executable} -m ruff check --isolated --no-cache shop.py",
        f"setsid sleep {forever} > /dev/null 2>&1 < /dev/null & echo started",
        'echo x > "$TMPDIR/left" && printf "$TMPDIR/left" > left.txt',
        "printf 'prices = []\\nprint(prices)\\n' > shop.py",
        f"{sys.executable} -m ruff check --isolated --no-cache shop.py && echo clean > result.txt",
    ]
    config = work / "mini.toml"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.chdir(ROOT)

    with scripted_model(commands) as url:
        config.write_text(_derived(mini, url, home))
        shift = _run([sys.executable, "-m", "supervisor", "run", config], RUN_S)

    assert shift.returncode == 0, shift.stdout
    assert (work / "result.txt").read_text() == "clean\n"
    assert "ruff" in shift.stdout
    (log,) = state.glob("supervise/*/telemetry/events.jsonl")
    events = [json.loads(line) for line in log.read_text().splitlines()]
    (started,) = (event for event in events if event["kind"] == "run-started")
    (receipt,) = (event for event in events if event["kind"] == "receipt")
    digests = [event["digest"] for event in events if event["kind"] == "digest"]
    assert ("ruff", "failed") in {(digest["tool"], digest["verdict"]) for digest in digests}
    assert any(forever in member["argv"] for member in receipt["ended"])
    assert receipt["survivors"] == []
    assert not any(forever in argv for argv in _command_lines())
    scratch = Path(started["scratch"])
    assert scratch in Path((work / "left.txt").read_text()).parents
    assert not scratch.exists()
