"""The two lists of pinned versions, for uv and for pip, are one."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _lock() -> dict[str, str]:
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return {package["name"]: package["version"] for package in packages}


def test_constraints_are_the_lock() -> None:
    """Pip is given every version that uv has locked, and no other."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.partition(" ;")[0].split("==") for line in lines if not line.startswith("#")]
    ours = {"agent-supervise": _lock()["agent-supervise"]}
    assert dict(pins) | ours == _lock()


def test_lock_names_no_place_on_a_machine() -> None:
    """Whoever locked it, the lock serves everybody."""
    assert "file:" not in (ROOT / "uv.lock").read_text()
