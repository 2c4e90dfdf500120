"""A clock that is set back by an hour in the middle of a run."""

import os
import time
from pathlib import Path

import pytest

from supervisor.errors import ExitCode
from tests.children import eventually_sync
from tests.supervised import Desk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "SUPERVISE_TEST_GUEST" not in os.environ,
        reason="NO KERNEL OF ITS OWN, SO THE CLOCK IS NOT OURS TO SET: scripts/test-kernel v2",
    ),
]

_HOUR_S = 3600


def set_back(by_s: float) -> None:
    time.clock_settime(time.CLOCK_REALTIME, time.time() - by_s)


def test_clock_that_steps_back_changes_no_figure(tmp_path: Path) -> None:
    """The run takes as long as it takes, its events are all there, and the history has them."""
    desk = Desk(tmp_path)
    desk.write(["sh", "-c", "sleep 3; echo 1 failed; exit 3"], '[health]\nsample = "100ms"\n')
    with desk.running() as process:
        eventually_sync(lambda: desk.events("run-started") != [], within_s=20)
        set_back(_HOUR_S)
        try:
            assert process.wait(30) == ExitCode.FAILED
            (ended,) = desk.events("run-ended")
            assert 3 <= ended["wall_s"] < 30
            seqs = [event["seq"] for event in desk.events()]
            assert seqs == [*range(1, len(seqs) + 1)]
            why = desk.run("why", "--config", desk.config)
            assert ended["run"] in why.stdout
            again = desk.run("run", desk.config)
            assert again.returncode == ExitCode.FAILED
            assert len(desk.events("run-ended")) == 2
            assert "telemetry-dropped" not in {event["kind"] for event in desk.events()}
        finally:
            set_back(-_HOUR_S)
