"""The house: rooms do not open into each other, and each package has one home."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "supervisor"
ROOMS = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
HALL = {
    "__init__",
    "__main__",
    "asking",
    "clearing",
    "cli",
    "enforcing",
    "entry",
    "examining",
    "filling",
    "glance",
    "house",
    "jobserver",
    "journal",
    "leftovers",
    "limits",
    "patterns",
    "reading",
    "reaping",
    "run",
    "scope",
    "scope_guard",
    "scope_home",
    "scope_pool",
    "scope_process",
    "shift",
    "starting",
    "stored",
    "sweeping",
    "temporary",
    "tool_output",
    "tools",
    "watch",
}
"""The only modules that know more than one room."""
WORDS = {path.stem for path in PACKAGE.glob("*.py")} - HALL
HOMES = {
    "ahocorasick_rs": "analyzer/gate.py",
    "ctypes": "containment/linux.py",
    "defusedxml": "analyzer/xml_events.py",
    "h11": "control/server.py",
    "ijson": "analyzer/json_events.py",
    "orjson": "telemetry/writer.py",
    "psutil": "health/gauges.py",
    "tomli": "config.py",
    "zstandard": "output/frames.py",
}
BARE = {
    "wire.py",
    "unix_sockets.py",
    *(
        f"containment/{name}.py"
        for name in (
            "boot",
            "cgroupfs",
            "child",
            "ending",
            "guardian",
            "hold",
            "inherited",
            "linux",
            "namespace",
            "oom",
            "operations",
            "private_tmp",
            "probe",
            "remedies",
            "roster",
            "scopes",
            "stops",
            "strays",
            "table",
            "trial_cgroups",
        )
    ),
    "pool/client.py",
}
"""Modules that run where only the standard library is."""
MODULES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))


def imports(module: str) -> Iterator[str]:
    """Dotted names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("module", MODULES)
def test_rooms_do_not_open_into_each_other(module: str) -> None:
    """A room imports the words and itself; a word imports words; the hall may import all."""
    room = module.partition("/")[0] if "/" in module else None
    if room is None and Path(module).stem in HALL:
        return
    for name in imports(module):
        package, _, rest = name.partition(".")
        if package == "supervisor":
            assert rest.partition(".")[0] in WORDS | {room, "__version__"}, f"{module}: {name}"


@pytest.mark.parametrize("module", MODULES)
def test_each_package_has_one_home(module: str) -> None:
    """Who replaces a dependency changes one file."""
    packages = {name.partition(".")[0] for name in imports(module)}
    strays = {package for package in packages & HOMES.keys() if HOMES[package] != module}
    assert not strays


@pytest.mark.parametrize("module", sorted(BARE))
def test_bare_modules_need_only_the_standard_library(module: str) -> None:
    """What must start in milliseconds, or where nothing is installed, imports nothing else."""
    packages = {name.partition(".")[0] for name in imports(module)}
    assert packages <= sys.stdlib_module_names | {"supervisor"}
