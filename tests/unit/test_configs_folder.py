"""What ``configs/`` promises: a true reference, a current schema, presets that work."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from supervisor.config import load
from supervisor.config_reference import describe_options, render_schema
from supervisor.options import Config, tables

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
REFERENCE = CONFIGS / "autopilot.toml"
FILES = sorted(path.name for path in CONFIGS.glob("*.toml"))
PRESETS = ["aider.toml", "claude-code.toml", "codex.toml", "mini-swe-agent.toml", "opencode.toml"]


def reads(module: Path) -> Iterator[str]:
    """``table.option`` wherever a module reads it, from the table or from a local name of it."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    names = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            targets, values = (
                side.elts if isinstance(side, ast.Tuple) else [side]
                for side in (node.targets[0], node.value)
            )
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name) and isinstance(value, ast.Attribute):
                    names[target.id] = value.attr
    for node in nodes:
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Attribute):
                yield f"{node.value.attr}.{node.attr}"
            elif isinstance(node.value, ast.Name):
                yield f"{names.get(node.value.id, node.value.id)}.{node.attr}"


def test_schema_is_current() -> None:
    """The schema that editors use was rendered from the options as they are now."""
    schema = CONFIGS / "autopilot.schema.json"
    assert schema.read_text(encoding="utf-8") == render_schema()


def test_reference_names_every_option_with_its_default() -> None:
    """In the order of the fields, and nothing else; only the command is an example."""
    document = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))
    shown = {f"{t}.{name}": value for t in document for name, value in document[t].items()}
    options = {option.path: option.default for option in describe_options()}

    assert list(shown) == list(options)
    assert options.pop("autopilot.command") is None
    for path, default in options.items():
        assert shown[path] == (list(default) if isinstance(default, tuple) else default), path


def test_reference_says_why_for_each_option() -> None:
    """A comment stands above each."""
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    for above, line in pairwise(lines):
        if re.match(r"[a-z_]+ = ", line):
            assert above.startswith("# "), line


def test_every_option_has_a_docstring() -> None:
    """One or more whole sentences."""
    for option in describe_options():
        assert option.doc.endswith("."), option.path


def test_every_option_is_read() -> None:
    """An option that nobody reads would be a promise that nobody keeps."""
    modules = (ROOT / "supervisor").rglob("*.py")
    read = {name for module in modules for name in reads(module)}
    assert {option.path for option in describe_options()} <= read


@pytest.mark.parametrize("name", FILES)
def test_config_loads(name: str) -> None:
    """What we ship passes our own check."""
    assert isinstance(load(CONFIGS / name), Config)


@pytest.mark.parametrize("name", [*PRESETS, REFERENCE.name])
def test_editor_finds_the_schema(name: str) -> None:
    """The first line names it, as taplo and its editors expect."""
    lines = (CONFIGS / name).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#:schema ./autopilot.schema.json"


@pytest.mark.parametrize("name", PRESETS)
def test_preset_says_how_to_use_it(name: str) -> None:
    """Its head names the steps, down to the command that starts it."""
    head = (CONFIGS / name).read_text(encoding="utf-8").partition("\n[")[0]
    assert "Copy this file into your project" in head
    assert f"supervise {name}" in head


@pytest.mark.parametrize("name", PRESETS)
def test_preset_bounds_an_unattended_agent(name: str) -> None:
    """It asks nobody, ends some time, and may take the ten seconds that the slowest needs."""
    config = load(CONFIGS / name)
    assert config.autopilot.grace >= 10
    assert config.limits.wall is not None
    assert config.autopilot.stdin == Path("/dev/null")


@pytest.mark.parametrize("name", PRESETS)
def test_preset_only_warns_of_what_the_agent_keeps(name: str) -> None:
    """Its transcripts are older than the run; they have a budget, and nobody is stopped by it."""
    watched = load(CONFIGS / name).scratch.watch
    assert [one.action for one in watched] == ["warn"] * len(watched)
    assert watched


def test_tables_are_documented() -> None:
    """The schema shows the docstring of each."""
    assert all(table.__doc__ for table in tables().values())
