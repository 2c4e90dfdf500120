"""Whenever the supervisor, its guardian or both are killed, the next start finds order."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from supervisor.errors import ExitCode
from tests.children import SLEEP, daemon, named, unique_s
from tests.supervised import Desk

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("SUPERVISE_KILLS", "60"))
DEADLINE_S = KILLS * 4 / 4
"""For one user in one tier; the four together stay below four minutes, by default."""


def own_processes(supervisor: int) -> Iterator[psutil.Process]:
    """The supervisor's children that are no members of a run."""
    with suppress(psutil.Error):
        for child in psutil.Process(supervisor).children(recursive=True):
            with suppress(psutil.Error):
                if "SUPERVISE_RUN" not in child.environ():
                    yield child


def kill(supervisor: int, victim: str) -> None:
    """SIGKILL, the supervisor held still so that it does not react between two of them."""
    os.kill(supervisor, signal.SIGSTOP)
    if victim != "supervisor":
        for guardian in list(own_processes(supervisor)):
            with suppress(psutil.NoSuchProcess):
                guardian.kill()
    os.kill(supervisor, signal.SIGCONT if victim == "guardian" else signal.SIGKILL)


def test_random_kills(anyones_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No survivor, no stranger harmed, a ledger that can be read or is gone."""
    monkeypatch.delenv("SUPERVISE_RUN", raising=False)
    desk, chance = anyones_desk, random.Random(7)  # noqa: S311 - any moment will do
    hides, plain = daemon("closed", desk.python), (SLEEP, unique_s())
    ignores = f"""setsid sh -c 'trap "" TERM; exec {" ".join(plain)}' &"""
    script = f"{hides.script}; {ignores} echo x >$TMPDIR/file; {' '.join(plain)} & wait"
    until = time.monotonic() + DEADLINE_S
    done = 0
    with desk.stranger(hides.argv, desk.folder) as one, desk.stranger(plain, desk.folder) as two:
        strangers = {one, two}
        while done < max(1, KILLS // 4) and time.monotonic() < until:
            desk.write(["sh", "-c", script])
            victim = chance.choice(["supervisor", "guardian", "both"])
            with desk.running() as process:
                time.sleep(chance.uniform(0.05, 0.8))  # At whatever moment it happens.
                if not set(named(plain)) - strangers and victim == "guardian":
                    victim = "both"  # Before a run, another guardian may take its place.
                kill(process.pid, victim)
                code = process.wait(15)
                assert code != ExitCode.BUG, (victim, process.communicate()[0])
                for page in desk.folder.glob("state/supervise/*/run/ledger.json"):
                    assert len(json.loads(page.read_text())["cookie"]) == 32
                after = desk.run("run", desk.write(["true"]))
            left = {*named(hides.argv), *named(plain)} - strangers
            assert left == set(), (done, victim)
            assert after.returncode == ExitCode.OK, after.stderr
            assert "survivors 0, scratch left 0" in after.stdout
            assert desk.cookies() == []
            done += 1

    print(f"{done} kills")
    assert desk.scratch() == []
    assert done == max(1, KILLS // 4), "the deadline came first"
