"""Real agents in their JSON modes, driven by a scripted model; those that are on PATH."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agent_events import TELLS_FAILURE
from tests.streaming_model import streaming_model
from tests.supervised import Desk

pytestmark = pytest.mark.slow

RUN_S = 180
LINT = f"{sys.executable} -m ruff check --isolated --no-cache --select F shop.py"
COMMANDS = (
    "printf 'print(prices)\\n' > shop.py",
    LINT,
    f"{sys.executable} -c \"print('x' * 99999, 'line\\n' * 99999)\"; {LINT}",
    "nosuchcommand --flag",
    f"printf 'prices = []\\nprint(prices)\\n' > shop.py; {LINT}",
)


def codex(home: Path, url: str) -> list[str]:
    """Codex, told where its model is."""
    (home / ".codex").mkdir()
    (home / ".codex" / "config.toml").write_text(
        'model = "scripted"\nmodel_provider = "loop"\napproval_policy = "never"\n'
        'sandbox_mode = "danger-full-access"\ncheck_for_update_on_startup = false\n'
        f'[model_providers.loop]\nname = "loop"\nbase_url = "{url}/v1"\nenv_key = "LOOP_NOKEY"\n'
        'wire_api = "responses"\n'
    )
    return ["exec", "--json", "--skip-git-repo-check", "Do it."]


def opencode(home: Path, url: str) -> list[str]:
    """OpenCode, told where its model is."""
    options = {"baseURL": f"{url}/v1", "apiKey": "none"}
    models = {"scripted": {"name": "scripted", "limit": {"context": 200_000, "output": 8000}}}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "loop", "options": options}
    config = {
        "autoupdate": False,
        "share": "disabled",
        "small_model": "loop/scripted",
        "provider": {"loop": {**provider, "models": models}},
        "permission": {"*": "allow"},
    }
    folder = home / ".config" / "opencode"
    folder.mkdir(parents=True)
    (folder / "opencode.json").write_text(json.dumps(config))
    return ["run", "--auto", "--format", "json", "-m", "loop/scripted", "Do it."]


def gemini(home: Path, _url: str) -> list[str]:
    """Gemini CLI, which knows from its environment where its model is."""
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"enableAutoUpdate": False, "disableAutoUpdate": True},
    }
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text(json.dumps(settings))
    return ["--skip-trust", "-y", "-m", "scripted", "-o", "stream-json", "-p", "Do it."]


def pi(home: Path, url: str) -> list[str]:
    """pi, told where its model is."""
    cost = dict.fromkeys(("input", "output", "cacheRead", "cacheWrite"), 0)
    about = {"reasoning": False, "input": ["text"], "contextWindow": 200_000, "maxTokens": 8000}
    model = {"id": "scripted", "name": "scripted", **about, "cost": cost}
    loop = {"baseUrl": f"{url}/v1", "api": "openai-completions", "apiKey": "LOOP_NOKEY"}
    folder = home / ".pi" / "agent"
    folder.mkdir(parents=True)
    (folder / "models.json").write_text(
        json.dumps({"providers": {"loop": {**loop, "models": [model]}}})
    )
    return ["--mode", "json", "--provider", "loop", "--model", "scripted", "Do it."]


AGENTS: dict[str, Callable[[Path, str], list[str]]] = {
    "codex": codex,
    "opencode": opencode,
    "gemini": gemini,
    "pi": pi,
}


@pytest.mark.parametrize("name", AGENTS)
def test_commands_of_a_real_agent_are_told(name: str, tmp_path: Path) -> None:
    """Its linter fails twice, once behind half a megabyte, and in the end all is well."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"EVENTS OF {name.upper()} NOT TESTED: IT IS NOT INSTALLED")
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    with streaming_model(COMMANDS) as url:
        environ = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "LOOP_NOKEY": "none",
            "NO_PROXY": "127.0.0.1",
            "GEMINI_API_KEY": "none",
            "GOOGLE_GEMINI_BASE_URL": url,
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
            "PI_OFFLINE": "1",
        }
        desk = Desk(tmp_path)
        config = desk.write([program, *AGENTS[name](home, url)])
        words = ", ".join(f"{key} = {json.dumps(value)}" for key, value in environ.items())
        more = f"cwd = {json.dumps(str(work))}\nenv = {{ {words} }}\n"
        config.write_text(config.read_text().replace("grace =", f"{more}grace =", 1))
        done = desk.run(config, timeout=RUN_S)

    assert done.returncode == 0, done.stdout
    digests = [event["digest"] for event in desk.events("digest")]
    told = [one for one in digests if one["call"] is not None]
    ruff = [one for one in told if one["tool"] == "ruff"]
    assert [one["verdict"] for one in ruff] == ["failed", "failed", "ok"]
    assert [one["declared"] for one in ruff[:2]] == [{"errors": 1}, {"errors": 1}]
    assert {one["call"]["code"] for one in ruff[:2]} == {1 if name in TELLS_FAILURE else None}
    assert all("ruff check --isolated" in one["call"]["command"] for one in ruff)
    (missing,) = [one for one in told if "nosuchcommand" in one["call"]["command"]]
    assert "command not found (nosuchcommand)" in missing["summary"]
    (own,) = [one for one in digests if one["kind"] == "agent"]
    assert (own["tool"], own["verdict"], own["call"]) == (name, "ok", None)
    assert len(told) == len(COMMANDS)
