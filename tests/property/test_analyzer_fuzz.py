"""A short run of the fuzzer; ``scripts/fuzz`` makes long ones."""

from pathlib import Path

import pytest

from scripts.fuzzing.__main__ import main


@pytest.mark.slow
def test_a_short_run_finds_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is raised, all is quick, and little is held."""
    status = main(["--seconds", "20", "--seed", "20", "--no-scan", "--folder", str(tmp_path)])
    assert status == 0, capfd.readouterr().out
