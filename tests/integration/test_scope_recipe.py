"""The README's program that embeds us does what the README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scopes import BACKENDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("backend", BACKENDS)
def test_recipe_prints_and_leaves_nothing(backend: str, tmp_path: Path) -> None:
    """Under both event loops, in the order in which it is written."""
    (recipe,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    program = recipe.replace("anyio.run(main)", f"anyio.run(main, backend={backend!r})")
    ran = subprocess.run(
        [sys.executable, "-B", "-X", "dev", "-c", program],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "listening to progress",
        "0 ['{', '\"answer\":', '42', '}']",
        "sh -c 'echo 3 errors; exit 1': exited with 1",
        "stdout: 3 errors",
        "no longer to progress",
        "Stopped(reason='operator')",
    ]
    (base,) = tmp_path.iterdir()
    assert list(base.iterdir()) == []
