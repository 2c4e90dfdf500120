"""Calls below calls, as make starts compilers: no tree of them waits for itself."""

import json
import os
import random
import sys
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.supervised import Desk

TREES = int(os.environ.get("SUPERVISE_TREES", "60"))
SIZE = 3
NODE = """#!{python} -IS
import json, os, subprocess, sys, time
tree = json.loads(sys.argv[1])
own = os.environ["SUPERVISE_SLOT"]
log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(log, f"+ {{own}} {{tree['name']}}\\n".encode())
call = [{python!r}, "-m", "supervisor", "exec", "--", sys.argv[0]]
for wave in tree["waves"]:
    kids = [
        subprocess.Popen([*kid["prefix"], *call, json.dumps(kid)], start_new_session=kid["apart"])
        for kid in wave
    ]
    for kid in kids:
        assert kid.wait() == 0
time.sleep(tree["s"])
os.write(log, f"- {{own}} {{tree['name']}}\\n".encode())
"""
AUTOPILOT = """
import json, subprocess, sys
trees = json.load(open({trees!r}))
call = [{python!r}, "-m", "supervisor", "exec", "--", {node!r}]
running = []
for tree in trees:
    running.append(subprocess.Popen([*call, json.dumps(tree)]))
    if len(running) >= 8:
        assert running.pop(0).wait() == 0
assert all(one.wait() == 0 for one in running)
"""


def grow(chance: random.Random, name: str, depth: int = 0) -> dict[str, object]:
    """A random tree: waves of children that run side by side, in a session of their own or not."""
    waves: list[list[dict[str, object]]] = []
    for wave in range(chance.randint(0, 2) if depth < 3 else 0):
        kids = chance.randint(1, 2)
        waves.append([grow(chance, f"{name}.{wave}{kid}", depth + 1) for kid in range(kids)])
    return {
        "name": name,
        "waves": waves,
        "s": chance.choice([0, 0, 0.01, 0.05]),
        "apart": chance.random() < 0.3,
        "prefix": ["env", "-u", "SUPERVISE_SLOT"] if chance.random() < 0.2 else [],
    }


def names(tree: dict[str, object]) -> list[str]:
    """Of a tree's nodes."""
    waves = tree["waves"]
    assert isinstance(waves, list)
    return [str(tree["name"]), *(one for wave in waves for kid in wave for one in names(kid))]


@pytest.mark.slow
def test_no_tree_of_calls_waits_for_itself(tmp_path: Path) -> None:
    """Every node runs and ends, and never are more slots in use than there are."""
    seed = random.randrange(1 << 30)  # noqa: S311 - no secret
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - no secret
    forest = [grow(chance, str(number)) for number in range(TREES)]
    desk, log, node = Desk(tmp_path), tmp_path / "log", tmp_path / "node"
    (tmp_path / "trees.json").write_text(json.dumps(forest))
    node.write_text(NODE.format(python=sys.executable, log=str(log)))
    node.chmod(0o755)
    script = AUTOPILOT.format(
        trees=str(tmp_path / "trees.json"), python=sys.executable, node=str(node)
    )
    config = desk.write(
        [sys.executable, "-S", "-c", script], f"[pool]\nsize = {SIZE}\ntools = []\n"
    )
    done = desk.run(config, timeout=60 + 5 * TREES)

    assert done.returncode == ExitCode.OK, done.stdout[-3000:]
    started, most, in_use = [], 0, dict[str, int]()
    for line in log.read_text().splitlines():
        mark, slot, name = line.split()
        in_use[slot] = in_use.get(slot, 0) + (1 if mark == "+" else -1)
        started += [name] if mark == "+" else []
        most = max(most, sum(count > 0 for count in in_use.values()))
    assert sorted(started) == sorted(name for tree in forest for name in names(tree))
    assert not any(in_use.values())
    assert most == SIZE
    assert len(desk.events("call-ended")) == len(started)
